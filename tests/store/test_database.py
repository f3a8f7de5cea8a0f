"""Opening, migrating and failing, on SQLite and PostgreSQL."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from assistant.errors import StoreError
from assistant.store import Store
from assistant.store.database import HEAD
from assistant.store.tables import METADATA
from tests.conftest import ROOT


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    store = Store(tmp_path / "家")
    assert not store.accounts.any() and store.audit.entries() == [] and store.questions.entries() == []
    assert not (tmp_path / "家").exists()


def test_migrations_give_the_tables_that_the_code_uses(store: Store) -> None:
    with store.database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
    assert store.database.problems() == []


def test_the_newest_migration_is_known() -> None:
    folder = ROOT / "assistant" / "store" / "migrations" / "versions"
    found = [re.search(r'^revision = "(\w+)"$', p.read_text(encoding="utf-8"), re.M) for p in folder.glob("0*.py")]
    assert max(each[1] for each in found if each) == HEAD


def test_many_open_an_empty_database_at_once(store: Store, tmp_path: Path) -> None:
    stores = [store, *(Store(tmp_path / "家", store.database._url) for _ in range(5))]
    threads = [threading.Thread(target=lambda each=each: each.audit.add("local", "x", "")) for each in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.audit.head().seq == 6 and store.audit.faults() == []
    for each in stores:
        each.database.close()


def test_a_newer_database_is_left_alone(store: Store, tmp_path: Path) -> None:
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    again = Store(tmp_path / "家", store.database._url)
    with pytest.raises(StoreError, match="更新的版本"):
        again.feedback.vote("问", [], True)
    again.database.close()


def test_what_fails_in_a_transaction_is_undone(store: Store) -> None:
    with pytest.raises(RuntimeError), store.database.writing() as connection:
        store.audit.add_within(connection, "local", "x", "")
        raise RuntimeError
    assert store.audit.entries() == []


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x/y", "postgresql+nosuch://x/y"])
def test_an_address_that_cannot_be_used(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError, match="WENZHENG_DATABASE：数据库地址不能用"):
        Store(tmp_path, url).accounts.any()


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    url = "postgresql+psycopg://u:geheim@127.0.0.1:1/db?connect_timeout=1"
    with pytest.raises(StoreError, match="数据库不可用") as caught:
        Store(tmp_path, url).accounts.any()
    assert "geheim" not in str(caught.value)
