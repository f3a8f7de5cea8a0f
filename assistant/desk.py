"""What a hotline agent needs about one task row: who is responsible, what may be said, what goes to the unit.

Every text is made of fields of the row and of its document, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.answer.cite import item_name, source_name
from assistant.answer.gate import NEAR, SURE
from assistant.answer.wording import joined, not_public, passed, relation
from assistant.schema import Hit, PolicyDocument, Record, TaskRow, Visibility

Confidence = Literal["high", "middle", "low"]

_KINDS = {"digest": "摘要", "verbatim": "原文"}


@dataclass(frozen=True, slots=True)
class Counterpart(Record):
    """The same task in another document, and whether that one is of the level above, below or beside."""

    relation: str
    source: str
    row: TaskRow
    visibility: Visibility = "public"

    @property
    def text(self) -> str:
        """A line of the card."""
        where = "，".join(filter(None, (self.source, not_public(self.visibility))))
        return f"{self.relation}：{joined(self.row.lead_units) or '没有写明牵头单位'}（{where}）"


@dataclass(frozen=True, slots=True)
class Card(Record):
    """The responsible card of a row.

    ``everyone`` are the units that the document makes responsible for each task; ``overdue`` says that the deadline
    lies before today. ``say`` is what the agent may say on the phone, ``dispatch`` the text for the unit that gets the
    case, ``reply`` the text for the person who asked; of a document that is not public each begins with a line that says
    so, and ``visibility`` is not "public".
    """

    row: TaskRow
    source: str
    item: str
    level: str | None
    everyone: tuple[str, ...]
    deadline: str
    overdue: bool
    counterparts: tuple[Counterpart, ...]
    say: str
    dispatch: str
    reply: str
    visibility: Visibility = "public"

    @property
    def text(self) -> str:
        """The card as plain text."""
        lead = f"牵头单位：{joined(self.row.lead_units)}" if self.row.lead_units else "没有写明牵头单位"
        inside = not_public(self.visibility)
        lines = [*([f"【{inside}】"] if inside else []), self.row.heading, lead]
        lines += [f"责任单位：{joined(self.row.responsible_units)}"] if self.row.responsible_units else []
        lines += [f"文件另规定{joined(self.everyone)}为每项任务的责任单位"] if self.everyone else []
        lines += [
            f"完成时限：{self.deadline}" if self.deadline else "没有写明完成时限",
            f"出处：{self.source}{self.item}（编号 {self.row.id}）",
        ]
        return "\n".join((*lines, *(each.text for each in self.counterparts)))


def confidence(hit: Hit) -> Confidence:
    """How sure it is that a row is about what was asked, by the limits that answers keep."""
    return "high" if hit.evidence >= SURE else "middle" if hit.evidence >= NEAR else "low"


def make_card(row: TaskRow, others: Sequence[TaskRow], documents: Mapping[str, PolicyDocument], today: date) -> Card:
    """The card of a row; ``others`` are the rows of other documents that set the same task."""
    document = documents[row.document]
    part = next((part for part in document.parts if part.part == row.part), None)
    everyone = tuple(unit for unit in (part.everyone_responsible if part else ()) if unit not in row.responsible_units)
    overdue = passed(row.deadline, today) if row.deadline else ""
    source, deadline = source_name(document, row), f"{row.deadline.text}{overdue}" if row.deadline else ""
    return Card(
        row=row,
        source=source,
        item=item_name(row),
        level=document.level,
        everyone=everyone,
        deadline=deadline,
        overdue=bool(overdue),
        counterparts=tuple(
            Counterpart(
                relation(document, its := documents[other.document]), source_name(its, other), other, its.visibility
            )
            for other in others
        ),
        say=_warned(document, "不要读给来电人", _say(row, source, everyone, deadline)),
        dispatch=_warned(document, "只在内部流转", _dispatch(row, document, source, everyone, deadline)),
        reply=_warned(document, "不要发给来电人", _reply(row, source, everyone, deadline)),
        visibility=document.visibility,
    )


def _warned(document: PolicyDocument, warning: str, text: str) -> str:
    """A text that begins with what must not be done with it, where its document is not public."""
    inside = not_public(document.visibility)
    return f"【{inside}，{warning}】\n{text}" if inside else text


def _who(row: TaskRow, everyone: Sequence[str]) -> str:
    if row.lead_units:
        said = f"由{joined(row.lead_units)}牵头"
        return said + (f"，责任单位：{joined(row.responsible_units)}" if row.responsible_units else "")
    if row.responsible_units:
        return f"没有写明牵头单位，责任单位：{joined(row.responsible_units)}"
    return f"没有写明牵头单位；按文件总的规定，{joined(everyone)}是责任单位" if everyone else "没有写明由谁负责"


def _say(row: TaskRow, source: str, everyone: Sequence[str], deadline: str) -> str:
    time = f"完成时限：{deadline}" if deadline else "没有写明完成时限"
    return f"这件事{_who(row, everyone)}；{time}。依据是{source}{item_name(row)}。"


def _dispatch(row: TaskRow, document: PolicyDocument, source: str, everyone: Sequence[str], deadline: str) -> str:
    numbered = "，".join(filter(None, (document.doc_number, document.issued_on and f"{document.issued_on}印发")))
    lines = [
        "【派单依据】",
        f"任务：{row.heading}",
        f"牵头单位：{joined(row.lead_units)}" if row.lead_units else "没有写明牵头单位",
        f"责任单位：{joined(row.responsible_units)}" if row.responsible_units else "没有写明责任单位",
        *([f"文件另规定{joined(everyone)}为每项任务的责任单位"] if everyone else []),
        f"完成时限：{deadline}" if deadline else "没有写明完成时限",
        f"依据：{source}{item_name(row)}" + (f"（{numbered}）" if numbered else ""),
        f"{_KINDS[row.text_kind]}：{row.text}",
        f"编号：{row.id}",
    ]
    return "\n".join(lines)


def _reply(row: TaskRow, source: str, everyone: Sequence[str], deadline: str) -> str:
    kind = "以下是要求的摘要，以原文为准" if row.text_kind == "digest" else "文件的要求"
    time = f"完成时限：{deadline}。" if deadline else "文件没有写明完成时限。"
    return (
        f"您好！您反映的事属于{source}{item_name(row)}：{row.heading}。{_who(row, everyone)}。{time}\n"
        f"{kind}：{row.text}"
    )
