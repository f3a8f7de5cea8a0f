"""Rows → citations: the names of documents and items, and the words of a row that support an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer.evidence import Evidence
from assistant.schema import Citation, PolicyDocument, TaskRow
from assistant.text import bigrams

_MAX_QUOTE = 160


def citations(evidence: Evidence, rows: Sequence[TaskRow]) -> tuple[Citation, ...]:
    """Citations numbered from 1 in the order of the rows."""
    return tuple(
        Citation(
            n=n,
            row=row.id,
            document=row.document,
            title=source_name(evidence.document(row), row),
            part=row.part,
            label=row.label,
            quote=quote(row, evidence.query.topic),
            text_kind=row.text_kind,
            locator=row.locator,
            visibility=evidence.document(row).visibility,
        )
        for n, row in enumerate(rows, 1)
    )


def quote(row: TaskRow, topic: str) -> str:
    """The sentence of a row that holds most of the topic, cut at 160 characters; the first one in doubt."""
    sentences = [sentence for sentence in re.split(r"(?<=[。；])", row.text) if sentence.strip()]
    asked = set(bigrams(topic))
    best = max(sentences, key=lambda sentence: len(asked & set(bigrams(sentence))), default=row.text)
    return best if len(best) <= _MAX_QUOTE else best[: _MAX_QUOTE - 1] + "…"


def source_name(document: PolicyDocument, row: TaskRow) -> str:
    """The title of the row's part, with the place and year that it may lack: 湘西州2022年·《…》任务分解清单."""
    title = document.part_title(row.part)
    own = f"{document.place or ''}{document.year or ''}"
    return title if not own or title.startswith(document.place or own) else f"{own}年·{title}"


def item_name(row: TaskRow) -> str:
    """How people name the row within its part: 第48项 by its printed number, else its label, else its position."""
    if row.printed_no is not None:
        return f"第{row.printed_no}项"
    return row.label or f"第{row.item}项"


def position_note(evidence: Evidence, row: TaskRow) -> str:
    """What to say where printed number and position differ, else nothing."""
    if row.printed_no is not None and row.printed_no != row.item:
        return f"印刷序号{row.printed_no}，按位置是第{row.item}项"
    others = evidence.visible.get((row.document, row.part), ())
    if row.printed_no is None and any(each.printed_no is not None for each in others):
        return f"没有印刷序号，按位置是第{row.item}项"
    return ""
