"""The check of mass-written text, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.errors import InputError
from eval.__main__ import app
from eval.texts import near_duplicates, read_texts, sameness


def test_near_duplicates_by_hand() -> None:
    # abcd → ab bc cd, abce → ab bc ce: 2 of 4 shared.
    assert near_duplicates(["abcd", "abce", "xyz", "abcd"]) == [(0, 3, 1.0)]
    assert near_duplicates(["abcdef", "abcdeg"]) == [(0, 1, 4 / 6)]
    assert near_duplicates(["a", "b", "a"]) == [(0, 2, 1.0)]


def test_sameness_by_hand() -> None:
    found = sameness(["谁来管停车的事呢？", "谁来管收水费的事呢？", "路灯不亮", "孩子上学"])
    assert (found.texts, found.characters) == (4, 6.25) or found.characters == 6.2
    assert found.openings == 4 and found.pairs == ()
    assert found.framed == 0.5


def test_openings_are_counted() -> None:
    found = sameness(["我想问一下停车", "我想问一下孩子上学要几岁", "路灯"])
    assert found.openings == 2 and found.most_common_opening == ("我想问一", 2)


def test_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有可检查的文字"):
        sameness([])
    file = tmp_path / "t.jsonl"
    file.write_text('{"asked_as": ["甲", "乙"]}\n\n{"asked_as": "丙"}\n', encoding="utf-8")
    assert read_texts(file, "asked_as") == ["甲", "乙", "丙"]
    with pytest.raises(InputError, match="第1行"):
        read_texts(file, "question")


def test_the_command_fails_on_near_duplicates(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"question": "路灯不亮找谁"}\n{"question": "路灯不亮找谁？"}\n', encoding="utf-8")
    told = CliRunner().invoke(app, ["texts", str(file)])
    assert told.exit_code == 1 and "近似重复 1 对" in told.output and "1.00　路灯不亮找谁" in told.output
