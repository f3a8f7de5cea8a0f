"""Numbered prose: items under sections, one part for each plan that a notice prints.

A task is the finest item that names units of its own, with the items above it as its section; where a whole plan names
none, the finest that says what is required. Items below a task belong to its text. Sections that only frame a plan
(总体要求, 保障措施) hold no tasks unless they name units.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.parse.blocks import Block, DraftPart, DraftRow, Paragraph
from assistant.parse.marks import (
    ARABIC,
    LABEL,
    LEVELS,
    PART_MARK,
    full_width,
    heading_of,
    is_page_number,
    split_label,
    tidy,
)
from assistant.parse.units import CLOSERS, closing, completed, is_labelled, roles
from assistant.schema import Finding, Locator

_PLAN_TITLE = re.compile(r"^[^《》。；：，]{4,40}(要点|计划|方案|清单|意见|规划|安排|措施|办法|任务)$")
_FRAMING = re.compile(
    r"^(总体(要求|目标|思路)|指导思想|(基本|工作)原则|(工作|主要|总体|发展)目标|目标(任务|要求)|(保障|组织)措施|(组织|工作)保障|组织(领导|实施)"
    r"|(切实)?(加强|强化)(组织(领导|保障|实施)|工作保障)|(工作|有关|相关)要求|(实施|工作)步骤|附则)$"
)
_REQUIRED = 8  # characters after a heading from which an item says what is required
_DOMINANT = 0.2  # share of the commonest level's items with units from which another level holds tasks as well


@dataclass(slots=True)
class _Item:
    """A mark, the lines that follow it, and the items below it."""

    level: int
    locator: Locator
    lines: list[str]
    below: list[_Item] = field(default_factory=list)
    closed: bool = False
    holds_units: bool = False  # itself or below

    @property
    def text(self) -> str:
        return tidy("".join(self.lines))

    @property
    def title(self) -> str:
        return self.text.split("。", 1)[0]

    @property
    def frames(self) -> bool:
        return bool(_FRAMING.match(LEVELS[self.level].sub("", self.title).strip()))

    def all(self) -> Iterator[_Item]:
        """The item and all below it, in reading order."""
        yield self
        for item in self.below:
            yield from item.all()


@dataclass(slots=True)
class _Plan:
    title: str
    at: int
    items: list[_Item] = field(default_factory=list)
    stray: list[Paragraph] = field(default_factory=list)

    def begin(self, item: _Item, at: int) -> None:
        """Takes the next item, whose block is the ``at``-th."""
        self.at = self.at if self.items else at
        self.items.append(item)


def plans(blocks: Sequence[Block], named_only: bool = False) -> list[DraftPart]:
    """The parts of a document that are numbered prose; ``named_only``: those in which items name units."""
    parts = []
    for plan in _gather(blocks):
        roots = _tree(plan.items)
        if roots and (not named_only or any(item.holds_units for item in roots)):
            parts.append(_part(plan, roots))
    return [part for part in parts if part.rows]


def _gather(blocks: Sequence[Block]) -> list[_Plan]:
    """Cuts paragraphs into plans and items; text before the first mark of a plan is its preamble."""
    found = [_Plan("", 0)]
    after_table = False
    for at, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            after_table = True
            continue
        line = block.text.strip().lstrip("#").strip()
        if PART_MARK.match(tidy(line)):
            found.append(_Plan("", at))
        elif _starts_plan(line, found[-1]):
            found += [_Plan("", at)] if found[-1].items else []
            found[-1].title = tidy(line)
        elif (level := _level(line)) is not None:
            found[-1].begin(_Item(level, block.locator, [line]), at)
            after_table = False
        elif line and not is_page_number(line):
            _go_on(found[-1], line, block, after_table)
    return found


def _go_on(plan: _Plan, line: str, block: Paragraph, after_table: bool) -> None:
    """A line without a mark: a field of the last item, the rest of its text, or, once that is closed, neither."""
    if not plan.items:
        return
    item = plan.items[-1]
    if is_labelled(line):
        item.lines.append(f"；{line}" if _is_closed(item) else line)
    elif after_table or _is_closed(item):
        plan.stray.append(block)
    else:
        item.lines.append(f" {line}" if _parts_words(item.lines[-1], line) else line)


def _level(line: str) -> int | None:
    return next((level for level, mark in enumerate(LEVELS) if mark.match(line)), None)


def _parts_words(before: str, after: str) -> bool:
    """Whether a line break stands between two Latin words; Chinese text and figures go on without a space."""
    return (before[-1:] + after[:1]).isascii() and before[-1:].isalpha() and after[:1].isalpha()


def _starts_plan(line: str, plan: _Plan) -> bool:
    """A short line that names a plan; inside an item only once that item is closed or its sentence is over."""
    title = tidy(line)
    if not _PLAN_TITLE.match(title) or _level(line) is not None:
        return False
    item = plan.items[-1] if plan.items else None
    return item is None or _is_closed(item) or item.text.endswith(("。", "；"))


def _is_closed(item: _Item) -> bool:
    """Whether an item ends in what closes it. A look at its last line spares joining all of them each time."""
    end = item.lines[-1].rstrip("。；; ")
    if end.endswith(("、", "，")) or not (end.endswith(CLOSERS) or re.search("[:：]", end)):
        return False
    return closing(item.text)[1] is not None


def _tree(items: Sequence[_Item]) -> list[_Item]:
    """Items by level: each below the nearest one before it of an outer level."""
    roots: list[_Item] = []
    above: list[_Item] = []
    for item in items:
        item.closed = _is_closed(item)
        while above and above[-1].level >= item.level:
            above.pop()
        (above[-1].below if above else roots).append(item)
        above.append(item)
        if item.closed:
            for each in above:
                each.holds_units = True
    for root in roots:
        _close_lists(root)
    return roots


def _close_lists(item: _Item) -> None:
    """Where a list of clauses ends in one bracket (1.甲；2.乙。（市政府办牵头）), the bracket closes the item above."""
    for each in item.below:
        _close_lists(each)
    *before, last = item.below or [item]
    if before and last.closed and not last.below and all(_is_clause(each) for each in before):
        item.lines += [line for each in item.below for line in each.lines]
        item.below, item.closed = [], True


def _is_clause(item: _Item) -> bool:
    return not item.below and not item.closed and item.text.endswith(("；", ";", "，"))


def _task_levels(roots: Sequence[_Item]) -> set[int]:
    """The levels at which items that name no units are tasks all the same."""
    items = [item for root in roots for item in root.all()]
    closed = Counter(item.level for item in items if item.closed)
    if closed:
        return {level for level, count in closed.items() if count >= _DOMINANT * max(closed.values())}
    levels = Counter(item.level for item in items)
    telling = Counter(item.level for item in items if len(item.text) >= len(item.title) + _REQUIRED)
    finest = [level for level, count in telling.items() if 2 * count > levels[level]]
    labels = LEVELS.index(LABEL)
    return {max(finest)} if finest else {labels if labels in levels else min(levels)}


def _tasks(
    items: Sequence[_Item], levels: set[int], path: tuple[str, ...], framing: bool
) -> Iterator[tuple[_Item, tuple[str, ...]]]:
    """The tasks among items and below them, each with its section path; what is below a task belongs to it."""
    for item in items:
        framed = framing or item.frames
        deeper = (*path, item.title.rstrip("：:"))
        if any(each.holds_units for each in item.below):
            if item.closed:
                yield _Item(item.level, item.locator, item.lines), path
            yield from _tasks(item.below, levels, deeper, framed)
        elif item.closed or (item.level in levels and not framed and not _tells_below(item, levels)):
            yield item, path
        else:
            yield from _tasks(item.below, levels, deeper, framed)


def _tells_below(item: _Item, levels: set[int]) -> bool:
    """Whether an item without units only heads finer tasks without units."""
    return any(each.level in levels for each in item.below) and len(item.text) < len(item.title) + _REQUIRED


def _part(plan: _Plan, roots: Sequence[_Item]) -> DraftPart:
    rows: list[DraftRow] = []
    everyone: tuple[str, ...] = ()
    findings = [
        Finding("ok", f"“{each.text.strip()[:20]}”不属于任何任务，已略去", str(each.locator)) for each in plan.stray
    ]
    for item, section in _tasks(roots, _task_levels(roots), (), False):
        row, named, doubts = _row(item, section)
        rows.append(row)
        everyone += tuple(unit for unit in named if unit not in everyone)
        findings += doubts
    return DraftPart(plan.title, tuple(rows), everyone, tuple(findings), plan.at)


def _row(item: _Item, section: tuple[str, ...]) -> tuple[DraftRow, tuple[str, ...], list[Finding]]:
    label, body = split_label(item.text)
    printed_no = None
    if label is None and (mark := ARABIC.match(body)):
        printed_no, body = int(mark.group(1)), body[mark.end() :].strip()
    elif label is None and (mark := LEVELS[item.level].match(body)):
        label, body = full_width(mark.group()), body[mark.end() :].strip()
    text, clause = closing(body)
    text = tidy("".join((text, *(line for each in item.below for part in each.all() for line in part.lines))))
    named = roles(clause or "")
    doubts = completed((*named.lead, *named.responsible), clause or "", str(item.locator))
    row = DraftRow(
        label=label,
        printed_no=printed_no,
        section=section,
        heading=heading_of(text),
        text=text,
        lead_units=named.lead,
        responsible_units=named.responsible,
        deadline=named.deadline,
        locator=item.locator,
    )
    return row, named.everyone, doubts
