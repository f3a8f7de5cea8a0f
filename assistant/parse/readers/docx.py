"""Word documents: paragraphs with their automatic numbers and tables with real merges, in reading order.

Opened by python-docx, read from the document's own XML (ECMA-376 part 1, 17): python-docx repeats merged cells and
knows no automatic numbers. What a tracked change deleted is left out, as are headers, footers, comments and notes;
text boxes follow the paragraph that they are anchored in.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph, Reading
from assistant.parse.readers.grid import Cell, full_rows, with_titles
from assistant.parse.readers.numbering import Numbering, W
from assistant.parse.readers.package import check_package
from assistant.schema import Locator
from assistant.settings import Limits

_SKIPPED = {f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "footnoteReference", "txbxContent")}
_MARGINS = {"header": "页眉", "footer": "页脚", "comments": "批注", "footnotes": "脚注", "endnotes": "尾注"}
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def read_docx(path: Path, limits: Limits) -> Reading:
    """The blocks of a .docx file; locators name the paragraph, or the table and its row.

    Raises:
        ReadError: damaged, locked, or no Word document.
    """
    check_package(path, limits)
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(str(path))
        parts = {r.reltype.rpartition("/")[2]: r.target_part for r in document.part.rels.values() if not r.is_external}
        lists = getattr(parts.get("numbering"), "element", None)
        reader = _Reader(path.name, Numbering(lists, document.styles.element), limits)
        return Reading(tuple(reader.blocks(document.element.body)), margins=tuple(_margins(document.part, path.name)))
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, OSError):
        raise ReadError("Word 文件已损坏或不完整", where=path.name, hint="请重新保存为 .docx 后再试") from None


def _margins(part: Any, name: str) -> Iterator[tuple[str, str]]:
    """Headers, footers, comments and notes, each once, paragraph by paragraph."""
    from docx.oxml import parse_xml

    for relation in part.rels.values():
        said = _MARGINS.get(relation.reltype.rpartition("/")[2])
        if said is not None and not relation.is_external:
            for paragraph in parse_xml(relation.target_part.blob).iter(f"{W}p"):
                if text := _text(paragraph).strip():
                    yield f"{name} {said}", text


class _Reader:
    """Walks the body once; counts paragraphs and tables for locators."""

    def __init__(self, name: str, numbering: Numbering, limits: Limits) -> None:
        self._name = name
        self._numbering = numbering
        self._limits = limits
        self._paragraph = 0
        self._table = 0

    def blocks(self, body: Any) -> list[Block]:
        found: list[Block] = []
        for element in _content(body):
            if element.tag == f"{W}p":
                found += self._paragraphs(element)
            else:
                found += self._tables(element)
        return found

    def _paragraphs(self, element: Any) -> list[Block]:
        """A paragraph and the text boxes anchored in it; a line break inside starts a new one."""
        self._paragraph += 1
        locator = Locator(self._name, paragraph=self._paragraph)
        texts = f"{self._numbering.mark(element)}{_text(element)}".split("\n")
        texts += [_text(p) for box in _boxes(element) for p in box.iter(f"{W}p")]
        return [Paragraph(text, locator) for text in texts if text.strip()]

    def _tables(self, element: Any) -> list[Block]:
        self._table += 1
        cells: list[Cell] = []
        merged: dict[int, Cell] = {}
        rows = [row for row in _content(element, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]
        for number, row in enumerate(rows):
            self._place(row, number, cells, merged)
        locators = [Locator(self._name, table=self._table, line=number) for number in range(1, len(rows) + 1)]
        return with_titles(full_rows(cells, locators, self._limits.cells))

    def _place(self, row: Any, number: int, cells: list[Cell], merged: dict[int, Cell]) -> None:
        """Adds the cells of one row. ``merged``: column → the cell that goes on downwards there."""
        column = _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
        for element in _content(row, f"{W}tc"):
            across = max(1, _number(element.find(f"{W}tcPr/{W}gridSpan"), 1))
            merge = element.find(f"{W}tcPr/{W}vMerge")
            goes_on = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            if goes_on and column in merged:
                merged[column].down += 1
            else:
                cell = Cell(number, column, self._cell_text(element))
                cells.append(cell)
                merged.pop(column, None)
                if merge is not None:
                    merged[column] = cell
            column += across

    def _cell_text(self, cell: Any) -> str:
        paragraphs = [f"{self._numbering.mark(p)}{_text(p)}" for p in cell.iter(f"{W}p")]
        return "\n".join(text for text in paragraphs if text.strip())


def _content(parent: Any, tag: str | None = None) -> Iterator[Any]:
    """Paragraphs and tables (or elements of one tag) of a parent, also inside content controls and insertions."""
    wanted = {tag} if tag else {f"{W}p", f"{W}tbl"}
    for child in parent.iterchildren():
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _content(child, tag)


def _text(element: Any) -> str:
    """The text of a paragraph as it prints, without its text boxes."""
    pieces: list[str] = []
    for child in element.iterchildren():
        if child.tag in _SKIPPED:
            continue
        if child.tag == f"{W}t":
            pieces.append(child.text or "")
        elif child.tag in (f"{W}br", f"{W}cr"):
            pieces.append("\n" if child.get(f"{W}type", "textWrapping") == "textWrapping" else "")
        elif child.tag == f"{W}tab":
            pieces.append(" ")
        elif child.tag == f"{W}noBreakHyphen":
            pieces.append("-")
        elif child.tag != f"{W}pPr":
            pieces.append(_text(child))
    return "".join(pieces)


def _boxes(element: Any) -> list[Any]:
    """The text boxes of a paragraph; the copy for old programs (mc:Fallback) only where there is no other."""
    boxes = list(element.iter(f"{W}txbxContent"))
    modern = [b for b in boxes if not any(up.tag == f"{_COMPATIBILITY}Fallback" for up in b.iterancestors())]
    return modern or boxes


def _number(element: Any, default: int) -> int:
    return default if element is None else int(element.get(f"{W}val", default))
