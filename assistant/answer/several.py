"""Answers to the questions of one sentence → one answer; each keeps its words and rows, under common numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.schema import Answer, Citation

_MARK = re.compile(r"\[(\d+)\]")
_SUGGESTED = 3


def together(question: str, answers: Sequence[Answer]) -> Answer:
    """One answer in place of several: their texts one after another, a row cited twice under one number.

    It is answered where one of them is; ``parts`` keeps them as they were. A single answer is given back as it is.
    """
    if len(answers) == 1:
        return answers[0]
    numbers: dict[str, int] = {}
    citations: list[Citation] = []
    for citation in (citation for answer in answers for citation in answer.citations):
        if citation.row not in numbers:
            numbers[citation.row] = len(numbers) + 1
            citations.append(replace(citation, n=numbers[citation.row]))
    shown = [_renumbered(answer, numbers) for answer in answers]
    first = next((answer for answer in answers if answer.answerable), answers[0])
    return Answer(
        question=question,
        intent=first.intent,
        answerable=first.answerable,
        text="\n\n".join(f"**{answer.question}**\n\n{answer.text}" for answer in shown),
        citations=tuple(citations),
        facts=_merged([answer.facts for answer in answers]),
        understood=_merged([answer.understood for answer in answers]),
        blocks=tuple(block for answer in shown for block in answer.blocks),
        suggestions=tuple(dict.fromkeys(said for answer in answers for said in answer.suggestions))[:_SUGGESTED],
        reason=first.reason,
        refusal=first.refusal,
        parts=tuple(answers),
    )


def _renumbered(answer: Answer, numbers: dict[str, int]) -> Answer:
    """An answer with the common numbers of its rows."""
    of = {citation.n: numbers[citation.row] for citation in answer.citations}

    def put(text: str) -> str:
        return _MARK.sub(lambda mark: f"[{of.get(int(mark[1]), mark[1])}]", text)

    blocks = tuple(replace(block, text=put(block.text)) for block in answer.blocks)
    return replace(answer, text=put(answer.text), blocks=blocks)


def _merged(tables: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Facts or slots of all: lists one after another without repetition, of other values the first."""
    merged: dict[str, Any] = {}
    for name, value in (item for table in tables for item in table.items()):
        if isinstance(value, list):
            merged[name] = [*merged.get(name, []), *(each for each in value if each not in merged.get(name, []))]
        elif merged.get(name) is None:
            merged[name] = value
    return merged
