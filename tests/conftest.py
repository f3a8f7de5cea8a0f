"""Shared fixtures: the published originals where they are at hand, a home folder, one open assistant."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from assistant.service import Assistant
from assistant.settings import Settings
from tests.parse.documents import OF_DATA, OF_LETTERS, OF_STAFF, PROSE

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
ORIGINALS = ROOT.parent / "shared" / "originals"
TODAY = "2023-08-01"
COUNTS = {
    "hunan-2022": (39,),
    "hunan-2023": (27, 16),
    "loudi-2023": (26, 17),
    "shaoyang-2022": (37, 17),
    "xiangxi-2022": (64, 31, 17),
}


def settings_for(home: Path) -> Settings:
    """Settings of a home folder, nothing taken from the environment."""
    return Settings.from_env({}, home=home, today=TODAY)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Password hashes of the same kind and less work: hundreds are made. Servers of their own process make real ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.access.passwords._HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def originals() -> Path:
    """The folder of the published documents."""
    if not ORIGINALS.is_dir():
        pytest.skip("the published originals are not beside this checkout (../shared/originals)")
    return ORIGINALS


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the shipped corpus indexed; tests only read it."""
    home = tmp_path_factory.mktemp("home")
    Assistant.open(settings=settings_for(home))
    return home


@pytest.fixture(scope="session")
def assistant(shared_home: Path) -> Assistant:
    """An assistant over the shipped corpus; tests only read it."""
    return Assistant.open(settings=settings_for(shared_home))


@pytest.fixture
def home(tmp_path: Path, shared_home: Path) -> Path:
    """A home folder with the shipped corpus indexed that a test may change."""
    return shutil.copytree(shared_home, tmp_path / "家", ignore=shutil.ignore_patterns("wenzheng.db*"))


@pytest.fixture(scope="session")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of invented plans for whom they are: everyone, the staff, and two units; tests only read them."""
    folder = tmp_path_factory.mktemp("来件")
    texts = {"常德.txt": PROSE, "衡阳.yaml": OF_STAFF, "信访.yaml": OF_LETTERS, "数据.yaml": OF_DATA}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name.split(".")[0]: folder / name for name in texts}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("WENZHENG_") and name != "WENZHENG_TESTS_NO_SKIP"]:
        monkeypatch.delenv(name)
    yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where skips are failures, say so; ``pytest_sessionfinish`` sets the exit status."""
    if os.environ.get("WENZHENG_TESTS_NO_SKIP") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("skipped tests count as failures here (WENZHENG_TESTS_NO_SKIP)", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("WENZHENG_TESTS_NO_SKIP") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
