"""Votes on answers, their reasons, and the questions that found no answer, in SQLite under HOME."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assistant.errors import InputError
from assistant.schema import Record

Kind = Literal["helpful", "unhelpful", "unanswered"]
_MAX_REASON = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('helpful', 'unhelpful', 'unanswered')),
    question TEXT NOT NULL,
    rows TEXT NOT NULL,
    reason TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Entry(Record):
    """One vote or unanswered question. ``rows`` are the ids that the answer cited; ``at`` is UTC, ISO 8601."""

    id: int
    at: str
    kind: Kind
    question: str
    rows: tuple[str, ...]
    reason: str


class Feedback:
    """The feedback of one home folder; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def vote(self, question: str, rows: Sequence[str], helpful: bool, reason: str = "") -> Entry:
        """Records whether an answer helped, and why or why not (cut at 500 characters)."""
        return self._add("helpful" if helpful else "unhelpful", question, rows, reason)

    def unanswered(self, question: str, reason: str) -> Entry:
        """Records a question that found no answer, with what the assistant gave as its reason."""
        return self._add("unanswered", question, (), reason)

    def entries(self, kind: Kind | None = None) -> list[Entry]:
        """All entries, oldest first."""
        if not self._path.exists():
            return []
        with self._connection() as database:
            found = database.execute(
                "SELECT id, at, kind, question, rows, reason FROM feedback WHERE ?1 IS NULL OR kind = ?1 ORDER BY id",
                (kind,),
            )
            return [Entry(n, at, k, q, tuple(json.loads(rows)), why) for n, at, k, q, rows, why in found]

    def _add(self, kind: Kind, question: str, rows: Sequence[str], reason: str) -> Entry:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        reason = " ".join(reason.split())[:_MAX_REASON]
        with self._connection() as database:
            number = database.execute(
                "INSERT INTO feedback (at, kind, question, rows, reason) VALUES (?, ?, ?, ?, ?)",
                (at, kind, question, json.dumps(list(rows)), reason),
            ).lastrowid
        return Entry(number or 0, at, kind, question, tuple(rows), reason)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._path, timeout=30)
        except (OSError, sqlite3.Error):
            raise InputError("无法打开反馈数据库", where=str(self._path), hint="请检查磁盘与权限") from None
        try:
            with database:
                database.execute(_SCHEMA)
                yield database
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"反馈数据库不可用（{error}）", where=str(self._path), hint="请从备份恢复或移走它"
            ) from None
        finally:
            database.close()
