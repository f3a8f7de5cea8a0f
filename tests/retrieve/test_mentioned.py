"""What an answer named, in whatever form it was written, and which of it a follow-up means."""

from __future__ import annotations

import pytest

from assistant.retrieve.mentioned import entries, picked
from assistant.service import Assistant


@pytest.mark.parametrize(
    ("answered", "listed"),
    [
        ("两项：\n1. 第9项 甲\n2. 第26项 乙", ["第9项 甲", "第26项 乙"]),
        ("- 甲\n- 乙\n- 丙", ["甲", "乙", "丙"]),
        ("①第1项 甲；②第7项 乙", ["第1项 甲", "第7项 乙"]),
        ("| 序号 | 任务 |\n|---|---|\n| 1 | 甲 |\n| 2 | 乙 |", ["1 甲", "2 乙"]),
        ("共有3件：“甲、一”、“乙”、丙。", ["“甲、一”", "“乙”", "丙"]),
        ("由州财政局牵头。", []),
        ("", []),
    ],
)
def test_entries(answered: str, listed: list[str]) -> None:
    assert entries(answered) == listed


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("第二个展开说说", [1]),
        ("③的时限", [2]),
        ("前两个分别什么时候完成", [0, 1]),
        ("最后一个谁牵头", [3]),
        ("倒数第二个", [2]),
        ("头一个和末一个都归谁", [0, 3]),
        ("什么时候完成", []),
        ("前一条呢", []),
    ],
)
def test_picks(question: str, places: list[int]) -> None:
    assert picked(question, 4) == places


def turns(*said: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(said)]


FINANCE = turns("湘西附件1里州财政局牵头哪些任务？", "• 第9项 税费优惠公开\n• 第26项 整合信息化资金")


@pytest.mark.parametrize(
    ("question", "history", "rows"),
    [
        ("最后一个具体说说", FINANCE, ["xiangxi-2022/1/26"]),
        ("前两个谁牵头", FINANCE, ["xiangxi-2022/1/9", "xiangxi-2022/1/26"]),
        ("那州公安局呢", FINANCE, ["xiangxi-2022/1/4"]),
        ("还有吗", turns("湘西附件1里州财政局牵头哪些任务？", "第9项 税费优惠公开"), ["xiangxi-2022/1/26"]),
        ("上一项呢", turns("湘西附件1第36项是什么？", "监管事项标准化"), ["xiangxi-2022/1/35"]),
        ("去年呢", turns("湖南2023年网上中介超市谁牵头", "省政务局"), ["hunan-2022/1/9"]),
        (
            "该局还牵头什么",
            turns("湘西制造业的改革谁牵头", "第11项，州工信局"),
            ["xiangxi-2022/1/8", "xiangxi-2022/1/11"],
        ),
        (
            "只看附件2的",
            turns("湘西州财政局牵头哪些任务", "七项"),
            ["xiangxi-2022/2/5", "xiangxi-2022/2/23", "xiangxi-2022/2/24"],
        ),
    ],
)
def test_follow_ups(assistant: Assistant, question: str, history: list[dict[str, str]], rows: list[str]) -> None:
    assert assistant.ask(question, history).facts["rows"] == rows


def test_a_new_question_drops_what_was_asked_before(assistant: Assistant) -> None:
    alone = assistant.ask("娄底2023年政务云由谁牵头")
    assert assistant.ask("娄底2023年政务云由谁牵头", FINANCE).citations == alone.citations
