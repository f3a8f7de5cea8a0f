"""A library of documents → the snapshots in force: parses what is new, indexes all, publishes in one step.

Whoever may not see a document is answered from a snapshot that was made without it, so that nothing of it can show: no
count, no correction of a slip, no weight of a word, no name in an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant import index
from assistant.errors import InputError, SnapshotError
from assistant.index import Snapshot
from assistant.library.catalogue import Catalogue, Library, Source
from assistant.parse import parse_file
from assistant.schema import Audience, ParsedDocument, ParseReport
from assistant.settings import Settings

Step = Callable[[str], None]
_IN_MEMORY = "memory"  # the name of a snapshot that is kept nowhere
_REBUILD = "请运行 wenzheng index 重建索引"


def load_library(settings: Settings, catalogue: Catalogue, library: Library) -> Snapshot:
    """The snapshot in force that holds every document, verified against the documents and who may see them.

    Raises:
        SnapshotError: it is damaged or out of date. InputError: a document's file is missing.
    """
    sources = {source.id: index.digest(source.path) for source in _present(catalogue.sources(library))}
    place = catalogue.index / (library.snapshot or "-")
    snapshot = index.load(place, settings.encoder, sources, settings.home / "cache")
    if any(library.marked(document) != document for document in snapshot.documents):
        raise SnapshotError("可见范围有变动，索引已过期", hint=_REBUILD)
    return snapshot


def load_view(settings: Settings, catalogue: Catalogue, name: str, audience: Audience, full: Snapshot) -> Snapshot:
    """The snapshot of a name, verified to be what an audience may see of the full one.

    Raises:
        SnapshotError: it is damaged, gone, or holds other documents.
    """
    sources = {document.id: full.sources[document.id] for document in full.seen_by(audience)}
    try:
        view = index.load(catalogue.index / name, settings.encoder, sources, settings.home / "cache")
    except OSError:  # swept while it was read: a newer library is in force
        raise SnapshotError("索引缺失或已损坏", hint=_REBUILD) from None
    verify_view(view, audience, full)
    return view


def verify_view(view: Snapshot, audience: Audience, full: Snapshot) -> None:
    """Whether a snapshot holds exactly what an audience may see of the full one.

    Raises:
        SnapshotError: it does not.
    """
    if view.documents != full.seen_by(audience):
        raise SnapshotError("索引里的文件与可见范围不符", hint=_REBUILD)


def _present(sources: Sequence[Source]) -> Sequence[Source]:
    missing = next((source for source in sources if not source.path.is_file()), None)
    if missing is not None:
        raise InputError(f"文件“{missing.id}”丢失", where=str(missing.path), hint="请从备份恢复，或 wenzheng remove 它")
    return sources


@dataclass(frozen=True, slots=True)
class Build:
    """A library to be indexed. Documents in ``fresh`` are parsed already; those that ``before`` holds from the same
    file and under the same title are taken from there; all others are parsed.
    """

    settings: Settings
    catalogue: Catalogue
    library: Library
    before: Snapshot | None = None
    fresh: Mapping[str, ParsedDocument] = field(default_factory=dict)

    def in_memory(self, progress: Step) -> tuple[Library, Snapshot]:
        """The library with a snapshot of all its documents that is kept nowhere; only where all of them are public."""
        sources = _present(self.catalogue.sources(self.library))
        digests = {source.id: index.digest(source.path) for source in sources}
        parsed = [self._parsed(source, digests[source.id], progress) for source in sources]
        snapshot = index.build_snapshot(parsed, digests, self.settings.encoder, None, progress)
        return replace(self.library, snapshot=_IN_MEMORY), snapshot

    def publish(self, progress: Step) -> tuple[Library, Snapshot]:
        """Parses and indexes all documents, for all and for each audience, then puts the library in force with all of it;
        the library, and the snapshot of every document.
        """
        catalogue = self.catalogue
        sources = _present(catalogue.sources(self.library))
        digests = {source.id: index.digest(source.path) for source in sources}
        parsed = [self._parsed(source, digests[source.id], progress) for source in sources]
        snapshot, name = self._published(parsed, digests, progress)
        names = {frozenset(digests): name}
        views = {}
        for key, audience in self.library.audiences().items():
            held = [each for each in parsed if self.library.seen(each.document.id, audience)]
            seen = {each.document.id: digests[each.document.id] for each in held}
            if frozenset(seen) not in names:
                kept = self._kept(key, held, seen)
                names[frozenset(seen)] = kept or self._published(held, seen, progress)[1]
            views[key] = names[frozenset(seen)]
        library = replace(self.library, snapshot=name, views=views)
        catalogue.commit(library)
        index.sweep(catalogue.index, keep=library.snapshots | self.library.snapshots)
        return library, snapshot

    def _published(
        self, parsed: Sequence[ParsedDocument], digests: Mapping[str, str], progress: Step
    ) -> tuple[Snapshot, str]:
        """The snapshot of some documents, in its folder, and its name; nothing names it yet."""
        settings = self.settings
        snapshot = index.build_snapshot(parsed, digests, settings.encoder, settings.home / "cache", progress)
        progress("保存索引")
        return snapshot, index.publish(snapshot, self.catalogue.index).name

    def _kept(self, key: str, held: Sequence[ParsedDocument], sources: dict[str, str]) -> str | None:
        """The snapshot in force under a key, where it would come out the same."""
        name, before = self.library.views.get(key), self.before
        if name is None or before is None or not self.fresh.keys().isdisjoint(sources):
            return None
        known = {document.id: document for document in before.documents}
        same = all(known.get(each.document.id) == each.document for each in held)
        return name if same and index.is_whole(self.catalogue.index / name, sources) else None

    def _parsed(self, source: Source, digest: str, progress: Step) -> ParsedDocument:
        """A document with its rows, marked with who may see it."""
        parsed = self._read(source, digest, progress)
        return replace(parsed, document=self.library.marked(parsed.document))

    def _read(self, source: Source, digest: str, progress: Step) -> ParsedDocument:
        if source.id in self.fresh:
            return self._with_phrasings(source, self.fresh[source.id])
        if self.before is not None and self.before.sources.get(source.id) == digest:
            document = next(each for each in self.before.documents if each.id == source.id)
            if source.title in (None, document.title):
                return ParsedDocument(
                    document, tuple(row for row in self.before.rows if row.document == source.id), ParseReport()
                )
        progress(f"读取 {source.id}")
        limits = self.settings.limits
        parsed = parse_file(
            source.path, id=source.id, title=source.title, limits=limits, cache_dir=self.settings.home / "cache"
        )
        return self._with_phrasings(source, parsed)

    def _with_phrasings(self, source: Source, parsed: ParsedDocument) -> ParsedDocument:
        """An added original of a shipped document with the phrasings that its rows are shipped with."""
        shipped = self.catalogue.shipped(source.id)
        if shipped is None or source.shipped:
            return parsed
        written = {(row.id, row.heading): row.asked_as for row in parse_file(shipped.path).rows}
        rows = (replace(row, asked_as=row.asked_as or written.get((row.id, row.heading), ())) for row in parsed.rows)
        return replace(parsed, rows=tuple(rows))
