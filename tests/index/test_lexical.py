"""BM25 equals rank_bm25 on any rows, and knows which rows it matched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from assistant.index.lexical import LexicalIndex
from assistant.service import Assistant
from assistant.text import Analyser

terms = st.sampled_from(list("甲乙丙丁戊己庚辛"))


@given(st.lists(st.lists(terms, max_size=12), min_size=1, max_size=20).filter(any), st.lists(terms, max_size=6))
def test_scores_equal_rank_bm25(rows: list[list[str]], question: list[str]) -> None:
    scores, matched = LexicalIndex.from_terms(rows).scores(question)
    np.testing.assert_allclose(scores, BM25Okapi(rows).get_scores(question), atol=1e-5)
    assert matched.tolist() == [bool(set(row) & set(question)) for row in rows]


def test_scores_equal_rank_bm25_on_the_corpus(assistant: Assistant) -> None:
    analyser = Analyser(assistant.units())
    rows = [analyser.words(f"{row.heading}{row.text}") for row in assistant.rows()]
    stock, ours = BM25Okapi(rows), LexicalIndex.from_terms(rows)
    for question in ("湘西州政策问答平台由谁牵头", "一件事一次办小程序", "没有这样的词", ""):
        words = analyser.words(question)
        np.testing.assert_allclose(ours.scores(words)[0], stock.get_scores(words), atol=1e-5)


@pytest.mark.parametrize("rows", [[], [[]], [[], []]])
def test_no_terms_at_all(rows: list[list[str]]) -> None:
    index = LexicalIndex.from_terms(rows)
    scores, matched = index.scores(["甲"])
    assert len(index) == len(rows) and not scores.any() and not matched.any()


def test_a_match_is_told_apart_from_its_score() -> None:
    index = LexicalIndex.from_terms([["甲"], ["乙"]])
    scores, matched = index.scores(["甲"])
    assert scores[0] <= 0 and matched.tolist() == [True, False]


def test_saved_and_loaded(tmp_path: Path) -> None:
    for rows in ([["甲", "乙", "甲"], [], ["乙"]], []):
        index = LexicalIndex.from_terms(rows)
        index.save(tmp_path / "x.npz")
        loaded = LexicalIndex.load(tmp_path / "x.npz")
        assert len(loaded) == len(index) and loaded.terms == index.terms
        np.testing.assert_array_equal(loaded.scores(["甲", "乙"])[0], index.scores(["甲", "乙"])[0])
        assert loaded.frequency("乙") == index.frequency("乙") and loaded.rows_with("无").tolist() == []
