"""Spreadsheets: each visible sheet of an .xlsx file as a table under its title, and .csv files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from bisect import bisect_left, bisect_right
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph, Reading, TableRow
from assistant.parse.readers.grid import Cell, full_rows, with_titles
from assistant.parse.readers.package import check_package
from assistant.parse.readers.text import decode
from assistant.schema import Finding, Locator
from assistant.settings import Limits

_MERGED = re.compile(r"mergeCell\s+ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")


def read_xlsx(path: Path, limits: Limits) -> Reading:
    """The sheets of an .xlsx or .xlsm file as tables; values as shown, never formulas or macros.

    Raises:
        ReadError: damaged, locked, or with too many cells.
    """
    check_package(path, limits)
    _check_merges(path, limits)
    import warnings

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not concern the text
            book = openpyxl.load_workbook(path, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError):
        raise ReadError("Excel 文件已损坏或不完整", where=path.name, hint="请重新保存为 .xlsx 后再试") from None
    blocks: list[Block] = []
    findings = []
    margins: list[tuple[str, str]] = []
    for sheet in book.worksheets:
        margins += _margins(sheet, path.name)
        if sheet.sheet_state != "visible":
            findings.append(Finding("check", f"隐藏的工作表“{sheet.title}”没有读", path.name))
            continue
        read = _sheet(sheet, path.name, limits)
        if read and not isinstance(read[0], Paragraph):
            read.insert(0, Paragraph(sheet.title, Locator(path.name, sheet=sheet.title)))
        blocks += read
    return Reading(tuple(blocks), tuple(findings), tuple(margins))


def _margins(sheet: Any, name: str) -> list[tuple[str, str]]:
    """The headers and footers with which a sheet prints."""
    printed = (
        (f"{name} 表“{sheet.title}”{said}", place.text)
        for kind in ("odd", "even", "first")
        for said, whole in (("页眉", getattr(sheet, f"{kind}Header")), ("页脚", getattr(sheet, f"{kind}Footer")))
        for place in (whole.left, whole.center, whole.right)
    )
    return [(where, text) for where, text in printed if text]


def _check_merges(path: Path, limits: Limits) -> None:
    """Refuses merged ranges of more cells than allowed: openpyxl makes an object for each of them."""
    from openpyxl.utils import column_index_from_string as column

    area = 0
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                for left, top, right, bottom in _MERGED.findall(package.read(name).decode("latin-1")):
                    area += (column(right) - column(left) + 1) * (int(bottom) - int(top) + 1)
    if area > limits.cells:
        raise ReadError(
            f"合并的单元格超过{limits.cells}格",
            where=path.name,
            hint="请取消整行整列的合并，也可调整 WENZHENG_MAX_CELLS",
        )


def _sheet(sheet: Any, name: str, limits: Limits) -> list[Block]:
    """Only cells that hold something are looked at: a stray format far away must not cost a million empty rows."""
    values = {place: _shown(cell) for place, cell in sheet._cells.items() if cell.value is not None}
    values = {place: text for place, text in values.items() if text}
    lines = sorted({row for row, _ in values})
    columns = {column: n for n, column in enumerate(sorted({column for _, column in values}))}
    ends = {(area.min_row, area.min_col): area.max_row for area in sheet.merged_cells.ranges}
    cells = []
    for (row, column), text in sorted(values.items()):
        first = bisect_left(lines, row)
        down = bisect_right(lines, ends.get((row, column), row)) - first
        cells.append(Cell(first, columns[column], text, down))
    locators = [Locator(name, sheet=sheet.title, line=line) for line in lines]
    return with_titles(full_rows(cells, locators, limits.cells))


def _shown(cell: Any) -> str:
    """A value as a reader of the sheet sees it: dates in Chinese, whole numbers without .0, percentages."""
    value = cell.value
    if isinstance(value, datetime | date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float) and "%" in str(cell.number_format):
        return f"{value * 100:g}%"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def read_csv(path: Path, limits: Limits) -> Reading:
    """The rows of a .csv file in UTF-8, UTF-16 or GB18030, separated by commas, semicolons or tabs.

    Raises:
        ReadError: no text, or with too many cells.
    """
    text = decode(path.read_bytes(), path.name)
    separator = max(",;\t", key=text.count)
    rows: list[TableRow] = []
    cells = 0
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        for row in reader:
            cells += len(row)
            if cells > limits.cells:
                raise ReadError(f"表格超过{limits.cells}格", where=path.name, hint="请拆分，或调整 WENZHENG_MAX_CELLS")
            if any(cell.strip() for cell in row):
                rows.append(TableRow(tuple(cell.strip() for cell in row), Locator(path.name, line=reader.line_num)))
    except csv.Error:
        where = f"{path.name} 第{reader.line_num}行"
        raise ReadError("不是有效的 CSV", where=where, hint="请用 Excel 重新另存为 CSV UTF-8") from None
    return Reading(tuple(with_titles(rows)))
