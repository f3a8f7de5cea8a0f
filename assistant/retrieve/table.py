"""The rows of a snapshot as columns: which rows a query and a scope let through, and which name a unit or a number.

Built once a snapshot, so that a question over a hundred thousand rows looks at parts and postings, not at rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from assistant.schema import PolicyDocument, Query, Scope, TaskRow
from assistant.text import compact

Positions = npt.NDArray[np.int64]
Shown = npt.NDArray[np.bool_]
PartKey = tuple[str, int]  # document id and number of the part


class RowTable:
    """Rows by part, unit, section and cited number; a row is its position in the snapshot."""

    def __init__(self, rows: Sequence[TaskRow], documents: Sequence[PolicyDocument]) -> None:
        self.rows = rows
        self._documents = {document.id: document for document in documents}
        self.parts: list[PartKey] = list(dict.fromkeys((row.document, row.part) for row in rows))
        number = {key: place for place, key in enumerate(self.parts)}
        self._part_of = np.fromiter((number[row.document, row.part] for row in rows), np.int64, len(rows))
        self._leads = _postings((place, row.lead_units) for place, row in enumerate(rows))
        self._responsible = _postings((place, row.responsible_units) for place, row in enumerate(rows))
        self._sections = _postings((place, row.section) for place, row in enumerate(rows))
        self._numbers = _postings(
            (place, [compact(each) for each in row.doc_numbers]) for place, row in enumerate(rows)
        )
        self._due = np.flatnonzero([row.deadline is not None and row.deadline.end is not None for row in rows])

    def shown(self, *scopes: Scope | None) -> Shown:
        """True for each row that all scopes let through, shape (rows,)."""
        shown = np.ones(len(self.rows), dtype=bool)
        for scope in scopes:
            if scope is not None and scope != Scope():
                parts = np.fromiter((self._lets(scope, key) for key in self.parts), bool, len(self.parts))
                shown &= parts[self._part_of] if len(self.parts) else shown
                if scope.units is not None:
                    shown &= self._mask(self.with_units(scope.units))
        return shown

    def _lets(self, scope: Scope, key: PartKey) -> bool:
        document = self._documents[key[0]]
        return (
            (scope.documents is None or document.id in scope.documents)
            and (scope.places is None or document.place in scope.places)
            and (scope.years is None or document.year in scope.years)
            and (scope.parts is None or f"{key[0]}/{key[1]}" in scope.parts)
        )

    def documents(self, shown: Shown) -> set[str]:
        """The ids of the documents that have rows among those shown."""
        return {self.parts[part][0] for part in np.unique(self._part_of[shown])}

    def by_part(self, shown: Shown) -> dict[PartKey, tuple[TaskRow, ...]]:
        """The rows that are shown, by part, in the order of the documents."""
        places = np.flatnonzero(shown)
        if not len(places):
            return {}
        of_part = self._part_of[places]
        starts = np.flatnonzero(np.diff(of_part, prepend=-1))
        return {
            self.parts[of_part[start]]: tuple(self.rows[place] for place in group)
            for start, group in zip(starts, np.split(places, starts[1:]), strict=True)
        }

    def with_units(self, units: Iterable[str], lead_only: bool = False) -> Positions:
        """Rows that name any of the units, in their lead only if so asked; ascending."""
        named = list(units)
        return _union([self._leads, *([] if lead_only else [self._responsible])], named)

    def with_sections(self, sections: Iterable[str]) -> Positions:
        """Rows under any of the headings, ascending."""
        return _union([self._sections], sections)

    def with_numbers(self, numbers: Iterable[str]) -> Positions:
        """Rows that cite any of the document numbers, however written; ascending."""
        return _union([self._numbers], map(compact, numbers))

    def with_deadline(self) -> Positions:
        """Rows whose deadline has an end, ascending."""
        return self._due

    def _mask(self, places: Positions) -> Shown:
        mask = np.zeros(len(self.rows), dtype=bool)
        mask[places] = True
        return mask


def _postings(entries: Iterable[tuple[int, Iterable[str]]]) -> dict[str, Positions]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, names in entries:
        for name in dict.fromkeys(names):
            found[name].append(place)
    return {name: np.asarray(places, dtype=np.int64) for name, places in found.items()}


def _union(postings: Sequence[dict[str, Positions]], names: Iterable[str]) -> Positions:
    found = [posting[name] for name in names for posting in postings if name in posting]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def query_scope(query: Query) -> Scope:
    """The places, years and parts that a question names, as a scope."""
    years = query.years + query.unknown_years
    return Scope(places=query.places or None, years=years or None, parts=query.parts or None)
