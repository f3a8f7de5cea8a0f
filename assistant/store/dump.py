"""A database as lines of JSON, the same from SQLite and PostgreSQL: for backups, and for moving from one to the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, text

from assistant.errors import BackupError
from assistant.store.database import HEAD, Database
from assistant.store.tables import METADATA

_AT_ONCE = 1000  # rows written at a time
_EPHEMERAL = ("sessions", "attempts")  # of no use elsewhere: people sign in again


def dump(database: Database, folder: Path) -> dict[str, int]:
    """Writes each table as ``folder/<table>.jsonl``, all as they were at one moment; the number of rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "version").write_text(HEAD, encoding="utf-8")
    counts = {}
    with database.reading() as connection:
        for table in METADATA.sorted_tables:
            if table.name in _EPHEMERAL:
                continue
            with (folder / f"{table.name}.jsonl").open("w", encoding="utf-8") as file:
                counts[table.name] = 0
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
                    file.write(json.dumps(dict(row), ensure_ascii=False) + "\n")
                    counts[table.name] += 1
    return counts


def load(database: Database, folder: Path) -> None:
    """Fills an empty database with what ``dump`` wrote, all or nothing.

    Raises:
        BackupError: it is of another version, or the database is not empty.
    """
    version = (folder / "version").read_text(encoding="utf-8")
    if version != HEAD:
        raise BackupError(f"备份的数据库版本是{version[:10]}，本程序是{HEAD}", hint="请用写它的那个版本恢复，再升级")
    with database.writing() as connection:
        for table in METADATA.sorted_tables:
            if table.name != "audit_head" and connection.execute(select(func.count()).select_from(table)).scalar_one():
                raise BackupError("数据库里已经有内容", where=database.where, hint="请恢复到一个空的数据库")
        connection.execute(METADATA.tables["audit_head"].delete())
        for table in METADATA.sorted_tables:
            for rows in _batches(folder / f"{table.name}.jsonl"):
                connection.execute(insert(table), rows)
        _set_counters(connection)


def _batches(path: Path) -> Iterator[list[Mapping[str, object]]]:
    if not path.is_file():
        return
    rows: list[Mapping[str, object]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            rows.append(json.loads(line))
            if len(rows) == _AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _set_counters(connection: Connection) -> None:
    """PostgreSQL counts on from where it was, not from the rows that came in."""
    if connection.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        column = table.primary_key.columns[0]
        if column.autoincrement is not False:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)"
                )
            )
