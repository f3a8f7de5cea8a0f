"""The question log: what was asked, masked, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from assistant.privacy import mask
from assistant.schema import Record
from assistant.store.database import Database, now
from assistant.store.tables import QUESTIONS


@dataclass(frozen=True, slots=True)
class Question(Record):
    """One question, personal data masked. ``channel``: the interface it came by; ``outcome``: "answered" or why it was
    not; ``rows``: the ids that the answer cited; ``user``: the id of the account that asked, if one did.
    """

    id: int
    at: str
    channel: str
    question: str
    intent: str
    outcome: str
    rows: tuple[str, ...]
    user: int | None = None


class Questions:
    """The question log in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        connection: Connection,
        channel: str,
        question: str,
        intent: str,
        outcome: str,
        rows: Sequence[str],
        user: int | None = None,
    ) -> None:
        """Keeps a question, masked."""
        values = {"at": now(), "channel": channel, "question": mask(question), "intent": intent, "outcome": outcome}
        connection.execute(insert(QUESTIONS).values(**values, rows=json.dumps(list(rows)), user_id=user))

    def entries(self, most: int | None = None) -> list[Question]:
        """All entries, or the newest ``most`` of them, oldest first."""
        if not self._database.exists:
            return []
        wanted = select(QUESTIONS).order_by(QUESTIONS.c.id.desc()).limit(most)
        with self._database.reading() as connection:
            found = [
                Question(
                    each.id,
                    each.at,
                    each.channel,
                    each.question,
                    each.intent,
                    each.outcome,
                    tuple(json.loads(each.rows)),
                    each.user_id,
                )
                for each in connection.execute(wanted)
            ]
        return found[::-1]

    def forget(self, connection: Connection, before: str) -> int:
        """Removes what is older than a time; how much that was."""
        return connection.execute(delete(QUESTIONS).where(QUESTIONS.c.at < before)).rowcount
