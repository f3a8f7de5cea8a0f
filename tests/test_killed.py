"""SIGKILL at 20 seeded points of everything that is kept; ``make soak`` does it at 100 (``eval.kills``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.kills import run
from tests.store.conftest import new_database, postgres

__all__ = ["postgres"]
pytestmark = pytest.mark.slow


def test_what_was_acknowledged_outlives_its_process(tmp_path: Path) -> None:
    assert run(tmp_path, 20) == []


def test_likewise_on_postgresql(tmp_path: Path, postgres: str) -> None:
    assert run(tmp_path, 8, database=new_database(postgres)) == []
