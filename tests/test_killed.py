"""SIGKILL at 20 seeded points of everything that is kept; ``make soak`` does it at 100 (``eval.kills``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.kills import Told, run, wrong
from tests.conftest import settings_for
from tests.store.conftest import new_database, postgres

__all__ = ["postgres"]
pytestmark = pytest.mark.slow


def test_what_was_acknowledged_outlives_its_process(tmp_path: Path) -> None:
    assert run(tmp_path, 20) == []
    with (tmp_path / "said").open("a") as said:
        said.write('["done", "deed", "x"]\n["done", "vote", "y"]\n["done", "publish", "elsewhere"]\n')
    lost = wrong(settings_for(tmp_path / "home"), Told.read(tmp_path / "said"))
    assert {each.split(",")[0] for each in lost} >= {"deed lost: x", "vote lost: y"} and len(lost) > 2


def test_likewise_on_postgresql(tmp_path: Path, postgres: str) -> None:
    assert run(tmp_path, 6, database=new_database(postgres)) == []
