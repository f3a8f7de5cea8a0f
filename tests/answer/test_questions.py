"""Hundreds of questions made from the rows themselves; what each must say is counted again here, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from assistant.schema import PolicyDocument, TaskRow
from assistant.service import Assistant

LEAST = 300
TWICE = {
    "省市场监督管理局",
    "省市场监管局",
    "市市场监督管理局",
    "市市场监管局",
}  # one office by two printed names: counted together


@dataclass(frozen=True)
class Case:
    """A question and the facts that its answer must hold; ``rows`` None where only the facts matter."""

    kind: str
    question: str
    facts: dict[str, Any]


def named(row: TaskRow, unit: str, roles: tuple[str, ...]) -> bool:
    """Whether a row names a unit, by its whole name, the name before its bracket or the one inside."""
    printed = [name for role in roles for name in getattr(row, role)]
    return any(unit in (name, re.sub("（.*）", "", name), *re.findall("（(.*)）", name)) for name in printed)


def where(document: PolicyDocument) -> str:
    return f"{document.place}{document.year}年"


def plan(document: PolicyDocument, part: int) -> str:
    """A name for a part: 附件1 of a list, 政务公开工作要点 of a plan."""
    title = document.part_title(part)
    return f"附件{part}" if "清单" in title else re.sub(r"^.*?20\d\d年", "", title)


def lists(assistant: Assistant) -> Iterator[Case]:
    asking = {("lead_units",): "牵头的任务有几项？", ("responsible_units",): "作为责任单位的任务有几项？",
              ("lead_units", "responsible_units"): "有关的任务有哪些？"}  # fmt: skip
    for document in assistant.documents():
        rows = [row for row in assistant.rows() if row.document == document.id]
        units = sorted({unit for row in rows for unit in row.lead_units} - TWICE)
        for number, unit in enumerate(units):
            roles = list(asking)[number % len(asking)]
            found = [row.id for row in rows if named(row, unit, roles)]
            if found:
                yield Case("list", f"{where(document)}{unit}{asking[roles]}", {"count": len(found), "rows": found})


def sections(assistant: Assistant) -> Iterator[Case]:
    for document in assistant.documents():
        rows = [row for row in assistant.rows() if row.document == document.id]
        for part in document.parts:
            own = [row for row in rows if row.part == part.part]
            for heading in dict.fromkeys(row.section[0] for row in own if row.section):
                found = [row.id for row in own if row.section and row.section[0] == heading]
                name = heading.split("、", 1)[-1]
                if len(name) >= 6:
                    question = f"{where(document)}{plan(document, part.part)}“{name}”部分有几项任务？"
                    yield Case("section", question, {"count": len(found), "rows": found})


def ordinals(assistant: Assistant) -> Iterator[Case]:
    for document in assistant.documents():
        for part in document.parts:
            own = [r for r in assistant.rows() if (r.document, r.part) == (document.id, part.part)]
            all_printed = all(row.printed_no is not None for row in own)
            for row in own[:: max(1, len(own) // 8)]:
                number = row.printed_no if all_printed else row.item
                found = [each.id for each in own if (each.printed_no if all_printed else each.item) == number]
                question = f"{where(document)}{plan(document, part.part)}第{number}项是什么？"
                yield Case("ordinal", question, {"rows": found})


def numbers(assistant: Assistant) -> Iterator[Case]:
    rows = assistant.rows()
    for cited in sorted({number for row in rows for number in row.doc_numbers}):
        found = [row.id for row in rows if cited in row.doc_numbers]
        yield Case("number", f"哪些任务引用了{cited}？", {"count": len(found), "rows": found})


def deadlines(assistant: Assistant) -> Iterator[Case]:
    for document in assistant.documents():
        rows = [row for row in assistant.rows() if row.document == document.id]
        ends = [(row.id, row.deadline.end) for row in rows if row.deadline and row.deadline.end]
        for month in (6, 9, 11):
            found = [id for id, end in ends if end <= f"{document.year}-{month:02}-31"]
            if found:
                question = f"{where(document)}{month}月底前要完成的任务有哪些？"
                yield Case("due", question, {"count": len(found), "rows": found})
        found = [id for id, end in ends if f"{document.year}-07" <= end <= f"{document.year}-12-31"]
        if found:
            yield Case("due", f"{where(document)}下半年要完成的任务有几项？", {"count": len(found), "rows": found})
        unset = [row.id for row in rows if row.deadline is None]
        yield Case("due", f"{where(document)}没有写明完成时限的任务有几项？", {"count": len(unset), "rows": unset})


def words(assistant: Assistant) -> Iterator[Case]:
    for word in ("电子证照", "跨省通办", "好差评", "适老化", "一件事一次办", "政务云", "园区", "湘易办", "放管服"):
        for document in assistant.documents():
            rows = [row for row in assistant.rows() if row.document == document.id]
            found = [row.id for row in rows if word in "".join((row.heading, row.text)).replace("“", "").replace("”", "")]  # fmt: skip
            if found:
                question = f"{where(document)}提到“{word}”的任务有几项？"
                yield Case("word", question, {"count": len(found), "rows": found})


def named_tasks(assistant: Assistant) -> Iterator[Case]:
    for document in assistant.documents():
        rows = [row for row in assistant.rows() if row.document == document.id]
        headings = [row.heading for row in rows]
        for row in rows[::3]:
            if headings.count(row.heading) == 1:
                facts = {"lead_units": list(row.lead_units), "responsible_units": list(row.responsible_units)}
                part = plan(document, row.part)
                yield Case("responsible", f"{where(document)}{part}里，“{row.heading}”由谁牵头？", facts)
                if row.deadline:
                    due = {
                        "deadline": {"text": row.deadline.text, "start": row.deadline.start, "end": row.deadline.end}
                    }
                    yield Case("deadline", f"{where(document)}{part}里，“{row.heading}”什么时候完成？", due)


MAKERS = (lists, sections, ordinals, numbers, deadlines, words, named_tasks)


def test_there_are_enough(assistant: Assistant) -> None:
    questions = [case.question for maker in MAKERS for case in maker(assistant)]
    assert len(questions) >= LEAST and len(set(questions)) == len(questions)


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_facts_are_exact_and_proved(assistant: Assistant, maker: Any) -> None:
    wrong = []
    for case in maker(assistant):
        answer = assistant.ask(case.question)
        said = {name: answer.facts.get(name) for name in case.facts}
        if said != case.facts or assistant.faults(answer):
            wrong.append((case.question, case.facts, said, answer.understood))
    assert not wrong
