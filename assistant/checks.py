"""Whether what is on disk is whole and true: index, documents, feedback, and saved answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant import index
from assistant.answer import read_answers
from assistant.catalogue import Catalogue, Library, shipped_corpus
from assistant.index import Snapshot
from assistant.publishing import load_library, load_view, verify_view
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.store.feedback import Feedback


def check(settings: Settings) -> dict[str, Any]:
    """Verifies the indexes against their manifests, the documents and who may see which, and the feedback database.

    ``views`` counts the audiences that see different documents.

    Raises:
        SnapshotError: what is damaged or out of date. InputError: the database cannot be read.
    """
    catalogue = Catalogue(settings.home, shipped_corpus())
    library = catalogue.read()
    snapshot = load_library(settings, catalogue, library)
    _check_views(settings, catalogue, library, snapshot)
    manifest = index.read_manifest(catalogue.index / str(library.snapshot))
    entries = Feedback(settings.home / "feedback.db").entries()
    return {
        "snapshot": manifest.name,
        "documents": len(snapshot.documents),
        "rows": len(snapshot.rows),
        "views": len(library.audiences()),
        "analyser": manifest.analyser,
        "encoder": manifest.encoder,
        "feedback": len(entries),
    }


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
