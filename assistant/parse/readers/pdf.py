"""PDF: pypdf for running text, pdfplumber for pages with ruled tables, OCR for pages that are pictures.

pypdf is fast and joins text well, but scrambles the cells of tables; pdfplumber (pdfminer.six) finds cells by their
rules at about ten times the cost, so it sees only pages on which lines are drawn.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph, Reading, Table
from assistant.parse.marks import is_page_number
from assistant.parse.readers import ocr
from assistant.parse.readers.grid import with_titles
from assistant.parse.readers.ruled import page_blocks
from assistant.schema import Finding, Locator
from assistant.settings import Limits

_FEW = 8  # characters: a page with fewer, and a picture, is a scan
_RULES = 6  # drawn paths from which a page may hold a table
_FURNITURE = 3  # pages that repeat a line at their edge, from which it is a running head
_LINE = 24  # points: twice the height of a line
_GAP = 8  # points between two columns at least
_HEADS = 2  # running lines at an edge


@dataclass(frozen=True, slots=True)
class _Look:
    """A page at a glance."""

    number: int
    letters: int
    pictures: int
    paths: int
    rotated: bool
    columns: bool


def read_pdf(path: Path, limits: Limits) -> Reading:
    """The blocks of a PDF; locators name the page.

    Raises:
        ReadError: damaged, locked with a password, over the limits, or nothing but scans that cannot be read here.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("文件已加密", where=path.name, hint="请去掉密码后再试")
        if len(reader.pages) > limits.pages:
            message = f"共{len(reader.pages)}页，超过{limits.pages}页"
            raise ReadError(message, where=path.name, hint="请拆分，或调整 WENZHENG_MAX_PAGES")
        looks = _looks(path)
        texts = {look.number: reader.pages[look.number - 1].extract_text() for look in looks if not _is_ruled(look)}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError):
        raise ReadError("PDF 文件已损坏或不完整", where=path.name, hint="请重新导出后再试") from None
    scans = [look.number for look in looks if look.letters < _FEW and (look.pictures or look.paths)]
    pages = {number: _lines(text, path.name, number) for number, text in texts.items()}
    pages |= _ruled_pages(path, [look.number for look in looks if _is_ruled(look)], limits)
    recognised, doubts = ocr.read_scans(path, scans)
    pages |= recognised
    if not any(pages.values()):
        hint = "请提供带文字的 PDF" + ("" if ocr.available() else f"，或安装文字识别：{ocr.INSTALL}")
        raise ReadError("PDF 中没有文字（可能是扫描件）", where=path.name, hint=hint)
    blocks = _joined(_without_furniture(pages))
    return Reading(tuple(blocks), (*_layout_findings(looks, path.name), *doubts))


def _is_ruled(look: _Look) -> bool:
    return look.paths >= _RULES and look.letters >= _FEW


def _looks(path: Path) -> list[_Look]:
    """What each page holds, by PDFium, which is quick enough to ask of every page."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise ValueError("PDFium cannot open it") from None
    looks = []
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        kinds = Counter(each.type for each in page.get_objects(max_depth=4))
        letters = len("".join(text.get_text_bounded().split()))
        looks.append(
            _Look(
                number=index + 1,
                letters=letters,
                pictures=kinds[raw.FPDF_PAGEOBJ_IMAGE],
                paths=kinds[raw.FPDF_PAGEOBJ_PATH],
                rotated=bool(page.get_rotation()),
                columns=kinds[raw.FPDF_PAGEOBJ_PATH] < _RULES and _in_columns(text, page.get_width()),
            )
        )
        text.close()
        page.close()
    document.close()
    return looks


def _in_columns(text: Any, width: float) -> bool:
    """Whether text stands in two columns: much of it on both sides of an upright gap that hardly any line crosses."""
    boxes = [text.get_rect(n) for n in range(text.count_rects())]
    ink = sum(right - left for left, _, right, _ in boxes)
    lines = len({round((bottom + top) / _LINE) for _, bottom, _, top in boxes})
    for gap in (share * width / 100 for share in range(42, 59)):
        crossing = sum(left < gap + _GAP / 2 and right > gap - _GAP / 2 for left, _, right, _ in boxes)
        before = sum(right - left for left, _, right, _ in boxes if right <= gap)
        if crossing < 0.2 * lines and 0.25 * ink < before < 0.75 * ink and lines > 8:
            return True
    return False


def _lines(text: str, name: str, page: int) -> list[Block]:
    return [Paragraph(line, Locator(name, page=page)) for line in text.splitlines() if line.strip()]


def _ruled_pages(path: Path, numbers: Sequence[int], limits: Limits) -> dict[int, list[Block]]:
    if not numbers:
        return {}
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    found = {}
    try:
        with pdfplumber.open(path, pages=list(numbers)) as document:
            for page in document.pages:
                found[page.page_number] = page_blocks(page, path.name, limits)
                page.close()
    except (PDFException, PdfminerException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ReadError("PDF 文件已损坏或不完整", where=path.name, hint="请重新导出后再试") from None
    return found


def _without_furniture(pages: dict[int, list[Block]]) -> list[list[Block]]:
    """The pages in order without page numbers, and without the running heads and feet that half of them repeat."""
    cleaned = [[b for b in pages[n] if isinstance(b, Table) or not is_page_number(b.text)] for n in sorted(pages)]
    least = max(_FURNITURE, len(pages) / 2)
    for edge in (0, -1) * _HEADS:
        keys = [
            "".join(c for c in _edge_text(blocks, edge) if not c.isdigit() and not c.isspace()) for blocks in cleaned
        ]
        common = {key for key, count in Counter(keys).items() if key and count >= least}
        for key, blocks in zip(keys, cleaned, strict=True):
            if key in common:
                del blocks[edge]
    return cleaned


def _edge_text(blocks: Sequence[Block], edge: int) -> str:
    block = blocks[edge] if blocks else None
    return block.text if isinstance(block, Paragraph) else ""


def _joined(pages: Sequence[list[Block]]) -> list[Block]:
    """All pages; a table at the head of a page goes on from one at the foot of the page before."""
    for before, after in pairwise(pages):
        if before and after and isinstance(before[-1], Table) and isinstance(after[0], Table):
            after[0] = replace(after[0], continues=True)
    whole = [block for blocks in pages for block in blocks]
    opened = ([b] if isinstance(b, Paragraph) or b.continues else with_titles(b.rows) for b in whole)
    return [block for blocks in opened for block in blocks]


def _layout_findings(looks: Sequence[_Look], name: str) -> list[Finding]:
    found = []
    for doubtful, message in (("rotated", "页面旋转过，请核对文字和表格"), ("columns", "页面分两栏，请核对语序")):
        numbers = [str(look.number) for look in looks if getattr(look, doubtful)]
        if numbers:
            found.append(Finding("check", f"第{'、'.join(numbers)}页{message}", name))
    return found
