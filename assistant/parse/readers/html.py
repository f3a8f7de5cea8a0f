"""Saved web pages: the article, without navigation, tools and footers; data tables kept, layout tables opened.

The article is the deepest element that still holds most of the page's own text, text of links not counted: the
idea of text density (Kohlschütter, Fankhauser, Nejdl: Boilerplate Detection using Shallow Text Features, 2010).
Nothing of a page is run or fetched.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph, Reading
from assistant.parse.readers.grid import Cell, full_rows, with_titles
from assistant.parse.readers.text import decode
from assistant.schema import Locator
from assistant.settings import Limits

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_DROPPED = (
    "script style noscript template nav footer aside form button select option textarea input iframe object embed "
    "svg canvas video audio map link meta"
).split()
_TOOLS = re.compile(
    r"(^|[-_\s])(nav|menu|breadcrumb|crumbs?|footer|foot|sidebar|share|sharing|toolbar|tools|print|related|copyright|"
    r"qrcode|search|login|pagination|pager|position|location)([-_\s\d]|$)",
    re.I,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code em font i ins kbd label mark q s small span strong sub sup u wbr".split()
)
_MOST = 0.75  # an element that holds this share of its parent's text holds the article
_MAX_SPAN = 1000  # the HTML standard's bound of colspan


def read_html(path: Path, limits: Limits) -> Reading:
    """The blocks of a saved web page; locators name the line of the source.

    Raises:
        ReadError: no text, or no HTML.
    """
    import lxml.html
    from lxml.etree import ParserError

    text = _decoded(path)
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        page = lxml.html.document_fromstring(text, parser=parser)
    except (ParserError, ValueError):
        raise ReadError("网页里没有内容", where=path.name, hint="请重新保存网页（仅 HTML）后再试") from None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):  # the rest of the page is lost
        raise ReadError("网页嵌套过深或段落过长，无法完整读取", where=path.name, hint="请另存为文本或 .docx 后再试")
    title = _title(page)
    _strip(page)
    body = page.find("body")
    article = _article(body if body is not None else page)
    blocks = _Walker(path.name, limits).blocks(article)
    shown = "".join("".join(b.text.split()) for b in blocks[:20] if isinstance(b, Paragraph))
    if title and "".join(title.split()) not in shown:
        blocks.insert(0, Paragraph(title, Locator(path.name, line=1)))
    return Reading(tuple(blocks))


def _decoded(path: Path) -> str:
    """The page as text: by its own word on its charset where that fits, else as any text file."""
    data = path.read_bytes()
    named = _CHARSET.search(data[:4096])
    charset = named.group(1).decode().lower() if named else ""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" not in data:
        with suppress(LookupError, UnicodeDecodeError):  # where the page is wrong about itself
            data = data.decode("gb18030" if charset.startswith("gb") else charset or "utf-8").encode()
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(data, path.name))


def _title(page: Any) -> str:
    """The page's heading: its only h1, else the first piece of its title element (标题_某某网)."""
    headings = [" ".join(h.text_content().split()) for h in page.iter("h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    found = page.findtext(".//title") or ""
    return str(re.split(r"[_|]|\s[-–—]\s?", " ".join(found.split()))[0]).strip()


def _strip(page: Any) -> None:
    """Takes out what is no text of an article."""
    for element in list(page.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None or element.tag in ("html", "body"):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style", ""))
        tool = element.tag not in ("p", "td", "tr", "table") and _TOOLS.search(names)
        if element.tag in _DROPPED or hidden or (tool and _weight(element) < 400):
            element.drop_tree()


def _weight(element: Any) -> int:
    """Characters of text outside links."""
    linked = sum(len("".join(a.text_content().split())) for a in element.iter("a"))
    return len("".join(element.text_content().split())) - linked


def _article(body: Any) -> Any:
    """The deepest element that holds most of the text; never a part of a data table."""
    element, whole = body, _weight(body)
    while True:
        heavy = [c for c in element.iterchildren() if isinstance(c.tag, str) and _weight(c) >= max(1.0, _MOST * whole)]
        if not heavy or heavy[0].tag in ("p", *_INLINE) or (heavy[0].tag == "table" and _is_data(heavy[0])):
            return element
        element, whole = heavy[0], _weight(heavy[0])


def _own_rows(table: Any) -> list[Any]:
    return [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]


def _is_data(table: Any) -> bool:
    """Whether a table is one: two rows of two cells or more, and no table inside."""
    fuller = [row for row in _own_rows(table) if len(row.findall("td") + row.findall("th")) > 1]
    return len(fuller) > 1 and next(table.iterdescendants("table"), None) is None


class _Walker:
    """Turns elements into blocks in reading order; ``_line`` gathers text until a block element ends it."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._blocks: list[Block] = []
        self._line: list[str] = []
        self._at = 1

    def blocks(self, element: Any) -> list[Block]:
        self._walk(element)
        self._end()
        return self._blocks

    def _walk(self, element: Any) -> None:
        # An explicit stack: a page nested ten thousand deep must not end the process.
        stack: list[tuple[str, Any]] = [("enter", element)]
        while stack:
            step, item = stack.pop()
            if step == "text":
                self._line.append(item)
            elif step == "end":
                self._end()
            elif item.tag == "table" and _is_data(item):
                self._end()
                self._table(item)
            elif item.tag == "br":
                self._end()
            else:
                block = item.tag not in _INLINE
                if block:
                    self._end()
                    self._at = item.sourceline or self._at
                    stack.append(("end", None))
                for child in reversed(list(item.iterchildren())):
                    stack += [("text", child.tail)] if child.tail else []
                    stack += [("enter", child)] if isinstance(child.tag, str) else []
                stack += [("text", item.text)] if item.text else []

    def _end(self) -> None:
        text = " ".join("".join(self._line).split())
        if text:
            self._blocks.append(Paragraph(text, Locator(self._name, line=self._at)))
        self._line = []

    def _table(self, table: Any) -> None:
        rows = _own_rows(table)
        cells: list[Cell] = []
        taken: dict[int, set[int]] = {}  # row → columns that a cell from above fills
        for number, row in enumerate(rows):
            column = 0
            for element in row.iterchildren("td", "th"):
                while column in taken.get(number, ()):
                    column += 1
                across, down = (min(_span(element, name), _MAX_SPAN) for name in ("colspan", "rowspan"))
                cells.append(Cell(number, column, _cell_text(element), down))
                for below in range(number + 1, min(number + down, len(rows))):
                    taken.setdefault(below, set()).update(range(column, column + across))
                column += across
        locators = [Locator(self._name, line=row.sourceline or self._at) for row in rows]
        self._blocks += with_titles(full_rows(cells, locators, self._limits.cells))


def _span(element: Any, name: str) -> int:
    digits = re.match(r"\s*(\d{1,6})", element.get(name, ""))
    return max(1, int(digits.group(1))) if digits else 1


def _cell_text(element: Any) -> str:
    """The text of a cell, a line a paragraph."""
    for mark in element.iter("br", "p", "div", "li"):
        mark.tail = f"\n{mark.tail or ''}"
    lines = (" ".join(line.split()) for line in element.text_content().split("\n"))
    return "\n".join(filter(None, lines))
