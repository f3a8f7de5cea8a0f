"""Whether what is on disk is whole and true: index, documents, database, audit log, and saved answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant import index
from assistant.answer import read_answers
from assistant.errors import StoreError
from assistant.index import Snapshot
from assistant.library.catalogue import Catalogue, Library, shipped_corpus
from assistant.library.publishing import load_library, load_view, verify_view
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.store import Store

NO_LIBRARY: dict[str, Any] = {"snapshot": None, "documents": 0, "rows": 0}  # where there are only accounts yet


def check(settings: Settings) -> dict[str, Any]:
    """Verifies the indexes against their manifests, the documents and who may see which, the database and its audit log.

    ``views`` counts the audiences that see different documents.

    Raises:
        SnapshotError: what is damaged or out of date. StoreError: the database cannot be read, or does not hold.
    """
    store = Store(settings.home, settings.database)
    only_accounts = store.database.exists and not Catalogue(settings.home, shipped_corpus()).file.is_file()
    found = NO_LIBRARY if only_accounts else check_library(settings)
    try:
        _check_store(store)
        return found | {
            "users": len(store.accounts.all()),
            "feedback": len(store.feedback.entries()),
            "audit": store.audit.head().seq,
        }
    finally:
        store.database.close()


def check_library(settings: Settings) -> dict[str, Any]:
    """Verifies all but the database.

    Raises:
        SnapshotError: what is damaged or out of date.
    """
    catalogue = Catalogue(settings.home, shipped_corpus())
    library = catalogue.read()
    snapshot = load_library(settings, catalogue, library)
    _check_views(settings, catalogue, library, snapshot)
    manifest = index.read_manifest(catalogue.index / str(library.snapshot))
    return {
        "snapshot": manifest.name,
        "documents": len(snapshot.documents),
        "rows": len(snapshot.rows),
        "views": len(library.audiences()),
        "analyser": manifest.analyser,
        "encoder": manifest.encoder,
    }


def _check_store(store: Store) -> None:
    """Whether the database is whole, and the audit log unchanged.

    Raises:
        StoreError: it is not.
    """
    if not store.database.exists:
        return
    problems = store.database.problems()
    if problems:
        raise StoreError(f"数据库已损坏（{problems[0]}）", where=store.database.where, hint="请从备份恢复")
    faults = store.audit.faults()
    if faults:
        raise StoreError(
            f"审计日志不完整：{faults[0]}", where=store.database.where, hint="详情见 wenzheng audit verify"
        )


def _check_views(settings: Settings, catalogue: Catalogue, library: Library, full: Snapshot) -> None:
    """Whether each audience is answered from exactly what it may see.

    Raises:
        SnapshotError: a view is damaged, missing, or holds other documents.
    """
    for key, audience in library.audiences().items():
        name = library.view(key)
        if name == library.snapshot:
            verify_view(full, audience, full)
        else:
            load_view(settings, catalogue, name, audience, full)


def check_answers(settings: Settings, path: Path) -> list[dict[str, Any]]:
    """Verifies saved answers against the rows: for each its question and what is not proved.

    Raises:
        InputError: the file holds no answers. SnapshotError: as ``Assistant.open``.
    """
    answers = read_answers(path)
    assistant = Assistant.open(settings=settings)
    return [{"question": answer.question, "faults": list(assistant.faults(answer))} for answer in answers]
