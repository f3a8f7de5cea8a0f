"""The unit registry: departments by every name they go by, and what a printed unit name says: place, level, department.

Offices of one department have one entry at all levels (省发展改革委, 州发改委, 市发改局). Where levels gave a task to
departments of different names (省政务局, 州行政审批服务局), the entries are counterparts of each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assistant.lexicon import Place, longest_first, places, read_yaml

LEVELS = "省市州县区"
_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
# General words for "whoever is in charge of …": aliases for questions, never names that a list would shorten.
_GOVERNMENT = "人民政府"  # without its place the name could mean any
_GENERAL = ("部门", "机关", "机构", "企业", "队", "所")


@dataclass(frozen=True, slots=True)
class Department:
    """A kind of office. ``names`` are all its names without place and level, former ones included, longest first."""

    name: str
    names: tuple[str, ...]
    former: tuple[str, ...]
    own_line: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A printed name taken apart. ``level`` is the printed level word; None where the name does not say."""

    printed: str
    place: str | None
    level: str | None
    department: Department | None


@cache
def departments() -> tuple[Department, ...]:
    """All departments, in the order of the file."""
    return tuple(
        Department(
            entry["name"],
            longest_first({entry["name"], *entry.get("also", ()), *entry.get("former", ())}),
            tuple(entry.get("former", ())),
            bool(entry.get("own_line")),
        )
        for entry in read_yaml("units.yaml")["units"]
    )


@cache
def by_name() -> dict[str, Department]:
    """Any name of a department, without place and level → the department."""
    return {name: department for department in reversed(departments()) for name in department.names}


@cache
def endings() -> tuple[str, ...]:
    """Endings by which the name of an organisation is recognised, longest first."""
    return longest_first(set(read_yaml("units.yaml")["endings"]))


@cache
def counterparts(department: str) -> tuple[Department, ...]:
    """The departments that do at other levels or places what this one does."""
    groups = [group for group in read_yaml("units.yaml")["counterparts"] if department in group]
    return tuple(by_name()[name] for group in groups for name in group if name != department)


@cache
def _place_names() -> tuple[tuple[str, Place], ...]:
    pairs = ((name, place) for place in places() for name in place.names)
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def identify(printed: str) -> Unit:
    """Takes a unit name apart; brackets are set aside (州政府办（州大数据中心） is the 州政府办)."""
    bare = _BRACKET.sub("", printed).strip()
    place, level = None, None
    for name, each in _place_names():
        if bare.startswith(name) and len(bare) > len(name):
            place, level, bare = each.name, each.level, bare[len(name) :]
            break
    department = by_name().get(bare)
    if department is None and bare[:1] in LEVELS:
        found = by_name().get(bare[1:])
        department, level = (found, bare[0]) if found is not None else (None, level)
    return Unit(printed, place, level, department)


def names_of(printed: str) -> tuple[str, ...]:
    """The whole printed string, the name before its bracket and the name inside: what a unit answers to."""
    inside = tuple(_BRACKET.findall(printed))
    return tuple(dict.fromkeys((printed, _BRACKET.sub("", printed), *inside)))


def forms(printed: str) -> frozenset[str]:
    """All ways to write a unit: each of its names, with and without its level, by every name of its department."""
    found: set[str] = set()
    for name in names_of(printed):
        found.add(name)
        unit = identify(name)
        if unit.department is not None and unit.department.name == _GOVERNMENT:
            found |= {f"{place}{each}" for place in _short(unit.place) for each in unit.department.names}
        elif unit.department is not None:
            found |= {f"{unit.level or ''}{each}" for each in unit.department.names} | set(unit.department.names)
    return frozenset(form for form in found if len(form) > 1)


def _short(place: str | None) -> tuple[str, ...]:
    """All names of a place."""
    return next((each.names for each in places() if each.name == place), ())


def counterpart_forms(printed: str) -> frozenset[str]:
    """What this unit would be called elsewhere (省政务局 for 州行政审批服务局: 州政务局), with its level and without."""
    found: set[str] = set()
    for unit in map(identify, names_of(printed)):
        if unit.department is not None and unit.level is not None:
            others = (name for each in counterparts(unit.department.name) for name in each.names)
            found |= {f"{level}{name}" for name in others if not name.endswith(_GENERAL) for level in (unit.level, "")}
    return frozenset(found)


def is_former(form: str) -> bool:
    """Whether a form is a department's name from before a reform."""
    unit = identify(form)
    bare = form.removeprefix(unit.level or "")
    return unit.department is not None and bare in unit.department.former


def with_level(name: str, level: str) -> str:
    """A bare department in a list under a level word (市市场监管局、发展改革委) with that level; other names as they are."""
    department = by_name().get(name)
    if department is None or department.own_line or name.endswith(_GENERAL):
        return name
    return f"{level}{name}"
