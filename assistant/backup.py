"""One file that holds all of a home folder, taken while the service runs, and a home folder made of it again.

    manifest.json                     format, time, SHA-256 of every other entry
    home/library.json, home/documents, home/index, home/sayings.txt
    tables/<table>.jsonl              the database, from SQLite or PostgreSQL

A backup is written beside its place and put there in one step. Restoring verifies every entry, builds the home beside
its place, checks it as ``wenzheng check`` does, and only then puts it there; what was there is kept beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.catalogue import Catalogue, shipped_corpus
from assistant.checks import check
from assistant.errors import BackupError
from assistant.settings import Settings
from assistant.store import Store
from assistant.store.database import now
from assistant.store.dump import dump, load

_FORMAT = 1
_PIECE = 1 << 20  # bytes copied at a time
_MOST_ENTRIES, _MOST_BYTES = 1_000_000, 200_000_000_000  # of a backup that is believed
Step = Callable[[str], None]


def backup(settings: Settings, target: Path, progress: Step = lambda step: None) -> dict[str, Any]:
    """Writes a backup; while the files are copied nothing can be published, questions are answered all the time.

    Raises:
        BackupError: it cannot be written there. StoreError, InputError: the home cannot be read.
    """
    catalogue, store = Catalogue(settings.home, shipped_corpus()), Store(settings.home, settings.database)
    if not catalogue.file.is_file():
        raise BackupError("没有可备份的内容", where=str(settings.home), hint="请用 --home 指定数据文件夹")
    with _written(target) as unfinished, tempfile.TemporaryDirectory(dir=unfinished.parent) as folder:
        digests: dict[str, str] = {}
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            with catalogue.changing():
                progress("复制文件和索引")
                for path in _files(catalogue):
                    name = f"home/{path.relative_to(settings.home).as_posix()}"
                    digests[name] = _put(archive, path, name)
            progress("复制数据库")
            store.audit.add("local", "backup", target.name)
            counts = dump(store.database, Path(folder))
            for path in sorted(Path(folder).iterdir()):
                digests[f"tables/{path.name}"] = _put(archive, path, f"tables/{path.name}")
            manifest = {"format": _FORMAT, "created_at": now(), "files": digests, "tables": counts}
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return {"file": str(target), "files": len(digests), "bytes": target.stat().st_size, "tables": counts}


def restore(
    settings: Settings, source: Path, force: bool = False, progress: Step = lambda step: None
) -> dict[str, Any]:
    """Makes the home folder of the settings from a backup; what was there is moved aside, where ``force`` allows it.

    Raises:
        BackupError: the backup is not whole, or the place is taken or cannot be used.
        SnapshotError, StoreError: what it holds does not pass the check.
    """
    home = settings.home.absolute()
    taken = home.is_dir() and any(home.iterdir())
    if taken and not force:
        raise BackupError(
            "数据文件夹里已有内容", where=str(home), hint="请用 --home 指定空文件夹，或加 --force（原来的会改名留下）"
        )
    with _archive(source) as archive, _beside(home) as place:
        progress("核对备份")
        manifest = _manifest(archive, source)
        for name, digest in manifest["files"].items():
            _take(archive, name, digest, place / name, source)
        progress("恢复数据库")
        made = replace(settings, home=place / "home")
        made.home.mkdir(exist_ok=True)
        store = Store(made.home, settings.database)
        load(store.database, place / "tables")
        store.audit.add("local", "restore", source.name)
        store.database.close()
        progress("核对恢复的内容")
        found = check(made)
        kept = _put_in_place(made.home, home, taken)
    return found | {"home": str(home), "kept": str(kept) if kept else None}


def _files(catalogue: Catalogue) -> Iterator[Path]:
    """The files of a home folder that cannot be made again, and the index in force."""
    library = catalogue.read()
    yield catalogue.file
    yield from (each.path for each in catalogue.added(library))
    for name in sorted({str(library.snapshot), *library.views.values()}):
        yield from sorted(path for path in (catalogue.index / name).rglob("*") if path.is_file())
    sayings = catalogue.home / "sayings.txt"
    if sayings.is_file():
        yield sayings


def _put(archive: zipfile.ZipFile, path: Path, name: str) -> str:
    """Copies a file into a backup; its digest."""
    digest = hashlib.sha256()
    with (
        path.open("rb") as file,
        archive.open(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as entry,
    ):
        while piece := file.read(_PIECE):
            digest.update(piece)
            entry.write(piece)
    return digest.hexdigest()


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    """The manifest, whose entries are those of the archive and lead nowhere else.

    Raises:
        BackupError: it is none of ours, or entries are missing, added, or dangerous.
    """
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        files, format = dict(manifest["files"]), manifest["format"]
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError):
        raise BackupError("不是问政的备份，或已损坏", where=source.name) from None
    if format != _FORMAT:
        raise BackupError("备份由其他版本的程序写成", where=source.name, hint="请升级程序")
    entries = archive.infolist()
    if {each.filename for each in entries} != {*files, "manifest.json"} or len(entries) != len(files) + 1:
        raise BackupError("备份里的文件与清单不符", where=source.name, hint="请换一个备份")
    if len(entries) > _MOST_ENTRIES or sum(each.file_size for each in entries) > _MOST_BYTES:
        raise BackupError("备份太大", where=source.name)
    for name in files:
        parts = PurePosixPath(name).parts
        if parts[:1] not in (("home",), ("tables",)) or ".." in parts or "\\" in name or "\0" in name:
            raise BackupError(f"备份里的文件名不可用：{name[:80]}", where=source.name)
    return manifest


def _take(archive: zipfile.ZipFile, name: str, digest: str, target: Path, source: Path) -> None:
    """Copies an entry out of a backup and verifies it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    try:
        with archive.open(name) as entry, target.open("wb") as file:
            while piece := entry.read(_PIECE):
                found.update(piece)
                file.write(piece)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise BackupError(f"备份里的 {name} 已损坏", where=source.name, hint="请换一个备份") from None
    if found.hexdigest() != digest:
        raise BackupError(f"备份里的 {name} 与清单不符", where=source.name, hint="请换一个备份")


@contextmanager
def _written(target: Path) -> Iterator[Path]:
    """A file beside ``target`` that takes its place once it is whole, and is seen by its owner only."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.close(descriptor)
        yield unfinished
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        raise BackupError(f"无法写入备份（{error.strerror}）", where=str(target), hint="请检查磁盘与权限") from None
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _archive(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile):
        raise BackupError("打不开，或不是问政的备份", where=str(source), hint="请检查路径") from None
    with archive:
        yield archive


@contextmanager
def _beside(home: Path) -> Iterator[Path]:
    """A folder beside the home folder, gone afterwards."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".wenzheng-restore-", dir=home.parent))
    except OSError as error:
        hint = "请用 --home 指定一个上级文件夹可写的地方"
        raise BackupError(f"无法在旁边建立文件夹（{error.strerror}）", where=str(home), hint=hint) from None
    try:
        yield place
    except OSError as error:
        raise BackupError(f"没有写成（{error.strerror}）", where=str(home), hint="请检查磁盘与权限") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _put_in_place(made: Path, home: Path, taken: bool) -> Path | None:
    """Moves what was there aside and the new home into its place; where the old one is now."""
    kept = home.with_name(f"{home.name}.before-{datetime.now():%Y%m%d-%H%M%S}") if taken else None
    if kept is not None:
        home.replace(kept)
    elif home.is_dir():
        home.rmdir()
    made.replace(home)
    return kept
