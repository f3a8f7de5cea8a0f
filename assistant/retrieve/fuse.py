"""Reciprocal rank fusion: one pure function over rankings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# The constant of G. Cormack, C. Clarke, S. Büttcher, Reciprocal Rank Fusion outperforms Condorcet and individual
# Rank Learning Methods, SIGIR 2009.
K = 60


def fuse(
    rankings: Mapping[str, Sequence[int]], weights: Mapping[str, float]
) -> list[tuple[int, float, dict[str, float]]]:
    """Items of several rankings, best first: (item, score, what each ranking gave).

    Args:
        rankings: name → items, best first; an item repeated in one ranking counts where it stands first.
        weights: name → weight; a ranking without a weight counts as 1.

    The score of an item is the weighted sum of 1 / (K + rank) with ranks from 1; ties are broken by item.
    """
    gained: dict[int, dict[str, float]] = {}
    for name, ranking in rankings.items():
        for rank, item in enumerate(dict.fromkeys(ranking), 1):
            gained.setdefault(item, {})[name] = weights.get(name, 1.0) / (K + rank)
    scored = [(item, sum(parts.values()), parts) for item, parts in gained.items()]
    return sorted(scored, key=lambda each: (-each[1], each[0]))
