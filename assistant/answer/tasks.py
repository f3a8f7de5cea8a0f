"""Answers about single tasks: who, when, what, on which basis; and tasks named by their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.answer import gate
from assistant.answer.build import answered, where
from assistant.answer.evidence import Evidence
from assistant.answer.wording import comparison, due, joined, responsible, verdict
from assistant.schema import Answer, Intent, TaskRow, plain

Line = Callable[[Evidence, TaskRow], str]


def compose(evidence: Evidence, rows: list[TaskRow]) -> Answer:
    """One line for a single row; an opening sentence and a line each for several."""
    asked = aspects(evidence)
    lines = [f"{line(evidence, row, asked)}。[{n}]" for n, row in enumerate(rows, 1)]
    closest = "没有直接对应的任务，最接近的是：" if not gate.sure(evidence) else ""
    if len(rows) == 1:
        head = f"{closest}**{rows[0].heading}**：" if closest else ""
        said = f"{head}{lines[0]}\n\n出自{where(evidence, rows[0])}：{rows[0].heading}。[1]"
    else:
        differing = comparison(rows, asked)
        what = "符合的有" if evidence.named else "写到这件事的有"
        counted = f"{len(rows)}项任务{differing and '，'}{differing}："
        opening = f"{closest.rstrip('：')}{counted}" if closest else f"{what}{counted}"
        named = zip(rows, lines, strict=True)
        said = "\n".join(
            (opening, "", *(f"- **{row.heading}**（{where(evidence, row)}）：{line}" for row, line in named))
        )
    meant = _meant(evidence, rows)
    number = {"count": len(meant)} if "list" in evidence.query.intents else {}
    return answered(evidence, said, rows, facts(evidence, meant, asked) | number)


def _meant(evidence: Evidence, rows: Sequence[TaskRow]) -> list[TaskRow]:
    """The rows that the facts are of: where number and position differ, 第N项 means the position and both are named."""
    numbers = {ordinal.number for ordinal in evidence.query.ordinals if not (ordinal.label or ordinal.from_end)}
    placed = {(row.document, row.part) for row in rows if row.item in numbers}
    return [row for row in rows if not numbers or row.item in numbers or (row.document, row.part) not in placed]


def aspects(evidence: Evidence) -> tuple[Intent, ...]:
    """What each line must say. A lookup that asks nothing else, and comparing places, show the requirement as well."""
    query = evidence.query
    asked: tuple[Intent, ...] = tuple(intent for intent in query.intents if intent in LINES)
    if query.intents == ("lookup",):
        return ("content", "responsible")
    wants_text = not asked or query.intent in ("lookup", "compare") or not gate.sure(evidence)
    return (*asked, "content") if wants_text and "content" not in asked else asked


def line(evidence: Evidence, row: TaskRow, asked: Sequence[Intent]) -> str:
    """What one row says of all that is asked; the requirement is named as such where it is not all."""
    said = (
        ("要求：" if intent == "content" and len(asked) > 1 else "") + LINES[intent](evidence, row) for intent in asked
    )
    return "；".join(said)


def _responsible(evidence: Evidence, row: TaskRow) -> str:
    everyone = evidence.everyone(row)
    said = [verdict(group, row, everyone) for group in evidence.query.units]
    return "；".join((*filter(None, said), responsible(row, everyone)))


def _deadline(evidence: Evidence, row: TaskRow) -> str:
    said = due(row, evidence.today)
    return said if row.deadline or evidence.query.intents != ("deadline",) else f"{said}。要求：{row.text.rstrip('。')}"


def _content(evidence: Evidence, row: TaskRow) -> str:
    numbers = [number for number in row.doc_numbers if number not in row.text]
    return row.text.rstrip("。；") + (f"（涉及文号：{joined(numbers)}）" if numbers else "")


def _basis(evidence: Evidence, row: TaskRow) -> str:
    if not row.doc_numbers:
        return "没有写明依据的文号"
    return f"写到的文号：**{joined(row.doc_numbers)}**"


LINES: dict[Intent, Line] = {
    "responsible": _responsible,
    "deadline": _deadline,
    "basis": _basis,
    "content": _content,
}


def facts(evidence: Evidence, rows: Sequence[TaskRow], asked: Sequence[Intent]) -> dict[str, Any]:
    """The facts asked for, over all rows in order; units once each."""
    found: dict[str, Any] = {"rows": [row.id for row in rows]}
    if "responsible" in asked:
        found["lead_units"] = list(dict.fromkeys(unit for row in rows for unit in row.lead_units))
        found["responsible_units"] = list(dict.fromkeys(unit for row in rows for unit in row.responsible_units))
        found["everyone_responsible"] = list(dict.fromkeys(unit for row in rows for unit in evidence.everyone(row)))
    if "deadline" in asked:
        dated = [row for row in rows if row.deadline]
        found["deadline"] = plain(dated[0].deadline) if dated else None
        found["deadlines"] = [{"row": row.id, **plain(row.deadline)} for row in dated]
    if "content" in asked:
        found["targets"] = list(dict.fromkeys(target for row in rows for target in row.targets))
    if "content" in asked or "basis" in asked:
        found["doc_numbers"] = list(dict.fromkeys(number for row in rows for number in row.doc_numbers))
    return found
