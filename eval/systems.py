"""What is compared: ways to search one library, from the stock baseline to the whole assistant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from assistant.index import Snapshot
from assistant.index.build import topic_text, unit_text
from assistant.retrieve import Retriever
from assistant.retrieve.search import WEIGHTS
from assistant.schema import Query
from assistant.service import Assistant
from assistant.text import bigrams
from eval.question_set import Question

Mode = Literal["rank_bm25", "lexical", "bigram", "dense", "hybrid", "full"]
MODES: tuple[Mode, ...] = get_args(Mode)
# Parts of search that a full run may leave out, to measure what each is worth.
PARTS = (*WEIGHTS, "spelling")
DEPTH = 10  # what the assistant shows, and so what is judged
# What each mode is, in words for the tables.
MEANING: dict[Mode, str] = {
    "rank_bm25": "rank_bm25 + jieba（现成的库，默认词典）",
    "lexical": "按词 BM25（本项目的分词）",
    "bigram": "二字组 BM25",
    "dense": "向量",
    "hybrid": "二字组与向量合用",
    "full": "全部：理解问题、筛选、精确查找和融合",
}
Search = Callable[[Question], list[str]]


def open_search(mode: Mode, assistant: Assistant) -> Search:
    """A function from a question to the ids of at most ``DEPTH`` rows, best first, ties by row id.

    Only "full" reads the turns before a question and understands places, years, units and numbers; all other modes
    search with the words of the question as they stand.
    """
    if mode == "full":
        return lambda q: [hit.row.id for hit in assistant.search(q.question, DEPTH, history=q.history)]
    if mode == "rank_bm25":
        return _stock(assistant.snapshot)
    if mode == "hybrid":
        retriever = Retriever(assistant.snapshot, {name: WEIGHTS[name] for name in ("bigrams", "dense")})
        return lambda q: [hit.row.id for hit in retriever.search(_plain(q.question), DEPTH)]
    return _alone(mode, assistant.snapshot)


def _plain(question: str) -> Query:
    return Query(question=question, intents=("content",), topic=question)


def _alone(mode: Mode, snapshot: Snapshot) -> Search:
    """One index by itself."""
    ids = [row.id for row in snapshot.rows]

    def scores(question: str) -> npt.NDArray[np.float64]:
        if mode == "dense":
            return snapshot.dense.cosines(snapshot.encoder.encode([question])[0], np.arange(len(ids)))
        if mode == "bigram":
            return snapshot.bigrams.scores(bigrams(question))[0]
        return snapshot.words.scores(snapshot.analyser.words(question))[0]

    return lambda question: best(ids, scores(question.question))


def _stock(snapshot: Snapshot) -> Search:
    """``rank_bm25`` with jieba and its own dictionary, over the rows' text and fields."""
    import jieba
    from rank_bm25 import BM25Okapi

    jieba.setLogLevel(60)
    cut: Callable[[str], list[str]] = jieba.Tokenizer().lcut
    ids = [row.id for row in snapshot.rows]
    index = BM25Okapi([cut(f"{topic_text(row)} {unit_text(row)}") for row in snapshot.rows])

    def search(question: Question) -> list[str]:
        return best(ids, index.get_scores(cut(question.question)))

    return search


def best(ids: Sequence[str], scores: Sequence[float] | npt.NDArray[np.float64]) -> list[str]:
    """The ids of the ``DEPTH`` highest scores above zero, ties by id."""
    order = np.lexsort((np.asarray(ids), -np.asarray(scores)))
    return [ids[i] for i in order[:DEPTH] if scores[i] > 0]
