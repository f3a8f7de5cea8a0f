"""``Assistant``: the only place where the rooms are put together."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from assistant.access import OWNER, Access, Caller
from assistant.desk import Card
from assistant.index import Snapshot
from assistant.keeping import Keeper
from assistant.library.catalogue import Catalogue, Library, shipped_corpus
from assistant.library.changing import Changes
from assistant.library.following import Follower
from assistant.library.intake import Added, Progress, Wishes
from assistant.library.publishing import Build, Step, load_library
from assistant.library.views import InForce
from assistant.llm import ChatModel
from assistant.parse import parse_file
from assistant.schema import (
    Answer,
    Audience,
    Hit,
    ParsedDocument,
    PolicyDocument,
    Query,
    RowFilter,
    Scope,
    TaskRow,
    Visibility,
)
from assistant.settings import Settings
from assistant.state import State
from assistant.store import Store

Turns = Sequence[Mapping[str, str]]
_LOG = logging.getLogger("wenzheng")


class Assistant:
    """Answers questions about one library of documents. Build with ``open``; safe to use from many threads.

    Each call is served from one ``state``; calls that must agree with one another go to the same one. That state holds
    every document: for those who may not see all of them, ask the one that is ``seen_by`` them.
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        snapshot: Snapshot,
        without: frozenset[str] = frozenset(),
        library: Library | None = None,
    ) -> None:
        """``without``: parts of search left out (names of ``WEIGHTS``, or "spelling"), to measure what they are worth;
        ``library``: the one that the snapshot is in force for.
        """
        self.settings = settings
        self.without = without
        self._catalogue = catalogue
        writer = ChatModel(settings) if settings.llm_url else None
        self.store = Store(settings.home, settings.database)
        self.access = Access(self.store, settings)
        self.keeper = Keeper(self.store, settings)
        stated = partial(State.of, settings=settings, writer=writer, without=without)
        self._in_force = InForce(settings, catalogue, stated, library or Library(), snapshot)
        self._changes = Changes(settings, catalogue, self.store.audit, self._in_force.use)

    @property
    def state(self) -> State:
        """The state in force: does not change itself, the next publication puts another one in its place."""
        return self._in_force.state

    def seen_by(self, audience: Audience) -> State:
        """The state in force for an audience: that of a library without the documents that it may not see."""
        return self._in_force.seen_by(audience)

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        settings: Settings | None = None,
        rebuild: bool = False,
        progress: Step = lambda step: None,
    ) -> Assistant:
        """Opens the library of a home folder; builds its index where there is none yet or ``rebuild`` is set. Where
        there is none and the folder cannot be written, the index is in memory only, and the log says so.

        Raises:
            SnapshotError: the index is damaged or was made from other documents, analyser or encoder.
        """
        settings = settings or Settings.from_env(home=home)
        catalogue = Catalogue(settings.home, shipped_corpus())
        library = catalogue.read()
        if library == Library() and catalogue.is_frozen and not rebuild:
            _LOG.warning("数据文件夹 %s 不能写：索引只在内存里，什么也记不下来", settings.home)
            library, snapshot = Build(settings, catalogue, library).in_memory(progress)
            return cls(settings, catalogue, snapshot, library=library)
        if rebuild or library.snapshot is None:
            with catalogue.changing():
                library = catalogue.read()
                if rebuild or library.snapshot is None:
                    library, snapshot = Build(settings, catalogue, library).publish(progress)
                    return cls(settings, catalogue, snapshot, library=library)
        return cls(settings, catalogue, load_library(settings, catalogue, library), library=library)

    def following(self) -> Follower:
        """While entered, follows what other processes publish: each change is loaded and verified in a thread of its
        own and put in force in one step; what cannot be loaded is logged once, and the state in force stays.
        """
        return Follower(self._catalogue.file, self.refresh)

    def refresh(self) -> None:
        """Puts in force what the library names now, where that is not in force already.

        Raises:
            SnapshotError, InputError: it cannot be used; the state in force stays.
        """
        self._in_force.refresh()

    # -- asking --

    def ask(self, question: str, history: Turns = (), scope: Scope | None = None) -> Answer:
        """The answer to a question, resting on cited rows; an abstention with its reason where none supports one."""
        return self.state.ask(question, history, scope)

    def ask_in_steps(
        self, question: str, history: Turns = (), scope: Scope | None = None, slots: Mapping[str, Any] | None = None
    ) -> Iterator[Answer]:
        """The answer at once; where a language model is set, then in its words, as far as they are proved.

        The last one counts: where the model fails or nothing of it is proved, it is the first again. ``slots`` are
        fields of the query as the asker corrects them, in place of what was understood.
        """
        return self.state.ask_in_steps(question, history, scope, slots)

    def compare(
        self, topic: str, places: Sequence[str] = (), years: Sequence[int] = (), scope: Scope | None = None
    ) -> Answer:
        """One matter side by side in several places or years; without a topic, all that changed between two of them.

        Raises:
            InputError: fewer than two sides, more than two without a topic, or a topic that cannot be used.
            NotFoundError: a place or year that no document is of.
        """
        return self.state.compare(topic, places, years, scope)

    def faults(self, answer: Answer) -> tuple[str, ...]:
        """What of an answer the rows do not prove; nothing where all holds (see ``assistant.answer.proof``)."""
        return self.state.faults(answer)

    def search(
        self, question: str, top_k: int | None = None, scope: Scope | None = None, history: Turns = ()
    ) -> list[Hit]:
        """The best rows for a question, best first, ties by row id."""
        return self.state.search(question, top_k, scope, history)

    def understand(self, question: str, history: Turns = ()) -> Query:
        """What a question is understood to ask."""
        return self.state.understander.understand(question, history)

    # -- reading --

    @property
    def snapshot(self) -> Snapshot:
        """The index in force."""
        return self.state.snapshot

    def documents(self, scope: Scope | None = None) -> list[PolicyDocument]:
        """The documents that a scope shows, by id."""
        return self.state.documents(scope)

    def document(self, id: str) -> PolicyDocument:
        """One document.

        Raises:
            NotFoundError: no document of this id.
        """
        return self.state.document(id)

    def rows(self, scope: Scope | None = None) -> list[TaskRow]:
        """All rows that a scope shows, by document, part and item."""
        return self.state.rows(scope)

    def select(self, wanted: RowFilter, scope: Scope | None = None) -> list[TaskRow]:
        """All rows that fit a filter, by document, part and item, found as a list question finds them.

        Raises:
            InputError: a word too short to be searched for.
        """
        return self.state.select(wanted, scope)

    def row(self, id: str, scope: Scope | None = None) -> TaskRow:
        """One row.

        Raises:
            NotFoundError: no row of this id within the scope.
        """
        return self.state.row(id, scope)

    def neighbours(self, row_id: str, scope: Scope | None = None) -> list[TaskRow]:
        """The rows before and after a row in its part."""
        return self.state.neighbours(row_id, scope)

    def counterparts(self, row_id: str, scope: Scope | None = None) -> list[TaskRow]:
        """The rows of other documents that set the same task as a row, one of each document."""
        return self.state.counterparts(row_id, scope)

    def card(self, row_id: str, scope: Scope | None = None) -> Card:
        """Who is responsible for a row, what may be said of it, and its counterparts in the documents of the scope."""
        return self.state.card(row_id, scope)

    def units(self, scope: Scope | None = None) -> list[str]:
        """All unit names as printed, sorted."""
        return self.state.units(scope)

    # -- changing --

    def add(
        self,
        path: str | Path,
        id: str | None = None,
        title: str | None = None,
        force: bool = False,
        progress: Progress = lambda step, share: None,
        visibility: Visibility | None = None,
        owner: str | None = None,
        reviewed: str | None = None,
        by: Caller = OWNER,
    ) -> ParsedDocument:
        """Adds one file; see ``add_files``."""
        wishes = Wishes(id, title, force, False, visibility, owner, by.audience, reviewed)
        (added,) = self._changes.add_files([path], wishes, by, progress)
        if added.parsed is None:
            raise RuntimeError("an addition that was not skipped holds no document")
        return added.parsed

    def add_files(
        self,
        paths: Sequence[str | Path],
        id: str | None = None,
        title: str | None = None,
        *,
        force: bool = False,
        skip: bool = False,
        progress: Progress = lambda step, share: None,
        visibility: Visibility | None = None,
        owner: str | None = None,
        reviewed: str | None = None,
        by: Caller = OWNER,
    ) -> list[Added]:
        """Adds files and folders of files, all or none, and indexes them.

        The same file again changes nothing; a changed one takes the place of its old rows; an original of a shipped
        document takes the place of its digest under the same ids.

        Args:
            id, title: for a single file; None: from its content.
            force: take the place of another document; accept a file whose report says "refuse".
            skip: leave out files that cannot be used instead of giving up.
            visibility, owner: who may see them; None: as before, and everyone where a document is new.
            reviewed: an editor's decision that they may be published in spite of what screening found, and why.
            by: who adds. What these may not see they cannot replace, and nothing of it is told.

        Raises:
            ReadError, ParseError, InputError: a file is not usable. ConflictError: see ``force``. ReviewError: see
            ``reviewed``. StoreError: it could not be kept in the audit log. Nothing is changed.
        """
        wishes = Wishes(id, title, force, skip, visibility, owner, by.audience, reviewed)
        return self._changes.add_files(paths, wishes, by, progress)

    def remove(self, id: str, progress: Step = lambda step: None, by: Caller = OWNER) -> None:
        """Removes a document and indexes the rest.

        Raises:
            NotFoundError: no document of this id that the caller may see.
        """
        self._changes.remove(id, by, progress)

    def set_visibility(
        self,
        id: str,
        visibility: Visibility,
        owner: str | None = None,
        progress: Step = lambda step: None,
        reviewed: str | None = None,
        by: Caller = OWNER,
    ) -> None:
        """Says who may see a document, and publishes what each audience then sees.

        Raises:
            NotFoundError: no document of this id that the caller may see.
            InputError: no such visibility, an owner that is missing or not wanted, or the caller would not see it.
            ReviewError: more people would see it, screening finds something, and no decision (``reviewed``) is given.
        """
        self._changes.set_visibility(id, visibility, owner, reviewed, by, progress)

    def parse(self, path: str | Path, id: str | None = None, title: str | None = None) -> ParsedDocument:
        """What a file would give; stores nothing.

        Raises:
            ReadError, ParseError, InputError: the file or the id is not usable.
        """
        return parse(path, self.settings, id, title)


def parse(path: str | Path, settings: Settings, id: str | None = None, title: str | None = None) -> ParsedDocument:
    """What a file would give, within the limits of the settings; stores nothing and needs no index.

    Raises:
        ReadError, ParseError, InputError: the file or the id is not usable.
    """
    cache = settings.home / "cache" if settings.home.is_dir() else None
    return parse_file(Path(path), id=id, title=title, limits=settings.limits, cache_dir=cache)
