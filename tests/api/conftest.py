"""A running server over a home folder of its own, as ``wenzheng serve`` runs it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from assistant import Assistant
from tests.api.stage import PLANS, Stage, library, people, stage
from tests.conftest import settings_for
from ui.app import create_app
from ui.server import listen


@contextmanager
def serving(assistant: Assistant, host: str = "127.0.0.1") -> Iterator[str]:
    """The address of a server in a thread."""
    listening = listen(host, 0)
    server = uvicorn.Server(
        uvicorn.Config(lambda: create_app(assistant), factory=True, log_config=None, proxy_headers=False)
    )
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    name = f"[{host}]" if ":" in host else host
    yield f"http://{name}:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="package")
def own(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant of the running server; only feedback is written to its home."""
    home = shutil.copytree(shared_home, tmp_path_factory.mktemp("接口") / "home")
    return Assistant.open(settings=settings_for(home))


@pytest.fixture(scope="package")
def address(own: Assistant) -> Iterator[str]:
    with serving(own) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as found:
        yield found


@pytest.fixture(scope="package")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An application with documents and people of every kind; tests only read its library."""
    with stage(library(tmp_path_factory.mktemp("众") / "home", rate=100_000)) as found:
        yield found


@pytest.fixture(scope="package")
def who(shown: Stage) -> dict[str, dict[str, str]]:
    """What each of the people sends with a request."""
    return people(shown.assistant)


@pytest.fixture(scope="package")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The public document alone, before there are accounts."""
    with stage(library(tmp_path_factory.mktemp("初") / "home", PLANS[:1], open=True)) as found:
        yield found
