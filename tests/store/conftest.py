"""Databases of both kinds: a new SQLite file, and where a PostgreSQL can be started, a new database of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.store import Store


def _programs() -> Path | None:
    """Where PostgreSQL's server programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else found[-1].parent if found else None


def _someone() -> str | None:
    """Whom the server runs as: it refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running server, without a database."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed")
    folder = Path("/tmp") / f"wz-pg-{uuid.uuid4().hex[:8]}"  # a socket's path is short, and open to another user
    folder.mkdir()
    user = _someone()
    if user:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        line = [str(each) for each in command]
        subprocess.run(
            line,
            check=True,
            capture_output=True,
            user=user,
            cwd=folder,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )

    run(programs / "initdb", "-D", folder / "data", "-U", "wenzheng", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=50"
    run(programs / "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield f"postgresql+psycopg://wenzheng@/{{name}}?host={folder}"
    finally:
        run(programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """The URL of a new database of a server."""
    import psycopg

    name = f"wz_{uuid.uuid4().hex}"
    place = server.format(name="postgres").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(name=name)


def keep_question(store: Store, *asked: Any) -> None:
    """Keeps a question: channel, question, intent, outcome, rows, and who asked, if that is known."""
    with store.database.writing() as connection:
        store.questions.add(connection, *asked)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of either kind."""
    url = "" if request.param == "sqlite" else new_database(request.getfixturevalue("postgres"))
    made = Store(tmp_path / "家", url)
    yield made
    made.database.close()
