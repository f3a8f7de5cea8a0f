"""The file that a backup is: written beside its place and put there in one step; believed only as far as it is verified.

manifest.json                     format, time, SHA-256 of every other entry
home/library.json, home/documents, home/index, home/sayings.txt
tables/                           the database (``assistant.store.dump``)
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.errors import BackupError, system_said
from assistant.home import make_home
from assistant.store.database import now

FORMAT = 1
_PIECE = 1 << 20  # bytes copied at a time
_MOST_ENTRIES, _MOST_MANIFEST = 1_000_000, 200_000_000  # of a backup that is believed
_NEEDED = {"tables/version", "tables/counters"}
_NAME = re.compile(r"home/(library\.json|sayings\.txt|(documents|index)/[^\0\\]+)|tables/[a-z_]+(\.jsonl)?")
_METHODS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
# What reading a damaged archive ends in, beside errors of the disk.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, RuntimeError, LookupError,
    TypeError, OverflowError, AttributeError,
)  # fmt: skip


class Writing:
    """A backup that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.digests: dict[str, str] = {}

    def put(self, name: str, pieces: Iterable[bytes]) -> int:
        """Adds an entry; of how many pieces it was."""
        digest, count = hashlib.sha256(), 0
        about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        about.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(about, "w", force_zip64=True) as entry:
            for piece in pieces:
                digest.update(piece)
                entry.write(piece)
                count += 1
        self.digests[name] = digest.hexdigest()
        return count

    def put_file(self, name: str, path: Path) -> None:
        """Adds a file."""
        with path.open("rb") as file:
            self.put(name, iter(lambda: file.read(_PIECE), b""))

    def finish(self, **about: Any) -> None:
        """Adds the manifest, with what else is to be known."""
        manifest = {"format": FORMAT, "created_at": now(), "files": self.digests, **about}
        self._archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))


@contextmanager
def writing(target: Path, mark: str) -> Iterator[Writing]:
    """A backup beside ``target`` that takes its place once it is whole, and is seen by its owner only.

    ``mark`` names the unfinished file: what a killed process left under it is replaced.

    Raises:
        BackupError: it cannot be written.
    """
    unfinished = target.with_name(f".wenzheng-{mark}.unfinished")
    try:
        if target.is_dir():
            raise IsADirectoryError(None, "是一个文件夹")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                yield Writing(archive)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        said = f"无法写入备份（{system_said(error)}）"
        raise BackupError(said, where=str(target), hint="请检查磁盘与权限") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


class Reading:
    """A backup to be restored, whose manifest has been verified."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        """``name``: the file, as messages name it.

        Raises:
            BackupError: it is none of ours, or entries are missing, added or dangerous.
        """
        self._archive = archive
        self._name = name
        self._files = self._verified()

    def unpack(self, place: Path) -> None:
        """Copies every entry into a folder and verifies it.

        Raises:
            BackupError: one is not what the manifest says, or there is no room for all.
        """
        needed = sum(each.file_size for each in self._archive.infolist())
        if needed > shutil.disk_usage(place).free:
            raise BackupError(f"磁盘放不下备份的内容（{needed / 1e6:.0f} MB）", where=str(place.parent))
        make_home(place / "home")
        for name, digest in self._files.items():
            target = place / name
            with self._whole(f"备份里的 {name} 已损坏"):
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    found = hashlib.sha256()
                    with self._archive.open(name) as entry:
                        while piece := entry.read(_PIECE):
                            found.update(piece)
                            file.write(piece)
            if found.hexdigest() != digest:
                raise self._error(f"备份里的 {name} 与清单不符")

    def _verified(self) -> dict[str, str]:
        """Entry → digest, as the manifest has them; they are those of the archive and lead nowhere else."""
        with self._whole("不是问政的备份，或已损坏"):
            entries = self._archive.infolist()
            if self._archive.getinfo("manifest.json").file_size > _MOST_MANIFEST or len(entries) > _MOST_ENTRIES:
                raise self._error("备份太大")
            manifest = json.loads(self._archive.read("manifest.json"))
            format, files = manifest["format"], dict(manifest["files"])
        if format != FORMAT:
            raise BackupError("备份由其他版本的程序写成", where=self._name, hint="请升级程序")
        if (
            sorted(each.filename for each in entries) != sorted([*files, "manifest.json"])
            or not files.keys() >= _NEEDED
        ):
            raise self._error("备份里的文件与清单不符")
        for each in entries:
            strange = each.filename != "manifest.json" and not _NAME.fullmatch(each.filename)
            if strange or ".." in PurePosixPath(each.filename).parts or each.compress_type not in _METHODS:
                raise BackupError(f"备份里的文件名不可用：{each.filename[:80]!r}", where=self._name)
        return files

    @contextmanager
    def _whole(self, otherwise: str) -> Iterator[None]:
        try:
            yield
        except _DAMAGE:
            raise self._error(otherwise) from None

    def _error(self, said: str) -> BackupError:
        return BackupError(said, where=self._name, hint="请换一个备份")


@contextmanager
def reading(source: Path) -> Iterator[Reading]:
    """A backup to be restored.

    Raises:
        BackupError: it cannot be opened, or is none of ours.
    """
    try:
        archive = zipfile.ZipFile(source)
    except OSError as error:
        raise BackupError(f"打不开（{system_said(error)}）", where=str(source), hint="请检查路径") from None
    except _DAMAGE:
        raise BackupError("不是问政的备份，或已损坏", where=str(source), hint="请换一个备份") from None
    with archive:
        yield Reading(archive, source.name)
