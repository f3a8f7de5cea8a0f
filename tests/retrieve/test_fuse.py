"""Reciprocal rank fusion as a rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieve.fuse import K, fuse

rankings = st.dictionaries(
    st.sampled_from(["words", "bigrams", "dense"]), st.lists(st.integers(0, 20), max_size=12), max_size=3
)


def test_exact_values() -> None:
    fused = fuse({"a": [7, 3], "b": [3]}, {"b": 2.0})
    assert [(item, parts) for item, _, parts in fused] == [
        (3, {"a": 1 / (K + 2), "b": 2 / (K + 1)}),
        (7, {"a": 1 / (K + 1)}),
    ]
    assert fused[0][1] == pytest.approx(1 / 62 + 2 / 61)


def test_ties_are_broken_by_item() -> None:
    assert [item for item, _, _ in fuse({"a": [5], "b": [2]}, {})] == [2, 5]


def test_nothing() -> None:
    assert fuse({}, {}) == [] == fuse({"a": []}, {})


@given(rankings)
def test_order_and_sums(given_rankings: dict[str, list[int]]) -> None:
    fused = fuse(given_rankings, {})
    assert {item for item, _, _ in fused} == {item for ranking in given_rankings.values() for item in ranking}
    assert fused == sorted(fused, key=lambda each: (-each[1], each[0]))
    assert all(score == pytest.approx(sum(parts.values())) for _, score, parts in fused)


@given(rankings)
def test_the_order_of_rankings_does_not_matter(given_rankings: dict[str, list[int]]) -> None:
    backwards = dict(reversed(given_rankings.items()))
    assert [item for item, _, _ in fuse(given_rankings, {})] == [item for item, _, _ in fuse(backwards, {})]
