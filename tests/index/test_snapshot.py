"""Snapshots: what is written is what is read; anything damaged or out of date is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import SnapshotError
from assistant.index import Snapshot, build_snapshot, load, publish, read_manifest, sweep
from assistant.parse import parse_file
from tests.conftest import CORPUS

SOURCES = {"loudi-2023": "digest"}


@pytest.fixture(scope="module")
def built() -> Snapshot:
    return build_snapshot([parse_file(CORPUS / "loudi-2023.yaml")], SOURCES, "")


@pytest.fixture
def place(built: Snapshot, tmp_path: Path) -> Path:
    return tmp_path / publish(built, tmp_path).name


def test_there_and_back(built: Snapshot, place: Path) -> None:
    loaded = load(place, "", SOURCES, None)
    assert (loaded.documents, loaded.rows, loaded.sources) == (built.documents, built.rows, built.sources)
    assert loaded.words.terms == built.words.terms and len(loaded.dense) == 43
    manifest = read_manifest(place)
    assert (manifest.rows, manifest.documents, manifest.name) == (43, 1, place.name)


def test_equal_inputs_give_the_same_snapshot(built: Snapshot, tmp_path: Path) -> None:
    first = publish(built, tmp_path)
    again = build_snapshot([parse_file(CORPUS / "loudi-2023.yaml")], SOURCES, "")
    assert publish(again, tmp_path).name == first.name
    sweep(tmp_path, {first.name})
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
    assert load(tmp_path / first.name, "", SOURCES, None).rows == built.rows


@pytest.mark.parametrize(
    "name", ["documents.json", "words.npz", "bigrams.npz", "asked.npz", "sounds.json", "dense.faiss"]
)
@pytest.mark.parametrize("gone", [True, False])
def test_damaged_file(place: Path, name: str, gone: bool) -> None:
    if gone:
        (place / name).unlink()
    else:
        (place / name).write_bytes((place / name).read_bytes()[:-1])
    with pytest.raises(SnapshotError, match=f"{name}.*wenzheng index"):
        load(place, "", SOURCES, None)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}'])
def test_damaged_manifest(place: Path, text: str) -> None:
    (place / "manifest.json").write_text(text)
    with pytest.raises(SnapshotError, match="清单"):
        load(place, "", SOURCES, None)


def test_changed_manifest_is_noticed(place: Path) -> None:
    data = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps(data | {"rows": 44}))
    with pytest.raises(SnapshotError, match="不符"):
        load(place, "", SOURCES, None)


def test_other_sources(place: Path) -> None:
    with pytest.raises(SnapshotError, match="已过期"):
        load(place, "", {"loudi-2023": "other"}, None)


def test_other_analyser(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.text.VERSION", "999")
    with pytest.raises(SnapshotError, match="词典"):
        load(place, "", SOURCES, None)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="没有索引"):
        load(tmp_path / "none", "", {}, None)


def test_empty_library(tmp_path: Path) -> None:
    empty = build_snapshot([], {}, "")
    loaded = load(tmp_path / publish(empty, tmp_path).name, "", {}, None)
    assert loaded.rows == () and len(loaded.words) == 0
