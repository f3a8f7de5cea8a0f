"""Spreadsheets: merged cells, title rows, several sheets, values as shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from assistant.errors import ReadError
from assistant.parse import parse_file
from assistant.parse.readers.sheets import read_csv, read_xlsx
from assistant.settings import Limits, Settings
from tests.parse.makers import blocks_text

LIMITS = Settings.from_env({}).limits


def test_sheets_titles_merges_and_empty_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "岳阳市2025年任务清单"
    sheet.merge_cells("A1:F1")
    for column, name in zip("ABCEF", ("序号", "工作任务", "完成时限", "牵头单位", "责任单位"), strict=True):
        sheet[f"{column}2"] = name
    sheet["A3"], sheet["B3"], sheet["C3"], sheet["E3"], sheet["F3"] = (
        "1",
        "办甲事",
        datetime(2025, 6, 30),
        "市民政局",
        "市财政局",
    )
    sheet["A4"], sheet["B4"], sheet["F4"] = 2.0, "办乙事", "市教育局"
    sheet.merge_cells("C3:C4")
    sheet.merge_cells("E3:E4")
    second = book.create_sheet("民生事项")
    second.append(["序号", "事项", "责任单位"])
    second.append([1, "办丙事", "市水利局"])
    hidden = book.create_sheet("底稿")
    hidden.append(["草稿", "不读"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "清单.xlsx"
    book.save(path)
    parsed = parse_file(path, id="x")
    assert [(part.title) for part in parsed.document.parts] == ["岳阳市2025年任务清单", "民生事项"]
    assert [(r.id, r.printed_no, r.heading, r.lead_units, r.responsible_units) for r in parsed.rows] == [
        ("x/1/1", 1, "办甲事", ("市民政局",), ("市财政局",)),
        ("x/1/2", 2, "办乙事", ("市民政局",), ("市教育局",)),
        ("x/2/1", 1, "办丙事", (), ("市水利局",)),
    ]
    assert [row.deadline.end for row in parsed.rows[:2] if row.deadline] == ["2025-06-30", "2025-06-30"]
    assert str(parsed.rows[1].locator) == "清单.xlsx 表“Sheet” 第4行"
    assert any("底稿" in finding.message for finding in parsed.report.findings)


def test_values_as_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([0.95, 3.0, 2.5, True, datetime(2024, 2, 1), " 字 ", "x"])
    book.active["A1"].number_format = "0%"
    path = tmp_path / "值.xlsx"
    book.save(path)
    assert blocks_text(read_xlsx(path, LIMITS).blocks)[1:] == [[["95%", "3", "2.5", "是", "2024年2月1日", "字", "x"]]]


def test_a_stray_cell_far_away_costs_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["序号", "任务", "责任单位"])
    book.active.append([1, "办事", "市民政局"])
    book.active["XFD1048576"] = "远"
    path = tmp_path / "远.xlsx"
    book.save(path)
    assert [len(table[0]) for table in blocks_text(read_xlsx(path, LIMITS).blocks)[1:]] == [4]


def test_too_many_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for _ in range(20):
        book.active.append(["字"] * 20)
    path = tmp_path / "多.xlsx"
    book.save(path)
    few = Limits(50, 10, 400, 399, 60, 4000)
    with pytest.raises(ReadError, match="超过399格"):
        read_xlsx(path, few)
    csv = tmp_path / "多.csv"
    csv.write_text("\n".join([",".join("字" * 20)] * 20), encoding="utf-8")
    with pytest.raises(ReadError, match="超过399格"):
        read_csv(csv, few)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [
        ["岳阳市2025年任务清单", "", ""],
        ["序号", "工作任务", "责任单位"],
        ["1", '"办好甲事\n和乙事"', "市民政局"],
    ]
    path = tmp_path / "清单.csv"
    path.write_bytes("\r\n".join(separator.join(line) for line in lines).encode(encoding))
    (row,) = parse_file(path).rows
    assert (row.id, row.heading, row.responsible_units, row.locator.line) == (
        "yueyang-2025/1/1",
        "办好甲事和乙事",
        ("市民政局",),
        4,
    )
