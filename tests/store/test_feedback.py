"""Feedback and the question log, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.store import Store
from tests.store.conftest import keep_question


def test_votes_and_unanswered(store: Store) -> None:
    feedback = store.feedback
    assert feedback.entries() == []
    feedback.vote("谁牵头？", ["a/1/1", "a/1/2"], True)
    feedback.vote("'; DROP TABLE feedback; --", [], False, "  答非\n所问  ")
    with store.database.writing() as connection:
        feedback.unanswered(connection, "火星", "没有找到依据", None)
    entries = feedback.entries()
    assert [(e.kind, e.question, e.rows, e.reason, e.user) for e in entries] == [
        ("helpful", "谁牵头？", ("a/1/1", "a/1/2"), "", None),
        ("unhelpful", "'; DROP TABLE feedback; --", (), "答非 所问", None),
        ("unanswered", "火星", (), "没有找到依据", None),
    ]
    assert [e.question for e in feedback.entries("unanswered")] == ["火星"]
    assert entries[0].to_dict()["rows"] == ["a/1/1", "a/1/2"] and entries[0].at.endswith("+00:00")


def test_what_is_kept_is_masked(store: Store) -> None:
    store.feedback.vote("我的电话13800138000，谁管低保？", [], False, "打 13800138000 没人接")
    keep_question(store, "chat", "我的电话13800138000，谁管低保？", "responsible", "answered", ["a/1/1"])
    (vote,), (asked,) = store.feedback.entries(), store.questions.entries()
    kept = f"{vote.question}{vote.reason}{asked.question}"
    assert "138" not in kept and vote.question == asked.question == "我的电话〔手机号〕，谁管低保？"
    assert (asked.channel, asked.intent, asked.outcome, asked.rows) == ("chat", "responsible", "answered", ("a/1/1",))


def test_long_reasons_are_cut(store: Store) -> None:
    assert len(store.feedback.vote("问", [], False, "长" * 9999).reason) == 500


def test_many_threads(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.feedback.vote(f"问{n}", [], True), range(40)))
    assert {entry.question for entry in store.feedback.entries()} == {f"问{n}" for n in range(40)}


def test_old_entries_go(store: Store) -> None:
    store.feedback.vote("问", [], True)
    keep_question(store, "rest", "问", "list", "answered", [])
    for before, count in (("2020-01-01", 0), ("2999-01-01", 1)):
        with store.database.writing() as connection:
            assert store.feedback.forget(connection, before) == store.questions.forget(connection, before) == count
    assert store.feedback.entries() == [] and store.questions.entries() == []


def test_the_newest_questions(store: Store) -> None:
    for number in range(5):
        keep_question(store, "rest", f"问{number}", "list", "answered", [])
    assert [each.question for each in store.questions.entries(2)] == ["问3", "问4"]


def test_damaged_database(tmp_path: Path) -> None:
    (tmp_path / "wenzheng.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"wenzheng\.db：数据库已损坏"):
        Store(tmp_path).feedback.entries()
    with pytest.raises(StoreError):
        Store(tmp_path).feedback.vote("问", [], True)


def test_the_file_of_an_earlier_version_is_taken_in_once(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "feedback.db")
    old.execute("CREATE TABLE feedback (id INTEGER PRIMARY KEY, at, kind, question, rows, reason)")
    row = ("2026-01-02T03:04:05+00:00", "unhelpful", "我叫王小明，谁牵头？", json.dumps(["a/1/1"]), "不对")
    old.execute("INSERT INTO feedback (at, kind, question, rows, reason) VALUES (?, ?, ?, ?, ?)", row)
    old.commit()
    old.close()
    kept = (tmp_path / "feedback.db").read_bytes()
    (tmp_path / "feedback.db-wal").touch()
    first = Store(tmp_path)
    first.feedback.vote("新的", [], True)
    assert not list(tmp_path.glob("feedback*"))  # unmasked
    (tmp_path / "feedback.db").write_bytes(kept)  # as if killed before it was deleted
    entries = Store(tmp_path).feedback.entries()
    assert [(each.at, each.question, each.rows) for each in entries[:1]] == [
        ("2026-01-02T03:04:05+00:00", "我叫〔姓名〕，谁牵头？", ("a/1/1",))
    ]
    assert [each.question for each in entries[1:]] == ["新的"]
    assert not list(tmp_path.glob("feedback*"))
