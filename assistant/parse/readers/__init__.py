"""One reader a format; each turns a file into the same blocks. ``READERS`` is what ``parse_file`` can open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.parse.blocks import Block
from assistant.parse.readers.text import read_text


def _read_pdf(path: Path) -> list[Block]:
    from assistant.parse.readers.pdf import read_pdf

    return read_pdf(path)


READERS: dict[str, Callable[[Path], list[Block]]] = {".txt": read_text, ".md": read_text, ".pdf": _read_pdf}
CORPUS_SUFFIXES = (".yaml", ".yml")
