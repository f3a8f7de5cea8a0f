"""TaskRow… → Snapshot: which words of a row are indexed where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from assistant import lexicon
from assistant.index.dense import DenseIndex
from assistant.index.encoder import open_encoder
from assistant.index.lexical import LexicalIndex
from assistant.index.snapshot import Snapshot
from assistant.index.sounds import SoundIndex
from assistant.lexicon.units import by_name, forms
from assistant.schema import ParsedDocument, TaskRow
from assistant.text import Analyser, bigrams, fold

Progress = Callable[[str], None]
# What people ask of a row, and no row's text says.
ASKED_FOR = ("牵头", "牵头单位", "责任单位", "配合单位", "落实单位", "完成时限", "时限", "部门", "附件", "单位", "清单")


def topic_text(row: TaskRow) -> str:
    """What a row is about: sections, task and requirement, cited numbers; no units, they are a field."""
    return " ".join((*row.section, row.heading, row.text, *row.doc_numbers))


def unit_text(row: TaskRow) -> str:
    """The units of a row."""
    return " ".join((*row.lead_units, *row.responsible_units))


def _spoken(terms: set[str]) -> list[str]:
    """Terms of Chinese characters only, folded."""
    return sorted(term for term in map(fold, terms) if not term.isascii() and term.isalpha())


def build_snapshot(
    parsed: Sequence[ParsedDocument],
    sources: Mapping[str, str],
    encoder_name: str,
    cache_dir: Path | None = None,
    progress: Progress = lambda step: None,
) -> Snapshot:
    """Indexes the rows of all documents, ordered by document, part and item.

    Args:
        sources: document id → digest of its file, kept in the manifest.
        encoder_name: as in the settings; empty is the shipped one.
        progress: called with the name of each step.
    """
    ordered = sorted(parsed, key=lambda each: each.document.id)
    rows = tuple(row for each in ordered for row in each.rows)
    names = {unit for row in rows for unit in row.lead_units + row.responsible_units}
    analyser = Analyser(names, cache_dir)
    topics = [topic_text(row) for row in rows]
    progress("按词索引")
    words = LexicalIndex.from_terms(analyser.words(f"{t} {unit_text(r)}") for t, r in zip(topics, rows, strict=True))
    progress("按字索引")
    grams = LexicalIndex.from_terms(map(bigrams, topics))
    phrasings = [" ".join(row.asked_as) for row in rows]
    asked = LexicalIndex.from_terms(map(bigrams, phrasings))
    asked_words = LexicalIndex.from_terms(map(analyser.words, phrasings))
    units = {*by_name(), *(form for name in names for form in forms(name))}
    sounds = SoundIndex.from_terms(_spoken({*words.terms, *asked_words.terms, *lexicon.words(), *ASKED_FOR, *units}))
    progress("向量索引")
    encoder = open_encoder(encoder_name, analyser)
    dense = DenseIndex.from_vectors(encoder.encode([f"{row.heading} {row.text}" for row in rows]))
    documents = tuple(each.document for each in ordered)
    return Snapshot(documents, rows, words, grams, asked, asked_words, sounds, dense, analyser, encoder, dict(sources))
