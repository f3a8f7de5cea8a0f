"""Dense search: order, ties by position, only allowed rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.index.dense import DenseIndex

VECTORS = np.array([[1, 0], [0.6, 0.8], [1, 0], [0, 1]], dtype=np.float32)
EAST = np.array([1, 0], dtype=np.float32)


def test_nearest_first_and_ties_by_position() -> None:
    positions, cosines = DenseIndex.from_vectors(VECTORS).search(EAST, 4)
    assert positions.tolist() == [0, 2, 1, 3]
    np.testing.assert_allclose(cosines, [1, 1, 0.6, 0], atol=1e-3)  # half precision


def test_only_allowed_rows() -> None:
    index = DenseIndex.from_vectors(VECTORS)
    assert index.search(EAST, 10, np.array([1, 3]))[0].tolist() == [1, 3]
    assert index.search(EAST, 10, np.array([], dtype=np.int64))[0].tolist() == []


def test_empty_index(tmp_path: Path) -> None:
    index = DenseIndex.from_vectors(np.zeros((0, 2), dtype=np.float32))
    index.save(tmp_path / "x.faiss")
    loaded = DenseIndex.load(tmp_path / "x.faiss")
    assert len(loaded) == 0 and loaded.dims == 2
    assert loaded.search(EAST, 5)[0].tolist() == []
