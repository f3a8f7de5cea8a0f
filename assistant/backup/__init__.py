"""All of a home folder in one file, taken while the service runs (``assistant.backup.archive``), and a home folder made of it
again: built and checked beside its place, and only then put there; what was there is kept beside it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.backup import archive
from assistant.checks import NO_LIBRARY, check_library
from assistant.errors import BackupError, SnapshotError, StoreError, system_said
from assistant.home import make_home
from assistant.library.catalogue import Catalogue, shipped_corpus
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.store import Store
from assistant.store.audit import faults_within
from assistant.store.dump import dumped, load

_LOCK = "lock"
Step = Callable[[str], None]


def backup(settings: Settings, target: Path, progress: Step = lambda step: None) -> dict[str, Any]:
    """Writes a backup; meanwhile nothing can be published, but questions are answered all the time.

    Raises:
        BackupError: it cannot be written there. StoreError, InputError: the home cannot be read.
    """
    home = settings.home.absolute()
    catalogue, store = Catalogue(home, shipped_corpus()), Store(home, settings.database)
    if not catalogue.file.is_file() and not store.database.exists:
        raise BackupError("没有可备份的内容", where=str(home), hint="请用 --home 指定数据文件夹")
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    try:
        with catalogue.changing(), archive.writing(target, mark) as made:
            progress("复制文件和索引")
            for path in _files(catalogue):
                if not path.is_file():
                    raise BackupError("文件丢失，没有备份", where=str(path), hint="请运行 wenzheng check")
                made.put_file(f"home/{path.relative_to(home).as_posix()}", path)
            progress("复制数据库")
            store.audit.add("local", "backup", target.name)
            counts = {name: made.put(f"tables/{name}", lines) for name, lines in dumped(store.database)}
            tables = {name.removesuffix(".jsonl"): count for name, count in counts.items() if name.endswith(".jsonl")}
            made.finish(tables=tables)
    except StoreError:
        raise  # nothing can be said in a database that does not work
    except BaseException:
        if store.database.exists:
            with suppress(StoreError):
                store.audit.add("local", "backup.failed", target.name)
        raise
    finally:
        store.database.close()
    return {"file": str(target), "files": len(made.digests), "bytes": target.stat().st_size, "tables": tables}


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
    with archive.reading(source) as given, _beside(home) as place:
        progress("核对备份")
        given.unpack(place)
        made = replace(settings, home=place / "home")
        found = _checked(made, progress)
        progress("恢复数据库")
        tables = _fill(made, place / "tables", source.name)
        kept = _put_in_place(made.home, home, taken)
    return found | {"home": str(home), "kept": str(kept) if kept else None, "tables": tables}


def _files(catalogue: Catalogue) -> Iterator[Path]:
    """The files of a home folder that cannot be made again, and the index in force."""
    library = catalogue.read()
    if catalogue.file.is_file():  # there may be nothing but accounts yet
        yield catalogue.file
    yield from dict.fromkeys(each.path for each in catalogue.added(library))
    for name in sorted(library.snapshots):
        yield from sorted(path for path in (catalogue.index / name).rglob("*") if path.is_file())
    sayings = catalogue.home / "sayings.txt"
    if sayings.is_file():
        yield sayings


def _checked(made: Settings, progress: Step) -> dict[str, Any]:
    """What the library of an unpacked home holds; an index of another version of the program is made anew.

    Raises:
        SnapshotError, InputError: documents are missing or cannot be indexed.
    """
    if not (made.home / "library.json").is_file():
        return dict(NO_LIBRARY)
    progress("核对文件和索引")
    try:
        return check_library(made)
    except SnapshotError:
        Assistant.open(settings=made, rebuild=True, progress=progress)
        return check_library(made)


def _fill(made: Settings, tables: Path, source: str) -> dict[str, int]:
    """Loads the database, all or nothing, its audit log verified; the number of rows of each table.

    Raises:
        BackupError: it cannot be loaded, or the audit log is not whole. StoreError: the database cannot be written.
    """
    store = Store(made.home, made.database)
    try:
        with store.database.writing() as connection:
            counts = load(connection, tables)
            fault = next(faults_within(connection), None)
            if fault is not None:
                raise BackupError(f"备份里的审计日志不完整：{fault}", where=source, hint="请换一个备份")
            store.audit.add_within(connection, "local", "restore", source)
        return counts
    finally:
        store.database.close()


@contextmanager
def _beside(home: Path) -> Iterator[Path]:
    """A folder beside the home folder, gone afterwards; what a killed process left in it goes first.

    Raises:
        BackupError: it cannot be made or written, or another process is restoring there.
    """
    place = home.with_name(f".{home.name}.restoring")
    try:
        make_home(place)
        with FileLock(place / _LOCK, timeout=0):
            for left in place.iterdir():
                if left.name != _LOCK:
                    shutil.rmtree(left)
            try:
                yield place
            finally:
                shutil.rmtree(place, ignore_errors=True)
    except Timeout:
        raise BackupError("另一个进程正在恢复", where=str(home), hint="请等它结束") from None
    except OSError as error:
        hint = "请检查磁盘与权限，数据文件夹和它的上级文件夹都要可写"
        raise BackupError(f"没有恢复（{system_said(error)}）", where=str(home), hint=hint) from None


def _put_in_place(made: Path, home: Path, taken: bool) -> Path | None:
    """Moves what was there aside and the new home into its place; where the old one is now."""
    kept = home.with_name(f"{home.name}.before-{datetime.now():%Y%m%d-%H%M%S}") if taken else None
    if kept is not None:
        home.replace(kept)
    elif home.is_dir():
        home.rmdir()
    made.replace(home)
    return kept
