"""Changes of the library, one at a time across processes: documents come, go, and are shown to others or fewer."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.access import Caller
from assistant.errors import InputError, SnapshotError, StoreError
from assistant.index import Snapshot
from assistant.library.catalogue import Catalogue, Library, checked_visibility
from assistant.library.intake import Added, Intake, Progress, Wishes, check_reviewed, expand
from assistant.library.publishing import Build, Step, load_library
from assistant.parse import parse_file
from assistant.privacy import mask
from assistant.schema import Concern, Visibility
from assistant.settings import Settings
from assistant.state import no_document
from assistant.store.audit import Audit

_LOG = logging.getLogger("wenzheng")


class Changes:
    """Changes one library. ``use`` is given each library as it is published, while no other can be."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, audit: Audit, use: Callable[[Library, Snapshot], None]
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._audit = audit
        self._use = use

    def add_files(self, paths: Sequence[str | Path], wishes: Wishes, by: Caller, progress: Progress) -> list[Added]:
        """See ``Assistant.add_files``."""
        if wishes.visibility is not None:
            _check_seen(by, *checked_visibility(wishes.visibility, wishes.owner))
        elif wishes.owner is not None:
            raise InputError("写了所属单位，却没有写可见范围", hint="把可见范围设为仅本单位（unit）")
        files = expand([Path(path) for path in paths])
        if len(files) > 1 and (wishes.id or wishes.title):
            raise InputError("编号和标题一次只能用于一个文件", hint="请逐个添加")
        with self._catalogue.changing():
            library = self._catalogue.read()
            snapshot = self._whole(library, by)
            intake = Intake(self._settings, self._catalogue, library, snapshot.documents, snapshot.rows)
            try:
                added = intake.take(files, wishes, progress)
                if intake.library != library:
                    build = Build(self._settings, self._catalogue, intake.library, snapshot, intake.fresh)
                    with self._recorded(by, "document.add", [_deed(each, wishes) for each in added if _is_news(each)]):
                        self._use(*build.publish(lambda step: progress(step, len(files) / (len(files) + 1))))
            finally:
                self._catalogue.clear(self._catalogue.read())
        return added

    def remove(self, id: str, by: Caller, progress: Step) -> None:
        """See ``Assistant.remove``."""
        self._publish(id, by, ("document.remove", {}), lambda library: self._catalogue.without(library, id), progress)

    def set_visibility(
        self, id: str, visibility: Visibility, owner: str | None, reviewed: str | None, by: Caller, progress: Step
    ) -> None:
        """See ``Assistant.set_visibility``."""
        checked = checked_visibility(visibility, owner)
        _check_seen(by, *checked)
        details: dict[str, Any] = {"visibility": checked[0], "owner": checked[1]}

        def change(library: Library) -> Library:
            changed = library.restricted(id, *checked)
            if library.is_widened(id, changed):
                concerns = self._concerns(library, id)
                check_reviewed(concerns, id, reviewed)
                details.update(_review(concerns, reviewed))
            return changed

        self._publish(id, by, ("document.visibility", details), change, progress)

    def _concerns(self, library: Library, id: str) -> Sequence[Concern]:
        """What screening finds in a document of the library."""
        source = next(each for each in self._catalogue.sources(library) if each.id == id)
        cache = self._settings.home / "cache"
        return parse_file(source.path, id=id, limits=self._settings.limits, cache_dir=cache).concerns

    def _publish(
        self,
        id: str,
        by: Caller,
        deed: tuple[str, dict[str, Any]],
        change: Callable[[Library], Library],
        progress: Step,
    ) -> None:
        """Publishes the library with a change of one document, where it is one.

        Raises:
            NotFoundError: no document of this id that the caller may see.
        """
        with self._catalogue.changing():
            library = self._catalogue.read()
            seen = self._catalogue.seen(library, by.audience)
            if id not in seen:
                raise no_document(id, seen)
            changed = change(library)
            if changed != library:
                snapshot = self._whole(library, by)
                build = Build(self._settings, self._catalogue, changed, snapshot)
                action, details = deed
                with self._recorded(by, action, [(id, details)]):
                    self._use(*build.publish(progress))

    def _whole(self, library: Library, by: Caller) -> Snapshot:
        """The snapshot of every document.

        Raises:
            SnapshotError, InputError: as ``load_library``; a lost file is named to those only who see everything.
        """
        try:
            return load_library(self._settings, self._catalogue, library)
        except InputError:
            if by.audience.everything:
                raise
            raise SnapshotError("有文件丢失，现在不能改动", hint="请让管理员运行 wenzheng check") from None

    @contextmanager
    def _recorded(self, by: Caller, action: str, deeds: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[None]:
        """Deeds on documents, in the audit log before they are done: none is in force that does not stand there."""
        for subject, details in deeds:
            self._audit.add(by.actor, action, subject, details)
        try:
            yield
        except Exception:
            try:
                for subject, _ in deeds:
                    self._audit.add(by.actor, f"{action}.failed", subject)
            except StoreError as error:  # the same full disk: the first error is the one to be told
                _LOG.error("审计日志没有记下失败：%s", error)
            raise


def _is_news(added: Added) -> bool:
    return added.outcome not in ("unchanged", "skipped")


def _deed(added: Added, wishes: Wishes) -> tuple[str, dict[str, Any]]:
    """The addition of a document, as the audit log has it: also what screening found, and why it is published."""
    if added.parsed is None:
        raise RuntimeError("an addition that was not skipped holds no document")
    document, concerns = added.parsed.document, added.parsed.concerns
    details: dict[str, Any] = {"outcome": added.outcome, "rows": len(added.parsed.rows)}
    details |= {"visibility": document.visibility, "owner": document.owner}
    return document.id, details | _review(concerns, wishes.reviewed)


def _review(concerns: Sequence[Concern], reviewed: str | None) -> dict[str, Any]:
    """What screening found and why it was decided to publish, as the audit log has it."""
    if not concerns:
        return {}
    return {"concerns": dict(Counter(each.kind for each in concerns)), "reviewed": mask(reviewed or "")}


def _check_seen(by: Caller, visibility: Visibility, owner: str | None) -> None:
    """Keeps people from hiding a document from themselves, which nobody but an admin could undo.

    Raises:
        InputError: the caller would not see it.
    """
    if not by.audience.sees(visibility, owner):
        raise InputError(
            "不能设成自己看不到的范围", hint="仅本单位的文件，单位要与自己账号的单位一致；别的单位请管理员设置"
        )
