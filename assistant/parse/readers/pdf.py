"""PDF by pypdf: the text of each page, line by line, with page locators."""

from __future__ import annotations

import logging
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph
from assistant.schema import Locator


def read_pdf(path: Path) -> list[Block]:
    """The lines of a PDF that carries text.

    Raises:
        ReadError: damaged, locked with a password, or a page without text (a scan).
    """
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("文件已加密", where=path.name, hint="请去掉密码后再试")
        pages = [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError):
        raise ReadError("PDF 文件已损坏或不完整", where=path.name, hint="请重新导出后再试") from None
    empty = [str(number) for number, text in enumerate(pages, 1) if not text.strip()]
    if not pages or len(empty) == len(pages):
        raise ReadError("PDF 中没有文字（可能是扫描件）", where=path.name, hint="请提供带文字的 PDF 或文本文件")
    return [
        Paragraph(line, Locator(path.name, page=number))
        for number, text in enumerate(pages, 1)
        for line in text.splitlines()
    ]
