"""Slips in questions: what is read as another word, and what is left as people wrote it."""

from __future__ import annotations

import pytest

from assistant.retrieve import Speller
from assistant.service import Assistant
from assistant.text import fold


@pytest.fixture(scope="module")
def speller(assistant: Assistant) -> Speller:
    snapshot = assistant.snapshot
    return Speller(snapshot.analyser, snapshot.sounds, snapshot.words)


@pytest.mark.parametrize(
    ("question", "corrected"),
    [
        ("电子正照互认由谁迁头", {"正照": "证照", "迁头": "牵头"}),
        ("营商环竟", {"环竟": "环境"}),
        ("哪个部们负责", {"部们": "部门"}),
        ("数椐共享", {"数椐": "数据"}),  # drawn alike
        ("申請電子正照", {"正照": "证照"}),  # Traditional
    ],
)
def test_slips_are_read_as_known_words(speller: Speller, question: str, corrected: dict[str, str]) -> None:
    assert speller.corrections(fold(question)) == corrected


@pytest.mark.parametrize(
    "question",
    [
        "",
        "???",
        "hello 123",
        "湘西州12345热线“一呼即应”改革由谁牵头？",
        "我爷爷眼神不好，手机上的字看不清",
        "湘政办函〔2022〕22号和湘政办函【2022】22号",
        "湘西附件1第六十四项是什么，谁牵头",
        "孩子三岁了想上幼儿园，离家近的没位置",
        "网信办和发改委谁牵头",
        "去年九月交的材料，到现在没个说法",
        "2022年的重点和2023年的一样吗",
    ],
)
def test_what_is_written_correctly_is_left_alone(speller: Speller, question: str) -> None:
    assert speller.corrections(fold(question)) == {}


def test_an_answer_says_what_was_read_as_what(assistant: Assistant) -> None:
    answer = assistant.ask("湘西清廉大厅专项检查由谁迁头？")
    assert answer.facts["lead_units"] == ["州行政审批服务局"]
    assert "“迁头”按“牵头”理解" in answer.text
    assert answer.understood["corrected"] == [{"written": "迁头", "meant": "牵头"}]
    assert answer.question == "湘西清廉大厅专项检查由谁迁头？"


def test_it_can_be_left_out(assistant: Assistant) -> None:
    bare = Assistant(assistant.settings, assistant._catalogue, assistant.snapshot, frozenset({"spelling"}))
    assert bare.understand("谁迁头").corrected == ()
