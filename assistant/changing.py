"""Changes of the library, one at a time across processes: documents come, go, and are shown to others or fewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.catalogue import Catalogue, Library, checked_visibility
from assistant.errors import InputError, SnapshotError
from assistant.index import Snapshot
from assistant.intake import Added, Intake, Progress, Wishes, expand
from assistant.publishing import Build, Step, load_library
from assistant.schema import Audience, Visibility
from assistant.settings import Settings
from assistant.state import no_document


class Changes:
    """Changes one library. ``use`` is given each library as it is published, while no other can be."""

    def __init__(self, settings: Settings, catalogue: Catalogue, use: Callable[[Library, Snapshot], None]) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._use = use

    def add_files(self, paths: Sequence[str | Path], wishes: Wishes, progress: Progress) -> list[Added]:
        """See ``Assistant.add_files``."""
        if wishes.visibility is not None:
            checked_visibility(wishes.visibility, wishes.owner)
        elif wishes.owner is not None:
            raise InputError("写了所属单位，却没有写可见范围", hint="把可见范围设为仅本单位（unit）")
        files = expand([Path(path) for path in paths])
        if len(files) > 1 and (wishes.id or wishes.title):
            raise InputError("编号和标题一次只能用于一个文件", hint="请逐个添加")
        with self._catalogue.changing():
            library = self._catalogue.read()
            snapshot = self._whole(library, wishes.audience)
            intake = Intake(self._settings, self._catalogue, library, snapshot.documents, snapshot.rows)
            try:
                added = intake.take(files, wishes, progress)
                if intake.library != library:
                    build = Build(self._settings, self._catalogue, intake.library, snapshot, intake.fresh)
                    self._use(*build.publish(lambda step: progress(step, len(files) / (len(files) + 1))))
            finally:
                self._catalogue.clear(self._catalogue.read())
        return added

    def remove(self, id: str, audience: Audience, progress: Step) -> None:
        """See ``Assistant.remove``."""
        self._publish(id, audience, progress, lambda library: self._catalogue.without(library, id))

    def set_visibility(
        self, id: str, visibility: Visibility, owner: str | None, audience: Audience, progress: Step
    ) -> None:
        """See ``Assistant.set_visibility``."""
        checked = checked_visibility(visibility, owner)
        self._publish(id, audience, progress, lambda library: library.restricted(id, *checked))

    def _publish(self, id: str, audience: Audience, progress: Step, change: Callable[[Library], Library]) -> None:
        """Publishes the library with a change of one document, where it is one.

        Raises:
            NotFoundError: no document of this id that the audience may see.
        """
        with self._catalogue.changing():
            library = self._catalogue.read()
            seen = self._catalogue.seen(library, audience)
            if id not in seen:
                raise no_document(id, seen)
            changed = change(library)
            if changed != library:
                snapshot = self._whole(library, audience)
                self._use(*Build(self._settings, self._catalogue, changed, snapshot).publish(progress))

    def _whole(self, library: Library, audience: Audience) -> Snapshot:
        """The snapshot of every document.

        Raises:
            SnapshotError, InputError: as ``load_library``; a lost file is named to those only who see everything.
        """
        try:
            return load_library(self._settings, self._catalogue, library)
        except InputError:
            if audience.everything:
                raise
            raise SnapshotError("有文件丢失，现在不能改动", hint="请让管理员运行 wenzheng check") from None
