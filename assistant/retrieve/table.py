"""The rows of a snapshot as columns: which rows a query and a scope let through, and which name a unit or a number.

Built once a snapshot, so that a question over a hundred thousand rows looks at parts and postings, not at rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

import numpy as np
import numpy.typing as npt

from assistant.schema import Due, PolicyDocument, Query, Role, Scope, TaskRow
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
        self._leading = np.fromiter((len(row.lead_units) for row in rows), np.int64, len(rows))
        self._citing = np.flatnonzero(np.fromiter((bool(row.doc_numbers) for row in rows), bool, len(rows)))
        # The last day that a row's deadline allows as months since year 0; -1 where none is stated, of no use to compare
        # where it is open. Beside it, the year of the row's document in the same unit.
        self._dated = np.fromiter((row.deadline is not None for row in rows), bool, len(rows))
        self._due = np.fromiter(
            (_month(row.deadline.end if row.deadline else None) for row in rows), np.int64, len(rows)
        )
        self._ends = np.array([(row.deadline and row.deadline.end) or "" for row in rows], dtype="U10")
        year = {document.id: document.year or 0 for document in documents}
        self._year = np.fromiter((year.get(row.document, 0) for row in rows), np.int64, len(rows))
        self._wording: dict[int, str] = {}

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

    def wording(self, place: int, in_heading: bool = False) -> str:
        """What a row says, or its task alone, compact; kept once read, since folding texts is what takes long."""
        row = self.rows[place]
        if in_heading:
            return compact(row.heading)
        if place not in self._wording:
            self._wording[place] = compact(" ".join((row.heading, row.text, *row.doc_numbers)))
        return self._wording[place]

    def with_units(self, units: Iterable[str], role: Role | None = None) -> Positions:
        """Rows that name any of the units in a role (None: in any); ascending."""
        postings = {"lead": [self._leads], "responsible": [self._responsible]}
        return _union(postings[role] if role else [self._leads, self._responsible], list(units))

    def with_sections(self, sections: Iterable[str]) -> Positions:
        """Rows under any of the headings, ascending."""
        return _union([self._sections], sections)

    def with_numbers(self, numbers: Iterable[str]) -> Positions:
        """Rows that cite any of the document numbers, however written; ascending."""
        return _union([self._numbers], map(compact, numbers))

    def with_leads(self, least: int, most: int) -> Positions:
        """Rows that name so many lead units, ascending."""
        return np.flatnonzero((self._leading >= least) & (self._leading <= most))

    def led_only_by(self, units: Set[str], number: int) -> Positions:
        """Rows that so many units lead and none but those, ascending."""
        led = self.with_units(units, "lead")
        alone = [units >= set(self.rows[place].lead_units) for place in led.tolist()]
        chosen: Positions = led[np.array(alone, dtype=bool) & (self._leading[led] == number)]
        return chosen

    def beside(self, places: Positions) -> Positions:
        """All rows of the documents that some rows are of, ascending."""
        of = {self.parts[part][0] for part in np.unique(self._part_of[places])}
        parts = np.fromiter((key[0] in of for key in self.parts), bool, len(self.parts))
        return np.flatnonzero(parts[self._part_of])

    def citing(self) -> Positions:
        """Rows that cite any document, ascending."""
        return self._citing

    def with_due(self, due: Due) -> Positions:
        """Rows that are due when asked for, ascending; a deadline counts by its last day."""
        if due.kind in ("some", "none"):
            return np.flatnonzero(self._dated == (due.kind == "some"))
        year = self._year if due.year is None else np.full(len(self.rows), due.year)
        month = self._due - 12 * year  # 1 to 12 within the year
        within = {
            "by": (month >= 1) & (month <= due.last),
            "in": (month >= due.first) & (month <= due.last),
            "after": month > due.last,
        }
        met = within[due.kind] & (self._due >= 0)
        return np.flatnonzero(self._dated & ~met if due.excluded else met)

    def due_between(self, first: str | None, last: str | None) -> Positions:
        """Rows with a deadline whose last day lies between two ISO days, both included; None leaves a side open."""
        fitting = self._ends != ""
        fitting &= (self._ends >= first) if first else True
        fitting &= (self._ends <= last) if last else True
        return np.flatnonzero(fitting)

    def _mask(self, places: Positions) -> Shown:
        mask = np.zeros(len(self.rows), dtype=bool)
        mask[places] = True
        return mask


def _month(day: str | None) -> int:
    """Months since year 0 of an ISO date, January of year 0 being 1; -1 for none."""
    return 12 * int(day[:4]) + int(day[5:7]) if day else -1


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
