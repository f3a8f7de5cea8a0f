"""Names of files in a home folder: which are ours, and how others are made safe."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_LONGEST_NAME = 200  # bytes; file systems allow 255
_DIGEST = r"[0-9a-f]{16}"


def snapshot_name(name: str) -> str:
    """The name of a snapshot, as ``library.json`` says; a folder of the index and no other.

    Raises:
        ValueError, TypeError: it is none.
    """
    if not re.fullmatch(_DIGEST, name):
        raise ValueError("not a snapshot")
    return name


def file_place(file: str) -> str:
    """Where an added file is, as ``library.json`` says; among the documents and nowhere else.

    Raises:
        ValueError, AttributeError: it is somewhere else.
    """
    folder, _, name = file.partition("/")
    if not re.fullmatch(_DIGEST, folder) or not name or name != safe_name(name):
        raise ValueError("not among the documents")
    return file


def safe_name(name: str) -> str:
    """A file name without control and formatting characters and what some systems forbid; the suffix stays."""
    plain = "".join("_" if c in '\\/:*?"<>|' or unicodedata.category(c).startswith("C") else c for c in name)
    stem, suffix = Path(plain).stem, Path(plain).suffix
    while stem and len(f".{stem}{suffix}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    safe = f"{stem.strip() or '文件'}{suffix}"
    return "文件" if safe in (".", "..") else safe
