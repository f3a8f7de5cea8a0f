"""Votes on answers, their reasons, and the questions that found no answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from assistant.privacy import mask
from assistant.schema import Record
from assistant.store.database import Database, now
from assistant.store.tables import FEEDBACK

Kind = Literal["helpful", "unhelpful", "unanswered"]
_MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Entry(Record):
    """One vote or unanswered question, personal data masked. ``rows`` are the ids that the answer cited; ``at`` is UTC,
    ISO 8601; ``user`` the id of the account that gave it, if one did.
    """

    id: int
    at: str
    kind: Kind
    question: str
    rows: tuple[str, ...]
    reason: str
    user: int | None = None


class Feedback:
    """The feedback in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vote(
        self, question: str, rows: Sequence[str], helpful: bool, reason: str = "", user: int | None = None
    ) -> Entry:
        """Records whether an answer helped, and why or why not (cut at 500 characters).

        Raises:
            StoreError: it could not be kept.
        """
        entry = _noted("helpful" if helpful else "unhelpful", question, rows, reason, user)
        with self._database.writing() as connection:
            return replace(entry, id=_insert(connection, entry))

    def unanswered(self, connection: Connection, question: str, reason: str, user: int | None) -> None:
        """Records a question that found no answer, with what the assistant gave as its reason."""
        _insert(connection, _noted("unanswered", question, (), reason, user))

    def entries(self, kind: Kind | None = None) -> list[Entry]:
        """All entries, oldest first."""
        if not self._database.exists and not self._database.has_earlier:
            return []
        wanted = select(FEEDBACK).order_by(FEEDBACK.c.id)
        with self._database.reading() as connection:
            found = connection.execute(wanted if kind is None else wanted.where(FEEDBACK.c.kind == kind))
            return [
                Entry(
                    each.id, each.at, each.kind, each.question, tuple(json.loads(each.rows)), each.reason, each.user_id
                )
                for each in found
            ]

    def forget(self, connection: Connection, before: str) -> int:
        """Removes what is older than a time; how much that was."""
        return connection.execute(delete(FEEDBACK).where(FEEDBACK.c.at < before)).rowcount


def _noted(kind: Kind, question: str, rows: Sequence[str], reason: str, user: int | None) -> Entry:
    """An entry of this moment, masked, without its number."""
    reason = mask(" ".join(reason.split()))[:_MAX_REASON]
    return Entry(0, now(), kind, mask(question), tuple(rows), reason, user)


def _insert(connection: Connection, entry: Entry) -> int:
    values = {name: getattr(entry, name) for name in ("at", "kind", "question", "reason")}
    kept = insert(FEEDBACK).values(**values, rows=json.dumps(list(entry.rows)), user_id=entry.user)
    number = connection.execute(kept).inserted_primary_key
    return number[0] if number else 0
