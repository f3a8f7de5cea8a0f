"""Documents in every format, made from one text: real merged cells, as Word, Excel and browsers write them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from assistant.parse.blocks import Block, Paragraph, Table, TableRow
from assistant.parse.header import columns_of
from assistant.parse.marks import SECTION
from assistant.parse.readers.text import text_blocks
from assistant.parse.tables import align

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FONTS = "font: 11px 'Noto Sans CJK SC', 'Noto Serif CJK SC', sans-serif"


@dataclass
class Cell:
    """A cell where it begins, and how far it is merged."""

    row: int
    column: int
    text: str
    down: int = 1
    across: int = 1


@dataclass
class Grid:
    """A table whose cells cover ``rows`` times ``columns``."""

    rows: int
    columns: int
    cells: list[Cell]


Item = str | Grid


def items_of(text: str) -> list[Item]:
    """The paragraphs and tables of a text. A row of one cell spans the table; an empty task is merged with the one above."""
    blocks: list[Block] = []
    for block in text_blocks(text, "x"):
        within = bool(blocks) and isinstance(blocks[-1], Table)
        if within and isinstance(block, Paragraph) and SECTION.match(block.text):
            block = Table((TableRow((block.text,), block.locator),))  # a merged row, pasted as a line
        if within and isinstance(block, Table):
            blocks[-1] = Table((*blocks[-1].rows, *block.rows))
        else:
            blocks.append(block)
    return [block.text if isinstance(block, Paragraph) else grid_of(block) for block in blocks]


def grid_of(table: Table) -> Grid:
    kinds = next(columns_of(row.cells) for row in table.rows if columns_of(row.cells))
    width = len(kinds)
    cells: list[Cell] = []
    above: Cell | None = None
    for number, row in enumerate(table.rows):
        if len([cell for cell in row.cells if cell]) == 1:
            cells.append(Cell(number, 0, next(filter(None, row.cells)), across=width))
            above = None
            continue
        places: Sequence[int] = range(width) if len(row.cells) == width else align(row.cells, kinds)
        said = dict(zip(places, row.cells, strict=False))
        for column in range(width):
            text = said.get(column, "")
            if kinds[column] == "task" and not text and above is not None:
                above.down += 1
                continue
            cells.append(Cell(number, column, text))
            if kinds[column] == "task":
                above = cells[-1]
    return Grid(len(table.rows), width, cells)


def make_docx(items: Sequence[Item], path: Path) -> Path:
    document = docx.Document()
    for item in items:
        if isinstance(item, str):
            document.add_paragraph(item)
            continue
        table = document.add_table(item.rows, item.columns)
        for cell in item.cells:
            place = table.cell(cell.row, cell.column)
            place.text = cell.text
            if cell.down > 1 or cell.across > 1:
                place.merge(table.cell(cell.row + cell.down - 1, cell.column + cell.across - 1))
    document.save(str(path))
    return path


def make_xlsx(items: Sequence[Item], path: Path) -> Path:
    """Every table on a sheet of its own, the paragraphs before it as title rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    titles: list[str] = []
    for item in items:
        if isinstance(item, str):
            titles.append(item)
            continue
        sheet = book.create_sheet(f"清单{len(book.worksheets) + 1}")
        for number, title in enumerate(titles, 1):
            sheet.cell(number, 1, title)
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=item.columns)
        for cell in item.cells:
            row, column = cell.row + len(titles) + 1, cell.column + 1
            sheet.cell(row, column, cell.text or None)
            if cell.down > 1 or cell.across > 1:
                sheet.merge_cells(None, row, column, row + cell.down - 1, column + cell.across - 1)
        titles = []
    if titles:
        sheet = book.create_sheet("正文")
        for number, title in enumerate(titles, 1):
            sheet.cell(number, 1, title)
    book.save(path)
    return path


def html_of(items: Sequence[Item], page: bool = True) -> str:
    """A saved page of a government site, or (``page`` False) the bare article for printing."""
    body = []
    for item in items:
        if isinstance(item, str):
            body.append(f"<p>{escape(item)}</p>")
            continue
        rows: list[list[str]] = [[] for _ in range(item.rows)]
        for cell in item.cells:
            spans = f' rowspan="{cell.down}"' * (cell.down > 1) + f' colspan="{cell.across}"' * (cell.across > 1)
            rows[cell.row].append(f"<td{spans}>{escape(cell.text)}</td>")
        body.append(f"<table>{''.join(f'<tr>{chr(10).join(row)}</tr>' for row in rows)}</table>")
    article = "\n".join(body)
    style = f"<style>body{{{FONTS}}} td{{border:1px solid #000;padding:3px}} table{{border-collapse:collapse}}</style>"
    if not page:
        return f"<meta charset='utf-8'>{style}{article}"
    links = "".join(f'<li><a href="/{n}">栏目{n}：一、任务清单（市政府办牵头）</a></li>' for n in range(40))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>政务公开_某某市人民政府</title>{style}
<script>document.write("一、（一）脚本任务。要做。（市政府办牵头）")</script></head><body>
<div class="header-nav"><ul>{links}</ul></div><div class="breadcrumb">首页 &gt; 政务公开 &gt; 文件</div>
<div id="container"><div class="tools"><a href="#">打印</a> <a href="#">分享</a> 字号：大 中 小</div>
<div class="article"><div class="TRS_Editor">{article}</div></div></div>
<div style="display:none">（九）看不见的任务。（市政府办牵头）</div>
<div class="footer">主办：某某市人民政府办公室 备案号 联系电话</div></body></html>"""


def make_html(items: Sequence[Item], path: Path) -> Path:
    path.write_text(html_of(items), encoding="utf-8")
    return path


def print_pdf(html: str, path: Path, **options: Any) -> Path:
    """Prints a page as a browser does; skips where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_content(html)
        page.pdf(
            path=path,
            **({"format": "A4", "margin": dict.fromkeys(("top", "bottom", "left", "right"), "15mm")} | options),
        )
        browser.close()
    return path


def make_pdf(items: Sequence[Item], path: Path) -> Path:
    return print_pdf(html_of(items, page=False), path, landscape=any(isinstance(item, Grid) for item in items))


def blocks_text(blocks: Sequence[Block]) -> list[Any]:
    """Blocks as plain text for comparing: strings for paragraphs, lists of rows for tables."""
    return [b.text if isinstance(b, Paragraph) else [list(row.cells) for row in b.rows] for b in blocks]
