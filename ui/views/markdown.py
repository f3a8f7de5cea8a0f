"""The Markdown of answers as HTML: no raw HTML, no links, no pictures; each ``[n]`` is a link to its evidence."""

from __future__ import annotations

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ui import texts

_MARK = re.compile(r"\[(\d{1,3})\]")
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(
    ["link", "image", "autolink", "html_inline", "html_block", "reference", "code", "fence", "backticks", "entity"]
)


def rendered(text: str, key: str, citations: int) -> str:
    """Markdown as HTML; ``[n]`` up to ``citations`` leads to the element ``{key}-r{n}``."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.children:
            token.children = [new for child in token.children for new in _linked(child, key, citations)]
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def reference(key: str, n: int) -> str:
    """The mark of citation ``n`` as a link to its card."""
    return (
        f'<a class="wz-ref" href="#{escape(key)}-r{n}" data-n="{n}" aria-label="{texts.MARK.format(n=n)}">'
        f'<span aria-hidden="true">[{n}]</span></a>'
    )


def _linked(token: Token, key: str, citations: int) -> list[Token]:
    if token.type != "text" or not _MARK.search(token.content):
        return [token]
    found: list[Token] = []
    for place, piece in enumerate(_MARK.split(token.content)):
        if place % 2 and 0 < int(piece) <= citations:
            found.append(Token("html_inline", "", 0, content=reference(key, int(piece))))
        elif piece:
            found.append(Token("text", "", 0, content=f"[{piece}]" if place % 2 else piece))
    return found
