"""The database of what people add: SQLite in the home folder, or PostgreSQL by its URL.

Opened on first use, so that a library that nobody changes needs none; migrated then, in one transaction. A home
folder that cannot be written is read as it stands.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from assistant.errors import StoreError
from assistant.store.earlier import take_in

HEAD = "0001"  # the newest of ``migrations/versions``
FILE = "wenzheng.db"
_WAIT = 30  # seconds for another writer
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
        return self._file is None or self._file.exists()

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
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the only writer's place; what is written counts as a whole, once left without error.

        Raises:
            StoreError: the database cannot be used or written.
        """
        with self._said(), self._open().connect().execution_options(writing=True) as connection, connection.begin():
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
                    if _version(engine) != HEAD:
                        _migrate(engine)
                    if self._file is not None:
                        take_in(engine, self._file.with_name("feedback.db"))
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    def _connected(self) -> Engine:
        if self._file is None:
            return _server(self._url) if not self.is_file else _sqlite(self._url)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"无法建立（{error.strerror}）", where=self.where, hint="请检查磁盘与权限") from None
        return _sqlite(f"sqlite:///{self._file}")

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Database errors in one clear line."""
        try:
            yield
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            hint = "PostgreSQL 请写 postgresql+psycopg://用户:密码@主机/库，并安装 wenzheng[postgresql]"
            raise StoreError("数据库地址不能用", where="WENZHENG_DATABASE", hint=hint) from error
        except SQLAlchemyError as error:
            raise StoreError(
                _reason(error), where=self.where, hint="请检查磁盘、权限和数据库服务；需要时从备份恢复"
            ) from error


def _reason(error: SQLAlchemyError) -> str:
    """What is wrong, for people; the details of the driver go with the cause."""
    cause = str(error.orig if isinstance(error, DBAPIError) else error).casefold()
    known = (
        ("full", "磁盘已满，没有写入"),
        ("readonly", "数据库只能读，没有写入"),
        ("read-only", "数据库只能读，没有写入"),
        ("locked", "数据库一直被占用"),
        ("malformed", "数据库已损坏"),
        ("not a database", "数据库已损坏"),
        ("only added to", "审计日志只能追加"),
    )
    return next((said for sign, said in known if sign in cause), "数据库不可用")


def _sqlite(url: str) -> Engine:
    path = make_url(url).database or ""

    def connect() -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # A folder that cannot be written has no place for the files of a log: the database is read as it stands.
            if not Path(path).is_file():
                raise
            connection = sqlite3.connect(
                f"{Path(path).absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        connection.isolation_level = None  # transactions are begun below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged outlives a power cut
        return connection

    engine = create_engine(url, creator=connect)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


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
