"""What measures many people at once: answers are counted, and every failure is."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from eval import users
from tests.ui.conftest import free_port, serving

pytestmark = pytest.mark.slow


def test_a_person_asks_and_failures_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "EVERY", 0.25)
    monkeypatch.setattr(users, "LASTS", 1.0)
    taken: list[float] = []
    failed: list[str] = []
    with serving(tmp_path) as address:
        users._person(urlsplit(address).port or 0, 0, time.perf_counter(), taken, failed)
    assert len(taken) == 4 and failed == [] and all(0 < seconds < 30 for seconds in taken)
    users._person(free_port(), 0, time.perf_counter(), taken, failed)
    assert len(taken) == 4 and len(failed) == 4 and "ConnectionRefusedError" in failed[0]
