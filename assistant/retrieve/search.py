"""Query → Hit…: candidates by words, phrasings, sayings, vectors and fields; each ranked by a weighted sum of a few features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

import numpy as np
import numpy.typing as npt

from assistant.index import LexicalIndex, Snapshot
from assistant.retrieve.align import Aligner
from assistant.retrieve.exact import named_rows
from assistant.retrieve.table import PartKey, RowTable, Shown, query_scope
from assistant.schema import Encoder, Hit, Pair, Query, Scope, TaskRow
from assistant.text import bigrams, compact, halves

# What each feature counts for, learnt on the tuning questions (see eval/). All but "exact" are in [0, 1]:
#   dense      cosine of the question and the row
#   bigrams    BM25 as a share of the best row's, times the share of the question that the row holds; likewise asked,
#              of the ways in which people ask for the row
#   sayings    BM25, as a share of the best row's, of the official terms for what the question says
#   units, numbers   whether the row names a unit or cites a document of the question
#   exact      whether the question names the row itself (第48项; 某局牵头的任务): these come before all others, in order
WEIGHTS = {
    "dense": 1.0,
    "bigrams": 0.8,
    "asked": 0.25,
    "sayings": 0.15,
    "units": 0.1,
    "numbers": 0.3,
    "exact": 100.0,
}
_DEPTH = 10  # candidates per feature, as a multiple of what is asked for
_LEAST_DEPTH = 50
# What a term that no row holds weighs against the evidence, beside ln(1 + rows / rows with it) of the others: a
# bigram little, since it mostly joins two words by chance; a word as much as a rare one.
_UNSEEN_BIGRAM, _UNSEEN_WORD = 2.0, 6.0
# The evidence that a saying gives for a row that holds the official term for it: enough to answer, less than words.
_SAID = 0.35
# The share of a cosine that counts as evidence, of a long question whose words the encoder knows; of a question of n
# words of which it knows k, k / (n + _FEW) of that: few words are like something by chance.
_ALIKE = 0.75
_FEW = 2
_BOTH = partial(np.intersect1d, assume_unique=True)  # of postings, fewest rows first
# How much of that trust the ways in which people ask for a row need: with few known words they match by chance.
_ASKED = 1.4
# The cosine below which words in common count less, in proportion.
_UNLIKE = 0.3
# How likely a row is to be about what was asked, as a logistic regression on the tuning questions: by the agreement of
# the two, by their likeness as wholes, and by how many words of the question mean something to the encoder (few words
# agree with something by chance).
_BASE, _AGREEMENT, _LIKENESS, _KNOWN = -6.3, 2.6, 6.0, 0.51
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds: the best rows, best first; all rows that it names exactly; and all that it lets through, by
    part.
    """

    hits: Sequence[Hit]
    named: Sequence[TaskRow]
    visible: Mapping[PartKey, tuple[TaskRow, ...]]


class Retriever:
    """Searches one snapshot. A feature that has no weight takes no part."""

    def __init__(self, snapshot: Snapshot, weights: Mapping[str, float] = WEIGHTS) -> None:
        self._snapshot = snapshot
        self._weights = weights
        self.table = RowTable(snapshot.rows, snapshot.documents)
        self._aligner = Aligner(snapshot.rows, snapshot.dense)
        self._position = {row.id: position for position, row in enumerate(snapshot.rows)}

    def search(self, query: Query, top_k: int, scope: Scope | None = None) -> list[Hit]:
        """The best rows for a query within its places, years and parts and within ``scope``, best first."""
        shown = self._shown(query, scope)
        return self._search(query, top_k, shown, self._named(query, shown))

    def find(self, query: Query, top_k: int, scope: Scope | None = None) -> Found:
        """All that an answer is made of, each worked out once."""
        shown = self._shown(query, scope)
        named = self._named(query, shown)
        return Found(self._search(query, top_k, shown, named), named, self.table.by_part(shown))

    def _search(self, query: Query, top_k: int, shown: Shown, named: Sequence[TaskRow]) -> list[Hit]:
        snapshot = self._snapshot
        text = query.topic or query.question
        words, grams = self._words(text), bigrams(text)
        said = [gram for expansion in query.expanded for term in expansion.terms for gram in bigrams(term)]
        vector, of_topic = snapshot.encoder.encode([f"{text} {query.question}", text])
        depth = max(top_k * _DEPTH, _LEAST_DEPTH)
        scored = {
            "bigrams": snapshot.bigrams.scores(grams),
            "asked": snapshot.asked.scores(grams),
            "sayings": snapshot.bigrams.scores(said),
        }
        listed = self._listed(query, shown, named)
        near, cosines = snapshot.dense.search(vector, depth, None if shown.all() else np.flatnonzero(shown))
        found = {name: _best(*scores, shown, depth) for name, scores in scored.items()}
        found |= {"dense": near[cosines > 0], "numbers": listed["numbers"], "exact": listed["exact"]}
        rows = np.unique(np.concatenate([found[name] for name in found.keys() & self._weights.keys()]))
        held = {"bigrams": _coverage(snapshot.bigrams, grams, rows, _UNSEEN_BIGRAM)}
        held["asked"] = _coverage(snapshot.asked, grams, rows, _UNSEEN_BIGRAM)
        held["words"] = _coverage(snapshot.words, words, rows, _UNSEEN_WORD)
        held["asked_words"] = _coverage(snapshot.asked_words, words, rows, _UNSEEN_WORD)
        cosine = np.maximum(snapshot.dense.cosines(vector, rows), 0.0)
        features = {"dense": cosine, "sayings": _share(scored["sayings"][0], rows)}
        for name, by_word in (("bigrams", "words"), ("asked", "asked_words")):
            features[name] = _share(scored[name][0], rows) * (held[name] + held[by_word]) / 2
        features |= {name: np.isin(rows, listed[name]).astype(float) for name in ("units", "numbers")}
        features["exact"] = _in_order(rows, listed["exact"])
        like = np.maximum(snapshot.dense.cosines(of_topic, rows), 0.0)
        known, trust = _known(snapshot.encoder, words)
        agreement = self._agreement(query, rows, like, held, trust)
        evidence = 1 / (1 + np.exp(-(_BASE + _AGREEMENT * agreement + _LIKENESS * like + _KNOWN * known)))
        return self._hits(rows, features, (evidence, agreement), top_k)

    def _words(self, text: str) -> list[str]:
        """The words of a text; one that no row holds as its two halves, where rows hold both (适老化改造)."""
        index = self._snapshot.words
        found: list[str] = []
        for word in self._snapshot.analyser.words(text):
            ways = () if index.frequency(word) else halves(word)
            found += next((two for two in ways if all(map(index.frequency, two))), [word])
        return found

    def _listed(self, query: Query, shown: Shown, named: Sequence[TaskRow]) -> dict[str, npt.NDArray[np.int64]]:
        """Rows that name a unit of the question, cite one of its numbers, or are named by it."""
        units = self.table.with_units(unit for group in query.units for unit in group)
        numbers = self.table.with_numbers(query.doc_numbers)
        exact = [self._position[row.id] for row in named]
        return {
            "units": units[shown[units]],
            "numbers": numbers[shown[numbers]],
            "exact": np.array(exact, dtype=np.int64),
        }

    def _hits(
        self, rows: npt.NDArray[np.int64], features: Mapping[str, Floats], support: tuple[Floats, Floats], top_k: int
    ) -> list[Hit]:
        gained = {name: weight * features[name] for name, weight in self._weights.items()}
        total = sum(gained.values(), np.zeros(len(rows)))
        order = np.lexsort((rows, -total.round(9)))[:top_k]
        return [
            Hit(
                self._snapshot.rows[rows[i]],
                float(total[i]),
                rank,
                float(support[0][i]),
                float(support[1][i]),
                {name: float(part[i]) for name, part in gained.items() if part[i]},
            )
            for rank, i in enumerate(order, 1)
        ]

    def named(self, query: Query, scope: Scope | None = None) -> list[TaskRow]:
        """All rows that a lookup or list question names exactly, in the order of the documents."""
        return self._named(query, self._shown(query, scope))

    def _named(self, query: Query, shown: Shown) -> list[TaskRow]:
        return named_rows(query, self.table, shown, self.holding)

    def holding(self, word: str, in_heading: bool = False) -> npt.NDArray[np.int64]:
        """The rows in whose task or requirement, or in the task alone, a text stands as it is, folded; ascending."""
        index, grams, text = self._snapshot.bigrams, bigrams(word), compact(word)
        if not grams:
            return np.zeros(0, dtype=np.int64)
        candidates: npt.NDArray[np.int64] = reduce(_BOTH, sorted(map(index.rows_with, dict.fromkeys(grams)), key=len))
        held = [text in self.table.wording(place, in_heading) for place in candidates.tolist()]
        return np.array(candidates[np.array(held, dtype=bool)])

    def holds(self, words: Sequence[str]) -> bool:
        """Whether any row holds all of some texts as they are."""
        return bool(len(reduce(np.intersect1d, map(self.holding, words)))) if words else True

    def visible(self, query: Query, scope: Scope | None = None) -> dict[PartKey, tuple[TaskRow, ...]]:
        """All rows that the question's places, years and parts, and the scope, let through, by part."""
        return self.table.by_part(self._shown(query, scope))

    def changes(self, query: Query, scope: Scope | None = None) -> list[Pair]:
        """The tasks of the two plans that a question about changes compares: of its first two years, else places."""
        if len(query.years) > 1:
            sides = [replace(query, years=(year,)) for year in query.years[:2]]
        else:
            sides = [replace(query, places=(place,)) for place in query.places[:2]]
        first, second = ([row for rows in self.visible(side, scope).values() for row in rows] for side in sides)
        return self._aligner.pairs(first, second)

    def counterparts(self, rows: Sequence[TaskRow], scope: Scope | None = None) -> dict[str, tuple[TaskRow, ...]]:
        """Row id → the rows of other documents, of those that the scope shows, that set the same task."""
        shown = self.table.shown(scope)
        return {row.id: self._aligner.counterparts(row, shown) for row in rows}

    def _shown(self, query: Query, scope: Scope | None) -> Shown:
        return self.table.shown(query_scope(query), scope)

    def _agreement(
        self, query: Query, rows: npt.NDArray[np.int64], cosine: Floats, held: Mapping[str, Floats], trust: float
    ) -> Floats:
        """How much of what was asked rows hold, in [0, 1]: in their own words, as people ask for them, by a saying or by
        likeness.
        """
        terms = (bigrams(term) for expansion in query.expanded for term in expansion.terms)
        meant = [grams for grams in terms if grams]
        said = np.any([self._hold(rows, term) for term in meant], axis=0) if meant else np.zeros(len(rows))
        # Words in common count less where the texts as wholes are unlike: a question on shares rising shares "rise".
        like = np.minimum(1.0, cosine / _UNLIKE) if "dense" in self._weights else np.ones(len(rows))
        kinds = {
            "bigrams": (held["bigrams"] + held["words"]) / 2 * like,
            "asked": (held["asked"] + held["asked_words"]) / 2 * like * min(1.0, _ASKED * trust),
            "sayings": _SAID * said,
            "dense": _ALIKE * trust * cosine,
        }
        found = [kind for name, kind in kinds.items() if name in self._weights]
        return np.max(found, axis=0) if found else np.zeros(len(rows))

    def _hold(self, rows: npt.NDArray[np.int64], grams: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Which rows hold all bigrams of a term."""
        held = [_among(rows, self._snapshot.bigrams.rows_with(gram)) for gram in grams]
        all_held: npt.NDArray[np.bool_] = np.all(held, axis=0)
        return all_held


def _known(encoder: Encoder, words: Sequence[str]) -> tuple[int, float]:
    """How many of the words the encoder knows, and how far the likeness of a text of them can be trusted, in [0, 1)."""
    each = dict.fromkeys(words)
    known = sum(map(encoder.knows, each))
    return known, known / (len(each) + _FEW)


def _share(scores: Floats, rows: npt.NDArray[np.int64]) -> Floats:
    """Scores of rows as shares of the best of them; nothing below zero."""
    here = np.maximum(scores[rows], 0.0)
    best = here.max(initial=0.0)
    return here / best if best else here


def _in_order(rows: npt.NDArray[np.int64], listed: npt.NDArray[np.int64]) -> Floats:
    """1 for the first of the listed rows, a little less for each that follows, 0 for all others."""
    place = {row: number for number, row in enumerate(listed.tolist())}
    return np.array([1 - place[row] / (2 * len(place)) if row in place else 0.0 for row in rows.tolist()])


def _coverage(index: LexicalIndex, terms: Sequence[str], rows: npt.NDArray[np.int64], unseen: float) -> Floats:
    """How much of the topic each row holds: the share of its terms, weighted by rarity, in [0, 1]."""
    held = np.zeros(len(rows))
    total = 0.0
    for term in dict.fromkeys(terms):
        frequency = index.frequency(term)
        weight = math.log(1 + len(index) / frequency) if frequency else unseen
        total += weight
        held[_among(rows, index.rows_with(term))] += weight
    return held / total if total else held


def _among(rows: npt.NDArray[np.int64], ascending: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which rows are in an ascending list."""
    if not len(ascending):
        return np.zeros(len(rows), dtype=bool)
    place = np.searchsorted(ascending, rows).clip(max=len(ascending) - 1)
    found: npt.NDArray[np.bool_] = ascending[place] == rows
    return found


def _best(
    scores: Floats, matched: npt.NDArray[np.bool_], shown: npt.NDArray[np.bool_], depth: int
) -> npt.NDArray[np.int64]:
    """Positions of the best matched rows that are shown, at most ``depth``; of equal ones the first."""
    candidates = np.flatnonzero(matched & shown)
    if len(candidates) > depth:
        cut = np.partition(scores[candidates], len(candidates) - depth)[len(candidates) - depth]
        above, level = candidates[scores[candidates] > cut], candidates[scores[candidates] == cut]
        candidates = np.concatenate((above, level[: depth - len(above)]))
    return candidates
