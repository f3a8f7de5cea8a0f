"""A database as lines of JSON, the same from SQLite and PostgreSQL: for backups, and for moving from one to the other.

version             the migration that the tables are at
<table>.jsonl       its rows
counters            table → the highest number that was ever given, where none is given again
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, select, text, update

from assistant.errors import BackupError
from assistant.store.database import HEAD, Database
from assistant.store.tables import AUDIT_HEAD, METADATA

_AT_ONCE = 1000  # rows written at a time
_EPHEMERAL = ("sessions", "attempts")  # of no use elsewhere: people sign in again
_KEPT = tuple(table for table in METADATA.sorted_tables if table.name not in _EPHEMERAL)
_COUNTED = tuple(table for table in _KEPT if table.dialect_options["sqlite"]["autoincrement"])
Part = tuple[str, Iterable[bytes]]


def dumped(database: Database) -> Iterator[Part]:
    """The parts of a dump by name, each as lines, all as they were at one moment."""
    with database.reading() as connection:
        yield "version", [HEAD.encode()]
        yield "counters", [json.dumps({table.name: _counter(connection, table) for table in _COUNTED}).encode()]
        for table in _KEPT:
            rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            yield f"{table.name}.jsonl", (json.dumps(dict(row), ensure_ascii=False).encode() + b"\n" for row in rows)


def load(connection: Connection, folder: Path) -> dict[str, int]:
    """Fills an empty database with the parts of a dump, as files in a folder; the number of rows of each table.

    Raises:
        BackupError: it is of another version or not readable, or the database is not empty.
    """
    version = (folder / "version").read_text(encoding="utf-8")
    if version != HEAD:
        raise BackupError(f"备份的数据库版本是{version[:10]}，本程序是{HEAD}", hint="请用写它的那个版本恢复，再升级")
    for table in METADATA.sorted_tables:
        if table.name != "audit_head" and connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise BackupError("数据库里已经有内容", hint="请恢复到一个空的数据库")
    counts = {}
    try:
        for table in _KEPT:
            counts[table.name] = 0
            for rows in _batches(table, folder / f"{table.name}.jsonl"):
                _put(connection, table, rows)
                counts[table.name] += len(rows)
        counters = {str(name): int(last) for name, last in json.loads((folder / "counters").read_text()).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise BackupError("备份里的数据库内容读不懂", hint="请换一个备份") from None
    for table in _KEPT:
        if table.primary_key.columns[0].autoincrement is not False:
            _count_on(connection, table, counters.get(table.name, 0))
    return counts


def _put(connection: Connection, table: Table, rows: list[Mapping[str, object]]) -> None:
    if table is not AUDIT_HEAD:
        connection.execute(insert(table), rows)
        return
    for row in rows:  # there is one from the start, and it cannot be deleted
        connection.execute(update(table).where(table.c.id == row["id"]).values(**row))


def _batches(table: Table, path: Path) -> Iterator[list[Mapping[str, object]]]:
    names = set(table.columns.keys())
    rows: list[Mapping[str, object]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if set(row) != names:
                raise ValueError(f"not a row of {table.name}")
            rows.append(row)
            if len(rows) == _AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _counter(connection: Connection, table: Table) -> int:
    """The highest number that a table ever gave to a row."""
    name = table.name
    if connection.dialect.name == "postgresql":
        sequence = connection.execute(text(f"SELECT pg_get_serial_sequence('{name}', 'id')")).scalar_one()
        found = connection.execute(text(f"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {sequence}"))
    else:
        found = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name})
    return int(found.scalar() or 0)


def _count_on(connection: Connection, table: Table, last: int) -> None:
    """The next row gets a number after ``last`` and after those of all rows."""
    highest = connection.execute(select(func.max(table.c.id))).scalar() or 0
    values = {"name": table.name, "last": max(last, highest)}
    if connection.dialect.name == "postgresql":
        said = "SELECT setval(pg_get_serial_sequence(:name, 'id'), greatest(:last, 1), :last > 0)"
        connection.execute(text(said), values)
    elif table in _COUNTED:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)
