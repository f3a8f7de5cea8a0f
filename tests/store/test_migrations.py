"""Every migration, on databases of both kinds with rows in them: from each version to the newest nothing is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, insert, select, text

from assistant.store import Store
from assistant.store.database import HEAD
from assistant.store.tables import METADATA
from tests.conftest import ROOT

_FOLDER = ROOT / "assistant" / "store" / "migrations"
VERSIONS = sorted(
    found[1]
    for path in (_FOLDER / "versions").glob("0*.py")
    if (found := re.search(r'^revision = "(\w+)"$', path.read_text(encoding="utf-8"), re.M))
)
_SIMPLE: dict[str, Any] = {
    "INTEGER": 1,
    "BOOLEAN": True,
    "FLOAT": 1.5,
    "DOUBLE_PRECISION": 1.5,
    "DOUBLE PRECISION": 1.5,
}
_SPECIAL = {"kind": "helpful", "rows": "[]", "details": "{}"}


def at(connection: Connection, version: str) -> MetaData:
    """Brings a database to a version; the tables that it has then."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, version)
    found = MetaData()
    found.reflect(connection)
    return found


def filled(connection: Connection, tables: MetaData) -> dict[str, list[dict[str, Any]]]:
    """One row in each table, by the names and kinds of its columns."""
    for table in tables.sorted_tables:
        if table.name not in ("alembic_version", "audit_head"):
            row = {
                column.name: _SPECIAL.get(column.name, _SIMPLE.get(str(column.type), f"{column.name} 的内容"[:20]))
                for column in table.columns
            }
            connection.execute(insert(table).values(**row))
    return rows(connection, tables)


def rows(connection: Connection, tables: MetaData) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in tables.sorted_tables
        if table.name != "alembic_version"
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_from_each_version_to_the_newest(store: Store, version: str) -> None:
    engine = store.database._connected()
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        before = filled(connection, at(connection, version))
    engine.dispose()
    with store.database.reading() as connection:  # which brings it to the newest
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        after = rows(connection, METADATA)
    for name, kept in before.items():
        for row, new in zip(kept, after[name], strict=True):
            assert {key: value for key, value in new.items() if key in row} == row
    assert len(store.accounts.all()) == len(store.questions.entries()) == 1 and store.database.problems() == []
