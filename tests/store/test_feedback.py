"""Feedback in a real SQLite file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.store.feedback import Feedback


def test_votes_and_unanswered(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "深" / "feedback.db")
    assert feedback.entries() == []
    feedback.vote("谁牵头？", ["a/1/1", "a/1/2"], True)
    feedback.vote("'; DROP TABLE feedback; --", [], False, "  答非\n所问  ")
    feedback.unanswered("火星", "没有找到依据")
    entries = feedback.entries()
    assert [(e.kind, e.question, e.rows, e.reason) for e in entries] == [
        ("helpful", "谁牵头？", ("a/1/1", "a/1/2"), ""),
        ("unhelpful", "'; DROP TABLE feedback; --", (), "答非 所问"),
        ("unanswered", "火星", (), "没有找到依据"),
    ]
    assert [e.question for e in feedback.entries("unanswered")] == ["火星"]
    assert entries[0].to_dict()["rows"] == ["a/1/1", "a/1/2"] and entries[0].at.endswith("+00:00")


def test_long_reasons_are_cut(tmp_path: Path) -> None:
    assert len(Feedback(tmp_path / "f.db").vote("问", [], False, "长" * 9999).reason) == 500


def test_many_threads(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "f.db")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: feedback.vote(f"问{n}", [], True), range(40)))
    assert {entry.question for entry in feedback.entries()} == {f"问{n}" for n in range(40)}


def test_damaged_database(tmp_path: Path) -> None:
    path = tmp_path / "f.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(InputError, match=r"f\.db"):
        Feedback(path).entries()
    with pytest.raises(InputError):
        Feedback(path).vote("问", [], True)
