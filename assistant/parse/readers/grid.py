"""Merged cells → full rows: the one place that says what a merged cell means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph, Table, TableRow
from assistant.schema import Locator


@dataclass(slots=True)
class Cell:
    """A printed cell: where it begins, counted from 0, and over how many rows it stretches downwards."""

    row: int
    column: int
    text: str
    down: int = 1


def full_rows(cells: Sequence[Cell], locators: Sequence[Locator], most: int) -> tuple[TableRow, ...]:
    """A row a locator. What a cell merged down says (a unit, a deadline) holds in each row that it stretches over;
    a cell merged across speaks in its first column. Rows that say nothing of their own are left out.

    Raises:
        ReadError: more than ``most`` cells.
    """
    width = max((cell.column + 1 for cell in cells), default=0)
    if width * len(locators) > most:
        name = locators[0].file
        raise ReadError(f"表格超过{most}格", where=name, hint="请删去多余的空白行列或拆分，也可调整 WENZHENG_MAX_CELLS")
    grid = [[""] * width for _ in locators]
    inherited: list[list[int]] = [[] for _ in locators]
    for cell in cells:
        for row in range(cell.row, min(cell.row + cell.down, len(locators))):
            grid[row][cell.column] = cell.text
            if row > cell.row and cell.text:
                inherited[row].append(cell.column)
    rows = zip(grid, locators, inherited, strict=True)
    return tuple(
        TableRow(tuple(said), locator, tuple(sorted(down)))
        for said, locator, down in rows
        if sum(map(bool, said)) > len(down)
    )


def with_titles(rows: Sequence[TableRow]) -> list[Block]:
    """A table, its title lines before it as paragraphs: rows of a single cell above the first fuller row."""
    first = next((n for n, row in enumerate(rows) if sum(map(bool, row.cells)) > 1), len(rows))
    titles = [Paragraph(next(filter(None, row.cells)), row.locator) for row in rows[:first]]
    return [*titles, Table(tuple(rows[first:]))] if rows[first:] else [*titles]
