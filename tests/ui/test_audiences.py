"""What is shown to callers comes from the state that is seen by them: a check on the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What of an assistant holds every document.
WHOLE = {
    "ask",
    "ask_in_steps",
    "card",
    "compare",
    "counterparts",
    "document",
    "documents",
    "neighbours",
    "row",
    "rows",
    "search",
    "select",
    "snapshot",
    "state",
    "understand",
    "units",
}
# Where the whole is meant: loading it before the first request, counting it, naming its version.
EXCEPTIONS = {
    ("assistant/api/__init__.py", "state"),  # warm
    ("assistant/api/serving.py", "state"),  # counts for those who may read metrics
}
FILES = sorted(path for room in ("ui", "assistant/api") for path in (ROOT / room).rglob("*.py"))


def used(path: Path) -> set[str]:
    """What a file takes from an assistant, however it holds it: ``assistant.x``, ``….assistant.x``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in WHOLE:
            of = node.value
            name = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
            if name.strip("_") == "assistant":
                found.add(node.attr)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_shown_from_the_whole(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert {(name, each) for each in used(path)} <= EXCEPTIONS


def test_the_exceptions_are_in_use() -> None:
    assert {(path.relative_to(ROOT).as_posix(), each) for path in FILES for each in used(path)} == EXCEPTIONS


def test_the_check_sees_what_it_looks_for(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("serving.assistant.documents()\nself._assistant.state.rows()\nstate.rows()\nassistant.parse(x)\n")
    assert used(file) == {"documents", "state"}
