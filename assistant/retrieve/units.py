"""Units as people name them: the printed names of all rows, and their short, full and bracketed forms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assistant import lexicon
from assistant.schema import TaskRow
from assistant.text import fold

_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
_LEVEL = "省市州县区"


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of folded text that names units."""

    start: int
    end: int
    units: frozenset[str]


class UnitRegistry:
    """Finds units in questions. A bracketed name (州政府办（州大数据中心）) answers to either of its two."""

    def __init__(self, rows: Iterable[TaskRow]) -> None:
        forms: defaultdict[str, set[str]] = defaultdict(set)
        for unit in {unit for row in rows for unit in row.lead_units + row.responsible_units}:
            for form in _forms(unit):
                forms[fold(form)].add(unit)
        self._forms = {form: frozenset(units) for form, units in forms.items()}
        longest = sorted(self._forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest))) if longest else None

    def mentions(self, folded: str) -> list[Mention]:
        """The units named in a folded text, longest forms first at each place."""
        if self._pattern is None:
            return []
        return [Mention(m.start(), m.end(), self._forms[m.group()]) for m in self._pattern.finditer(folded)]


def names_of(unit: str) -> tuple[str, ...]:
    """The whole printed string, the name before its bracket and the name inside: what a unit answers to."""
    inside = tuple(_BRACKET.findall(unit))
    return tuple(dict.fromkeys((unit, _BRACKET.sub("", unit), *inside)))


def _forms(unit: str) -> set[str]:
    """All ways to write a unit: with and without its level, by every alias of its department."""
    forms: set[str] = set()
    for name in names_of(unit):
        forms.add(name)
        prefix, bare = (name[0], name[1:]) if name[:1] in _LEVEL and not name[1:].startswith("直") else ("", name)
        head = lexicon.unit_aliases().get(bare)
        if head is None:
            continue
        aliases = {alias for alias, of in lexicon.unit_aliases().items() if of == head}
        forms |= aliases | ({prefix + alias for alias in aliases} if prefix else set())
    return {form for form in forms if len(form) > 1}
