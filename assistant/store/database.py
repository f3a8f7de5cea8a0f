"""The database of what people add: SQLite in the home folder, or PostgreSQL by its URL.

Opened on first use, so that a library that nobody changes needs none; migrated then, in one transaction.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from assistant.errors import StoreError, system_said
from assistant.home import make_home
from assistant.store import sqlite
from assistant.store.earlier import EARLIER, take_in

HEAD = "0001"  # the newest of ``migrations/versions``
FILE = "wenzheng.db"
_LOG = logging.getLogger("wenzheng")
_LOCK = 7_261_853  # of PostgreSQL's advisory locks, the one for migrations


def now() -> str:
    """The time as the tables hold it: UTC, ISO 8601, in seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Database:
    """One database; safe to use from several threads and processes."""

    def __init__(self, home: Path, url: str = "") -> None:
        """``url``: as SQLAlchemy reads it (postgresql+psycopg://…); empty: a file in ``home``."""
        self._file = None if url else home / FILE
        self._url = url
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._turn = threading.RLock()  # SQLite's own waiting is not fair: some thread would wait for seconds

    @property
    def where(self) -> str:
        """The database as messages name it, without a password."""
        if self._file is not None:
            return str(self._file)
        return make_url(self._url).render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The file that it is, where it is one."""
        return self._file

    @property
    def exists(self) -> bool:
        """Whether there may be something to read."""
        return self._file is None or self._engine is not None or sqlite.is_made(self._file)

    @property
    def has_earlier(self) -> bool:
        """Whether an earlier version left something to take in."""
        return self._file is not None and self._file.with_name(EARLIER).is_file()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose reads agree with one another.

        Raises:
            StoreError: the database cannot be used.
        """
        with self._said(), self._open().connect() as connection:
            if not self.is_file:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self, durable: bool = True) -> Iterator[Connection]:
        """A connection that holds the only writer's place; what is written counts as a whole, once left without error.

        ``durable``: it outlives a power cut; else only the end of the process, at a fraction of the cost (SQLite).

        Raises:
            StoreError: the database cannot be used or written.
        """
        options = {"writing": True, "durable": durable}
        turn = self._turn if self.is_file else nullcontext()
        with (
            self._said(),
            turn,
            self._open().connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite."""
        return self._file is not None or self._url.startswith("sqlite")

    def close(self) -> None:
        """Ends all connections; the next use opens it again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def problems(self) -> list[str]:
        """What the database finds wrong with itself."""
        with self.reading() as connection:
            if self.is_file:
                found = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
                return [line for line in found if line != "ok"]
            return []

    def _open(self) -> Engine:
        with self._opening:
            if self._engine is None:
                engine = self._connected()
                try:
                    self._prepare(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
                weakref.finalize(self, engine.dispose)  # connections end with what they were for
            return self._engine

    def _prepare(self, engine: Engine) -> None:
        """Brings the tables to this version and takes in what an earlier one kept, where that can be written."""
        if _version(engine) != HEAD:
            _migrate(engine)
        if self._file is not None:
            try:
                take_in(engine, self._file.with_name(EARLIER))
            except (SQLAlchemyError, OSError) as error:  # it stays where it is until there is room
                _LOG.warning("以前的反馈 feedback.db 还没有并入：%s", _reason(error))

    def _connected(self) -> Engine:
        if self._file is None:
            return _server(self._url) if not self.is_file else sqlite.engine(Path(make_url(self._url).database or ""))
        try:
            make_home(self._file.parent)
        except OSError as error:
            raise StoreError(f"无法建立（{system_said(error)}）", where=self.where, hint="请检查磁盘与权限") from None
        return sqlite.engine(self._file)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Database errors in one clear line."""
        try:
            yield
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            hint = "PostgreSQL 请写 postgresql+psycopg://用户:密码@主机/库，并安装 wenzheng[postgresql]"
            raise StoreError("数据库地址不能用", where="WENZHENG_DATABASE", hint=hint) from error
        except SQLAlchemyError as error:
            hint = "请检查磁盘、权限和数据库服务；需要时从备份恢复"
            raise StoreError(_reason(error), where=self.where, hint=hint) from error


def _reason(error: SQLAlchemyError | OSError) -> str:
    """What is wrong, for people; the details of the driver go with the cause."""
    cause = str(error.orig if isinstance(error, DBAPIError) else error).casefold()
    known = (
        ("full", "磁盘已满，没有写入"),
        ("no space left", "磁盘已满，没有写入"),
        ("readonly", "数据库只能读，没有写入"),
        ("read-only", "数据库只能读，没有写入"),
        ("permission denied", "没有写数据库的权限"),
        ("locked", "数据库一直被占用"),
        ("malformed", "数据库已损坏"),
        ("not a database", "数据库已损坏"),
        ("only added to", "审计日志只能追加"),
    )
    return next((said for sign, said in known if sign in cause), "数据库不可用")


def _server(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=4)


def _version(engine: Engine) -> str | None:
    """The migration that the database is at; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    """Brings the tables to ``HEAD``, all steps or none.

    Raises:
        StoreError: they are of a newer version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise StoreError("数据库由更新的版本写成", hint="请升级程序，或从备份恢复") from None
