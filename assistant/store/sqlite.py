"""SQLite as the database of a home folder: who may read it, how it is written, and how it is read where nothing can be."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
import weakref
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

WAIT = 30.0  # seconds for another writer
_LOG = "-wal"  # beside the file: what was written since the last checkpoint


def engine(path: Path) -> Engine:
    """Connections to a file; where there is none yet it is made, for its owner only."""
    # Without a file in the URL, SQLAlchemy would take it for a database in memory, with one connection a thread.
    made = create_engine("sqlite://", creator=_Opener(path).connect, poolclass=QueuePool, pool_size=5)

    @event.listens_for(made, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("writing", False):
            connection.exec_driver_sql("BEGIN")
            return
        # FULL outlives a power cut, NORMAL the end of every process but not that of the machine.
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable', True) else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(made, "checkin")
    def _checkin(connection: Any, record: Any) -> None:
        if isinstance(connection, _Reading):
            record.invalidate()  # the next one may be able to write again

    return made


def is_made(path: Path) -> bool:
    """Whether there is a database with tables, or something that must be one; not where a full disk left none."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        with closing(_Opener(path).connect()) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return True  # what is wrong with it is said where it is used


class _Reading(sqlite3.Connection):
    """A connection to a database that cannot be written now."""


class _Opener:
    """Opens a database. Where it cannot be written (permissions, a full disk), it is read: beside the process that has
    it open; where nobody has and all is in the one file, as that stands; and what a killed process left in a log
    beside it, from a copy of both.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy: Path | None = None

    def connect(self) -> sqlite3.Connection:
        """A new connection."""
        path = self._path
        try:
            return self._writing()
        except (sqlite3.OperationalError, OSError) as error:
            if "locked" not in str(error) and path.is_file() and path.stat().st_size:
                with suppress(sqlite3.OperationalError, OSError):
                    return self._reading()
            raise sqlite3.OperationalError(str(error)) from error

    def _writing(self) -> sqlite3.Connection:
        # Where it exists it is not opened here: closing it again would give up the locks of this process on it.
        with suppress(FileExistsError):
            os.close(
                os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            )  # its other files get the same mode
        if not (os.access(self._path, os.W_OK) and os.access(self._path.parent, os.W_OK)):
            raise PermissionError("read-only")
        connection = sqlite3.connect(self._path, timeout=WAIT, check_same_thread=False, isolation_level=None)
        return _tried(connection, _keep_a_log)

    def _reading(self) -> sqlite3.Connection:
        uri = self._path.absolute().as_uri()
        with suppress(sqlite3.OperationalError):
            return _read(f"{uri}?mode=ro")
        if not self._path.with_name(self._path.name + _LOG).is_file():
            return _read(f"{uri}?mode=ro&immutable=1")
        return _read(f"{self._copied().as_uri()}?mode=rw")

    def _copied(self) -> Path:
        if self._copy is None:
            folder = Path(tempfile.mkdtemp(prefix="wenzheng-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            for name in (self._path.name + _LOG, self._path.name):
                shutil.copyfile(self._path.with_name(name), folder / name)
            self._copy = folder / self._path.name
        return self._copy


def _read(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=WAIT, check_same_thread=False, isolation_level=None, factory=_Reading
    )
    return _tried(connection, lambda made: made.execute("PRAGMA query_only = ON"))


def _tried(connection: sqlite3.Connection, prepare: Any) -> sqlite3.Connection:
    """A connection that was prepared and can be read; closed where it cannot."""
    try:
        prepare(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Readers and a writer side by side. SQLite does not wait by itself where another process makes the same change."""
    end = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
