"""Accounts on databases of both kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.access import Access
from assistant.settings import Settings
from assistant.store import Store
from tests.store.conftest import postgres, store

__all__ = ["postgres", "store"]
PASSWORD = "correct horse 电池"


@pytest.fixture
def access(store: Store, tmp_path: Path) -> Access:
    """Access over an empty store."""
    return Access(store, Settings.from_env({}, home=tmp_path))
