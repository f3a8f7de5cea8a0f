"""Questions as understood: intents and slots."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.schema import Equated, Ordinal, Query
from assistant.service import Assistant


@pytest.mark.parametrize(
    ("question", "intents"),
    [
        ("湘西州电子证照由谁牵头？", ("responsible",)),
        ("清廉大厅检查什么时候完成，谁负责？", ("deadline", "responsible")),
        ("清廉大厅检查谁负责，什么时候完成？", ("responsible", "deadline")),
        ("政务云怎么建", ("content",)),
        ("湘西州财政局牵头的任务有哪些？", ("list",)),
        ("湘西附件1第48项是什么", ("lookup",)),
        ("湘西附件1第48项谁牵头", ("lookup", "responsible")),
        ("你好", ("smalltalk",)),
        ("谢谢啊！", ("smalltalk",)),
    ],
)
def test_intents(assistant: Assistant, question: str, intents: tuple[str, ...]) -> None:
    assert assistant.understand(question).intents == intents


@pytest.mark.parametrize(
    ("question", "slots"),
    [
        ("湘西2022年的事", {"places": ("湘西州",), "years": (2022,)}),
        ("湘西土家族苗族自治州政务云", {"places": ("湘西州",)}),
        ("株洲的政务云", {"unknown_places": ("株洲市",)}),
        ("湖南2024年政务云", {"places": ("湖南省",), "unknown_years": (2024,)}),
        ("请问省裡的政務雲", {"places": ("湖南省",)}),
        ("省里和娄底的政务云", {"places": ("娄底市", "湖南省")}),
        ("湘西按省里的方案推进", {"places": ("湘西州",)}),
        ("湘西附件2倒数第二项", {"parts": ("xiangxi-2022/2",), "ordinals": (Ordinal(2, from_end=True),)}),
        ("邵阳政务公开要点第十条", {"parts": ("shaoyang-2022/2",), "ordinals": (Ordinal(10),)}),
        ("第（十六）项", {"ordinals": (Ordinal(16, label=True),)}),
        ("湘政办函【2022】22号", {"doc_numbers": ("湘政办函〔2022〕22号",)}),
        ("哪些任务引用了国办发〔2022〕2号？", {"doc_numbers": ("国办发〔2022〕2号",)}),
        ("提到湘政办发〔2021〕72号的任务", {"doc_numbers": ("湘政办发〔2021〕72号",)}),
        (
            "依据湘政务发〔2022〕4号和湘政办函〔2022〕19号",
            {"doc_numbers": ("湘政务发〔2022〕4号", "湘政办函〔2022〕19号")},
        ),
        ("湘西附件三最后一项讲什么", {"ordinals": (Ordinal(1, from_end=True),)}),
        ("湖南2022年要点最后一条谁牵头", {"ordinals": (Ordinal(1, from_end=True),), "years": (2022,)}),
        ("州财政局", {"units": (("州财政局",),)}),
        ("州大数据中心", {"units": (("州大数据中心", "州政府办（州大数据中心）"),)}),
        ("州政府办（州大数据中心）", {"units": (("州政府办（州大数据中心）",),)}),
    ],
)
def test_slots(assistant: Assistant, question: str, slots: dict[str, object]) -> None:
    query = assistant.understand(question)
    assert {name: getattr(query, name) for name in slots} == slots


def test_the_topic_is_what_is_asked_about(assistant: Assistant) -> None:
    assert assistant.understand("请问一下湘西州2022年政策问答平台由谁牵头，什么时候完成？").topic == "政策问答平台"


def turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def test_follow_ups(assistant: Assistant) -> None:
    def follow(first: str, question: str) -> Query:
        return assistant.understand(question, [turn("user", first), turn("assistant", "（别处的回答）")])

    assert follow("湘西附件1第36项是什么？", "下一项呢？").ordinals == (Ordinal(37),)
    assert follow("湘西附件1第36项是什么？", "上一项谁牵头？").intents == ("lookup", "responsible")
    assert follow("湖南省2022年的跨省通办谁牵头？", "那第二年呢？").years == (2023,)
    moved = follow("娄底2023年政务云怎么建？", "省里同年对应的是哪条，谁牵头？")
    assert (moved.places, moved.years, moved.intents) == (("湖南省",), (2023,), ("responsible",))
    assert "政务云" in moved.topic
    assert follow("湘西附件1里州财政局牵头哪些任务？", "第二个展开说说").pick == 2
    assert follow("湘西12345热线改革谁牵头？", "邵阳的小程序用户数要达到多少？").topic.count("热线") == 0


def test_history_of_others_is_harmless(assistant: Assistant) -> None:
    assert assistant.understand("那责任单位呢？", [turn("assistant", "x")]).question == "那责任单位呢？"
    assert assistant.understand("那责任单位呢？", [{"role": "user"}, {}, turn("user", " ")]).intents == ("responsible",)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_understood(assistant: Assistant, text: str) -> None:
    query = assistant.understand(text)
    assert query.intents and query.question == text


def test_understood_is_plain(assistant: Assistant) -> None:
    understood = assistant.understand("湘西附件1第48项谁牵头").understood()
    assert understood["ordinals"] == [{"number": 48, "label": False, "from_end": False}]
    assert "question" not in understood and "units" not in understood


@pytest.mark.parametrize(
    ("question", "said", "units", "relation"),
    [
        ("娄底市环保局牵头哪些任务？", "市环保局", ("市生态环境局",), "former"),
        ("娄底市政务局牵头哪些任务？", "市政务局", ("市行政审批服务局",), "counterpart"),
    ],
)
def test_units_by_former_and_counterpart_names(
    assistant: Assistant, question: str, said: str, units: tuple[str, ...], relation: str
) -> None:
    query = assistant.understand(question)
    assert query.units == (units,) and query.equated == (Equated(said, units, relation),)  # type: ignore[arg-type]
    assert assistant.understand(question.replace(said, units[0])).equated == ()
