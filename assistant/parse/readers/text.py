"""Plain text and Markdown: paragraphs line by line, and the three ways in which tables are written as text.

A row a line with tabs between the cells; or a cell a line: each cell begins with a tab, an empty line ends the row,
and a row whose first cell is empty may begin with a space before its tab; or Markdown's rows between pipes.
"""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph, Reading, Table, TableRow
from assistant.schema import Locator
from assistant.settings import Limits

_PIPES = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^[\s|:-]*-[\s|:-]*$")  # | --- | :-: |
_PIPE = re.compile(r"(?<!\\)\|")
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_text(path: Path, limits: Limits) -> Reading:
    """The blocks of a .txt or .md file in UTF-8, UTF-16 with a mark, or GB18030.

    Raises:
        ReadError: the file is not text in any of these encodings.
    """
    return Reading(tuple(text_blocks(decode(path.read_bytes(), path.name), path.name)))


def decode(data: bytes, name: str) -> str:
    """Bytes as text; binary data is refused rather than shown as rubbish."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in data:
        raise ReadError("不是文本文件", where=name, hint="请确认文件类型，或另存为 .txt（UTF-8）")
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(c < " " and c not in "\t\r\n\f" for c in text) <= len(text) // 100:
            return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    raise ReadError("无法识别文字编码", where=name, hint="请另存为 UTF-8 文本后再试")


def text_blocks(text: str, name: str) -> list[Block]:
    """Lines of text as paragraphs and tables, each with its line."""
    reader = _TextReader(name)
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(line, number)
    return reader.finish()


class _TextReader:
    """A line-by-line state machine: ``_cells`` is the row being read, ``_rows`` the table being read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._blocks: list[Block] = []
        self._rows: list[TableRow] = []
        self._cells: list[str] = []
        self._line = 0

    def take(self, line: str, number: int) -> None:
        if "\t" in line:
            self._take_cells(line, number)
        elif _PIPES.match(line):
            self._take_pipes(line, number)
        elif not line.strip():
            self._end_row()
        elif self._cells:
            self._cells[-1] += line.strip()  # a line break inside a cell
        else:
            self._end_table()
            self._blocks.append(Paragraph(line, Locator(self._name, line=number)))

    def finish(self) -> list[Block]:
        self._end_table()
        return self._blocks

    def _take_cells(self, line: str, number: int) -> None:
        pieces = line.split("\t")
        if len(pieces) == 2 and not pieces[0]:
            self._add([pieces[1]], number)
            return
        self._end_row()
        self._add(pieces, number)
        if pieces[0].strip() or len(pieces) > 2:
            self._end_row()

    def _take_pipes(self, line: str, number: int) -> None:
        self._end_row()
        if not _RULE.match(line):
            cells = _PIPE.split(line.strip())[1:-1]
            self._add([re.sub(r"<br\s*/?>", "\n", cell).replace("\\|", "|") for cell in cells], number)
            self._end_row()

    def _add(self, cells: list[str], number: int) -> None:
        if not self._cells:
            self._line = number
        self._cells += [cell.strip() for cell in cells]

    def _end_row(self) -> None:
        if any(self._cells):
            self._rows.append(TableRow(tuple(self._cells), Locator(self._name, line=self._line)))
        self._cells = []

    def _end_table(self) -> None:
        self._end_row()
        if self._rows:
            self._blocks.append(Table(tuple(self._rows)))
        self._rows = []
