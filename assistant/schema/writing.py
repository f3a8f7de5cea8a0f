"""What answers ask of a language model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Writer(Protocol):
    """Writes text from instructions and material, piece by piece."""

    def write(self, instructions: str, material: str) -> Iterator[str]:
        """The text in the pieces in which it comes.

        Raises:
            WriterError: the model cannot be reached, fails or takes too long.
        """
