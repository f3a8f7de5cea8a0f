"""The table of settings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.settings import TABLE, Settings
from tests.conftest import ROOT


def test_defaults() -> None:
    settings = Settings.from_env({})
    assert (settings.host, settings.port, settings.top_k, settings.max_question) == ("127.0.0.1", 7860, 10, 500)
    assert settings.home.name == "wenzheng"
    assert settings.today == date.today()


def test_environment_then_overrides(tmp_path: Path) -> None:
    environ = {"WENZHENG_PORT": "8000", "WENZHENG_HOME": "/somewhere", "WENZHENG_TODAY": "2024-02-29"}
    settings = Settings.from_env(environ, home=tmp_path, port=None)
    assert (settings.port, settings.home, settings.today) == (8000, tmp_path, date(2024, 2, 29))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "x"),
        ("PORT", "0"),
        ("TOP_K", "-1"),
        ("TODAY", "昨天"),
        ("TODAY", "2023-02-29"),
        ("LOG", "xml"),
        ("WORKERS", "0"),
        ("PORT", "65536"),
        ("KEEP_QUESTIONS_DAYS", "36501"),
        ("KEEP_FEEDBACK_DAYS", "99999999999"),
        ("SESSION_HOURS", "8761"),
        ("RATE", "1000001"),
        ("MAX_SECONDS", "3601"),
        ("TOP_K", "9" * 5000),
        ("ROOT_PATH", "wz"),
    ],
)
def test_unusable_values(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"WENZHENG_{name}"):
        Settings.from_env({f"WENZHENG_{name}": value})


def test_today_is_the_day_that_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that was started long ago holds deadlines against the day of the question."""

    class Later(date):
        @classmethod
        def today(cls) -> date:
            return date(2099, 1, 2)

    settings = Settings.from_env({})
    monkeypatch.setattr("assistant.settings.date", Later)
    assert settings.today == date(2099, 1, 2)


def test_prefixes() -> None:
    assert Settings.from_env({"WENZHENG_ROOT_PATH": "/wen/zheng/"}).root_path == "/wen/zheng"
    assert Settings.from_env({"WENZHENG_ROOT_PATH": "/"}).root_path == ""


def test_readme_documents_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [setting.variable for setting in TABLE if f"`{setting.variable}`" not in readme] == []
