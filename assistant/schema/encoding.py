"""What index and search ask of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Turns analysed or raw texts into unit vectors, shape (len(texts), dims), float32."""

    @property
    def fingerprint(self) -> str:
        """A name that changes whenever the vectors would."""

    @property
    def dims(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text; a text without a known token gives zeros."""

    def knows(self, word: str) -> bool:
        """Whether a word, as the analyser cuts it, means something to the encoder."""
        ...
