"""Documents of the next city: the same rules, other layouts and encodings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parse import parse_file
from assistant.parse.readers.text import text_blocks
from assistant.parse.tables import task_lists
from assistant.schema import TaskRow
from tests.parse.documents import FIVE_COLUMNS, LIST, PROSE, YAML


def parse(folder: Path, text: str, name: str = "文件.txt", encoding: str = "utf-8") -> tuple[TaskRow, ...]:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return parse_file(path).rows


def test_prose(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE, encoding="utf-8")
    parsed = parse_file(tmp_path / "a.txt")
    document, rows = parsed.document, parsed.rows
    assert (document.id, document.place, document.year) == ("changde-2024", "常德市", 2024)
    assert (document.doc_number, document.issued_on) == ("常政办函〔2024〕9号", "2024-03-05")
    assert document.parts[0].everyone_responsible == ("各区县市人民政府",)
    assert [row.heading for row in rows] == ["推行周末延时服务", "设立流动服务车", "缩短接听等待"]
    assert [row.lead_units for row in rows] == [("市行政审批服务局",), ("市行政审批服务局", "市交通运输局"), ()]
    assert [row.responsible_units for row in rows] == [
        ("市人社局", "市医保局"),
        ("市直相关单位",),
        ("市政务热线中心", "市数据局"),
    ]
    assert [row.deadline.text if row.deadline else None for row in rows] == ["6月底前", "年底前", None]
    assert [row.deadline.end if row.deadline else None for row in rows] == ["2024-06-30", "2024-12-31", None]
    assert [row.targets for row in rows] == [("不少于10个",), ("2次以上",), ("不超过15秒",)]
    assert rows[2].doc_numbers == ("常政办发〔2023〕17号",)
    assert "- 2 -" not in rows[0].text and rows[1].text.count("每个山区乡镇每月到访") == 1
    assert rows[2].section == ("二、把热线接稳",)


def test_task_list(tmp_path: Path) -> None:
    rows = parse(tmp_path, LIST)
    assert [row.id for row in rows] == ["yongzhou-2024/1/1", "yongzhou-2024/1/2", "yongzhou-2024/1/3"]
    assert [(row.label, row.heading) for row in rows] == [
        ("（一）", "公开预算"),
        ("（一）", "公开预算"),
        ("（二）", "回应留言"),
    ]
    assert rows[1].responsible_units == ("市数据局（市大数据中心）",)
    assert rows[2].lead_units == ("市政府办", "市信访局")
    assert [row.deadline.text if row.deadline else None for row in rows] == ["2024年9月底", "全年", "持续推进"]
    assert [row.section for row in rows] == [("一、把信息发出来",)] * 2 + [("二、把意见收回来",)]
    assert rows[0].locator.line == 6


def test_five_columns_and_rows_without_number(tmp_path: Path) -> None:
    rows = parse(tmp_path, FIVE_COLUMNS)
    assert [row.printed_no for row in rows] == [1, None]
    assert rows[1].responsible_units == ("各县区人民政府",)
    assert all(row.deadline is None for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_give_the_same_rows(tmp_path: Path, encoding: str) -> None:
    assert parse(tmp_path, LIST, encoding=encoding) == parse(tmp_path, LIST)


def test_windows_line_ends(tmp_path: Path) -> None:
    assert parse(tmp_path, LIST.replace("\n", "\r\n")) == parse(tmp_path, LIST)


def test_yaml(tmp_path: Path) -> None:
    (row,) = parse(tmp_path, YAML, "张家界.yaml")
    assert (row.id, row.text_kind) == ("zhangjiajie-2024/1/1", "digest")
    assert row.deadline is not None and row.deadline.end == "2024-10-31"
    assert row.locator.line == 10


def test_a_row_survives_json(tmp_path: Path) -> None:
    for row in parse(tmp_path, PROSE):
        assert TaskRow.from_dict(row.to_dict()) == row


def test_id_and_title_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE, encoding="utf-8")
    parsed = parse_file(tmp_path / "a.txt", id="my-plan", title="我的要点")
    assert (parsed.document.id, parsed.document.title, parsed.rows[0].id) == ("my-plan", "我的要点", "my-plan/1/1")


words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8)
names = st.lists(words.map(lambda word: f"市{word}局"), min_size=1, max_size=4, unique=True)


@given(st.lists(st.tuples(words, words, names, names), min_size=1, max_size=8))
def test_any_task_list_parses_back(tasks: list[tuple[str, str, list[str], list[str]]]) -> None:
    lines = ["序号\t工作任务\t工作要求\t牵头单位\t责任单位"]
    for number, (heading, text, lead, others) in enumerate(tasks, 1):
        lines.append(f"{number}\t{heading}\t{text}。\t{'、'.join(lead)}\t{'、'.join(others)}")
    ((part,), _) = task_lists(text_blocks("\n".join(lines), "x.txt"))
    assert [(row.printed_no, row.heading, row.text) for row in part.rows] == [
        (number, heading, f"{text}。") for number, (heading, text, _, _) in enumerate(tasks, 1)
    ]
    assert [(row.lead_units, row.responsible_units) for row in part.rows] == [
        (tuple(lead), tuple(others)) for _, _, lead, others in tasks
    ]
