"""A snapshot: everything search needs, derived from the documents, published atomically, verified on load.

    HOME/index/<name>/            manifest.json, documents.json, words.npz, bigrams.npz, asked.npz, asked_words.npz,
                                  sounds.json, dense.faiss

The name is a digest of the manifest, so equal inputs give the same snapshot. Which one is in force says the
library file (``assistant.library.catalogue``); a killed process leaves at most an unnamed folder, which ``sweep`` removes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import SnapshotError
from assistant.index.dense import DenseIndex
from assistant.index.lexical import LexicalIndex
from assistant.index.sounds import SoundIndex
from assistant.schema import Audience, Encoder, PolicyDocument, TaskRow
from assistant.text import Analyser

FORMAT = 4
_REBUILD = "请运行 wenzheng index 重建索引"
_FILES = ("documents.json", "words.npz", "bigrams.npz", "asked.npz", "asked_words.npz", "sounds.json", "dense.faiss")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot was made of and with. ``sources``: document id → digest of its file."""

    format: int
    analyser: str
    encoder: str
    dims: int
    documents: int
    rows: int
    sources: dict[str, str]
    files: dict[str, str]

    @property
    def name(self) -> str:
        """A digest of all the above."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Stable JSON."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Documents, their rows in order, and the indexes by row position; ``asked`` and ``asked_words``
    are the bigrams and words of ``asked_as``, ``sounds`` holds the words of all of them.
    """

    documents: tuple[PolicyDocument, ...]
    rows: tuple[TaskRow, ...]
    words: LexicalIndex
    bigrams: LexicalIndex
    asked: LexicalIndex
    asked_words: LexicalIndex
    sounds: SoundIndex
    dense: DenseIndex
    analyser: Analyser
    encoder: Encoder
    sources: dict[str, str]

    def seen_by(self, audience: Audience) -> tuple[PolicyDocument, ...]:
        """The documents that an audience may see."""
        return tuple(each for each in self.documents if audience.sees(each.visibility, each.owner))


def publish(snapshot: Snapshot, folder: Path) -> Manifest:
    """Writes a complete snapshot as ``folder/<name>`` in one step; a damaged one of the same name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
    try:
        manifest = _write(snapshot, unfinished)
        target = folder / manifest.name
        if (target / "manifest.json").is_file() and _damaged(target, manifest) is None:
            return manifest  # the same snapshot is there already and may be in force: leave it alone
        if target.exists():
            target.replace(unfinished.with_name(f"{unfinished.name}-old"))
        unfinished.replace(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _write(snapshot: Snapshot, place: Path) -> Manifest:
    """Writes all files of a snapshot."""
    _write_documents(snapshot, place / "documents.json")
    snapshot.words.save(place / "words.npz")
    snapshot.bigrams.save(place / "bigrams.npz")
    snapshot.asked.save(place / "asked.npz")
    snapshot.asked_words.save(place / "asked_words.npz")
    snapshot.sounds.save(place / "sounds.json")
    snapshot.dense.save(place / "dense.faiss")
    manifest = Manifest(
        format=FORMAT,
        analyser=snapshot.analyser.fingerprint,
        encoder=snapshot.encoder.fingerprint,
        dims=snapshot.encoder.dims,
        documents=len(snapshot.documents),
        rows=len(snapshot.rows),
        sources=dict(sorted(snapshot.sources.items())),
        files={name: digest(place / name) for name in _FILES},
    )
    (place / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def _write_documents(snapshot: Snapshot, path: Path) -> None:
    body = {
        "names": list(snapshot.analyser.names),
        "documents": [document.to_dict() for document in snapshot.documents],
        "rows": [row.to_dict() for row in snapshot.rows],
    }
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def sweep(folder: Path, keep: set[str]) -> None:
    """Removes all snapshots but those named."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


def read_manifest(place: Path) -> Manifest:
    """The manifest of the snapshot in a folder.

    Raises:
        SnapshotError: it is missing, damaged or not the one that the folder is named after.
    """
    if not place.is_dir():
        raise SnapshotError("没有索引", hint=_REBUILD)
    try:
        data: dict[str, Any] = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        manifest = Manifest(**data)
    except (OSError, ValueError, TypeError):
        raise SnapshotError("索引清单缺失或已损坏", hint=_REBUILD) from None
    if manifest.name != place.name:
        raise SnapshotError("索引清单与索引不符", hint=_REBUILD)
    return manifest


def is_whole(place: Path, sources: dict[str, str]) -> bool:
    """Whether a folder holds an undamaged snapshot of these sources."""
    try:
        manifest = read_manifest(place)
    except SnapshotError:
        return False
    return manifest.format == FORMAT and manifest.sources == sources and _damaged(place, manifest) is None


def load(place: Path, encoder_name: str, sources: dict[str, str], cache_dir: Path | None) -> Snapshot:
    """The snapshot in a folder, every file checked against the manifest.

    Args:
        encoder_name: the setting; its encoder must be the one that the snapshot was made with.
        sources: document id → digest as they are now.

    Raises:
        SnapshotError: damaged, or made from other documents, analyser or encoder.
    """
    from assistant.index.encoder import open_encoder

    manifest = read_manifest(place)
    if manifest.format != FORMAT:
        raise SnapshotError("索引由其他版本生成", hint=_REBUILD)
    if manifest.sources != sources:
        raise SnapshotError("文件有变动，索引已过期", hint=_REBUILD)
    if (name := _damaged(place, manifest)) is not None:
        raise SnapshotError(f"索引文件 {name} 缺失或已损坏", hint=_REBUILD)
    body = json.loads((place / "documents.json").read_text(encoding="utf-8"))
    analyser = Analyser(body["names"], cache_dir)
    encoder = open_encoder(encoder_name, analyser)
    if (analyser.fingerprint, encoder.fingerprint) != (manifest.analyser, manifest.encoder):
        raise SnapshotError("分词词典或向量模型已更换", hint=_REBUILD)
    snapshot = Snapshot(
        documents=tuple(PolicyDocument.from_dict(each) for each in body["documents"]),
        rows=tuple(TaskRow.from_dict(each) for each in body["rows"]),
        words=LexicalIndex.load(place / "words.npz"),
        bigrams=LexicalIndex.load(place / "bigrams.npz"),
        asked=LexicalIndex.load(place / "asked.npz"),
        asked_words=LexicalIndex.load(place / "asked_words.npz"),
        sounds=SoundIndex.load(place / "sounds.json"),
        dense=DenseIndex.load(place / "dense.faiss"),
        analyser=analyser,
        encoder=encoder,
        sources=manifest.sources,
    )
    lexical = (snapshot.words, snapshot.bigrams, snapshot.asked, snapshot.asked_words)
    counts = {len(each) for each in (snapshot.rows, *lexical, snapshot.dense)}
    if counts != {manifest.rows} or len(snapshot.documents) != manifest.documents:
        raise SnapshotError("索引的行数前后不一致", hint=_REBUILD)
    return snapshot


def _damaged(place: Path, manifest: Manifest) -> str | None:
    """The first file that is missing or other than the manifest says."""
    files = manifest.files.items()
    return next((name for name, known in files if not (place / name).is_file() or digest(place / name) != known), None)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
