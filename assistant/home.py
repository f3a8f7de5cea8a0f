"""The home folder: there are accounts, logs and internal documents in it, so only its owner enters it."""

from __future__ import annotations

from pathlib import Path


def make_home(home: Path) -> None:
    """Makes a home folder for its owner only, with the folders above it; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
