"""One PDF page with drawn lines: its ruled tables cell by cell, and the text around them (pdfplumber)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from assistant.parse.blocks import Block, Paragraph, Table
from assistant.parse.readers.grid import Cell, full_rows
from assistant.schema import Locator
from assistant.settings import Limits

_SAME = 2.0  # points within which two rules are one
Box = tuple[float, float, float, float]  # left, top, right, bottom


def page_blocks(page: Any, name: str, limits: Limits) -> list[Block]:
    """The blocks of a pdfplumber page, from top to bottom."""
    settings = {"explicit_horizontal_lines": _open_ends(page)}
    tables = [table for table in page.find_tables(settings) if len(table.cells) > 3 and len(_edges(table.cells, 0)) > 1]
    placed: list[tuple[float, list[Block]]] = [
        (table.bbox[1], _table(table.cells, page.chars, name, page.page_number, limits)) for table in tables
    ]
    outside = page.filter(lambda item: not any(_holds(table.bbox, item) for table in tables)) if tables else page
    for line in outside.extract_text_lines(return_chars=False):
        locator = Locator(name, page=page.page_number)
        placed.append((line["top"], [Paragraph(line["text"], locator)] if line["text"].strip() else []))
    return [block for _, blocks in sorted(placed, key=lambda pair: pair[0]) for block in blocks]


def _open_ends(page: Any) -> list[float]:
    """Where upright rules as a whole begin and end: a table cut there by the page has no line, as browsers print it."""
    upright = sorted((edge["top"], edge["bottom"]) for edge in page.edges if edge["orientation"] == "v")
    runs: list[list[float]] = []
    for top, bottom in upright:
        if runs and top <= runs[-1][1] + _SAME:
            runs[-1][1] = max(runs[-1][1], bottom)
        else:
            runs.append([top, bottom])
    return [end for run in runs for end in run]


def _holds(box: Box, item: Any) -> bool:
    if item.get("object_type") != "char":
        return False
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _edges(boxes: Sequence[Box], side: int) -> list[float]:
    """The distinct positions of one side of the boxes, those within ``_SAME`` points taken as one."""
    edges: list[float] = []
    for value in sorted(box[side] for box in boxes):
        if not edges or value - edges[-1] > _SAME:
            edges.append(value)
    return edges


def _table(boxes: Sequence[Box], chars: Sequence[Any], name: str, page: int, limits: Limits) -> list[Block]:
    tops, lefts = _edges(boxes, 1), _edges(boxes, 0)

    def place(edges: Sequence[float], value: float) -> int:
        return max(0, bisect_right(edges, value + _SAME) - 1)

    said: dict[Box, list[Any]] = {box: [] for box in boxes}
    owner: dict[tuple[int, int], Box] = {}
    for box in boxes:
        for row in range(place(tops, box[1]), place(tops, box[3] - 2 * _SAME - 0.01) + 1):
            for column in range(place(lefts, box[0]), place(lefts, box[2] - 2 * _SAME - 0.01) + 1):
                owner[row, column] = box
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        found = owner.get((bisect_right(tops, y) - 1, bisect_right(lefts, x) - 1))
        if (
            found is not None
            and found[1] - _SAME <= y <= found[3] + _SAME
            and found[0] - _SAME <= x <= found[2] + _SAME
        ):
            said[found].append(char)
    cells = [
        Cell(
            row := place(tops, box[1]),
            place(lefts, box[0]),
            _text(said[box]),
            place(tops, box[3] - 2 * _SAME - 0.01) - row + 1,
        )
        for box in boxes
    ]
    locators = [Locator(name, page=page)] * len(tops)
    rows = full_rows(cells, locators, limits.cells)
    return [Table(rows)] if rows else []


def _text(chars: Sequence[Any]) -> str:
    from pdfplumber.utils.text import extract_text

    return str(extract_text(list(chars), use_text_flow=False)).strip() if chars else ""
