"""The frame of every answer: citations, the table of cited rows, notes on sources, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.answer.cite import citations, item_name, position_note, source_name
from assistant.answer.evidence import Evidence
from assistant.answer.wording import joined, not_public, placed, same_unit
from assistant.schema import Answer, Block, Intent, PolicyDocument, Refusal, TaskRow

COLUMNS = ("序号", "任务", "牵头单位", "责任单位", "完成时限")


def answered(
    evidence: Evidence,
    said: str,
    rows: Sequence[TaskRow],
    facts: dict[str, Any],
    blocks: Sequence[Block] = (),
    rule: str = "",
) -> Answer:
    """An answer that rests on rows: what is said, what was read into the question, notes, and the rows as a table.

    Args:
        said: Markdown whose ``[n]`` is the n-th of the rows.
        blocks: parts beside the sentence and the table.
        rule: what selected the rows, where they were selected as a whole.
    """
    ids = tuple(row.id for row in rows)
    notes = (_missing(evidence), _corrected(evidence), _equated(evidence, rows), _note(evidence, rows))
    table = Block("table", ids, text=rule, columns=COLUMNS, cells=tuple(cells(row) for row in rows))
    return Answer(
        question=evidence.query.question,
        intent=evidence.query.intent,
        answerable=True,
        text="\n\n".join((said, *filter(None, notes))),
        citations=citations(evidence, rows),
        facts=facts,
        understood=evidence.query.understood(),
        blocks=(Block("sentence", ids, text=said), *blocks, table),
        suggestions=_suggestions(evidence, rows),
    )


def plain_answer(evidence: Evidence, text: str) -> Answer:
    """An answer to small talk, which rests on no row."""
    return _unsupported(evidence, evidence.query.intent, text, None, ())


def refused(evidence: Evidence, refusal: Refusal, near: Sequence[TaskRow] = ()) -> Answer:
    """An abstention: what was looked for, what may be related, what there is and where else to ask."""
    looked = f"（查找的是：{refusal.looked_for}）" if refusal.looked_for else ""
    parts = [f"{refusal.reason}{looked}。"]
    if refusal.choices:
        parts.append("\n".join(f"- {choice}" for choice in refusal.choices))
    if near:
        named = "\n".join(
            f"- {where(evidence, row)}：{row.heading}{_bracketed(not_public(evidence.document(row).visibility))}"
            for row in near
        )
        parts.append(f"可能相关：\n\n{named}")
    parts.append(coverage(evidence))
    return _unsupported(evidence, evidence.query.intent, "\n\n".join(parts), refusal, near)


def _unsupported(
    evidence: Evidence, intent: Intent, text: str, refusal: Refusal | None, near: Sequence[TaskRow]
) -> Answer:
    ids = tuple(row.id for row in near)
    listed = (Block("list", ids, text="可能相关"),) if near else ()
    return Answer(
        question=evidence.query.question,
        intent=intent,
        answerable=False,
        text=text,
        understood=evidence.query.understood(),
        blocks=(Block("sentence", (), text=text), *listed),
        suggestions=refusal.choices if refusal else (),
        reason=refusal.reason if refusal else None,
        refusal=refusal.kind if refusal else None,
    )


def where(evidence: Evidence, row: TaskRow) -> str:
    """Document, part and item of a row as people name them."""
    note = position_note(evidence, row)
    return f"{source_name(evidence.document(row), row)}{item_name(row)}" + (f"（{note}）" if note else "")


def cells(row: TaskRow) -> tuple[str, ...]:
    """A row as a line of the table."""
    number = str(row.printed_no) if row.printed_no is not None else row.label or str(row.item)
    due_text = row.deadline.text if row.deadline else "—"
    return (number, row.heading, joined(row.lead_units) or "—", joined(row.responsible_units) or "—", due_text)


def edition(document: PolicyDocument) -> str:
    """Place and year, or the title where they are unknown: 湘西州2022年."""
    return f"{document.place}{document.year}年" if document.place and document.year else document.title


def coverage(evidence: Evidence) -> str:
    """What documents there are to ask about, and where else to ask."""
    if not evidence.documents:
        return "还没有收录任何文件，请先用 wenzheng add 添加。"
    known = sorted({edition(document) for document in evidence.documents.values()})
    return f"目前收录：{'、'.join(known)}的任务。其他问题请咨询当地12345热线或主管部门。"


def _missing(evidence: Evidence) -> str:
    """Which of the places and years named have no document, where others have."""
    query = evidence.query
    missing = [*query.unknown_places, *(f"{year}年" for year in query.unknown_years)]
    return f"没有收录{joined(missing)}的文件。" if missing else ""


def _corrected(evidence: Evidence) -> str:
    """Which slips of the question were read as other words."""
    said = [f"“{each.written}”按“{each.meant}”理解" for each in evidence.query.corrected]
    return f"{'，'.join(said)}。" if said else ""


def _equated(evidence: Evidence, rows: Sequence[TaskRow]) -> str:
    """Which printed units stand for names in the question that no row prints."""
    named = {unit for row in rows for unit in row.lead_units + row.responsible_units}
    said = [same_unit(each, [unit for unit in each.units if unit in named]) for each in evidence.query.equated]
    return f"{'；'.join(filter(None, said))}。" if any(said) else ""


def _note(evidence: Evidence, rows: Sequence[TaskRow]) -> str:
    """Of which documents and in which words the answer is."""
    if not rows:
        return ""
    digest = any(row.text_kind == "digest" for row in rows)
    kind = "任务要求为本系统摘要" if digest else "任务要求引自原文"
    documents = [evidence.documents[id] for id in dict.fromkeys(row.document for row in rows)]
    named = (_source(document) for document in documents)
    doubtful = [edition(d) for d in documents if d.report_level != "ok"]
    doubt = f"{joined(doubtful)}的文件解析时有存疑之处，请对照原件核对。" if doubtful else ""
    return f"_{kind}，以原文为准。{doubt}文件：{'；'.join(named)}。_"


def _source(document: PolicyDocument) -> str:
    """A document by edition, number and date, and that it is not for the public."""
    issued = f"{document.issued_on}印发" if document.issued_on else ""
    named = " ".join(filter(None, (edition(document), document.doc_number, issued)))
    return named + _bracketed(not_public(document.visibility))


def _bracketed(text: str) -> str:
    return f"（{text}）" if text else ""


def _suggestions(evidence: Evidence, rows: Sequence[TaskRow]) -> tuple[str, ...]:
    """Follow-up questions that the rows can answer."""
    if not rows:
        return ()
    row, intents = rows[0], evidence.query.intents
    place = evidence.document(row).place
    about = f"{place or ''}{row.heading}"
    asked = []
    if "responsible" not in intents:
        asked.append(f"{about}由谁牵头？")
    if "deadline" not in intents and row.deadline:
        asked.append(f"{about}什么时候完成？")
    if "content" not in intents:
        asked.append(f"{about}要做什么？")
    if row.lead_units:
        asked.append(f"{placed(place, row.lead_units[0])}牵头哪些任务？")
    return tuple(asked[:3])
