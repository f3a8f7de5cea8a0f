"""The parse report: what it finds, and that it changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ParseError
from assistant.parse import parse_file
from assistant.schema import ParsedDocument

HEADER = "永州市2025年任务清单\n序号\t工作任务\t工作要求\t牵头单位\t责任单位\n"


def parse(folder: Path, rows: str, header: str = HEADER) -> ParsedDocument:
    path = folder / "表.txt"
    path.write_text(header + rows, encoding="utf-8")
    return parse_file(path)


def messages(parsed: ParsedDocument, level: str) -> list[str]:
    return [finding.message for finding in parsed.report.findings if finding.level == level]


def test_nothing_to_say(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "1\t办窗口\t开放。\t市数据局\t市财政局\n2\t办网站\t更新。\t市数据局\t市财政局\n")
    assert parsed.report.findings == () and parsed.report.level == parsed.document.report_level == "ok"


def test_gaps_repetitions_and_missing_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{n}\t办第{k}件\t办好。\t市数据局\t市财政局\n" for k, n in enumerate(("1", "2", "2", "5", "", "6")))
    parsed = parse(tmp_path, rows)
    assert messages(parsed, "check") == ["序号2重复", "序号从2跳到5", "“办第4件”没有序号"]
    assert parsed.report.level == "check"


def test_labels_of_prose(tmp_path: Path) -> None:
    body = "一、办\n（一）甲。做。（市数据局牵头）\n（二）乙。做。（市数据局牵头）\n（四）丁。做。（市数据局牵头）\n二、管\n（一）子。做。（市数据局牵头）\n"
    assert messages(parse(tmp_path, body, "永州市2025年要点\n"), "check") == ["序号从2跳到4"]


def test_rows_without_units(tmp_path: Path) -> None:
    full = "".join(f"{n}\t办{n}\t办好。\t市数据局\t\n" for n in range(1, 10))
    parsed = parse(tmp_path, full + "10\t办十\t办好。\t\t\n")
    assert messages(parsed, "check") == ["1行没有写明单位：“办十”（第12行）"]
    lost = "".join(f"{n}\t办{n}\t办好。\t{'市数据局' if n < 4 else ''}\t\n" for n in range(1, 10))
    assert parse(tmp_path, lost).report.level == "refuse"


def test_units_that_look_wrong_stay_as_printed(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "1\t办\t办好。\t市交通送输局\t市行政审批服务、市绣花办公厅\n")
    (row,) = parsed.rows
    assert (row.lead_units, row.responsible_units) == (("市交通送输局",), ("市行政审批服务", "市绣花办公厅"))
    assert messages(parsed, "check") == [
        "“市交通送输局”疑为“市交通运输局”，已按原样保留",
        "“市行政审批服务”不像完整的单位名称，已按原样保留",
    ]
    assert messages(parsed, "ok") == ["单位登记册中没有：市绣花办公厅"]


def test_slips_are_suggested_never_changed(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "1\t办\t加强重点领城监管，形成寒慑，促进公平竟争。\t市数据局\t市财政局\n")
    assert parsed.rows[0].text == "加强重点领城监管，形成寒慑，促进公平竟争。"
    assert messages(parsed, "check") == [
        f"“{said}”疑为“{meant}”之误，已按原样保留"
        for said, meant in (("领城", "领域"), ("寒慑", "震慑"), ("竟争", "竞争"))
    ]


def test_misread_tables_are_refused(tmp_path: Path) -> None:
    rows = "".join(
        f"{n}\t办{n}\t市数据局\n" if n % 2 else f"{n}\t办{n}\t做。\t市数据局\t市财政局\n" for n in range(1, 9)
    )
    parsed = parse(tmp_path, rows)
    assert parsed.report.level == "refuse" and "4行的格数与表头不符，超过三成，表格可能读乱了" in messages(
        parsed, "refuse"
    )


def test_columns_that_are_not_taken_are_said(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "1\t办\t好\t市数据局\n", "永州市2025年清单\n序号\t任务\t备注\t责任单位\n")
    assert "“备注”一列没有收录" in messages(parsed, "ok")


def test_completed_names_are_said(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "1\t办\t做。\t市市场监管局、发展改革委\t市财政局\n")
    assert parsed.rows[0].lead_units == ("市市场监管局", "市发展改革委")
    assert messages(parsed, "ok") == ["单位按同列写法补全为“市发展改革委”"]


def test_a_table_without_rules_is_refused(tmp_path: Path) -> None:
    lines = "序号 工作任务 牵头单位 责任单位\n1 办好窗口 市数据局 市财政局\n"
    body = "一、办\n（一）甲。做。（市数据局牵头）\n"
    parsed = parse(tmp_path, lines, f"永州市2025年要点\n{body}附件\n")
    assert messages(parsed, "refuse") == [
        "“序号 工作任务 牵头单位 责任单位”像是表头，但表格没有画线或分列，没有按行读出"
    ]
    with pytest.raises(ParseError, match=r"第2行“序号 工作任务 .*没有画线"):
        parse(tmp_path, lines, "永州市2025年清单\n")
