"""What an answer may rest on: the query, what was found for it, and the documents it was looked for in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from assistant.schema import Hit, Pair, PolicyDocument, Query, TaskRow


@dataclass(frozen=True, slots=True)
class Evidence:
    """Input of every composer.

    ``hits``: search results, best first. ``named``: all rows that a lookup or list question names exactly.
    ``visible``: all rows that the question's places, years and parts let through, by document id and part. ``pairs``:
    of a question about changes, the tasks of its two sides. ``counterparts``: of a question about related tasks, row id
    → the rows of other documents that set the same task. ``today``: for deadlines passed.
    """

    query: Query
    hits: tuple[Hit, ...]
    named: tuple[TaskRow, ...]
    visible: Mapping[tuple[str, int], tuple[TaskRow, ...]]
    documents: Mapping[str, PolicyDocument]
    today: date
    pairs: tuple[Pair, ...] = ()
    counterparts: Mapping[str, tuple[TaskRow, ...]] = field(default_factory=dict)

    def document(self, row: TaskRow) -> PolicyDocument:
        """The document of a row."""
        return self.documents[row.document]

    def everyone(self, row: TaskRow) -> tuple[str, ...]:
        """Units that the row's part makes responsible for every item and the row does not name itself."""
        part = next(part for part in self.document(row).parts if part.part == row.part)
        return tuple(unit for unit in part.everyone_responsible if unit not in row.responsible_units)
