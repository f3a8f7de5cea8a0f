"""Units as people name them: the printed names of all rows, by every form that the unit registry knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.lexicon.units import counterpart_forms, forms, is_former
from assistant.schema import Equated, TaskRow
from assistant.text import fold

# A hall, a hotline or a platform is the unit that runs it only where it is said to lead or to be responsible.
_THING = re.compile(r".*(大厅|热线|平台|窗口|服务站|中心机房)(?!牵头|负责|配合|是责任|是牵头|管)")


_HALL = re.compile(r"[厅局]$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of folded text that names units; ``equated`` where it names them by a former or a counterpart's name."""

    start: int
    end: int
    units: frozenset[str]
    equated: Equated | None = None


class UnitRegistry:
    """Finds units in questions. A bracketed name (州政府办（州大数据中心）) answers to either of its two; a name that no
    row prints stands for its counterpart (州政务局 for 州行政审批服务局).
    """

    def __init__(self, rows: Iterable[TaskRow]) -> None:
        printed = {unit for row in rows for unit in row.lead_units + row.responsible_units}
        own: defaultdict[str, set[str]] = defaultdict(set)
        others: defaultdict[str, set[str]] = defaultdict(set)
        for unit in printed:
            for form in forms(unit):
                own[fold(form)].add(unit)
            for form in counterpart_forms(unit):
                others[fold(form)].add(unit)
        self._counterparts = {form for form in others if form not in own}
        named = {**others, **own}
        self._forms = {form: frozenset(units) for form, units in named.items()}
        longest = sorted(self._forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest))) if longest else None

    def mentions(self, folded: str) -> list[Mention]:
        """The units named in a folded text, longest forms first at each place."""
        if self._pattern is None:
            return []
        found = self._pattern.finditer(folded)
        return [
            self._mention(each)
            for each in found
            if not _THING.match(each.group() + folded[each.end() : each.end() + 3])
        ]

    def containing(self, text: str) -> Mention | None:
        """The units whose printed names hold a text that names none by itself (人民银行): at place 0, as one mention."""
        named = frozenset(unit for units in self._forms.values() for unit in units if text in fold(unit))
        return Mention(0, 0, named) if named else None

    def _mention(self, found: re.Match[str]) -> Mention:
        said = found.group()
        named = self._forms[said]
        # 财政厅 is one that is printed as such, 财政局 is none of those; where there is no other, any office of that kind.
        units = frozenset(unit for unit in named if _HALL.search(said) is None or unit.endswith(said[-1])) or named
        equated = None
        if said in self._counterparts:
            equated = Equated(said, tuple(sorted(units)), "counterpart")
        elif said not in units and is_former(said):
            equated = Equated(said, tuple(sorted(units)), "former")
        return Mention(found.start(), found.end(), units, equated)
