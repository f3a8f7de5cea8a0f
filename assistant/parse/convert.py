"""A document in Traditional characters, or with the radicals that PDF fonts print, as plain Simplified text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.parse.blocks import Block, DraftPart, Paragraph, Table
from assistant.text import is_traditional, mainland_words, simplify_characters, unradical


def simplified(blocks: Sequence[Block]) -> tuple[list[Block], bool]:
    """Real characters for radicals; a Traditional document as a whole in Simplified characters. Its Taiwan words are
    changed later, in whole texts: here a line break may stand inside one.
    """
    whole = "".join(block.text for block in blocks if isinstance(block, Paragraph))
    whole += "".join(cell for block in blocks if isinstance(block, Table) for row in block.rows for cell in row.cells)
    traditional = is_traditional(whole)

    def mend(text: str) -> str:
        return _wide(simplify_characters(unradical(text))) if traditional else unradical(text)

    mended: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            mended.append(replace(block, text=mend(block.text)))
        else:
            mended.append(replace(block, rows=tuple(replace(r, cells=tuple(map(mend, r.cells))) for r in block.rows)))
    return mended, traditional


def _wide(text: str) -> str:
    """Half-width commas, colons and brackets between Chinese characters, as converted pages print them, made full."""
    for narrow, wide in ((",", "，"), (":", "："), ("(", "（"), (")", "）"), (";", "；")):
        text = re.sub(
            rf"(?<=[\u4e00-\u9fff”》〕]){re.escape(narrow)}|{re.escape(narrow)}(?=[\u4e00-\u9fff“《])", wide, text
        )
    return text


def in_mainland_words(part: DraftPart) -> DraftPart:
    """A part of a converted document with mainland words for those of Taiwan."""
    rows = tuple(
        replace(
            row,
            heading=mainland_words(row.heading),
            text=mainland_words(row.text),
            section=_words(row.section),
            lead_units=_words(row.lead_units),
            responsible_units=_words(row.responsible_units),
        )
        for row in part.rows
    )
    return replace(part, title=mainland_words(part.title), rows=rows)


def _words(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(mainland_words, texts))
