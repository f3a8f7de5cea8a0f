"""Inner-product search over all unit vectors with FAISS, kept in half precision: half the memory, four times the speed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.schema import Vectors


class DenseIndex:
    """Vectors by row position. FAISS's own file functions fail on Chinese paths under Windows, so Python writes."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def from_vectors(cls, vectors: Vectors) -> DenseIndex:
        """Builds the index; ``vectors`` has shape (rows, dims)."""
        import faiss

        kept = np.ascontiguousarray(vectors, dtype=np.float32)
        index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index.train(kept)  # nothing is learnt for half precision; FAISS asks for it
        index.add(kept)
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dims(self) -> int:
        """The length of a vector."""
        return int(self._index.d)

    def search(
        self, vector: npt.NDArray[np.float32], top_k: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Positions and cosines of the nearest rows, best first, ties by position; ``allowed`` limits the rows."""
        import faiss

        top_k = min(top_k, len(self) if allowed is None else len(allowed))
        if top_k == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        params = faiss.SearchParameters()
        if allowed is not None:
            params.sel = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, dtype=np.int64))
        query = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        cosines, positions = self._index.search(query, top_k, params=params)
        order = np.lexsort((positions[0], -cosines[0]))
        return positions[0][order].astype(np.int64), cosines[0][order].astype(np.float32)

    def cosines(self, vector: npt.NDArray[np.float32], positions: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Cosines of some rows."""
        return np.asarray(self.vectors(positions) @ vector, dtype=np.float64)

    def vectors(self, positions: Sequence[int] | npt.NDArray[np.int64]) -> Vectors:
        """The vectors of some rows, shape (positions, dims)."""
        if not len(positions):
            return np.zeros((0, self.dims), dtype=np.float32)
        rows: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(positions, dtype=np.int64))
        return rows

    def save(self, path: Path) -> None:
        """Writes the index as FAISS serialises it."""
        import faiss

        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        """Reads what ``save`` wrote."""
        import faiss

        return cls(faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8)))
