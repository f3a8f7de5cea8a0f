"""``Assistant``: the only place where the rooms are put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant import index
from assistant.answer import Evidence, compose
from assistant.catalogue import Catalogue, Library, Source, shipped_corpus
from assistant.errors import ConflictError, InputError, NotFoundError, ParseError
from assistant.index import Snapshot
from assistant.parse import parse_file
from assistant.retrieve import Retriever, Understander
from assistant.retrieve.filters import allowed
from assistant.schema import Answer, Hit, ParsedDocument, PolicyDocument, Query, Scope, TaskRow
from assistant.settings import Settings
from assistant.store.feedback import Feedback

Progress = Callable[[str], None]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufff9-\uffff\ud800-\udfff]")
_TURNS = 20  # of a conversation are read back at most


class Assistant:
    """Answers questions about one library of documents. Build with ``open``; safe to read from many threads."""

    def __init__(self, settings: Settings, catalogue: Catalogue, snapshot: Snapshot) -> None:
        self.settings = settings
        self._catalogue = catalogue
        self.feedback = Feedback(settings.home / "feedback.db")
        self._use(snapshot)

    def _use(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._retriever = Retriever(snapshot)
        self._understander = Understander(snapshot.documents, snapshot.rows)

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        settings: Settings | None = None,
        rebuild: bool = False,
        progress: Progress = lambda step: None,
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
                    return cls(settings, catalogue, _publish(settings, catalogue, library, progress))
        return cls(settings, catalogue, _load(settings, catalogue, library))

    # -- asking --

    def ask(self, question: str, history: Sequence[Mapping[str, str]] = (), scope: Scope | None = None) -> Answer:
        """The answer to a question, resting on cited rows; an abstention with its reason where none supports one."""
        cleaned, problem = self._clean(question)
        if problem:
            return Answer(question=cleaned, intent="refuse", answerable=False, text=problem, reason=problem)
        query = self._understander.understand(cleaned, list(history)[-_TURNS:])
        documents = self.documents(scope)
        evidence = Evidence(
            query=query,
            hits=tuple(self._retriever.search(query, self.settings.top_k, scope)),
            named=tuple(self._retriever.named(query, scope)),
            visible=tuple(self._retriever.rows(query, scope)),
            documents={document.id: document for document in documents},
            today=self.settings.today,
        )
        return compose(evidence)

    def search(self, question: str, top_k: int | None = None, scope: Scope | None = None) -> list[Hit]:
        """The best rows for a question, best first, ties by row id."""
        cleaned, problem = self._clean(question)
        if problem:
            return []
        return self._retriever.search(self.understand(cleaned), top_k or self.settings.top_k, scope)

    def understand(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Query:
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

    def documents(self, scope: Scope | None = None) -> list[PolicyDocument]:
        """The documents that a scope shows, by id."""
        shown = {row.document for row in self.rows(scope)}
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
        shown = allowed(rows, self._snapshot.documents, scope)
        return [row for row, visible in zip(rows, shown, strict=True) if visible]

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
        progress: Progress = lambda step: None,
    ) -> ParsedDocument:
        """Adds a file and indexes it; an original of a shipped document takes its place under the same ids.

        Args:
            force: take the place of a document that was added under this id before, or of a shipped one with
                other parts; accept a file whose report says "refuse".

        Raises:
            ReadError, ParseError: the file is not usable. ConflictError: see ``force``. Nothing is changed then.
        """
        path = Path(path)
        parsed = self.parse(path, id, title)
        if parsed.report.level == "refuse" and not force:
            worst = next(finding for finding in parsed.report.findings if finding.level == "refuse")
            raise ParseError(worst.message, where=worst.where or path.name, hint="确认无误可加 --force")
        with self._catalogue.changing():
            library = self._catalogue.read()
            if not force:
                self._check_free(library, parsed)
            progress("保存文件")
            changed = self._catalogue.with_file(library, parsed.document.id, path, title)
            self._use(_publish(self.settings, self._catalogue, changed, progress))
        return parsed

    def _check_free(self, library: Library, parsed: ParsedDocument) -> None:
        id = parsed.document.id
        if id in library.added:
            raise ConflictError(f"编号“{id}”已经添加过", hint="换一个 --id，或用 --force 替换")
        if self._catalogue.is_shipped(id) and id not in library.removed:
            ours = [(row.part, row.heading) for row in self.rows(Scope(documents=(id,)))]
            if ours != [(row.part, row.heading) for row in parsed.rows]:
                raise ConflictError(f"编号“{id}”是自带文件，但任务行与它不同", hint="换一个 --id，或用 --force 替换")

    def remove(self, id: str, progress: Progress = lambda step: None) -> None:
        """Removes a document and indexes the rest.

        Raises:
            NotFoundError: no document of this id.
        """
        self.document(id)
        with self._catalogue.changing():
            changed = self._catalogue.without(self._catalogue.read(), id)
            self._use(_publish(self.settings, self._catalogue, changed, progress))

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
    return parse_file(Path(path), id=id, title=title, limits=settings.limits)


def check(settings: Settings) -> dict[str, Any]:
    """Verifies the index against its manifest and the documents, and the feedback database.

    Raises:
        SnapshotError: what is damaged or out of date. InputError: the database cannot be read.
    """
    catalogue = Catalogue(settings.home, shipped_corpus())
    library = catalogue.read()
    snapshot = _load(settings, catalogue, library)
    manifest = index.read_manifest(catalogue.index / str(library.snapshot))
    entries = Feedback(settings.home / "feedback.db").entries()
    return {
        "snapshot": manifest.name,
        "documents": len(snapshot.documents),
        "rows": len(snapshot.rows),
        "analyser": manifest.analyser,
        "encoder": manifest.encoder,
        "feedback": len(entries),
    }


def _load(settings: Settings, catalogue: Catalogue, library: Library) -> Snapshot:
    sources = {source.id: index.digest(source.path) for source in _present(catalogue.sources(library))}
    return index.load(catalogue.index / (library.snapshot or "-"), settings.encoder, sources, settings.home / "cache")


def _present(sources: Sequence[Source]) -> Sequence[Source]:
    missing = next((source for source in sources if not source.path.is_file()), None)
    if missing is not None:
        raise InputError(f"文件“{missing.id}”丢失", where=str(missing.path), hint="请从备份恢复，或 wenzheng remove 它")
    return sources


def _publish(settings: Settings, catalogue: Catalogue, library: Library, progress: Progress) -> Snapshot:
    """Parses and indexes all documents of a library, then puts it in force."""
    sources = _present(catalogue.sources(library))
    parsed = []
    for source in sources:
        progress(f"读取 {source.id}")
        parsed.append(parse_file(source.path, id=source.id, title=source.title, limits=settings.limits))
    digests = {source.id: index.digest(source.path) for source in sources}
    snapshot = index.build_snapshot(parsed, digests, settings.encoder, settings.home / "cache", progress)
    progress("保存索引")
    manifest = index.publish(snapshot, catalogue.index)
    catalogue.commit(Library(manifest.name, library.added, library.removed))
    index.sweep(catalogue.index, keep={manifest.name, library.snapshot or manifest.name})
    return snapshot
