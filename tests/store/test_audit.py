"""The audit log: only added to, and every change, gap and cut tail is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from assistant.errors import InputError, StoreError
from assistant.store import Store
from assistant.store.audit import AuditHead

_GUARDS = {
    "sqlite": ("DROP TRIGGER audit_keeps_update", "DROP TRIGGER audit_keeps_delete", "DROP TRIGGER audit_keeps_insert"),
    "postgresql": ("DROP TRIGGER audit_keeps ON audit",),
}


def filled(store: Store, entries: int = 5) -> Store:
    for number in range(1, entries + 1):
        store.audit.add("user:1", "document.add", f"doc-{number}", {"rows": number, "说": "新"})
    return store


def tampered(store: Store, *statements: str) -> list[str]:
    """The faults after someone with the database's password has had a hand in it."""
    with store.database.writing() as connection:
        for statement in (*_GUARDS[connection.dialect.name], *statements):
            connection.execute(text(statement))
    return store.audit.faults()


def test_entries_and_head(store: Store) -> None:
    assert store.audit.entries() == [] and str(store.audit.head()) == "0:" and store.audit.faults() == []
    filled(store)
    entries = store.audit.entries()
    assert [each.seq for each in entries] == [1, 2, 3, 4, 5]
    assert (entries[1].actor, entries[1].action, entries[1].subject) == ("user:1", "document.add", "doc-2")
    assert entries[1].details == {"rows": 2, "说": "新"} and len({each.digest for each in entries}) == 5
    assert store.audit.head() == AuditHead(5, entries[-1].digest) == AuditHead.parse(f" {store.audit.head()}\n")
    assert store.audit.faults(store.audit.head()) == [] == store.audit.faults(AuditHead(2, entries[1].digest))
    assert [each.seq for each in store.audit.entries(most=2)] == [4, 5]
    assert [each.seq for each in store.audit.about(["doc-2", "doc-4"])] == [2, 4] and store.audit.count() == 5
    assert len(store.audit.about(["user:1"])) == 5 and store.audit.about(["user:2"]) == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET actor = 'x' WHERE seq = 2", "DELETE FROM audit WHERE seq = 5", "DELETE FROM audit_head"],
)
def test_nothing_is_changed_by_accident(store: Store, statement: str) -> None:
    filled(store)
    with pytest.raises(StoreError, match="审计日志只能追加"), store.database.writing() as connection:
        connection.execute(text(statement))
    assert store.audit.faults() == []


def test_nothing_is_replaced_or_emptied(store: Store) -> None:
    with filled(store).database.writing() as connection:
        sqlite = connection.dialect.name == "sqlite"
    values = "SELECT seq, at, 'x', action, subject, details, digest FROM audit WHERE seq = 2"
    replaced = [f"{how} INTO audit {values}" for how in ("INSERT OR REPLACE", "REPLACE")]
    for statement in replaced if sqlite else ["TRUNCATE audit", "TRUNCATE audit_head", "TRUNCATE audit, users CASCADE"]:
        with pytest.raises(StoreError, match="审计日志只能追加"), store.database.writing() as connection:
            connection.execute(text(statement))
    assert store.audit.faults() == []


def test_changes_are_found(store: Store) -> None:
    assert tampered(filled(store), "UPDATE audit SET actor = 'user:2' WHERE seq = 3") == ["第3条或它之前的内容被改动"]


def test_a_change_with_its_digest_is_found_in_the_next(store: Store) -> None:
    filled(store)
    digest = "0" * 64
    assert tampered(store, f"UPDATE audit SET digest = '{digest}' WHERE seq = 3") == [
        "第3条或它之前的内容被改动",
        "第4条或它之前的内容被改动",
    ]


def test_gaps_are_found(store: Store) -> None:
    assert tampered(filled(store), "DELETE FROM audit WHERE seq IN (2, 3)") == [
        "第2条至第3条缺失",
        "第4条或它之前的内容被改动",
    ]


def test_a_cut_tail_is_found(store: Store) -> None:
    assert tampered(filled(store), "DELETE FROM audit WHERE seq > 3") == ["末尾被截断：应有5条，只有3条"]


def test_a_cut_tail_with_its_head_is_found_by_the_exported_head(store: Store) -> None:
    exported = filled(store).audit.head()
    third = store.audit.entries()[2].digest
    statements = ("DELETE FROM audit WHERE seq > 3", f"UPDATE audit_head SET seq = 3, digest = '{third}'")
    assert tampered(store, *statements) == []
    assert store.audit.faults(exported) == ["末尾被截断：导出的链头是第5条，只有3条"]


def test_a_log_written_anew_is_found_by_the_exported_head(store: Store) -> None:
    exported = filled(store).audit.head()
    assert tampered(store, "DELETE FROM audit", "UPDATE audit_head SET seq = 0, digest = ''") == []
    filled(store, 6)
    assert store.audit.entries()[0].at  # the same deeds, at another time or not
    store.audit.add("user:9", "x", "y")
    if store.audit.entries()[4].digest != exported.digest:  # another second
        assert store.audit.faults(exported) == ["第5条与导出的链头不符：日志被重写"]


def test_many_writers_make_one_chain(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.audit.add("local", "x", str(n)), range(40)))
    assert store.audit.faults() == [] and store.audit.head().seq == 40


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1:abc", "1:" + "x" * 64, "0:" + "0" * 64, "٣:" + "0" * 64, "-1:" + "0" * 64]
)
def test_what_is_no_head(text: str) -> None:
    with pytest.raises(InputError, match="链头"):
        AuditHead.parse(text)
