"""Scanned pages by RapidOCR, whose models come inside its wheel: the extra ``wenzheng[ocr]``."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from assistant.parse.blocks import Block, Paragraph
from assistant.schema import Finding, Level, Locator

INSTALL = 'pip install "wenzheng[ocr]"'
_DPI = 200
_SURE = 0.9  # mean confidence below which a page is doubtful
_HOPELESS = 0.6  # and below which it cannot be used


def available() -> bool:
    """Whether the extra is installed and its libraries load (on Linux OpenCV needs the system's libGL)."""
    try:
        import_module("rapidocr_onnxruntime")
    except ImportError:
        return False
    return True


def read_scans(path: Path, pages: Sequence[int]) -> tuple[dict[int, list[Block]], list[Finding]]:
    """The lines of scanned pages, and how sure the recognition is; without the extra, which pages are missing."""
    if not pages:
        return {}, []
    named = f"第{'、'.join(map(str, pages))}页"
    if not available():
        return {}, [Finding("refuse", f"{named}是扫描件，没有读出；安装文字识别后可读：{INSTALL}", path.name)]
    import pypdfium2
    from rapidocr_onnxruntime import RapidOCR

    engine = RapidOCR()
    document = pypdfium2.PdfDocument(path)
    found: dict[int, list[Block]] = {}
    findings = []
    for number in pages:
        picture = document[number - 1].render(scale=_DPI / 72).to_numpy()
        pieces, _ = engine(picture)
        found[number] = [Paragraph(line, Locator(path.name, page=number)) for line in _lines(pieces or [])]
        sure = statistics.fmean(float(piece[2]) for piece in pieces) if pieces else 0.0
        level: Level = "check" if sure >= _HOPELESS else "refuse"
        doubt = "" if sure >= _SURE else "，识别把握较低"
        findings.append(
            Finding(level, f"第{number}页是扫描件，由文字识别读出，平均置信度{sure:.2f}{doubt}，请核对", path.name)
        )
    document.close()
    return found, findings


def _lines(pieces: Sequence[Any]) -> list[str]:
    """Recognised pieces (box, text, confidence) as lines from top to bottom, each from left to right."""
    rows: list[list[tuple[float, float, float, str]]] = []
    boxes = [(min(y for _, y in box), max(y for _, y in box), min(x for x, _ in box), text) for box, text, _ in pieces]
    for top, bottom, left, text in sorted(boxes):
        middle = (top + bottom) / 2
        if rows and rows[-1][0][0] <= middle <= rows[-1][0][1]:
            rows[-1].append((top, bottom, left, text))
        else:
            rows.append([(top, bottom, left, text)])
    return [" ".join(text for *_, text in sorted(row, key=lambda piece: piece[2])) for row in rows]
