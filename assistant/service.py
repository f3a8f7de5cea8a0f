"""``Assistant``: the only place where the rooms are put together."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant import lexicon
from assistant.answer import Evidence, Prover, compose, rephrased, worth_rephrasing
from assistant.catalogue import Catalogue, shipped_corpus
from assistant.desk import Card, make_card
from assistant.errors import InputError, NotFoundError, WriterError
from assistant.index import Snapshot
from assistant.intake import Added, Intake, Progress, Wishes, expand
from assistant.llm import ChatModel
from assistant.parse import parse_file
from assistant.publishing import Build, Step, load_library
from assistant.retrieve import WEIGHTS, Expander, Retriever, Speller, Understander
from assistant.schema import Answer, Hit, ParsedDocument, PolicyDocument, Query, Scope, TaskRow
from assistant.settings import Settings
from assistant.store.feedback import Feedback

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufff9-\uffff\ud800-\udfff]")
_LOG = logging.getLogger("wenzheng")
Turns = Sequence[Mapping[str, str]]
_TURNS = 20  # of a conversation are read back at most


class Assistant:
    """Answers questions about one library of documents. Build with ``open``; safe to read from many threads."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, snapshot: Snapshot, without: frozenset[str] = frozenset()
    ) -> None:
        """``without``: parts of search left out (names of ``WEIGHTS``, or "spelling"), to measure what they are worth."""
        self.settings = settings
        self.without = without
        self._catalogue = catalogue
        self._writer = ChatModel(settings) if settings.llm_url else None
        self.feedback = Feedback(settings.home / "feedback.db")
        self._use(snapshot)

    def _use(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        weights = {name: weight for name, weight in WEIGHTS.items() if name not in self.without}
        self._retriever = retriever = Retriever(snapshot, weights)
        speller = Speller(snapshot.analyser, snapshot.sounds, snapshot.words)
        self._place = {row.id: place for place, row in enumerate(snapshot.rows)}
        self._documents = {document.id: document for document in snapshot.documents}
        self._prover = Prover(self.units())
        self._understander = Understander(
            snapshot.documents,
            snapshot.rows,
            retriever.holds,
            snapshot.analyser.is_word,
            None if "spelling" in self.without else speller,
            Expander((*lexicon.sayings(), *lexicon.sayings_of(self.settings.home / "sayings.txt"))),
        )

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        settings: Settings | None = None,
        rebuild: bool = False,
        progress: Step = lambda step: None,
    ) -> Assistant:
        """Opens the library of a home folder; builds its index where there is none yet or ``rebuild`` is set.

        Raises:
            SnapshotError: the index is damaged or was made from other documents, analyser or encoder.
        """
        settings = settings or Settings.from_env(home=home)
        catalogue = Catalogue(settings.home, shipped_corpus())
        library = catalogue.read()
        if rebuild or library.snapshot is None:
            with catalogue.changing():
                library = catalogue.read()
                if rebuild or library.snapshot is None:
                    return cls(settings, catalogue, Build(settings, catalogue, library).publish(progress))
        return cls(settings, catalogue, load_library(settings, catalogue, library))

    # -- asking --

    def ask(self, question: str, history: Turns = (), scope: Scope | None = None) -> Answer:
        """The answer to a question, resting on cited rows; an abstention with its reason where none supports one."""
        return list(self.ask_in_steps(question, history, scope))[-1]

    def ask_in_steps(
        self, question: str, history: Turns = (), scope: Scope | None = None, slots: Mapping[str, Any] | None = None
    ) -> Iterator[Answer]:
        """The answer at once; where a language model is set, then in its words, as far as they are proved.

        The last one counts: where the model fails or nothing of it is proved, it is the first again. ``slots`` are
        fields of the query as the asker corrects them, in place of what was understood.
        """
        composed = self._composed(question, history, scope, slots)
        yield composed
        if self._writer is None or not worth_rephrasing(composed):
            return
        try:
            yield from rephrased(composed, self._writer, self._prover, self._named(composed), self._documents)
        except WriterError as error:
            _LOG.warning("%s", error)
            yield composed

    def _composed(self, question: str, history: Turns, scope: Scope | None, slots: Mapping[str, Any] | None) -> Answer:
        cleaned, problem = self._clean(question)
        if problem:
            return Answer(question=cleaned, intent="refuse", answerable=False, text=problem, reason=problem)
        query = replace(self._understander.understand(cleaned, list(history)[-_TURNS:]), **(slots or {}))
        answer = compose(self._evidence(query, scope))
        faults = self.faults(answer)
        if not faults:
            return answer
        _LOG.error("unproved: %s: %s", cleaned, "; ".join(faults))
        reason = "这个问题的回答没有通过核对，不能给出；请换个问法，或直接查看任务行"
        return Answer(question=cleaned, intent=query.intent, answerable=False, text=f"{reason}。", reason=reason)

    def faults(self, answer: Answer) -> tuple[str, ...]:
        """What of an answer the rows do not prove; nothing where all holds (see ``assistant.answer.proof``)."""
        return self._prover.faults(answer, self._named(answer), self._documents)

    def _named(self, answer: Answer) -> dict[str, TaskRow]:
        """The rows that an answer names, as far as there are such."""
        rows, place = self._snapshot.rows, self._place
        return {id: rows[place[id]] for id in answer.named_rows() if id in place}

    def _evidence(self, query: Query, scope: Scope | None) -> Evidence:
        """All that an answer to a query may rest on."""
        retriever = self._retriever
        hits = retriever.search(query, self.settings.top_k, scope)
        return Evidence(
            query=query,
            hits=tuple(hits),
            named=tuple(retriever.named(query, scope)),
            visible=retriever.visible(query, scope),
            documents={document.id: document for document in self.documents(scope)},
            today=self.settings.today,
            pairs=tuple(retriever.changes(query, scope)) if query.intent == "changes" else (),
            counterparts=retriever.counterparts([hit.row for hit in hits], scope) if query.intent == "related" else {},
        )

    def search(
        self, question: str, top_k: int | None = None, scope: Scope | None = None, history: Turns = ()
    ) -> list[Hit]:
        """The best rows for a question, best first, ties by row id."""
        cleaned, problem = self._clean(question)
        if problem:
            return []
        query = self.understand(cleaned, list(history)[-_TURNS:])
        return self._retriever.search(query, top_k or self.settings.top_k, scope)

    def understand(self, question: str, history: Turns = ()) -> Query:
        """What a question is understood to ask."""
        return self._understander.understand(question, history)

    def _clean(self, question: str) -> tuple[str, str]:
        """The question without control characters, and what to say if there is nothing to answer."""
        cleaned = " ".join(_CONTROL.sub(" ", question).split())
        if not re.search(r"\w", cleaned):
            return cleaned, "请输入要问的事，例如：湘西州政策问答平台由谁牵头？"
        if len(cleaned) > self.settings.max_question:
            most = self.settings.max_question
            return cleaned[:most], f"问题太长（{len(cleaned)}字），请缩短到{most}字以内，只说要问的事。"
        return cleaned, ""

    # -- reading --

    @property
    def snapshot(self) -> Snapshot:
        """The index in force."""
        return self._snapshot

    def documents(self, scope: Scope | None = None) -> list[PolicyDocument]:
        """The documents that a scope shows, by id."""
        table = self._retriever.table
        shown = table.documents(table.shown(scope))
        return [document for document in self._snapshot.documents if document.id in shown]

    def document(self, id: str) -> PolicyDocument:
        """One document.

        Raises:
            NotFoundError: no document of this id.
        """
        found = next((document for document in self._snapshot.documents if document.id == id), None)
        if found is None:
            known = "、".join(document.id for document in self._snapshot.documents)
            raise NotFoundError(f"没有编号为“{id}”的文件", hint=f"现有：{known or '无'}")
        return found

    def rows(self, scope: Scope | None = None) -> list[TaskRow]:
        """All rows that a scope shows, by document, part and item."""
        rows = self._snapshot.rows
        if scope is None:
            return list(rows)
        return [rows[place] for place in np.flatnonzero(self._retriever.table.shown(scope))]

    def row(self, id: str, scope: Scope | None = None) -> TaskRow:
        """One row.

        Raises:
            NotFoundError: no row of this id within the scope.
        """
        found = next((row for row in self.rows(scope) if row.id == id), None)
        if found is None:
            raise NotFoundError(f"没有编号为“{id}”的任务行", hint="编号形如 文件/部分/序号")
        return found

    def neighbours(self, row_id: str, scope: Scope | None = None) -> list[TaskRow]:
        """The rows before and after a row in its part."""
        row = self.row(row_id, scope)
        part = [each for each in self.rows(scope) if (each.document, each.part) == (row.document, row.part)]
        return [each for each in part if abs(each.item - row.item) == 1]

    def counterparts(self, row_id: str, scope: Scope | None = None) -> list[TaskRow]:
        """The rows of other documents that set the same task as a row, one of each document."""
        return list(self._retriever.counterparts([self.row(row_id, scope)], scope)[row_id])

    def card(self, row_id: str, scope: Scope | None = None) -> Card:
        """Who is responsible for a row, what may be said of it, and its counterparts in the documents of the scope."""
        return make_card(self.row(row_id), self.counterparts(row_id, scope), self._documents, self.settings.today)

    def units(self, scope: Scope | None = None) -> list[str]:
        """All unit names as printed, sorted."""
        return sorted({unit for row in self.rows(scope) for unit in row.lead_units + row.responsible_units})

    # -- changing --

    def add(
        self,
        path: str | Path,
        id: str | None = None,
        title: str | None = None,
        force: bool = False,
        progress: Progress = lambda step, share: None,
    ) -> ParsedDocument:
        """Adds one file; see ``add_files``."""
        (added,) = self.add_files([path], id, title, force=force, progress=progress)
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
    ) -> list[Added]:
        """Adds files and folders of files, all or none, and indexes them.

        The same file again changes nothing; a changed one takes the place of its old rows; an original of a shipped
        document takes the place of its digest under the same ids.

        Args:
            id, title: for a single file; None: from its content.
            force: take the place of another document; accept a file whose report says "refuse".
            skip: leave out files that cannot be used instead of giving up.

        Raises:
            ReadError, ParseError, InputError: a file is not usable. ConflictError: see ``force``. Nothing is changed.
        """
        files = expand([Path(path) for path in paths])
        if len(files) > 1 and (id or title):
            raise InputError("编号和标题一次只能用于一个文件", hint="请逐个添加")
        with self._catalogue.changing():
            library = self._catalogue.read()
            snapshot = load_library(self.settings, self._catalogue, library)
            intake = Intake(self.settings, self._catalogue, library, snapshot.documents, snapshot.rows)
            try:
                added = intake.take(files, Wishes(id, title, force, skip), progress)
                if intake.library != library:
                    build = Build(self.settings, self._catalogue, intake.library, snapshot, intake.fresh)
                    self._use(build.publish(lambda step: progress(step, len(files) / (len(files) + 1))))
            finally:
                self._catalogue.clear(self._catalogue.read())
        return added

    def remove(self, id: str, progress: Step = lambda step: None) -> None:
        """Removes a document and indexes the rest.

        Raises:
            NotFoundError: no document of this id.
        """
        self.document(id)
        with self._catalogue.changing():
            library = self._catalogue.read()
            snapshot = load_library(self.settings, self._catalogue, library)
            changed = self._catalogue.without(library, id)
            self._use(Build(self.settings, self._catalogue, changed, snapshot).publish(progress))

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
