"""Automatic numbers of Word paragraphs: what Word prints before a paragraph and does not store as text.

ECMA-376 part 1, 17.9 (Numbering): a paragraph, or its style, names a list (``numId``) and a level; the list's
abstract definition says how each level counts (``numFmt``, 17.18.59) and what is printed (``lvlText``: "（%1）").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.text import chinese_numeral

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand ideographDigital japaneseCounting taiwaneseCountingThousand "
    "taiwaneseCounting japaneseDigitalTenThousand".split()
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


class Numbering:
    """Counts the automatic numbers of one document, paragraph by paragraph in reading order."""

    def __init__(self, lists: Any, styles: Any) -> None:
        """``lists``: the w:numbering element or None; ``styles``: the w:styles element."""
        self._levels: dict[str, dict[int, _Level]] = {}  # abstract list → level → definition
        self._abstract: dict[str, str] = {}  # numId → abstract list
        self._restarts: dict[tuple[str, int], int] = {}  # numId and level → its own start
        self._counts: dict[str, dict[int, int]] = {}  # a list that counts on its own → level → number printed last
        if lists is not None:
            self._read(lists)
        named = {style.get(f"{W}styleId", ""): _list_of(style) for style in styles.iter(f"{W}style")}
        self._styled = {id: found for id, found in named.items() if found is not None}

    def _read(self, lists: Any) -> None:
        for abstract in lists.iter(f"{W}abstractNum"):
            self._levels[abstract.get(f"{W}abstractNumId", "")] = {
                int(level.get(f"{W}ilvl", "0")): _Level(
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText") or "",
                    int(_value(level, "start") or 1),
                )
                for level in abstract.iter(f"{W}lvl")
            }
        for number in lists.iter(f"{W}num"):
            id = number.get(f"{W}numId", "")
            self._abstract[id] = _value(number, "abstractNumId") or ""
            for override in number.iter(f"{W}lvlOverride"):
                if (start := _value(override, "startOverride")) is not None:
                    self._restarts[id, int(override.get(f"{W}ilvl", "0"))] = int(start)

    def mark(self, paragraph: Any) -> str:
        """The number printed before a w:p element; empty where it has none."""
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        found = _list_of(paragraph) or (self._styled.get(style.get(f"{W}val", "")) if style is not None else None)
        if found is None:
            return ""
        id, level = found
        levels = self._levels.get(self._abstract.get(id, ""), {})
        return self._next(id, level, levels) if level in levels else ""

    def _next(self, id: str, level: int, levels: dict[int, _Level]) -> str:
        # Lists of one abstract definition count on together, except from a level that a list restarts (17.9.26).
        own = id if (id, level) in self._restarts else self._abstract[id]
        counts = self._counts.setdefault(own, {})
        counts[level] = counts.get(level, self._restarts.get((id, level), levels[level].start) - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if levels[level].form in ("bullet", "none"):
            return ""
        text = levels[level].text
        for each in range(level + 1):
            definition = levels.get(each, _Level("decimal", "", 1))
            text = text.replace(f"%{each + 1}", _numeral(counts.get(each, definition.start), definition.form))
        return text


def _list_of(element: Any) -> tuple[str, int] | None:
    """The list and level that a paragraph or style names; numId 0 takes a number away (17.9.18)."""
    found = element.find(f"{W}pPr/{W}numPr")
    id = _value(found, "numId") if found is not None else None
    return (id, int(_value(found, "ilvl") or 0)) if id is not None else None


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def _numeral(count: int, form: str) -> str:
    if form in _CHINESE:
        return chinese_numeral(count)
    if form == "decimalEnclosedCircle" and 0 < count <= len(_CIRCLED):
        return _CIRCLED[count - 1]
    return str(count)
