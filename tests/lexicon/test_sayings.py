"""Sayings that an office writes itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.lexicon import Saying, sayings_of
from assistant.service import Assistant
from tests.conftest import settings_for

OWN = "- topic: 大厅\n  sayings:\n  - {say: [歪门邪道], mean: [清廉大厅]}\n"


def test_there_may_be_none(tmp_path: Path) -> None:
    assert sayings_of(tmp_path / "sayings.yaml") == ()
    (tmp_path / "sayings.yaml").write_text("", encoding="utf-8")
    assert sayings_of(tmp_path / "sayings.yaml") == ()


def test_they_are_read_and_used(home: Path) -> None:
    home.mkdir()
    (home / "sayings.yaml").write_text(OWN, encoding="utf-8")
    assert sayings_of(home / "sayings.yaml") == (Saying("大厅", ("歪门邪道",), ("清廉大厅",)),)
    assistant = Assistant.open(settings=settings_for(home))
    found = {hit.row.id: hit for hit in assistant.search("湘西的人尽搞歪门邪道")}
    assert found["xiangxi-2022/1/61"].explain["sayings"] == max(hit.explain.get("sayings", 0) for hit in found.values())


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "- 大厅",
        "- {topic: 大厅}",
        "- {topic: 大厅, sayings: [{say: [甲]}]}",
        "- {topic: 大厅, sayings: [{say: [1], mean: [乙]}]}",
        "5",
    ],
)
def test_what_cannot_be_used_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "sayings.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="说法文件不能用"):
        sayings_of(tmp_path / "sayings.yaml")
