"""Checks mass-written text for sameness: near-duplicates, openings and shared frames.

Writing hundreds of questions invites repetition; what is repeated is measured many times and hides the rest.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from assistant.errors import InputError
from assistant.schema.record import Record
from assistant.text import compact

NEAR = 0.6  # Jaccard similarity of character bigrams from which two texts say the same
_OPENING = 4  # characters
_FRAME = 3  # characters at the beginning and at the end that make a frame together
_BLOCK = 2000  # rows of the similarity matrix at a time


@dataclass(frozen=True, slots=True)
class Sameness(Record):
    """How alike some texts are. ``pairs``: near-duplicates, most alike first, with their similarity."""

    texts: int
    characters: float
    openings: int
    most_common_opening: tuple[str, int]
    framed: float
    pairs: tuple[tuple[str, str, float], ...]


def read_texts(path: Path, field: str) -> list[str]:
    """The texts under a key of a JSONL file; the values of a key may be lists.

    Raises:
        InputError: a line is not JSON or lacks the key.
    """
    texts: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            value: Any = json.loads(line)[field] if line.strip() else []
        except (ValueError, KeyError, TypeError):
            raise InputError(f"没有“{field}”", where=f"{path.name} 第{number}行") from None
        texts += value if isinstance(value, list) else [str(value)]
    return texts


def sameness(texts: Sequence[str]) -> Sameness:
    """Measures some texts.

    ``openings``: distinct first four characters; ``framed``: the share of texts that begin and end with the same
    three characters each as another.

    Raises:
        InputError: there are no texts.
    """
    if not texts:
        raise InputError("没有可检查的文字")
    plain = [compact(text) for text in texts]
    openings = Counter(text[:_OPENING] for text in plain)
    frames = Counter((text[:_FRAME], text[-_FRAME:]) for text in plain)
    return Sameness(
        texts=len(texts),
        characters=round(sum(map(len, plain)) / len(plain), 1),
        openings=len(openings),
        most_common_opening=max(openings.items(), key=lambda each: (each[1], each[0])),
        framed=round(sum(n for n in frames.values() if n > 1) / len(plain), 4),
        pairs=tuple((texts[a], texts[b], round(s, 3)) for a, b, s in near_duplicates(plain)),
    )


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, int, float]]:
    """Pairs of positions whose sets of character bigrams have a Jaccard similarity of ``NEAR`` or more."""
    grams = [{text[i : i + 2] for i in range(max(len(text) - 1, 1))} for text in texts]
    column = {gram: number for number, gram in enumerate(sorted(set().union(*grams)))}
    sizes = np.array([len(each) for each in grams])
    columns = np.fromiter((column[gram] for each in grams for gram in each), np.int64, int(sizes.sum()))
    rows = np.repeat(np.arange(len(texts)), sizes)
    held = sparse.csr_array((np.ones(len(columns), dtype=np.int32), (rows, columns)), shape=(len(texts), len(column)))
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(texts), _BLOCK):
        shared = sparse.coo_array(held[start : start + _BLOCK] @ held.T)
        left, right = shared.coords[0] + start, shared.coords[1]
        similar = shared.data / (sizes[left] + sizes[right] - shared.data)
        chosen = (left < right) & (similar >= NEAR)
        found += zip(left[chosen].tolist(), right[chosen].tolist(), similar[chosen].tolist(), strict=True)
    return sorted(found, key=lambda each: (-each[2], each[0], each[1]))
