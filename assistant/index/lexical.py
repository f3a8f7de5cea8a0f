"""BM25 as ``rank_bm25.BM25Okapi`` defines it, scored with a sparse matrix.

``BM25Okapi`` counts (its document lengths, frequencies and floored idf are kept as they are); every posting's
weight is computed once, so a question adds up a few columns instead of walking all rows for each term.
S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009; A. Trotman et al.,
Improvements to BM25 and Language Models Examined, 2014 (the weights per posting are bm25s's idea, Lù 2024).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Okapi
from scipy import sparse

Floats = npt.NDArray[np.float64]


class LexicalIndex:
    """Rows by term: ``weights`` has shape (rows, terms), compressed by column."""

    def __init__(self, terms: Sequence[str], weights: sparse.csc_array) -> None:
        self.terms = list(terms)
        self._column = {term: column for column, term in enumerate(self.terms)}
        self._rows = weights.shape[0]
        self._start = np.asarray(weights.indptr, dtype=np.int64)
        self._posting = np.asarray(weights.indices, dtype=np.int64)
        self._weight = np.asarray(weights.data, dtype=np.float64)

    @classmethod
    def from_terms(cls, rows: Iterable[Sequence[str]]) -> LexicalIndex:
        """Builds the index of rows given as lists of terms; rows without any term are allowed."""
        once: dict[str, str] = {}  # equal terms as one object: they are most of the memory of a large library
        terms_of = [[once.setdefault(term, term) for term in row] for row in rows]
        if not once:
            return cls([], sparse.csc_array((len(terms_of), 0), dtype=np.float64))
        counted = BM25Okapi(terms_of)
        terms = sorted(counted.idf)
        column = {term: number for number, term in enumerate(terms)}
        lengths = np.array([len(freqs) for freqs in counted.doc_freqs])
        columns = np.fromiter((column[t] for freqs in counted.doc_freqs for t in freqs), np.int64, lengths.sum())
        counts = np.fromiter((n for freqs in counted.doc_freqs for n in freqs.values()), np.float64, lengths.sum())
        row_of = np.repeat(np.arange(len(terms_of)), lengths)
        length = np.asarray(counted.doc_len, dtype=np.float64)[row_of]
        idf = np.array([counted.idf[term] for term in terms])[columns]
        k1, b = counted.k1, counted.b
        weight = idf * counts * (k1 + 1) / (counts + k1 * (1 - b + b * length / counted.avgdl))
        return cls(terms, sparse.csc_array((weight, (row_of, columns)), shape=(len(terms_of), len(terms))))

    def __len__(self) -> int:
        return self._rows

    def frequency(self, term: str) -> int:
        """The number of rows that hold a term."""
        column = self._column.get(term)
        return 0 if column is None else int(self._start[column + 1] - self._start[column])

    def scores(self, terms: Sequence[str]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Scores of all rows, equal to ``BM25Okapi.get_scores``, and which rows hold any of the terms.

        A score may be zero or negative (a term of half the rows or more in a tiny corpus); whether a row was
        matched is therefore told apart from its score.
        """
        scores = np.zeros(self._rows)
        matched = np.zeros(self._rows, dtype=bool)
        for term, count in Counter(terms).items():
            column = self._column.get(term)
            if column is not None:
                span = slice(self._start[column], self._start[column + 1])
                scores[self._posting[span]] += count * self._weight[span]
                matched[self._posting[span]] = True
        return scores, matched

    def rows_with(self, term: str) -> npt.NDArray[np.int64]:
        """The positions of the rows that hold a term, ascending."""
        column = self._column.get(term)
        if column is None:
            return np.zeros(0, dtype=np.int64)
        return self._posting[self._start[column] : self._start[column + 1]]

    def save(self, path: Path) -> None:
        """Writes one .npz without pickled objects."""
        names = np.frombuffer("\n".join(self.terms).encode(), dtype=np.uint8)
        with path.open("wb") as file:
            np.savez(
                file,
                terms=names,
                start=self._start,
                posting=self._posting,
                weight=self._weight,
                rows=np.array(self._rows),
            )

    @classmethod
    def load(cls, path: Path) -> LexicalIndex:
        """Reads what ``save`` wrote."""
        with np.load(path, allow_pickle=False) as data:
            terms = data["terms"].tobytes().decode().split("\n") if data["terms"].size else []
            shape = (int(data["rows"]), len(terms))
            return cls(terms, sparse.csc_array((data["weight"], data["posting"], data["start"]), shape=shape))
