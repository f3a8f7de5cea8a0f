"""Sayings that an office writes itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import lexicon
from assistant.errors import InputError
from assistant.lexicon import Saying, sayings_of
from assistant.retrieve import Expander
from assistant.service import Assistant
from assistant.text import compact
from tests.conftest import settings_for

OWN = "\ufeff# 本地\n[大厅]\n歪门邪道 | 邪门 => 清廉大厅\n"


def test_there_may_be_none(tmp_path: Path) -> None:
    assert sayings_of(tmp_path / "sayings.txt") == ()
    (tmp_path / "sayings.txt").write_text("", encoding="utf-8")
    assert sayings_of(tmp_path / "sayings.txt") == ()


def test_they_are_read_and_used(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "sayings.txt").write_text(OWN, encoding="utf-8")
    assert sayings_of(home / "sayings.txt") == (Saying("大厅", ("歪门邪道", "邪门"), ("清廉大厅",)),)
    assistant = Assistant.open(settings=settings_for(home))
    found = {hit.row.id: hit for hit in assistant.search("湘西的人尽搞歪门邪道")}
    assert found["xiangxi-2022/1/61"].explain["sayings"] == max(hit.explain.get("sayings", 0) for hit in found.values())


def test_a_term_without_words_does_no_harm(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "sayings.txt").write_text("歪门邪道 => ！？ | 廉\n", encoding="utf-8")
    assert Assistant.open(settings=settings_for(home)).search("湘西的人尽搞歪门邪道")


@pytest.mark.parametrize("line", ["甲", "甲 => ", "=> 乙", "甲 | => 乙", "甲 => 乙 ||", "[大厅", "- {say: [甲]}"])
def test_what_cannot_be_used_is_said(line: str, tmp_path: Path) -> None:
    (tmp_path / "sayings.txt").write_text(f"[题目]\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"第2行.*说法文件不能用"):
        sayings_of(tmp_path / "sayings.txt")


def test_another_encoding_is_said(tmp_path: Path) -> None:
    (tmp_path / "sayings.txt").write_bytes("甲 => 乙".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        sayings_of(tmp_path / "sayings.txt")


def test_the_shipped_ones_are_many_and_tidy() -> None:
    entries = lexicon.sayings()
    said = [compact(text) for entry in entries for text in entry.say]
    assert len(entries) >= 1500 and len({entry.topic for entry in entries}) >= 50
    assert len(said) == len(set(said))
    assert all(2 <= len(text) <= 12 for text in said)
    for entry in entries:
        assert entry.mean and not {compact(text) for text in entry.say} & {compact(term) for term in entry.mean}


@pytest.mark.parametrize(
    ("question", "said", "term"),
    [
        ("我爷爷眼神不好，政府网站字太小", "字太小", "适老化改造"),
        ("办个证要跑好几个窗口", "跑好几个窗口", "一件事一次办"),
        ("交上去一直拖着不办", "拖着不办", "红黄牌"),
        ("给了差评没人管", "差评没人管", "好差评"),
        ("工地老板拖欠工资", "拖欠工资", "农民工工资支付保障"),
    ],
)
def test_what_people_say_is_understood(question: str, said: str, term: str) -> None:
    found = {each.said: each.terms for each in Expander(lexicon.sayings()).expand(question)}
    assert term in found[said]
