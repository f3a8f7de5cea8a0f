"""Query → Hit…: word BM25, character-bigram BM25 of rows and of phrasings, dense and field rankings, fused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from assistant.index import LexicalIndex, Snapshot
from assistant.retrieve.exact import named_rows
from assistant.retrieve.fuse import fuse
from assistant.retrieve.table import PartKey, RowTable, Shown, query_scope
from assistant.schema import Hit, Query, Scope, TaskRow
from assistant.text import bigrams

# What each ranking counts for in the fusion. "exact" rows (第48项; 某局牵头的任务) come before all others.
WEIGHTS = {
    "words": 1.0,
    "bigrams": 1.0,
    "dense": 0.5,
    "asked": 2.0,
    "sayings": 1.0,
    "units": 0.5,
    "numbers": 2.0,
    "exact": 100.0,
}
_DEPTH = 10  # candidates per ranking, as a multiple of what is asked for
# What a term that no row holds weighs against the evidence, beside ln(1 + rows / rows with it) of the others: a
# bigram little, since it mostly joins two words by chance; a word as much as a rare one.
_UNSEEN_BIGRAM, _UNSEEN_WORD = 2.0, 6.0
# The evidence that a saying gives for a row that holds the official term for it: enough to answer, less than words.
_SAID = 0.35


class Retriever:
    """Searches one snapshot. A ranking that has no weight takes no part."""

    def __init__(self, snapshot: Snapshot, weights: Mapping[str, float] = WEIGHTS) -> None:
        self._snapshot = snapshot
        self._weights = weights
        self.table = RowTable(snapshot.rows, snapshot.documents)
        self._position = {row.id: position for position, row in enumerate(snapshot.rows)}

    def search(self, query: Query, top_k: int, scope: Scope | None = None) -> list[Hit]:
        """The best rows for a query within its places, years and parts and within ``scope``, best first."""
        rows, shown = self._snapshot.rows, self._shown(query, scope)
        text = query.topic or query.question
        words, grams = self._snapshot.analyser.words(text), bigrams(text)
        rankings, cosine = self._text_rankings(text, words, grams, shown, max(top_k * _DEPTH, 50))
        rankings |= self._everyday_rankings(query, grams, shown, max(top_k * _DEPTH, 50))
        with_units = self.table.with_units(unit for group in query.units for unit in group)
        rankings["units"] = with_units[shown[with_units]].tolist()
        with_numbers = self.table.with_numbers(query.doc_numbers)
        rankings["numbers"] = with_numbers[shown[with_numbers]].tolist()
        rankings["exact"] = [self._position[row.id] for row in named_rows(query, self.table, shown)]
        weighed = {name: ranking for name, ranking in rankings.items() if name in self._weights}
        fused = fuse(weighed, self._weights)[:top_k]
        found = [position for position, _, _ in fused]
        evidence = self._evidence(query, words, grams, found)
        return [
            Hit(rows[p], score, rank, evidence[p], gained | {"cosine": cosine.get(p, 0.0)})
            for rank, (p, score, gained) in enumerate(fused, 1)
        ]

    def named(self, query: Query, scope: Scope | None = None) -> list[TaskRow]:
        """All rows that a lookup or list question names exactly, in the order of the documents."""
        return named_rows(query, self.table, self._shown(query, scope))

    def visible(self, query: Query, scope: Scope | None = None) -> dict[PartKey, tuple[TaskRow, ...]]:
        """All rows that the question's places, years and parts, and the scope, let through, by part."""
        return self.table.by_part(self._shown(query, scope))

    def _shown(self, query: Query, scope: Scope | None) -> Shown:
        return self.table.shown(query_scope(query), scope)

    def _evidence(
        self, query: Query, words: Sequence[str], grams: Sequence[str], found: Sequence[int]
    ) -> dict[int, float]:
        """How well rows cover what was asked: in their own words, as people ask for them, or by a saying."""
        snapshot = self._snapshot
        by_gram = _coverage(snapshot.bigrams, grams, found, _UNSEEN_BIGRAM)
        by_word = _coverage(snapshot.words, words, found, _UNSEEN_WORD)
        asked = self._as_asked(words, grams, found) if "asked" in self._weights else {}
        meant = [bigrams(term) for expansion in query.expanded for term in expansion.terms]
        said = {p: max((self._holds(p, term) for term in meant), default=False) for p in found}
        return {
            p: max((by_gram[p] + by_word[p]) / 2, asked.get(p, 0.0), _SAID * (said[p] and "sayings" in self._weights))
            for p in found
        }

    def _as_asked(self, words: Sequence[str], grams: Sequence[str], found: Sequence[int]) -> dict[int, float]:
        """How well the ways in which people ask for rows cover the question."""
        by_gram = _coverage(self._snapshot.asked, grams, found, _UNSEEN_BIGRAM)
        by_word = _coverage(self._snapshot.asked_words, words, found, _UNSEEN_WORD)
        return {p: (by_gram[p] + by_word[p]) / 2 for p in found}

    def _holds(self, position: int, grams: Sequence[str]) -> bool:
        """Whether a row holds all bigrams of a term."""
        return all(position in self._snapshot.bigrams.rows_with(gram) for gram in grams)

    def _everyday_rankings(
        self, query: Query, grams: Sequence[str], shown: npt.NDArray[np.bool_], depth: int
    ) -> dict[str, list[int]]:
        """By what people ask for each row, and by the official terms for what the question says."""
        said = [gram for expansion in query.expanded for term in expansion.terms for gram in bigrams(term)]
        return {
            "asked": _ranking(*self._snapshot.asked.scores(grams), shown, depth),
            "sayings": _ranking(*self._snapshot.bigrams.scores(said), shown, depth),
        }

    def _text_rankings(
        self, text: str, words: Sequence[str], grams: Sequence[str], shown: npt.NDArray[np.bool_], depth: int
    ) -> tuple[dict[str, list[int]], dict[int, float]]:
        """The three rankings by text, and the cosines of the dense one."""
        snapshot = self._snapshot
        rankings = {
            "words": _ranking(*snapshot.words.scores(words), shown, depth),
            "bigrams": _ranking(*snapshot.bigrams.scores(grams), shown, depth),
        }
        vector = snapshot.encoder.encode([text])[0]
        near, cosines = snapshot.dense.search(vector, depth, None if shown.all() else np.flatnonzero(shown))
        rankings["dense"] = [int(p) for p, c in zip(near, cosines, strict=True) if c > 0]
        return rankings, dict(zip(near.tolist(), cosines.tolist(), strict=True))


def _coverage(index: LexicalIndex, terms: Sequence[str], positions: Sequence[int], unseen: float) -> dict[int, float]:
    """How much of the topic each row holds: the share of its terms, weighted by rarity, in [0, 1]."""
    held = dict.fromkeys(positions, 0.0)
    total = 0.0
    for term in dict.fromkeys(terms):
        frequency = index.frequency(term)
        weight = math.log(1 + len(index) / frequency) if frequency else unseen
        total += weight
        for position in set(index.rows_with(term).tolist()) & held.keys():
            held[position] += weight
    return {position: weight / total if total else 0.0 for position, weight in held.items()}


def _ranking(
    scores: npt.NDArray[np.float64], matched: npt.NDArray[np.bool_], shown: npt.NDArray[np.bool_], depth: int
) -> list[int]:
    """Positions of matched rows that are shown, by (-score, position), cut at ``depth``."""
    candidates = np.flatnonzero(matched & shown)
    if len(candidates) > depth:
        cut = np.partition(scores[candidates], len(candidates) - depth)[len(candidates) - depth]
        candidates = candidates[scores[candidates] >= cut]
    order = np.lexsort((candidates, -scores[candidates]))
    return [int(position) for position in candidates[order][:depth]]
