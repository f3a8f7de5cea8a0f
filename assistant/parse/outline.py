"""Numbered prose: items under sections, one part for each plan that a notice prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.parse.blocks import Block, DraftPart, DraftRow, Paragraph
from assistant.parse.marks import ARABIC, LABEL, LEVELS, SECTION, heading_of, is_page_number, split_label, tidy
from assistant.parse.units import closing, is_unit_like, roles
from assistant.schema import Finding, Locator
from assistant.text import number

_PLAN_TITLE = re.compile(r"^[^《》。；：，]{4,40}(要点|计划|方案|清单|意见|规划|安排|措施|办法|任务)$")


@dataclass(slots=True)
class _Entry:
    """A mark and the lines that follow it, up to the next mark."""

    level: int
    locator: Locator
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return tidy("".join(self.lines))


@dataclass(slots=True)
class _Plan:
    title: str
    entries: list[_Entry] = field(default_factory=list)
    stray: list[Paragraph] = field(default_factory=list)


def plans(blocks: Sequence[Block]) -> list[DraftPart]:
    """The parts of a document that are numbered prose."""
    found = [plan for plan in _gather(blocks) if plan.entries]
    parts = [_part(plan) for plan in found]
    return [part for part in parts if part.rows]


def _gather(blocks: Sequence[Block]) -> list[_Plan]:
    """Cuts paragraphs into plans and entries; text before the first mark of a plan is its preamble."""
    plans_found = [_Plan("")]
    for block in blocks:
        if not isinstance(block, Paragraph):
            continue
        line = block.text.strip().lstrip("#").strip()
        if not line or is_page_number(line):
            continue
        plan = plans_found[-1]
        entry = plan.entries[-1] if plan.entries else None
        level = _level(line)
        if _starts_plan(line, entry):
            if entry is None:
                plan.title = tidy(line)
            else:
                plans_found.append(_Plan(tidy(line)))
        elif level is not None:
            plan.entries.append(_Entry(level, block.locator, [line]))
        elif entry is not None:
            if _is_closed(entry):
                plan.stray.append(block)
            else:
                entry.lines.append(line if _joins_chinese(entry.lines[-1], line) else f" {line}")
    return plans_found


def _level(line: str) -> int | None:
    return next((level for level, mark in enumerate(LEVELS) if mark.match(line)), None)


def _joins_chinese(before: str, after: str) -> bool:
    return not (before[-1:].isascii() and after[:1].isascii())


def _starts_plan(line: str, entry: _Entry | None) -> bool:
    """A short line that names a plan; inside an item only once that item is closed or its sentence is over."""
    title = tidy(line)
    if not _PLAN_TITLE.match(title) or _level(line) is not None:
        return False
    return entry is None or _is_closed(entry) or entry.text.endswith(("。", "；"))


def _is_closed(entry: _Entry) -> bool:
    return closing(entry.text)[1] is not None


def _task_level(entries: Sequence[_Entry]) -> int:
    """The level whose entries name units most often; （一） where none does, else the deepest there is."""
    closed = {level: sum(e.level == level and _is_closed(e) for e in entries) for level in range(len(LEVELS))}
    best = max(closed, key=lambda level: closed[level])
    if closed[best]:
        return best
    present = {entry.level for entry in entries}
    return LEVELS.index(LABEL) if LEVELS.index(LABEL) in present else min(present)


def _part(plan: _Plan) -> DraftPart:
    task = _task_level(plan.entries)
    section: dict[int, str] = {}
    rows: list[DraftRow] = []
    everyone: tuple[str, ...] = ()
    findings = [
        Finding("ok", f"“{each.text.strip()[:20]}”不属于任何任务，已略去", str(each.locator)) for each in plan.stray
    ]
    for entry in _merged(plan.entries, task):
        if entry.level < task:
            section = {level: text for level, text in section.items() if level < entry.level}
            section[entry.level] = entry.text.split("。", 1)[0]
            continue
        row, row_everyone, doubts = _row(entry, tuple(section[level] for level in sorted(section)))
        rows.append(row)
        everyone += tuple(unit for unit in row_everyone if unit not in everyone)
        findings += doubts
    findings += _gaps(rows)
    return DraftPart(plan.title, tuple(rows), everyone, tuple(findings))


def _merged(entries: Sequence[_Entry], task: int) -> list[_Entry]:
    """Marks deeper than the tasks are part of their task's text."""
    merged: list[_Entry] = []
    for entry in entries:
        if entry.level > task and merged and merged[-1].level == task:
            merged[-1].lines += entry.lines
        elif entry.level <= task:
            merged.append(_Entry(entry.level, entry.locator, list(entry.lines)))
    return merged


def _row(entry: _Entry, section: tuple[str, ...]) -> tuple[DraftRow, tuple[str, ...], list[Finding]]:
    label, body = split_label(entry.text)
    printed_no = None
    if label is None and (mark := ARABIC.match(body)):
        printed_no, body = int(mark.group(1)), body[mark.end() :].strip()
    elif label is None and (mark := SECTION.match(body)):
        label, body = body[: mark.end()], body[mark.end() :].strip()
    text, clause = closing(body)
    named = roles(clause or "")
    where = str(entry.locator)
    odd = [unit for unit in named.lead + named.responsible if not is_unit_like(unit)]
    doubts = [Finding("check", f"“{unit}”不像完整的单位名称，已按原样保留", where) for unit in odd]
    if clause is None:
        doubts.append(Finding("check", f"“{heading_of(body)}”没有写明单位", where))
    row = DraftRow(label, printed_no, section, heading_of(text), text, named.lead, named.responsible, "", entry.locator)
    return row, named.everyone, doubts


def _gaps(rows: Sequence[DraftRow]) -> list[Finding]:
    """Labels that do not count up by one: a lost or doubled item."""
    findings, before = [], 0
    for row in rows:
        value = number((row.label or "").strip("（）")) or row.printed_no
        if value is not None and value not in (before + 1, 1):
            findings.append(Finding("check", f"序号从{before}跳到{value}", str(row.locator)))
        before = value if value is not None else before
    return findings
