"""A library of documents → the snapshot in force: parses what is new, indexes all, publishes in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant import index
from assistant.catalogue import Catalogue, Library, Source
from assistant.errors import InputError
from assistant.index import Snapshot
from assistant.parse import parse_file
from assistant.schema import ParsedDocument, ParseReport
from assistant.settings import Settings

Step = Callable[[str], None]


def load_library(settings: Settings, catalogue: Catalogue, library: Library) -> Snapshot:
    """The snapshot in force, verified against the documents.

    Raises:
        SnapshotError: it is damaged or out of date. InputError: a document's file is missing.
    """
    sources = {source.id: index.digest(source.path) for source in _present(catalogue.sources(library))}
    return index.load(catalogue.index / (library.snapshot or "-"), settings.encoder, sources, settings.home / "cache")


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

    def publish(self, progress: Step) -> tuple[str, Snapshot]:
        """Parses and indexes all documents, then puts the library in force; its name and what it holds."""
        settings, catalogue = self.settings, self.catalogue
        sources = _present(catalogue.sources(self.library))
        digests = {source.id: index.digest(source.path) for source in sources}
        parsed = [self._parsed(source, digests[source.id], progress) for source in sources]
        snapshot = index.build_snapshot(parsed, digests, settings.encoder, settings.home / "cache", progress)
        progress("保存索引")
        manifest = index.publish(snapshot, catalogue.index)
        catalogue.commit(Library(manifest.name, self.library.added, self.library.removed))
        index.sweep(catalogue.index, keep={manifest.name, self.library.snapshot or manifest.name})
        return manifest.name, snapshot

    def _parsed(self, source: Source, digest: str, progress: Step) -> ParsedDocument:
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
