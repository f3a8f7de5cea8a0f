"""The parse report (解析体检单): what in a parsed document is doubtful, and whether it can be used.

Levels: *ok* is only said, *check* asks for a look at the original, *refuse* means that rows or units are probably lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from assistant import lexicon
from assistant.lexicon import units as registry
from assistant.parse.blocks import DraftPart, DraftRow
from assistant.parse.units import is_unit_like
from assistant.schema import Finding, Level
from assistant.text import SlipFinder, number

_COLUMN_NAMES = {
    "no": "序号",
    "task": "工作任务",
    "requirement": "工作要求",
    "deadline": "完成时限",
    "lead": "牵头单位",
    "responsible": "责任单位",
    "section": "类别",
}
_SHOWN = 5  # places named of one doubt
_LOST = 0.3  # share of rows without any unit, in a list that has unit columns, from which units were probably lost
_LONG = 4  # characters of a name from which one differing character is taken for a slip


def inspect(parts: Sequence[DraftPart], name: str, cache_dir: Path | None = None) -> list[Finding]:
    """All findings about the rows of a document, part by part, then about its wording."""
    found: list[Finding] = []
    for part in parts:
        found += part.findings
        found += _numbers(part)
        found += _inherited(part)
        found += _without_units(part, name)
    rows = [row for part in parts for row in part.rows]
    found += _units(rows)
    found += _slips(rows, name, cache_dir)
    return found


def _numbers(part: DraftPart) -> Iterator[Finding]:
    """Gaps and repetitions in printed numbers, or in labels where a part prints no numbers."""
    printed = any(row.printed_no is not None for row in part.rows)
    before, section = 0, part.rows[0].section if part.rows else ()
    for row in part.rows:
        value = row.printed_no if printed else number((row.label or "").strip("（）第条、"))
        if value is None:
            if printed:
                yield Finding("check", f"“{row.heading}”没有序号", str(row.locator))
            continue
        restarted = value == 1 and (row.section != section or before == 0)
        shared = value == before and (
            "no" in row.inherited or (not printed and row.label is not None and "task" in part.columns)
        )
        if value == before and not shared:
            yield Finding("check", f"序号{value}重复", str(row.locator))
        elif value not in (before, before + 1) and not restarted:
            yield Finding("check", f"序号从{before}跳到{value}", str(row.locator))
        before, section = value, row.section


def _inherited(part: DraftPart) -> Iterator[Finding]:
    counts = Counter(kind for row in part.rows for kind in row.inherited)
    said = [f"{_COLUMN_NAMES[kind]}{counts[kind]}行" for kind in _COLUMN_NAMES if counts[kind]]
    if said:
        yield Finding("ok", f"取自上方合并单元格：{'、'.join(said)}", part.title)


def _without_units(part: DraftPart, name: str) -> Iterator[Finding]:
    bare = [row for row in part.rows if not row.lead_units and not row.responsible_units]
    if bare and len(bare) == len(part.rows):
        yield Finding("check", f"全部{len(bare)}行都没有写明单位", part.title or name)
    elif bare:
        expected = bool({"lead", "responsible"} & set(part.columns))
        level: Level = "refuse" if expected and len(bare) > _LOST * len(part.rows) else "check"
        yield Finding(level, f"{len(bare)}行没有写明单位：{_named(bare)}", part.title or name)
    leaderless = [row for row in part.rows if row.responsible_units and not row.lead_units]
    if leaderless:
        yield Finding("ok", f"{len(leaderless)}行没有写明牵头单位：{_named(leaderless)}", part.title or name)


def _named(rows: Sequence[DraftRow]) -> str:
    shown = "、".join(f"“{row.heading}”（{_place(row)}）" for row in rows[:_SHOWN])
    return shown + ("等" if len(rows) > _SHOWN else "")


def _place(row: DraftRow) -> str:
    """Where a row stands, without the name of the file."""
    return str(row.locator).partition(" ")[2]


def _units(rows: Sequence[DraftRow]) -> Iterator[Finding]:
    """Names that do not end as organisations do, that resemble a known one, or that the registry does not know."""
    first: dict[str, DraftRow] = {}
    for row in rows:
        for unit in (*row.lead_units, *row.responsible_units):
            first.setdefault(unit, row)
    unknown = []
    for unit, row in first.items():
        if any(registry.identify(name).department for name in registry.names_of(unit)):
            continue
        meant = _resembled(unit)
        if meant:
            yield Finding("check", f"“{unit}”疑为“{meant}”，已按原样保留", str(row.locator))
        elif not is_unit_like(unit):
            yield Finding("check", f"“{unit}”不像完整的单位名称，已按原样保留", str(row.locator))
        elif not unit.startswith(("各", "有关", "相关")) and not unit.endswith(("单位", "部门", "人民政府", "管委会")):
            unknown.append(unit)
    if unknown:
        shown = "、".join(unknown[:_SHOWN]) + (f"等{len(unknown)}个" if len(unknown) > _SHOWN else "")
        yield Finding("ok", f"单位登记册中没有：{shown}", "")


def _resembled(unit: str) -> str | None:
    """The known name that differs from a unit's in one character, drawn alike or in a long name."""
    level = unit[:1] if unit[:1] in registry.LEVELS else ""
    bare = unit[len(level) :]
    if any(bare.removesuffix(office) in registry.by_name() for office in ("办公室", "办公厅", "机关")):
        return None
    alike = lexicon.confusable()
    for known in registry.by_name():
        if len(known) == len(bare) > 2:
            differing = [(a, b) for a, b in zip(bare, known, strict=True) if a != b]
            if len(differing) == 1 and (len(bare) > _LONG or differing[0][1] in alike.get(differing[0][0], "")):
                return level + known
    return None


@cache
def _slip_finder(cache_dir: Path | None) -> SlipFinder:
    """One a process: loading the dictionary takes most of a second."""
    return SlipFinder(cache_dir)


def _slips(rows: Sequence[DraftRow], name: str, cache_dir: Path | None) -> Iterator[Finding]:
    """Words that look like slips of recognition or typing; suggested, never changed."""
    texts = {id(row): f"{row.heading}，{row.text}" for row in rows}
    slips = _slip_finder(cache_dir).slips("\n".join(texts.values()))
    for said, meant in slips.items():
        place = next((str(row.locator) for row in rows if said in texts[id(row)]), name)
        yield Finding("check", f"“{said}”疑为“{meant}”之误，已按原样保留", place)
