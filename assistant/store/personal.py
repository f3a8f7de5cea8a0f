"""What is held of a person: given to them, or erased (个人信息保护法 第四十五条、第四十七条).

Questions and reasons are masked before they are kept, so a person's own words are found by account, or by words that
were not masked. The audit log holds numbers of accounts only; it is not erased, and its chain stays whole.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, delete, func, or_, select

from assistant.errors import InputError, NotFoundError
from assistant.schema import plain
from assistant.store import Store
from assistant.store.tables import FEEDBACK, KEYS, QUESTIONS, SESSIONS, USERS

_LEAST = 2  # characters to search for
_TABLES: dict[str, tuple[Table, tuple[str, ...]]] = {
    "questions": (QUESTIONS, ("question",)),
    "feedback": (FEEDBACK, ("question", "reason")),
}


class Personal:
    """The personal data in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def export(self, user: int) -> dict[str, Any]:
        """All that is held of an account: itself, sessions, keys, questions, feedback, and what it did or was done to it.

        Raises:
            NotFoundError: there is no such account.
        """
        self._store.audit.add("local", "privacy.export", f"user:{user}")
        with self._store.database.reading() as connection:
            account = connection.execute(select(USERS).where(USERS.c.id == user)).mappings().one_or_none()
            if account is None:
                raise NotFoundError(f"没有编号为{user}的账号")
            shown = {name: value for name, value in account.items() if name != "password"}
            sessions = connection.execute(
                select(SESSIONS.c.created_at, SESSIONS.c.expires_at).where(SESSIONS.c.user_id == user)
            ).mappings()
            found = {
                "account": shown,
                "sessions": [dict(each) for each in sessions],
                "questions": _of_user(connection, QUESTIONS, user),
                "feedback": _of_user(connection, FEEDBACK, user),
            }
        keys = self._store.accounts.keys(user)
        deeds = self._store.audit.about([f"user:{user}", *(f"key:{key.id}" for key in keys)])
        return found | {"keys": plain(keys), "audit": plain(deeds)}

    def erase(self, user: int) -> dict[str, int]:
        """Erases an account with its sessions and keys, what it asked, and its feedback; how much that was.

        Raises:
            NotFoundError: there is no such account. InputError: no admin would be left.
        """
        with self._store.database.writing() as connection:
            account = connection.execute(select(USERS).where(USERS.c.id == user)).one_or_none()
            if account is None:
                raise NotFoundError(f"没有编号为{user}的账号")
            erased = {
                name: connection.execute(delete(table).where(table.c.user_id == user)).rowcount
                for name, (table, _) in _TABLES.items()
            }
            erased |= {"keys": _count(connection, KEYS, user), "sessions": _count(connection, SESSIONS, user)}
            self._store.accounts.remove(connection, user)  # its keys and sessions go with it
            self._store.accounts.check_managed(connection)
            self._store.audit.add_within(connection, "local", "privacy.erase", f"user:{user}", erased)
        return erased

    def export_words(self, words: str) -> dict[str, Any]:
        """The questions and feedback that hold some words.

        Raises:
            InputError: fewer than two characters.
        """
        wanted = _pattern(words)
        self._store.audit.add("local", "privacy.export", "words")
        with self._store.database.reading() as connection:
            return {
                name: [
                    dict(each)
                    for each in connection.execute(select(table).where(_holds(table, columns, wanted))).mappings()
                ]
                for name, (table, columns) in _TABLES.items()
            }

    def erase_words(self, words: str) -> dict[str, int]:
        """Erases them; how many there were of each.

        Raises:
            InputError: fewer than two characters.
        """
        wanted = _pattern(words)
        with self._store.database.writing() as connection:
            erased = {
                name: connection.execute(delete(table).where(_holds(table, columns, wanted))).rowcount
                for name, (table, columns) in _TABLES.items()
            }
            self._store.audit.add_within(connection, "local", "privacy.erase", "words", erased)
        return erased


def _count(connection: Connection, table: Table, user: int) -> int:
    return connection.execute(select(func.count()).select_from(table).where(table.c.user_id == user)).scalar_one()


def _of_user(connection: Connection, table: Table, user: int) -> list[dict[str, Any]]:
    found = connection.execute(select(table).where(table.c.user_id == user).order_by(table.c.id)).mappings()
    return [dict(each) for each in found]


def _holds(table: Table, columns: tuple[str, ...], words: str) -> Any:
    return or_(*(table.c[column].contains(words, autoescape=True) for column in columns))


def _pattern(words: str) -> str:
    if len(words.strip()) < _LEAST:
        raise InputError(f"要找的文字太短，至少{_LEAST}个字")
    return words.strip()
