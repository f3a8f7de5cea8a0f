"""Values → HTML and plain chat history. Pure functions; every word of a document is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from assistant.schema import Answer, Citation, PolicyDocument, TaskRow

_KINDS = {"digest": "摘要", "verbatim": "原文"}


def header(documents: Sequence[PolicyDocument], rows: int) -> str:
    """Name, purpose and what is covered."""
    covered = "".join(f"<li>{escape(_edition(document))}</li>" for document in documents)
    return (
        '<header class="wz-header"><h1>问政</h1>'
        "<p>问政务工作要点和任务清单：谁牵头、做什么、何时完成。每句话都有出处。</p>"
        f'<ul class="wz-covered" aria-label="收录的文件">{covered}<li>共{rows}行任务</li></ul></header>'
    )


def _edition(document: PolicyDocument) -> str:
    return f"{document.place}{document.year}年" if document.place and document.year else document.title


def evidence(answer: Answer, rows: Iterable[TaskRow]) -> str:
    """The cited rows as cards, in the order of their numbers; a hint where nothing is cited."""
    known = {row.id: row for row in rows}
    cards = [_card(citation, known[citation.row]) for citation in answer.citations if citation.row in known]
    if not cards:
        return nothing_cited("这个回答没有引用任务行。")
    return f'<section class="wz-cards" aria-label="依据的任务行">{"".join(cards)}</section>'


def nothing_cited(message: str = "提问后，这里列出回答所依据的任务行。") -> str:
    """What stands in the place of the cards."""
    return f'<section class="wz-cards wz-empty" aria-label="依据的任务行"><p>{escape(message)}</p></section>'


def _card(citation: Citation, row: TaskRow) -> str:
    number = f"第{row.printed_no}项" if row.printed_no is not None else ""
    place = " ".join(filter(None, (citation.title, number, row.label)))
    due = row.deadline.text if row.deadline else "未写明"
    facts = (
        ("牵头单位", "、".join(row.lead_units) or "未写明"),
        ("责任单位", "、".join(row.responsible_units) or "未写明"),
        ("完成时限", due),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return (
        f'<article class="wz-card" id="row-{citation.n}"><h3><span class="wz-n">[{citation.n}]</span> '
        f'{escape(row.heading)}</h3><p class="wz-place">{escape(place)}</p><dl>{listed}</dl>'
        f'<p class="wz-text"><span class="wz-kind">{_KINDS[row.text_kind]}</span>{escape(row.text)}</p>'
        f'<p class="wz-id">编号 {escape(row.id)} · {escape(str(row.locator))}</p></article>'
    )


def history(messages: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Chat messages of Gradio as role and plain text, the form that ``Assistant.ask`` reads."""
    return [{"role": str(message["role"]), "content": _text(message["content"])} for message in messages]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(filter(None, map(_text, content)))
    return str(content.get("text", "")) if isinstance(content, dict) else ""


def example_questions(rows: Sequence[TaskRow], documents: Sequence[PolicyDocument], most: int = 4) -> list[str]:
    """Questions that the indexed rows can answer, one a document, each of another kind."""
    asked: list[str] = []
    for document in documents:
        own = [row for row in rows if row.document == document.id]
        place = f"{document.place or ''}{document.year}年" if document.year else document.place or ""
        short = [row for row in own if len(row.heading) <= 18]
        dated = next((row for row in short if row.deadline and row.lead_units), None)
        led = next((row for row in short if row.lead_units), None)
        if dated and len(asked) % 2 == 0:
            asked.append(f"{place}{dated.heading}，由谁牵头，什么时候完成？")
        elif led:
            asked.append(f"{place}{led.heading}要做什么？")
    return asked[:most]
