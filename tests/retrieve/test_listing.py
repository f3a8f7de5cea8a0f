"""What a question for a list asks of its rows: roles, numbers of lead units, groups, words; and what is no list."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.retrieve import listing
from assistant.schema import Query
from assistant.service import Assistant


def read(assistant: Assistant, question: str) -> Query:
    return assistant.understand(question)


@pytest.mark.parametrize(
    ("question", "conditions"),
    [
        ("湘西州财政局牵头的任务有几项", [(("州财政局",), "lead", False)]),
        ("湘西州财政局作为责任单位的任务有几项", [(("州财政局",), "responsible", False)]),
        ("湘西州财政局有关的任务有几项", [(("州财政局",), None, False)]),
        ("州优化办不牵头、只当责任单位的有几项", [(("州优化办",), "responsible", False)]),
        ("不是省政务局牵头的有哪几条", [(("省政务局",), "lead", True)]),
        ("湘西附件1州司法局既没牵头也没配合的有哪些任务", [(("州司法局",), None, True)]),
        (
            "州司法局牵头、州财政局配合的任务有几项",
            [(("州司法局",), "lead", False), (("州财政局",), "responsible", False)],
        ),
        ("州公安局有没有牵头的任务", [(("州公安局",), "lead", False)]),
        ("说州公安局，不对，我是问州司法局牵头几项", [(("州司法局",), "lead", False)]),
    ],
)
def test_units_in_their_roles(assistant: Assistant, question: str, conditions: list[Any]) -> None:
    query = read(assistant, question)
    assert query.intent == "list"
    assert [(each.units, each.role, each.excluded) for each in query.conditions] == conditions


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("没有写明牵头单位的任务", (0, 0)),
        ("只有一个单位牵头的", (1, 1)),
        ("三家共同牵头的任务", (3, 3)),
        ("多家单位共同牵头的", (2, 99)),
        ("牵头单位超过十家的", (11, 99)),
        ("牵头单位四家以上的", (4, 99)),
        ("政务云谁牵头", None),
    ],
)
def test_numbers_of_lead_units(text: str, bounds: tuple[int, int] | None) -> None:
    assert listing.lead_count(text)[0] == bounds


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("哪个单位牵头的任务最多", "lead"),
        ("都有哪些单位牵头", "lead"),
        ("责任单位有哪些", "responsible"),
        ("各年分别几项", "year"),
        ("每个板块有几项", "section"),
        ("各附件分别多少条", "part"),
        ("在几份文件里写到", "document"),
        ("写在第几条", None),
    ],
)
def test_what_rows_are_counted_by(text: str, group: str | None) -> None:
    assert listing.group(text)[0] == group


@pytest.mark.parametrize(
    "question",
    [
        "湘西的电子证照由哪些单位牵头",
        "适老化改造什么时候完成",
        "湘西清廉大厅6月底前完成什么",
        "邵阳也是州公安局吗",
        "湘西和邵阳的好差评有什么不同",
        "留抵退税政策的推送要求写在哪条",
    ],
)
def test_matters_are_no_lists(assistant: Assistant, question: str) -> None:
    assert read(assistant, question).intent != "list"


def test_words_that_rows_must_hold_and_must_not(assistant: Assistant) -> None:
    query = read(assistant, "娄底写到“园区”但没写“放权”的任务有哪些")
    assert (query.topic, query.without_words) == ("园区", ("放权",))
    rows = {row.id: row for row in assistant.rows()}
    answer = assistant.ask("娄底写到“园区”但没写“放权”的任务有哪些")
    wanted = [
        id
        for id, row in rows.items()
        if row.document == "loudi-2023" and "园区" in row.heading + row.text and "放权" not in row.heading + row.text
    ]
    assert answer.facts["rows"] == wanted and len(wanted) > 0
    assert read(assistant, "标题里带“公开”的任务有几项，娄底的").in_heading
    assert read(assistant, "适老化改造娄底写了几处").topic.split() == ["适老化", "改造"]


@pytest.mark.parametrize(
    ("question", "ordinals"),
    [
        ("湘西附件1第9个任务谁牵头", [9]),
        ("湘西附件1序号 21 是做什么的", [21]),
        ("湘西附件三二号任务归谁", [2]),
        ("湘西附件1的24项跟25项各是谁牵头", [24, 25]),
        ("湘西附件1最后两项分别是什么", [2, 1]),
        ("湘西附件1头一条谁牵头", [1]),
        ("湘西附件1前三项", [1, 2, 3]),
    ],
)
def test_ways_to_name_an_item(assistant: Assistant, question: str, ordinals: list[int]) -> None:
    query = read(assistant, question)
    assert query.intent == "lookup" and [each.number for each in query.ordinals] == ordinals


def test_an_item_within_a_section(assistant: Assistant) -> None:
    answer = assistant.ask("湖南省2023年政务管理服务要点第六部分第一条什么时候完成")
    assert answer.facts["rows"] == ["hunan-2023/1/24"]
