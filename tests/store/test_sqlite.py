"""SQLite: for its owner only, several processes at once, and a migration that is killed."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assistant.store import Store
from assistant.store.sqlite import is_made

# Kills its own process after so many statements of a migration.
_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from assistant.store import Store
left = int(sys.argv[3])
@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    if not statement.startswith(("PRAGMA", "SELECT", "BEGIN")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
Store(Path(sys.argv[1]), sys.argv[2]).audit.add("local", "x", "")
"""
_WRITES = """
import sys
from pathlib import Path
from assistant.store import Store
store = Store(Path(sys.argv[1]))
for number in range(100):
    store.audit.add("local", sys.argv[2], str(number))
    with store.database.writing() as connection:
        store.questions.add(connection, "rest", sys.argv[2], "list", "answered", [])
"""


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        store = Store(tmp_path)
        store.feedback.vote("问", [], True)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("wenzheng.db", "wenzheng.db-wal", "wenzheng.db-shm"), 384)
    store.database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["wenzheng.db"]  # all is in the one file


@pytest.mark.slow
def test_many_processes_write_at_once(tmp_path: Path) -> None:
    """Four that make the database, migrate and fill it at the same time; none is told that it is locked."""
    names = [f"p{number}" for number in range(4)]
    running = [subprocess.Popen([sys.executable, "-c", _WRITES, str(tmp_path), name]) for name in names]
    assert [each.wait() for each in running] == [0] * 4
    store = Store(tmp_path)
    assert store.audit.faults() == [] and store.audit.head().seq == 400
    assert len(store.questions.entries()) == 400
    store.database.close()


def test_a_writer_waits_for_another_process(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.audit.add("local", "x", "1")
    other = sqlite3.connect(tmp_path / "wenzheng.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def let_go() -> None:
        time.sleep(0.5)
        other.execute("COMMIT")

    thread = threading.Thread(target=let_go)
    thread.start()
    assert store.audit.head().seq == 1  # readers do not wait
    store.audit.add("local", "x", "2")
    thread.join()
    other.close()
    assert store.audit.head().seq == 2
    store.database.close()


def test_threads_take_turns(tmp_path: Path) -> None:
    """None waits for long while the others write."""
    store, longest = Store(tmp_path), []
    store.audit.add("local", "x", "")

    def work() -> None:
        waits = []
        for _ in range(50):
            start = time.monotonic()
            store.audit.add("local", "x", "")
            waits.append(time.monotonic() - start)
        longest.append(max(waits))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(longest) < 2 and store.audit.head().seq == 201
    store.database.close()


def test_what_a_full_disk_left_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "wenzheng.db"
    assert not is_made(file)
    file.touch()
    assert not is_made(file)
    empty = sqlite3.connect(file)
    empty.execute("PRAGMA journal_mode = WAL")
    empty.close()
    assert file.stat().st_size and not is_made(file)
    store = Store(tmp_path)
    assert not store.accounts.any() and store.audit.entries() == []
    store.audit.add("local", "x", "y")
    assert is_made(file) and store.audit.head().seq == 1
    store.database.close()


def killed_after(home: Path, url: str, statements: int) -> bool:
    """Whether a process that makes a database was killed before it was done."""
    done = subprocess.run([sys.executable, "-c", _KILLED, str(home), url, str(statements)], capture_output=True)
    return done.returncode != 0


@pytest.mark.slow
def test_a_migration_that_is_killed_leaves_nothing(store: Store, tmp_path: Path) -> None:
    """At the first statement, in the middle, at the last; then the next process does it all."""
    home, url = tmp_path / "家", store.database._url
    for statements in (1, 7, 14, 20):
        assert killed_after(home, url, statements)
        if not url:
            left = sqlite3.connect(home / "wenzheng.db")
            assert left.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
            left.close()
    assert not killed_after(home, url, 99)
    assert store.audit.head().seq == 1 and store.audit.faults() == [] == store.database.problems()


def test_a_thread_may_read_while_it_writes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.audit.add("local", "x", "")
    with store.database.writing() as connection:
        store.audit.add_within(connection, "local", "y", "")
        assert [each.action for each in store.audit.entries()] == ["x"]  # as it was before
    assert [each.action for each in store.audit.entries()] == ["x", "y"]
    store.database.close()
