"""Small file systems that are full, or cannot be written: real ones, where this process may mount any."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FILLER = "占满"


@contextmanager
def tiny(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of a size at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "wenzheng-tests", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("a file system for the test cannot be mounted here (needs root on Linux)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """While entered, a folder that ``tiny`` gave cannot be written by anybody."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


def fill(folder: Path, leave: int = 0) -> None:
    """Takes all room of a file system but some bytes."""
    free = os.statvfs(folder)
    left = free.f_bavail * free.f_bsize - leave
    with (folder / _FILLER).open("ab") as file:
        try:
            while left > 0:
                left -= file.write(b"\0" * min(left, 4096))
                file.flush()
        except OSError:
            pass


def free(folder: Path) -> None:
    """Gives the room back."""
    (folder / _FILLER).unlink()
