"""Task lists: tables whose header names a task and its units become one part a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from assistant.parse.blocks import Block, DraftPart, DraftRow, Paragraph, Table, TableRow
from assistant.parse.marks import LABEL, SECTION, heading_of, split_label, tidy
from assistant.parse.units import is_unit_like, split_units
from assistant.schema import Finding

# The columns of task lists and the words by which their headers are known, in order of precedence.
_COLUMNS = (
    ("no", re.compile(r"^(序号|编号|项次)$")),
    ("lead", re.compile(r"^(牵头|主办|主责|主要责任)(责任)?(单位|部门)")),
    ("responsible", re.compile(r"^(责任|落实|配合|协办|参与|参加|承办)(责任)?(单位|部门)")),
    ("deadline", re.compile(r"(时限|时间|期限|进度)")),
    ("requirement", re.compile(r"(要求|内容|措施|举措|目标)")),
    ("task", re.compile(r"(任务|事项|项目|工作)")),
)
_PART_MARK = re.compile(r"^附(件|表)\s*[一二三四五六七八九十\d]*[:：]?$")


def columns_of(cells: Sequence[str]) -> tuple[str, ...]:
    """The kind of each column of a header row; () where the cells are not the header of a task list."""
    kinds = tuple(_kind(tidy(cell)) for cell in cells)
    has_task = "task" in kinds or "requirement" in kinds
    has_units = "lead" in kinds or "responsible" in kinds
    return kinds if has_task and has_units and "" not in kinds[:1] else ()


def _kind(cell: str) -> str:
    return next((kind for kind, pattern in _COLUMNS if len(cell) <= 12 and pattern.search(cell)), "")


def task_lists(blocks: Sequence[Block]) -> list[DraftPart]:
    """The parts of a document that are task lists; a table that only goes on after a page break joins its part."""
    readers: list[_ListReader] = []
    title, titled = "", False
    columns: tuple[str, ...] = ()
    for block in blocks:
        if isinstance(block, Paragraph):
            text = tidy(block.text)
            if readers and SECTION.match(text):
                readers[-1].begin_section(text)  # a merged row, pasted as a line of its own
            elif text and not _PART_MARK.match(text):
                title, titled = text, True
            continue
        header = next((columns_of(row.cells) for row in block.rows if columns_of(row.cells)), ())
        columns = header or columns
        if not columns:
            continue
        if not readers or (titled and header):
            readers.append(_ListReader(title))
        readers[-1].read(block, columns)
        titled = False
    parts = [reader.part() for reader in readers]
    return [part for part in parts if part.rows]


class _ListReader:
    """Reads the tables of one part; keeps the section and the task that later rows inherit."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._columns: tuple[str, ...] = ()
        self._section: tuple[str, ...] = ()
        self._task = ""
        self._rows: list[DraftRow] = []
        self._findings: list[Finding] = []

    def begin_section(self, heading: str) -> None:
        """Puts the rows that follow under a section heading."""
        self._section, self._task = (heading,), ""

    def read(self, table: Table, columns: tuple[str, ...]) -> None:
        """Takes the task rows of one table."""
        self._columns = columns
        for row in table.rows:
            cells = tuple(tidy(cell) for cell in row.cells)
            filled = [cell for cell in cells if cell]
            if not filled or columns_of(cells):
                continue
            if len(filled) == 1 and SECTION.match(filled[0]):
                self.begin_section(filled[0])
            else:
                self._take(TableRow(cells, row.locator))

    def part(self) -> DraftPart:
        """All rows read, with what was doubtful in them."""
        return DraftPart(self._title, tuple(self._rows), (), (*self._findings, *self._number_findings()))

    def _take(self, row: TableRow) -> None:
        values = self._values(row)
        task, requirement = values.get("task", ""), values.get("requirement", "")
        if SECTION.match(task) and LABEL.match(requirement):
            self._section, task = (task,), ""
        self._task = task or self._task
        own = split_label(requirement)
        if own[0]:
            label, text = own
            heading = heading_of(text)
        else:
            label, heading = split_label(self._task)
            text = requirement or heading
            heading = heading or heading_of(text)
        number = values.get("no", "")
        self._rows.append(
            DraftRow(
                label=label,
                printed_no=int(number) if number.isdigit() else None,
                section=self._section,
                heading=heading.rstrip("。；"),
                text=text,
                lead_units=self._units(values.get("lead", ""), row),
                responsible_units=self._units(values.get("responsible", ""), row),
                deadline=values.get("deadline", ""),
                locator=row.locator,
            )
        )

    def _values(self, row: TableRow) -> dict[str, str]:
        """Column kind → cell; two columns of one kind (责任单位, 配合单位) are joined."""
        places: Sequence[int] = range(len(row.cells))
        if len(row.cells) != len(self._columns):
            places = align(row.cells, self._columns)
            message = f"本行有{len(row.cells)}格，表头有{len(self._columns)}列，已按内容对齐，请核对"
            self._findings.append(Finding("check", message, str(row.locator)))
        values: dict[str, str] = {}
        for place, cell in zip(places, row.cells, strict=False):
            kind = self._columns[place]
            values[kind] = "、".join(filter(None, (values.get(kind, ""), cell)))
        return values

    def _units(self, cell: str, row: TableRow) -> tuple[str, ...]:
        units = split_units(cell)
        for unit in units:
            if not is_unit_like(unit):
                self._findings.append(Finding("check", f"“{unit}”不像完整的单位名称，已按原样保留", str(row.locator)))
        return units

    def _number_findings(self) -> list[Finding]:
        numbered = [row for row in self._rows if row.printed_no is not None]
        without = [row for row in self._rows if row.printed_no is None] if numbered else []
        found = [Finding("check", f"“{row.heading}”没有序号", str(row.locator)) for row in without]
        for before, after in pairwise(numbered):
            if after.printed_no != (before.printed_no or 0) + 1:
                message = f"序号从{before.printed_no}跳到{after.printed_no}"
                found.append(Finding("check", message, str(after.locator)))
        return found


def align(cells: Sequence[str], columns: Sequence[str]) -> tuple[int, ...]:
    """The column of each cell where a row has fewer cells than the header: in order, the best fit by content.

    A longest-common-subsequence style alignment over ``_fit`` scores; surplus cells fall into the last column.
    """
    cells = tuple(cells[: len(columns)])

    @cache
    def best(cell: int, column: int) -> tuple[float, tuple[int, ...]]:
        if cell == len(cells):
            return 0.0, ()
        if len(columns) - column < len(cells) - cell:
            return float("-inf"), ()
        score, rest = best(cell + 1, column + 1)
        taken = (score + _fit(cells[cell], columns[column]), (column, *rest))
        skipped = best(cell, column + 1)
        return max(taken, skipped, key=lambda pair: pair[0])

    return best(0, 0)[1]


def _fit(cell: str, column: str) -> float:
    """How well a cell's content suits a column; an empty cell suits any a little."""
    if not cell:
        return 0.5 if column == "no" else 0.1
    units = split_units(cell)
    looks_like_units = sum(map(is_unit_like, units)) / len(units) if units else 0.0
    return {
        "no": float(cell.isdigit()),
        "task": float(len(cell) <= 60 and not looks_like_units and not cell.isdigit()) * 0.8,
        "requirement": float(len(cell) > 60 or bool(LABEL.match(cell))),
        "deadline": float(bool(re.search(r"\d+年|月|季度|长期", cell)) and len(cell) <= 20),
        "lead": looks_like_units,
        "responsible": looks_like_units * 0.9,
    }.get(column, 0.0)
