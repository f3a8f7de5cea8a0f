"""The question log: one write a question, never in the way of an answer, and gone when its days are over."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from assistant import keeping
from assistant.errors import StoreError
from assistant.keeping import Keeper, forgetting
from assistant.schema import Answer
from assistant.settings import Settings
from assistant.store import Store
from tests.conftest import settings_for
from tests.store.conftest import keep_question, postgres, store

__all__ = ["postgres", "store"]
ANSWER = Answer(question="谁牵头？我叫王小明", intent="responsible", answerable=True, text="x")
NONE = replace(ANSWER, question="火星", answerable=False, reason="没有找到依据")


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "家")


def test_a_question_is_one_write(store: Store, settings: Settings) -> None:
    keeper = Keeper(store, settings)
    keeper.keep(ANSWER, "rest")
    commits: list[object] = []
    event.listen(store.database._open(), "commit", commits.append)
    keeper.keep(NONE, "chat")
    assert len(commits) == 1
    assert [(each.question, each.reason) for each in store.feedback.entries()] == [("火星", "没有找到依据")]
    assert [each.question for each in store.questions.entries()] == ["谁牵头？我叫〔姓名〕", "火星"]


def test_nothing_is_written_that_is_not_kept(store: Store, settings: Settings, tmp_path: Path) -> None:
    keeper = Keeper(store, replace(settings, keep_questions_days=0))
    keeper.keep(ANSWER, "rest")
    keeper.keep(replace(ANSWER, question=""), "rest")
    assert not (tmp_path / "家").exists()
    keeper.keep(NONE, "rest")
    assert len(store.feedback.entries()) == 1 and store.questions.entries() == []


def test_only_what_must_outlives_a_power_cut(settings: Settings) -> None:
    store, levels = Store(settings.home), []
    store.audit.add("local", "x", "y")

    def level(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("PRAGMA synchronous"):
            levels.append(statement.rsplit(" ", 1)[1])

    event.listen(store.database._open(), "before_cursor_execute", level)
    Keeper(store, settings).keep(ANSWER, "rest")
    store.audit.add("local", "x", "y")
    store.feedback.vote("问", [], True)
    assert levels == ["NORMAL", "FULL", "FULL"]
    store.database.close()


def test_a_failing_database_is_said_once_a_minute(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.home.mkdir()
    (settings.home / "wenzheng.db").write_bytes(b"not a database" * 100)
    keeper, moment = Keeper(Store(settings.home), settings), [1000.0]
    monkeypatch.setattr(keeping.time, "monotonic", lambda: moment[0])
    for seconds, said in ((0, 1), (30, 1), (29, 1), (2, 2), (61, 3)):
        moment[0] += seconds
        keeper.keep(ANSWER, "rest")
        assert len(caplog.records) == said
    assert "提问没有记下来" in caplog.records[0].message and "\n" not in caplog.records[0].message


def aged(store: Store, days: dict[str, float]) -> None:
    """One of everything, and questions and feedback of some days ago."""
    with store.database.writing() as connection:
        user = store.accounts.add(connection, "a", "hash", "admin", None)
        store.accounts.begin_session(connection, user.id, "d" * 64, ago(-1))
        store.accounts.add_key(connection, user.id, "k", "e" * 64, ("read",), None)
        store.accounts.failed(connection, time.time(), "f" * 64, "127.0.0.1", 0)
        store.audit.add_within(connection, "local", "x", "y")
    for name, age in days.items():
        keep_question(store, "rest", name, "list", "answered", [])
        store.feedback.vote(name, [], True)
        with store.database.writing() as connection:
            for table in ("questions", "feedback"):
                said = f"UPDATE {table} SET at = :at WHERE question = :name"
                connection.execute(text(said), {"at": ago(age), "name": name})


def counts(store: Store) -> dict[str, int]:
    with store.database.reading() as connection:
        tables = ("users", "sessions", "keys", "attempts", "audit", "audit_head", "questions", "feedback")
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_what_is_too_old_goes_and_nothing_else(store: Store, settings: Settings) -> None:
    aged(store, {"now": 0, "young": 29.9, "old": 30.1, "older": 729, "oldest": 731})
    before = counts(store)
    assert Keeper(store, settings).forget_old() == {"questions": 3, "feedback": 1}
    assert [each.question for each in store.questions.entries()] == ["now", "young"]
    assert [each.question for each in store.feedback.entries()] == ["now", "young", "old", "older"]
    assert (
        counts(store) == before | {"questions": 2, "feedback": 4, "audit": before["audit"] + 1}
        and store.audit.faults() == []
    )
    assert Keeper(store, settings).forget_old() == {"questions": 0, "feedback": 0}
    said = [(each.actor, each.details) for each in store.audit.entries() if each.action == "privacy.forget"]
    assert said == [("local", {"questions": 3, "feedback": 1})]  # not where nothing went


def test_no_days_is_no_log(store: Store, settings: Settings) -> None:
    aged(store, {"now": 0.001, "old": 1})
    assert Keeper(store, replace(settings, keep_questions_days=0)).forget_old() == {"questions": 2, "feedback": 0}


def test_forgetting_makes_no_database(settings: Settings) -> None:
    assert Keeper(Store(settings.home), settings).forget_old() == {"questions": 0, "feedback": 0}
    assert not settings.home.exists()


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An hour is an instant."""
    monkeypatch.setattr(keeping, "_HOUR", 0.02)
    yield


def waited(until: object) -> None:
    end = time.monotonic() + 10
    while not until() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.01)


def test_it_is_done_at_once_and_every_hour(settings: Settings, hours: None) -> None:
    store = Store(settings.home)
    aged(store, {"old": 31})
    with forgetting(Keeper(store, settings)):
        waited(lambda: not store.questions.entries())
        aged_again = store.feedback.vote("later", [], True).id
        with store.database.writing() as connection:
            connection.execute(text("UPDATE feedback SET at = :at WHERE id = :id"), {"at": ago(800), "id": aged_again})
        waited(lambda: len(store.feedback.entries()) == 1)
    assert store.questions.entries() == [] and [each.question for each in store.feedback.entries()] == ["old"]
    store.database.close()


def test_a_failing_database_is_tried_again(
    settings: Settings, hours: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(settings.home)
    aged(store, {"old": 31})
    keeper, tries = Keeper(store, settings), []
    whole = keeper.forget_old

    def failing() -> dict[str, int]:
        tries.append(1)
        if len(tries) == 1:
            raise StoreError("磁盘已满，没有写入")
        if len(tries) == 2:
            raise RuntimeError("a fault of ours")
        return whole()

    monkeypatch.setattr(keeper, "forget_old", failing)
    with caplog.at_level(logging.ERROR), forgetting(keeper):
        waited(lambda: not store.questions.entries())
    assert store.questions.entries() == []
    assert [each.message for each in caplog.records] == [
        "过期的记录没有清除：磁盘已满，没有写入",
        "过期的记录没有清除：a fault of ours",
    ]
    store.database.close()
