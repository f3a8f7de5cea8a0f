"""Rows of different documents that set the same task: what compares plans of places and years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.index.dense import DenseIndex
from assistant.retrieve.table import Shown
from assistant.schema import Pair, TaskRow
from assistant.text import bigrams

# Half the cosine of two rows and half the share of bigrams that they have in common (Dice); from SAME on they are
# taken to set the same task.
SAME = 0.3
_NEAREST = 60  # rows looked at for counterparts
Floats = npt.NDArray[np.float64]


class Aligner:
    """Finds the rows of one plan that set the tasks of another."""

    def __init__(self, rows: Sequence[TaskRow], dense: DenseIndex) -> None:
        self._rows = rows
        self._dense = dense
        self._position = {row.id: place for place, row in enumerate(rows)}

    def pairs(self, first: Sequence[TaskRow], second: Sequence[TaskRow]) -> list[Pair]:
        """Each row once, those of ``first`` in their order and then what only ``second`` has.

        Two rows are a pair where each is the other's best and they are alike; the same with its sides changed.
        """
        if not first or not second:
            return [*(Pair(row, None) for row in first), *(Pair(None, row) for row in second)]
        alike = self._alike(first, second)
        forward, backward = alike.argmax(axis=1), alike.argmax(axis=0)
        partner = {
            one: int(other)
            for one, other in enumerate(forward.tolist())
            if backward[other] == one and alike[one, other] >= SAME
        }
        taken = set(partner.values())
        found = [Pair(row, second[partner[n]] if n in partner else None) for n, row in enumerate(first)]
        return found + [Pair(None, row) for n, row in enumerate(second) if n not in taken]

    def counterparts(self, row: TaskRow, shown: Shown) -> tuple[TaskRow, ...]:
        """The rows of other documents, of those shown, that set the same task: one of each document, by document."""
        vector = self._dense.vectors([self._position[row.id]])[0]
        near, _ = self._dense.search(vector, _NEAREST, None if shown.all() else np.flatnonzero(shown))
        others = [self._rows[place] for place in sorted(near.tolist()) if self._rows[place].document != row.document]
        best: dict[str, tuple[float, TaskRow]] = {}
        for other, alike in zip(others, self._alike([row], others)[0] if others else (), strict=True):
            if alike >= max(SAME, best.get(other.document, (0.0, other))[0] + 1e-9):
                best[other.document] = (float(alike), other)
        return tuple(best[document][1] for document in sorted(best))

    def _alike(self, first: Sequence[TaskRow], second: Sequence[TaskRow]) -> Floats:
        """Likeness of each to each, shape (first, second), in [0, 1]."""
        left, right = (self._dense.vectors([self._position[row.id] for row in rows]) for rows in (first, second))
        grams = [[set(bigrams(f"{row.heading} {row.text}")) for row in rows] for rows in (first, second)]
        shared = np.array([[len(a & b) * 2 / max(len(a) + len(b), 1) for b in grams[1]] for a in grams[0]])
        alike: Floats = (np.maximum(left @ right.T, 0.0).astype(np.float64) + shared) / 2
        return alike.round(9)
