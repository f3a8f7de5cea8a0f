"""Accounts, their sessions and keys, and failed sign-ins, as rows; what they may do is decided in ``assistant.access``.

Of sessions and keys only digests are kept: who reads the database cannot use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, text, update

from assistant.errors import InputError
from assistant.schema import Record
from assistant.store.database import Database, now
from assistant.store.tables import ATTEMPTS, KEYS, SESSIONS, USERS


@dataclass(frozen=True, slots=True)
class User(Record):
    """An account. ``reads_questions``: may read the question log; ``unit``: whose own documents it sees."""

    id: int
    name: str
    role: str
    unit: str | None
    reads_questions: bool
    active: bool
    created_at: str


@dataclass(frozen=True, slots=True)
class Key(Record):
    """An API key of an account, without its secret; times are UTC, ISO 8601."""

    id: int
    user: int
    name: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class Accounts:
    """The accounts in a database. What writes takes the connection of ``Database.writing``, so that a deed and its
    entry in the audit log are one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Whether there are accounts."""
        if not self._database.exists:
            return False
        with self._database.reading() as connection:
            return connection.execute(select(USERS.c.id).limit(1)).first() is not None

    def all(self) -> list[User]:
        """All accounts, by name."""
        if not self._database.exists:
            return []
        with self._database.reading() as connection:
            return [_user(each) for each in connection.execute(select(USERS).order_by(USERS.c.name))]

    def named(self, name: str) -> tuple[User, str] | None:
        """The account of a name, and the hash of its password."""
        if not self._database.exists:
            return None
        with self._database.reading() as connection:
            found = connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none()
            return None if found is None else (_user(found), found.password)

    def of_session(self, digest: str) -> User | None:
        """Whose session it is, if it is one and lasts."""
        wanted = select(USERS).join(SESSIONS).where(SESSIONS.c.digest == digest, SESSIONS.c.expires_at > now())
        with self._database.reading() as connection:
            found = connection.execute(wanted.where(USERS.c.active)).one_or_none()
            return None if found is None else _user(found)

    def of_key(self, digest: str) -> tuple[User, Key] | None:
        """Whose key it is, if it is one and holds."""
        wanted = (
            select(USERS, KEYS.c.id.label("key_id"))
            .join(KEYS)
            .where(KEYS.c.digest == digest, KEYS.c.revoked_at.is_(None), USERS.c.active)
            .where(or_(KEYS.c.expires_at.is_(None), KEYS.c.expires_at > now()))
        )
        with self._database.reading() as connection:
            found = connection.execute(wanted).one_or_none()
            if found is None:
                return None
            return _user(found), _key(connection.execute(select(KEYS).where(KEYS.c.id == found.key_id)).one())

    def keys(self, user: int | None = None) -> list[Key]:
        """All keys, or those of an account, oldest first."""
        if not self._database.exists:
            return []
        wanted = select(KEYS).order_by(KEYS.c.id)
        with self._database.reading() as connection:
            found = connection.execute(wanted if user is None else wanted.where(KEYS.c.user_id == user))
            return [_key(each) for each in found]

    # -- writing --

    def add(self, connection: Connection, name: str, password: str, role: str, unit: str | None) -> User:
        """A new account; ``password`` is its hash. The name must be free."""
        values = {"name": name, "password": password, "role": role, "unit": unit, "created_at": now()}
        made = connection.execute(insert(USERS).values(**values, reads_questions=False, active=True))
        id = made.inserted_primary_key[0] if made.inserted_primary_key else 0
        return _user(connection.execute(select(USERS).where(USERS.c.id == id)).one())

    def change(self, connection: Connection, id: int, **values: Any) -> None:
        """Changes fields of an account."""
        connection.execute(update(USERS).where(USERS.c.id == id).values(**values))

    def remove(self, connection: Connection, id: int) -> None:
        """Removes an account with its sessions and keys."""
        connection.execute(delete(USERS).where(USERS.c.id == id))

    def check_managed(self, connection: Connection) -> None:
        """Whether an account is left that can manage the others.

        Raises:
            InputError: there is none.
        """
        wanted = select(USERS.c.id).where(USERS.c.role == "admin", USERS.c.active).limit(1)
        if connection.execute(wanted).first() is None:
            raise InputError("至少要留一个能用的管理员账号", hint="请先添加另一个管理员")

    def begin_session(self, connection: Connection, user: int, digest: str, expires_at: str) -> None:
        """A new session; those that ended go."""
        connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now()))
        values = {"user_id": user, "digest": digest, "created_at": now(), "expires_at": expires_at}
        connection.execute(insert(SESSIONS).values(**values))

    def end_session(self, connection: Connection, digest: str) -> None:
        """Ends a session."""
        connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest))

    def end_sessions(self, connection: Connection, user: int) -> None:
        """Ends all sessions of an account."""
        connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == user))

    def add_key(
        self, connection: Connection, user: int, name: str, digest: str, scopes: tuple[str, ...], expires_at: str | None
    ) -> Key:
        """A new key."""
        values = {"user_id": user, "name": name, "digest": digest, "scopes": " ".join(scopes)}
        made = connection.execute(insert(KEYS).values(**values, created_at=now(), expires_at=expires_at))
        id = made.inserted_primary_key[0] if made.inserted_primary_key else 0
        return _key(connection.execute(select(KEYS).where(KEYS.c.id == id)).one())

    def revoke(self, connection: Connection, id: int) -> bool:
        """Revokes a key; whether there was one that held."""
        wanted = update(KEYS).where(KEYS.c.id == id, KEYS.c.revoked_at.is_(None))
        return connection.execute(wanted.values(revoked_at=now())).rowcount > 0

    # -- failed sign-ins --

    def failures(
        self, connection: Connection, since: float, account: str, address: str
    ) -> tuple[list[float], list[float]]:
        """When sign-ins failed since a time (Unix seconds), newest last: for an account, and from an address. Nobody else
        counts or keeps one until the transaction ends.
        """
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE attempts IN SHARE ROW EXCLUSIVE MODE"))
        wanted = select(ATTEMPTS.c.at).where(ATTEMPTS.c.at > since).order_by(ATTEMPTS.c.at)
        of_account = connection.execute(wanted.where(ATTEMPTS.c.account == account)).scalars()
        of_address = connection.execute(wanted.where(ATTEMPTS.c.address == address)).scalars()
        return list(of_account), list(of_address)

    def failed(self, connection: Connection, at: float, account: str, address: str, forget_before: float) -> None:
        """Keeps a failed sign-in, and forgets old ones."""
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at < forget_before))
        connection.execute(insert(ATTEMPTS).values(at=at, account=account, address=address))

    def succeeded(self, connection: Connection, account: str) -> None:
        """Forgets the failures of an account."""
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.account == account))


def _user(row: Row[Any]) -> User:
    return User(row.id, row.name, row.role, row.unit, bool(row.reads_questions), bool(row.active), row.created_at)


def _key(row: Row[Any]) -> Key:
    return Key(row.id, row.user_id, row.name, tuple(row.scopes.split()), row.created_at, row.expires_at, row.revoked_at)
