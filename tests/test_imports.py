"""Imports flow one way: the table of rooms, checked on the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Which of our rooms a room may import; everyone may import schema, errors, home and lexicon.
EVERYONE = {"assistant.schema", "assistant.errors", "assistant.home", "assistant.lexicon"}
ALLOWED = {
    "assistant.schema": set(),
    "assistant.errors": set(),
    "assistant.home": set(),
    "assistant.lexicon": set(),
    "assistant.settings": set(),
    "assistant.text": set(),
    "assistant.faults": {"assistant.privacy", "assistant.settings"},
    "assistant.privacy": set(),
    "assistant.screening": {"assistant.privacy"},
    "assistant.parse": {"assistant.screening", "assistant.settings", "assistant.text"},
    "assistant.index": {"assistant.text"},
    "assistant.retrieve": {"assistant.index", "assistant.text"},
    "assistant.answer": {"assistant.retrieve", "assistant.text"},
    "assistant.store": {"assistant.privacy"},
    "assistant.access": {"assistant.settings", "assistant.store"},
    "assistant.keeping": {"assistant.settings", "assistant.store"},
    "assistant.backup": {
        "assistant.checks",
        "assistant.library",
        "assistant.service",
        "assistant.settings",
        "assistant.store",
    },
    "assistant.library": {
        "assistant.access",
        "assistant.index",
        "assistant.parse",
        "assistant.privacy",
        "assistant.screening",
        "assistant.settings",
        "assistant.state",
        "assistant.store",
        "assistant.text",
    },
    "assistant.desk": {"assistant.answer"},
    "assistant.state": {
        "assistant.answer",
        "assistant.desk",
        "assistant.index",
        "assistant.retrieve",
        "assistant.settings",
        "assistant.text",
    },
    "assistant.service": {
        "assistant.access",
        "assistant.desk",
        "assistant.index",
        "assistant.keeping",
        "assistant.library",
        "assistant.llm",
        "assistant.parse",
        "assistant.settings",
        "assistant.state",
        "assistant.store",
    },
    "assistant.checks": {
        "assistant.answer",
        "assistant.index",
        "assistant.library",
        "assistant.service",
        "assistant.settings",
        "assistant.store",
    },
    "assistant.llm": {"assistant.settings"},
    "assistant.cli": {
        "assistant.access",
        "assistant.api",
        "assistant.backup",
        "assistant.checks",
        "assistant.faults",
        "assistant.keeping",
        "assistant.library",
        "assistant.service",
        "assistant.settings",
        "assistant.store",
        "ui",
    },
    "assistant.api": {
        "assistant",
        "assistant.access",
        "assistant.faults",
        "assistant.keeping",
        "assistant.library",
        "assistant.privacy",
        "assistant.service",
        "assistant.settings",
        "assistant.state",
        "assistant.store",
    },
    "assistant.__main__": {"assistant.cli"},
    "assistant": {"assistant.service"},
    "ui": {
        "assistant.access",
        "assistant.api",
        "assistant.desk",
        "assistant.faults",
        "assistant.screening",
        "assistant.service",
        "assistant.settings",
        "assistant.state",
    },
    "eval": {
        "assistant",
        "assistant.backup",
        "assistant.checks",
        "assistant.index",
        "assistant.library",
        "assistant.parse",
        "assistant.retrieve",
        "assistant.service",
        "assistant.settings",
        "assistant.state",
        "assistant.store",
        "assistant.text",
        "ui",
    },
}
FILES = sorted(path for room in ("assistant", "ui", "eval") for path in (ROOT / room).rglob("*.py"))


def room_of(module: str) -> str:
    """assistant.parse.readers.pdf → assistant.parse; ui.chat → ui."""
    names = module.split(".")
    return names[0] if names[0] != "assistant" else ".".join(names[:2])


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """The modules of ours that a file names in its import statements, wherever they stand."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            found |= {f"{base}.{alias.name}" if base in ("assistant", "ui", "eval") else base for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("assistant", "ui", "eval")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_rooms_import_only_what_they_may(path: Path) -> None:
    room = room_of(module_of(path))
    others = {room_of(name) for name in imported(path)} - {room} - EVERYONE
    others.discard("assistant.Assistant")
    assert others <= ALLOWED[room], f"{room} may not import {sorted(others - ALLOWED[room])}"


def test_files_stay_small() -> None:
    long = {path.name: n for path in FILES if (n := len(path.read_text(encoding="utf-8").splitlines())) > 320}
    assert long == {}


def test_functions_stay_small() -> None:
    long = [
        f"{path.name}:{node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert long == []


def test_no_document_is_known_by_name() -> None:
    ids = {path.stem for path in (ROOT / "corpus").glob("*.yaml")}
    assert len(ids) == 5
    code = [path for path in FILES if path.parts[-2] != "eval"]
    assert [path for path in code if any(id in path.read_text(encoding="utf-8") for id in ids)] == []
