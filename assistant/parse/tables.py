"""Task lists: tables whose header names a task and its units become one part a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from assistant.parse.blocks import Block, DraftPart, DraftRow, Paragraph, Table, TableRow
from assistant.parse.header import columns_of, find_header
from assistant.parse.marks import (
    ARABIC,
    BRACKETED,
    LABEL,
    PART_MARK,
    SECTION,
    full_width,
    heading_of,
    is_page_number,
    split_label,
    tidy,
)
from assistant.parse.units import completed, has_roles, is_unit_like, roles, split_units
from assistant.schema import Finding

_NOTE = re.compile(r"^(注|备注|说明|填表)\s*\d*[:：]")
_UNUSED = ("", "remark", "person")
_HEADER_WORDS = 3  # from which words in a line may be a header
_LONGEST_SECTION = 60
_LOST = 0.3  # share of rows with too few or too many cells from which a table was probably misread
_SENTENCE_END = "。；！？”）"


def task_lists(blocks: Sequence[Block]) -> tuple[list[DraftPart], list[Finding]]:
    """The parts of a document that are task lists, and the tables that are not. A table that only goes on after a page
    break joins its part.
    """
    readers: list[_ListReader] = []
    unread: list[Finding] = []
    title, titled = "", False
    for at, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            unread += _unruled(block)
            text = tidy(block.text.lstrip("# "))
            if readers and SECTION.match(text) and len(text) <= _LONGEST_SECTION:
                readers[-1].begin_section(text)  # a merged row, pasted as a line of its own
            elif text and not PART_MARK.match(text) and not is_page_number(text) and not _NOTE.match(text):
                title, titled = text, True
            continue
        _, end, columns = find_header(block.rows)
        columns = _with_number(columns, block.rows[end:])
        if columns and (not readers or titled or columns != readers[-1].columns):
            readers.append(_ListReader(title, columns, at, block.rows[end - 1]))
        elif not columns and (not readers or (titled and not block.continues)):
            message = f"有一个{len(block.rows)}行的表格没有认出任务清单的表头，没有收录"
            unread += [Finding("check", message, str(block.rows[0].locator))] if len(block.rows) > 1 else []
            continue
        readers[-1].read(block, end)
        titled = False
    parts = [reader.part() for reader in readers]
    return [part for part in parts if part.rows], unread


def _unruled(line: Paragraph) -> list[Finding]:
    """A line that reads like a header: its table has neither rules nor separators, so its cells cannot be told apart."""
    words = line.text.split()
    if len(words) < _HEADER_WORDS or not columns_of(words):
        return []
    message = f"“{' '.join(words)}”像是表头，但表格没有画线或分列，没有按行读出"
    return [Finding("refuse", message, str(line.locator))]


def _with_number(columns: tuple[str, ...], rows: Sequence[TableRow]) -> tuple[str, ...]:
    """The columns; a first one without a name that holds figures is the number's."""
    firsts = [row.cells[0].strip() for row in rows if len(row.cells) == len(columns) and row.cells[0].strip()]
    figures = sum(cell.isdigit() for cell in firsts)
    return ("no", *columns[1:]) if columns[:1] == ("",) and figures and 2 * figures > len(firsts) else columns


class _ListReader:
    """Reads the tables of one part; keeps the section and the task that later rows inherit."""

    def __init__(self, title: str, columns: tuple[str, ...], at: int, header: TableRow) -> None:
        self.columns = columns
        self._title = title
        self._at = at
        self._section: tuple[str, ...] = ()
        self._task = ""
        self._rows: list[TableRow] = []
        self._drafts: list[DraftRow] = []
        self._misplaced = 0
        unused = [tidy(cell) for cell, kind in zip(header.cells, columns, strict=True) if cell and kind in _UNUSED]
        message = f"“{'、'.join(unused)}”一列没有收录"
        self._findings = [Finding("ok", message, str(header.locator))] if unused else []

    def begin_section(self, heading: str) -> None:
        """Puts the rows that follow under a section heading; one of a lower level goes below the one above it."""
        self._flush()
        keep = self._section[:1] if LABEL.match(heading) and self._section and SECTION.match(self._section[0]) else ()
        self._section, self._task = (*keep, heading), ""

    def read(self, table: Table, begin: int) -> None:
        """Takes the task rows of one table from row ``begin`` on."""
        body = [replace(row, cells=tuple(map(tidy, row.cells))) for row in table.rows[begin:]]
        for number, row in enumerate(body):
            filled = [cell for cell in row.cells if cell]
            if not filled or columns_of(row.cells):
                continue
            if len(filled) == 1 and self._take_alone(filled[0], row):
                continue
            placed = self._placed(row)
            if table.continues and number == 0 and self._goes_on(placed):
                self._rows[-1] = _glued(self._rows[-1], placed)
                message = "本行跨页，已与上一页接成一行"
                self._findings.append(Finding("ok", message, str(row.locator)))
            else:
                self._flush()
                self._rows.append(placed)

    def part(self) -> DraftPart:
        """All rows read, with what was doubtful in them."""
        self._flush()
        if self._misplaced > _LOST * len(self._drafts):
            message = f"{self._misplaced}行的格数与表头不符，超过三成，表格可能读乱了"
            self._findings.append(Finding("refuse", message, self._title))
        return DraftPart(self._title, tuple(self._drafts), (), tuple(self._findings), self._at, self.columns)

    def _take_alone(self, text: str, row: TableRow) -> bool:
        """A row of a single cell: a section heading, a note, or (False) the rest of a row."""
        if _NOTE.match(text):
            self._flush()
            return True
        marked = SECTION.match(text) or LABEL.match(text)
        spans = len(row.cells) > 1 and row.cells[0] == text and not ARABIC.match(text) and not text.isdigit()
        if len(text) > _LONGEST_SECTION or not (marked or spans) or text.endswith(("。", "；")):
            return False
        self.begin_section(text)
        return True

    def _placed(self, row: TableRow) -> TableRow:
        """The row with a cell for every column."""
        if len(row.cells) == len(self.columns):
            return row
        message = f"本行有{len(row.cells)}格，表头有{len(self.columns)}列，已按内容对齐，请核对"
        self._findings.append(Finding("check", message, str(row.locator)))
        self._misplaced += 1
        cells = [""] * len(self.columns)
        for place, cell in zip(align(row.cells, self.columns), row.cells, strict=False):
            cells[place] = cell
        cells[-1] += "".join(row.cells[len(self.columns) :])
        return TableRow(tuple(cells), row.locator)

    def _goes_on(self, row: TableRow) -> bool:
        """Whether the first row of a page is the rest of the last row of the page before: it has no number or task of
        its own, and the requirement above breaks off or nothing is required here.
        """
        if not self._rows:
            return False
        said, before = self._values(row), self._values(self._rows[-1])
        if said.get("no") and said["no"] != before.get("no"):
            return False
        if LABEL.match(said.get("task", "")) or LABEL.match(said.get("requirement", "")):
            return False
        broken_off = not before.get("requirement", "").endswith(tuple(_SENTENCE_END))
        return broken_off or not said.get("requirement") or ("no" in self.columns and not said.get("no"))

    def _flush(self) -> None:
        """Turns the row that was held back for the next page into a draft."""
        for row in self._rows:
            self._draft(row)
        self._rows = []

    def _draft(self, row: TableRow) -> None:
        values = self._values(row)
        task, requirement = values.get("task", ""), values.get("requirement", "")
        if SECTION.match(task) and LABEL.match(requirement):
            self._section, task = (task,), ""
        if "section" in values:
            self._section = (values["section"],)
        self._task = task or self._task
        own = split_label(requirement)
        if own[0]:
            label, text = own
            heading = heading_of(text)
        else:
            label, task = _marked(self._task)
            text = requirement or task
            heading = task if task and requirement else heading_of(text)
        number = values.get("no", "").rstrip(".．、")
        lead, responsible = self._units(values, row)
        self._drafts.append(
            DraftRow(
                label=label,
                printed_no=int(number) if number.isdigit() and len(number) < 5 else None,
                section=self._section,
                heading=heading.rstrip("。；"),
                text=text,
                lead_units=lead,
                responsible_units=responsible,
                deadline=values.get("deadline", ""),
                locator=row.locator,
                inherited=tuple(sorted({self.columns[column] for column in row.inherited if self.columns[column]})),
            )
        )

    def _values(self, row: TableRow) -> dict[str, str]:
        """Column kind → cell; two columns of one kind (责任单位, 配合单位) are joined."""
        values: dict[str, str] = {}
        for kind, cell in zip(self.columns, row.cells, strict=True):
            before = values.get(kind, "")
            joint = "" if not before or not cell or before.endswith("。") else "、" if "respons" in kind else "；"
            if before != cell:
                values[kind] = f"{before}{joint}{cell}"
        return {kind: cell for kind, cell in values.items() if cell}

    def _units(self, values: dict[str, str], row: TableRow) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Lead and responsible units; a cell may name the roles itself (办公室牵头，各科室配合)."""
        lead: list[str] = []
        responsible: list[str] = []
        for kind, units in (("lead", lead), ("responsible", responsible)):
            cell = values.get(kind, "")
            if has_roles(cell):
                named = roles(cell)
                lead += named.lead
                (lead if kind == "lead" and not named.lead else responsible).extend(named.responsible)
            else:
                units += split_units(cell)
        printed = values.get("lead", "") + values.get("responsible", "")
        self._findings += completed((*lead, *responsible), printed, str(row.locator))
        return tuple(dict.fromkeys(lead)), tuple(dict.fromkeys(responsible))


def _marked(task: str) -> tuple[str | None, str]:
    """A task cell's label, （一） or （1）, and its name; a 1. or 一、 before it is no label and falls away."""
    mark = ARABIC.match(task) or SECTION.match(task)
    label, name = split_label(task[mark.end() :].strip() if mark else task)
    if label is None and (figure := BRACKETED.match(name)):
        return full_width(figure.group()), name[figure.end() :].strip()
    return label, name


def _glued(above: TableRow, rest: TableRow) -> TableRow:
    """Two halves of a row that a page break cut; a merged cell repeats what it said above."""
    cells = (
        first if second == first or n in rest.inherited else first + second
        for n, (first, second) in enumerate(zip(above.cells, rest.cells, strict=True))
    )
    return replace(above, cells=tuple(map(tidy, cells)))


def align(cells: Sequence[str], columns: Sequence[str]) -> tuple[int, ...]:
    """The column of each cell where a row has fewer cells than the header: in order, the best fit by content.

    A longest-common-subsequence style alignment over ``_fit`` scores; surplus cells have no column.
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
        "deadline": float(bool(re.search(r"\d+年|月|季度|长期|持续", cell)) and len(cell) <= 20),
        "lead": looks_like_units,
        "responsible": looks_like_units * 0.9,
    }.get(column, 0.0)
