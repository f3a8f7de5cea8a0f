"""Which documents there are: the shipped corpus and what this machine added, in one file that changes in one step.

    HOME/library.json             the added documents, the removed shipped ones, who may see which, the snapshots in force
    HOME/documents/<digest>/NAME  the added files as they were
    HOME/index/                   snapshots, derived from all of them

A change writes new files first and ``library.json`` last, so a killed process leaves the old library or the new one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.errors import AssistantError, InputError, SnapshotError, system_said
from assistant.home import make_home
from assistant.index import digest
from assistant.library.names import file_place, safe_name, snapshot_name
from assistant.parse import check_readable
from assistant.schema import PUBLIC, VISIBILITIES, Audience, PolicyDocument, Visibility

_LOCK_SECONDS = 60
_LONGEST_OWNER = 100  # characters


@dataclass(frozen=True, slots=True)
class Source:
    """A document file. ``title`` overrides what the file says; ``shipped`` files belong to the program."""

    id: str
    path: Path
    title: str | None = None
    shipped: bool = False


@dataclass(frozen=True, slots=True)
class Library:
    """The content of ``library.json``.

    ``added``: id → {"file", "title"}, the file relative to ``HOME/documents``; ``visibility``: id → {"visibility",
    "owner"} of the documents that are not public. ``snapshot`` holds every document; ``views``: a key of ``audiences`` →
    the snapshot of what these may see, which is ``snapshot`` itself where that is everything.
    """

    snapshot: str | None = None
    added: dict[str, dict[str, str | None]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    visibility: dict[str, dict[str, str | None]] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)

    def audiences(self) -> dict[str, Audience]:
        """Those who may see different documents, by key: the public, the staff, and that of each unit with own ones."""
        owners = sorted({str(entry["owner"]) for entry in self.visibility.values() if entry["visibility"] == "unit"})
        of_units = {f"unit:{owner}": Audience(internal=True, unit=owner) for owner in owners}
        return {"public": PUBLIC, "internal": Audience(internal=True), **of_units}

    def key(self, audience: Audience) -> str:
        """The key of those who see the same as an audience that does not see everything."""
        own = f"unit:{audience.unit}"
        if not audience.internal:
            return "public"
        return own if audience.unit is not None and own in self.audiences() else "internal"

    def view(self, key: str) -> str:
        """The name of the snapshot that answers under a key.

        Raises:
            SnapshotError: none was published.
        """
        if not self.views and not self.visibility:
            return self.snapshot or ""  # written before there were views: all of it is public
        name = self.views.get(key)
        if name is None:
            raise SnapshotError("没有按可见范围分开的索引", hint="请运行 wenzheng index 重建索引")
        return name

    @property
    def snapshots(self) -> set[str]:
        """The names of all snapshots in force."""
        return {*self.views.values(), *([self.snapshot] if self.snapshot else [])}

    def seen(self, id: str, audience: Audience) -> bool:
        """Whether an audience may see the document of an id, if there is one."""
        return audience.sees(*self._entry(id))

    def marked(self, document: PolicyDocument) -> PolicyDocument:
        """A document with its visibility and owner."""
        visibility, owner = self._entry(document.id)
        return replace(document, visibility=visibility, owner=owner)

    def is_widened(self, id: str, changed: Library) -> bool:
        """Whether somebody sees a document in a changed library who does not see it in this one."""
        (before, its), (after, owner) = self._entry(id), changed._entry(id)
        order = ("unit", "internal", "public")
        return order.index(after) > order.index(before) or (before == after == "unit" and its != owner)

    def restricted(self, id: str, visibility: Visibility, owner: str | None) -> Library:
        """The library with the visibility of a document, as ``checked_visibility`` gives it."""
        others = {key: entry for key, entry in self.visibility.items() if key != id}
        entry: dict[str, dict[str, str | None]] = {id: {"visibility": visibility, "owner": owner}}
        return replace(self, visibility=others if visibility == "public" else others | entry)

    def _entry(self, id: str) -> tuple[Visibility, str | None]:
        entry = self.visibility.get(id)
        return checked_visibility(entry["visibility"], entry["owner"]) if entry else ("public", None)


def checked_visibility(visibility: str | None, owner: str | None) -> tuple[Visibility, str | None]:
    """A visibility and its owner as they can be kept.

    Raises:
        InputError: no such visibility, or an owner that is missing, not wanted or no name.
    """
    known = next((name for name in VISIBILITIES if name == visibility), None)
    if known is None:
        raise InputError(f"没有“{visibility}”这种可见范围", hint=f"可以是 {'、'.join(VISIBILITIES)}")
    name = " ".join((owner or "").split())  # as accounts have their unit
    if known != "unit":
        if name:
            raise InputError("只有仅本单位可见的文件才写所属单位", hint="请去掉单位，或把可见范围设为仅本单位")
        return known, None
    if not name:
        raise InputError("仅本单位可见的文件要写明是哪个单位", hint="例如 --owner 市信访局")
    if len(name) > _LONGEST_OWNER or not name.isprintable():
        raise InputError("单位名称不能用", hint=f"最多{_LONGEST_OWNER}个字，不含控制字符")
    return known, name


def shipped_corpus() -> Path:
    """The folder of the shipped documents: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "corpus"
    return inside if inside.is_dir() else package.parent / "corpus"


class Catalogue:
    """The documents of one home folder."""

    def __init__(self, home: Path, corpus: Path) -> None:
        self.home = home
        self.index = home / "index"
        self._documents = home / "documents"
        self.file = home / "library.json"
        self._corpus = corpus

    @property
    def is_frozen(self) -> bool:
        """Whether the home folder cannot be written, or made."""
        there = next(folder for folder in (self.home.absolute(), *self.home.absolute().parents) if folder.exists())
        return not os.access(there, os.W_OK)

    def read(self) -> Library:
        """The library as it is now.

        Raises:
            SnapshotError: ``library.json`` is damaged.
        """
        if not self.file.exists():
            return Library()
        try:
            data = json.loads(self.file.read_text(encoding="utf-8"))
            return Library(
                None if data["snapshot"] is None else snapshot_name(data["snapshot"]),
                {
                    id: {"file": file_place(entry["file"]), "title": entry["title"]}
                    for id, entry in data["added"].items()
                },
                tuple(data["removed"]),
                _visibility(data.get("visibility", {})),
                {key: snapshot_name(name) for key, name in data.get("views", {}).items()},
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError, InputError, RecursionError):
            hint = "请从备份恢复，或删除它后重新添加文件"
            raise SnapshotError("文件目录 library.json 已损坏", where=str(self.file), hint=hint) from None

    def seen(self, library: Library, audience: Audience) -> list[str]:
        """The ids of the documents that an audience may see, sorted."""
        return [source.id for source in self.sources(library) if library.seen(source.id, audience)]

    def sources(self, library: Library) -> tuple[Source, ...]:
        """The documents of a library, by id; an added one takes the place of a shipped one."""
        known = {s.id: s for s in self._shipped() if s.id not in library.removed}
        for id, entry in library.added.items():
            known[id] = Source(id, self._documents / str(entry["file"]), entry["title"])
        return tuple(known[id] for id in sorted(known))

    def _shipped(self) -> list[Source]:
        return [Source(path.stem, path, shipped=True) for path in sorted(self._corpus.glob("*.yaml"))]

    def shipped(self, id: str) -> Source | None:
        """The document of this id that the program ships, if it does."""
        return next((source for source in self._shipped() if source.id == id), None)

    def added(self, library: Library) -> tuple[Source, ...]:
        """The documents that this machine added."""
        return tuple(Source(id, self._documents / str(e["file"]), e["title"]) for id, e in library.added.items())

    def is_same(self, source: Source, path: Path) -> bool:
        """Whether an added document is this very file, byte by byte."""
        return (
            source.path.is_file()
            and source.path.stat().st_size == path.stat().st_size
            and digest(path) == digest(source.path)
        )

    def stage(self, path: Path, most_mb: int) -> Path:
        """A copy of a file among the documents, in force only once a library names it; ``commit`` clears the others.

        Raises:
            ReadError: it cannot be read, or is larger than ``most_mb``.
        """
        check_readable(path, most_mb)
        folder = self._documents / digest(path)[:16]
        folder.mkdir(parents=True, exist_ok=True)
        staged = folder / safe_name(path.name)
        unfinished = folder / f".{staged.name}"
        shutil.copyfile(path, unfinished)
        unfinished.replace(staged)
        return staged

    def with_staged(self, library: Library, id: str, staged: Path, title: str | None) -> Library:
        """The library with a staged file under an id."""
        entry = {"file": staged.relative_to(self._documents).as_posix(), "title": title}
        return replace(library, added=library.added | {id: entry}, removed=tuple(r for r in library.removed if r != id))

    def without(self, library: Library, id: str) -> Library:
        """The library without a document and what was said of who may see it; a shipped one is marked as removed."""
        removed = {*library.removed, id} if self.shipped(id) else set(library.removed)
        added = {key: entry for key, entry in library.added.items() if key != id}
        return replace(library.restricted(id, "public", None), added=added, removed=tuple(sorted(removed)))

    def clear(self, library: Library) -> None:
        """Removes staged files that a library does not name."""
        used = {str(entry["file"]).split("/")[0] for entry in library.added.values()}
        for folder in self._documents.iterdir() if self._documents.is_dir() else ():
            if folder.name not in used:
                shutil.rmtree(folder, ignore_errors=True)

    def commit(self, library: Library) -> None:
        """Puts a library in force in one step and clears what it does not name."""
        unfinished = self.file.with_suffix(".new")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(asdict(library), file, ensure_ascii=False, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave an empty one
        unfinished.replace(self.file)
        self.clear(library)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One writer at a time, across processes.

        Raises:
            InputError: the home folder cannot be written, or another process holds it for over a minute.
        """
        try:
            make_home(self.home)
            with FileLock(self.home / ".lock", timeout=_LOCK_SECONDS):
                yield
        except Timeout:
            raise InputError("另一个进程正在更新", where=str(self.home), hint="请稍后再试") from None
        except OSError as error:
            if isinstance(error, AssistantError):
                raise
            raise InputError(
                f"无法写入数据目录（{system_said(error)}）", where=str(self.home), hint="请用 --home 指定可写的文件夹"
            ) from None


def _visibility(data: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """Who may see which documents, as ``library.json`` says; nothing that is not clear is taken for public.

    Raises:
        InputError, KeyError, TypeError, AttributeError: it says something else.
    """
    checked = {id: checked_visibility(entry["visibility"], entry["owner"]) for id, entry in data.items()}
    return {id: {"visibility": visibility, "owner": owner} for id, (visibility, owner) in checked.items()}
