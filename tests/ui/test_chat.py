"""What the page does with an answer, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.errors import InputError
from assistant.state import State
from tests.conftest import settings_for
from ui.chat import Chat
from ui.server import listen


@pytest.fixture
def chat(home: Path) -> Chat:
    return Chat(Assistant.open(settings=settings_for(home)))


def test_a_turn(chat: Chat) -> None:
    box, messages, cards, asked, *rest = chat.answer(" 娄底政务云由谁牵头 ", [])
    assert box == "" and [message["role"] for message in messages] == ["user", "assistant"]
    assert "loudi-2023/1/6" in cards and asked == {"question": "娄底政务云由谁牵头", "rows": ["loudi-2023/1/6"]}
    assert len(rest) == 9


def test_faults_are_not_shown(chat: Chat, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(State, "ask", broken)
    text = chat.answer("政务云", [])[1][-1]["content"]
    assert "程序内部故障" in text and "secret" not in text
    assert "secret detail" in (home / "wenzheng.log").read_text(encoding="utf-8")


def test_expected_errors_are_one_line(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise InputError("数据库忙", hint="请稍后再试")

    monkeypatch.setattr(State, "ask", refused)
    assert chat.answer("政务云", [])[1][-1]["content"] == "数据库忙；请稍后再试"


def test_only_real_answers_are_voted_on(chat: Chat, home: Path) -> None:
    chat.vote({}, True)
    assert not (home / "feedback.db").exists()


def test_an_address_of_another_machine() -> None:
    with pytest.raises(InputError, match="--port"):
        listen("203.0.113.1", 7860)
