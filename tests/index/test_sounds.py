"""Known terms by sound: homophones, polyphones, sounds taken for one another; there and back on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.index.sounds import SoundIndex

TERMS = ("证照", "牵头", "清单", "攻坚", "共建", "银行", "行政", "营商环境", "资源", "湖南", "一", "任务分解清单表")


@pytest.fixture(scope="module")
def sounds() -> SoundIndex:
    return SoundIndex.from_terms(TERMS)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("正照", ("证照",)),
        ("迁头", ("牵头",)),
        ("功坚", ("攻坚", "共建")),
        ("营商环竟", ("营商环境",)),
        ("知源", ("资源",)),  # zh for z
        ("福南", ("湖南",)),  # f for h before u
        ("银航", ("银行",)),  # 行 is read hang here
        ("形正", ("行政",)),  # and xing here
        ("清单", ()),  # the term itself is no other term
        ("桌子", ()),
        ("a单", ()),
        ("", ()),
    ],
)
def test_terms_that_sound_alike(sounds: SoundIndex, written: str, meant: tuple[str, ...]) -> None:
    assert set(sounds.like(written)) == set(meant)


def test_terms_too_short_or_too_long_are_left_out(sounds: SoundIndex) -> None:
    assert sounds.knows("证照") and not sounds.knows("一") and not sounds.knows("任务分解清单表")


def test_there_and_back(sounds: SoundIndex, tmp_path: Path) -> None:
    sounds.save(tmp_path / "sounds.json")
    loaded = SoundIndex.load(tmp_path / "sounds.json")
    assert (loaded.terms, loaded.readings) == (sounds.terms, sounds.readings)
    assert loaded.like("正照") == sounds.like("正照")


def test_no_terms(tmp_path: Path) -> None:
    SoundIndex.from_terms(()).save(tmp_path / "sounds.json")
    assert SoundIndex.load(tmp_path / "sounds.json").like("正照") == ()
