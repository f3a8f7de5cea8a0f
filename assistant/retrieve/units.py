"""Units as people name them: the printed names of all rows, and their short, full and bracketed forms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.lexicon.units import forms
from assistant.schema import TaskRow
from assistant.text import fold


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of folded text that names units."""

    start: int
    end: int
    units: frozenset[str]


class UnitRegistry:
    """Finds units in questions. A bracketed name (州政府办（州大数据中心）) answers to either of its two."""

    def __init__(self, rows: Iterable[TaskRow]) -> None:
        named: defaultdict[str, set[str]] = defaultdict(set)
        for unit in {unit for row in rows for unit in row.lead_units + row.responsible_units}:
            for form in forms(unit):
                named[fold(form)].add(unit)
        self._forms = {form: frozenset(units) for form, units in named.items()}
        longest = sorted(self._forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest))) if longest else None

    def mentions(self, folded: str) -> list[Mention]:
        """The units named in a folded text, longest forms first at each place."""
        if self._pattern is None:
            return []
        return [Mention(m.start(), m.end(), self._forms[m.group()]) for m in self._pattern.finditer(folded)]
