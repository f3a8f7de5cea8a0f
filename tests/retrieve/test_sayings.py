"""Sayings: what people say and what official texts call it."""

from __future__ import annotations

import pytest

from assistant import lexicon
from assistant.lexicon import Saying
from assistant.retrieve import Expander
from assistant.schema import Expansion
from assistant.service import Assistant
from assistant.text import compact

SAYINGS = (
    Saying("甲", ("字太小", "看不清"), ("适老化改造", "无障碍")),
    Saying("乙", ("字太小了看不清",), ("大字版",)),
    Saying("丙", ("看不清",), ("视力障碍",)),
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("网站字太小", [("字太小", ("适老化改造", "无障碍"))]),
        ("字 太 小！", [("字太小", ("适老化改造", "无障碍"))]),
        ("字太小了看不清", [("字太小了看不清", ("大字版",))]),  # the longest at its place
        ("看不清", [("看不清", ("适老化改造", "无障碍", "视力障碍"))]),  # of several entries
        ("字太小，看不清", [("字太小", ("适老化改造", "无障碍")), ("看不清", ("适老化改造", "无障碍", "视力障碍"))]),
        ("字太小，要无障碍", [("字太小", ("适老化改造",))]),  # what the question says itself is no expansion
        ("別的", []),
        ("", []),
    ],
)
def test_expansions(question: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert Expander(SAYINGS).expand(question) == tuple(Expansion(said, terms) for said, terms in found)


def test_traditional_questions_are_expanded() -> None:
    assert Expander(SAYINGS).expand("網頁上看不清")[0].said == "看不清"


def test_a_saying_finds_and_explains_a_row(assistant: Assistant) -> None:
    hits = assistant.search("政府网上的字太小")
    assert "适老化" in hits[0].row.text and hits[0].explain["sayings"] > 0
    assert assistant.understand("政府网上的字太小").expanded[0].said == "字太小"
    bare = Assistant(assistant.settings, assistant._catalogue, assistant.snapshot, frozenset({"sayings"}))
    assert all("sayings" not in hit.explain for hit in bare.search("政府网上的字太小"))


def test_the_shipped_sayings() -> None:
    sayings = lexicon.sayings()
    assert all(saying.topic and saying.say and saying.mean for saying in sayings)
    assert all(len(compact(said)) >= 2 for saying in sayings for said in (*saying.say, *saying.mean))
