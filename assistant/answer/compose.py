"""Evidence → Answer: a direct sentence, the facts, the cited rows as a table. One composer an intent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.answer import gate
from assistant.answer.cite import citations, item_name, position_note, source_name
from assistant.answer.evidence import Evidence
from assistant.answer.wording import comparison, due, joined, placed, responsible, same_unit
from assistant.schema import Answer, Block, Intent, PolicyDocument, TaskRow, plain

COLUMNS = ("序号", "任务", "牵头单位", "责任单位", "完成时限")
_MOST_LISTED = 20
Line = Callable[[Evidence, TaskRow], str]


def compose(evidence: Evidence) -> Answer:
    """The answer that the evidence supports; an abstention with its reason where it supports none."""
    query = evidence.query
    if query.intent == "smalltalk":
        return _plain(evidence, "smalltalk", _greeting(evidence), None)
    reason = gate.refusal(evidence)
    if reason is not None:
        return _plain(evidence, query.intent, f"{reason}。\n\n{coverage(evidence)}", reason)
    rows = gate.support(evidence)
    if query.intent == "list" and query.pick is not None:
        return _picked(evidence, rows)
    if query.intent == "list":
        return _listed(evidence, rows)
    return _answered(evidence, rows, _asked(evidence))


def _asked(evidence: Evidence) -> tuple[Intent, ...]:
    """What each line must say. A lookup that asks nothing else, and comparing places, show the requirement as well."""
    query = evidence.query
    asked: tuple[Intent, ...] = tuple(intent for intent in query.intents if intent in LINES)
    if query.intents == ("lookup",):
        return ("content", "responsible")
    compared = len(query.places) > 1 or len(query.years) > 1
    wants_text = not asked or query.intent == "lookup" or compared or not gate.sure(evidence)
    return (*asked, "content") if wants_text and "content" not in asked else asked


def _line(evidence: Evidence, row: TaskRow, asked: Sequence[Intent]) -> str:
    """What one row says of all that is asked; the requirement is named as such where it is not all."""
    said = (
        ("要求：" if intent == "content" and len(asked) > 1 else "") + LINES[intent](evidence, row) for intent in asked
    )
    return "；".join(said)


def _responsible(evidence: Evidence, row: TaskRow) -> str:
    return responsible(row, evidence.everyone(row))


def _deadline(evidence: Evidence, row: TaskRow) -> str:
    said = due(row, evidence.today)
    return said if row.deadline or evidence.query.intents != ("deadline",) else f"{said}。要求：{row.text.rstrip('。')}"


def _content(evidence: Evidence, row: TaskRow) -> str:
    numbers = [number for number in row.doc_numbers if number not in row.text]
    return row.text.rstrip("。；") + (f"（涉及文号：{joined(numbers)}）" if numbers else "")


LINES: dict[Intent, Line] = {"responsible": _responsible, "deadline": _deadline, "content": _content}


def _answered(evidence: Evidence, rows: Sequence[TaskRow], asked: Sequence[Intent]) -> Answer:
    """One line for a single row; an opening sentence and a line each for several."""
    lines = [f"{_line(evidence, row, asked)}。[{n}]" for n, row in enumerate(rows, 1)]
    closest = "没有直接对应的任务，最接近的是：" if not gate.sure(evidence) else ""
    if len(rows) == 1:
        head = f"{closest}**{rows[0].heading}**：" if closest else ""
        said = f"{head}{lines[0]}\n\n出自{_where(evidence, rows[0])}：{rows[0].heading}。"
    else:
        differing = comparison(rows, asked)
        what = "符合的有" if evidence.named else "写到这件事的有"
        counted = f"{len(rows)}项任务{differing and '，'}{differing}："
        opening = f"{closest.rstrip('：')}{counted}" if closest else f"{what}{counted}"
        named = zip(rows, lines, strict=True)
        said = "\n".join(
            (opening, "", *(f"- **{row.heading}**（{_where(evidence, row)}）：{line}" for row, line in named))
        )
    return _answer(evidence, evidence.query.intent, said, rows, _facts(evidence, rows, asked))


def _listed(evidence: Evidence, rows: Sequence[TaskRow]) -> Answer:
    """The exact number of rows and all of their names."""
    what = _described(evidence, rows)
    lines: list[str] = []
    sources = [source_name(evidence.document(row), row) for row in rows]
    for n, (row, source) in enumerate(zip(rows[:_MOST_LISTED], sources, strict=False), 1):
        if len(set(sources)) > 1 and source not in sources[: n - 1]:
            lines += ["", f"{source}（{sources.count(source)}项）：", ""]
        lines.append(f"- {item_name(row)} {row.heading}[{n}]")
    if len(rows) > _MOST_LISTED:
        lines.append(f"- ……其余{len(rows) - _MOST_LISTED}项见任务表")
    said = "\n".join((f"{what}共**{len(rows)}项**：", "", *lines))
    facts: dict[str, Any] = {"count": len(rows), "rows": [row.id for row in rows]}
    return _answer(evidence, "list", said, rows, facts)


def _picked(evidence: Evidence, rows: Sequence[TaskRow]) -> Answer:
    """One row of the list that was asked for before, in full."""
    number = evidence.query.pick or 0
    if not 0 < number <= len(rows):
        reason = f"{_described(evidence, rows)}只有{len(rows)}项"
        return _plain(evidence, "list", f"{reason}。", reason)
    asked = tuple(intent for intent in evidence.query.intents if intent in LINES) or ("responsible",)
    return _answered(evidence, rows[number - 1 : number], (*asked, "content"))


def _described(evidence: Evidence, rows: Sequence[TaskRow]) -> str:
    """The conditions of a list in words: 州财政局牵头的任务."""
    query = evidence.query
    parts = [evidence.documents[key.rpartition("/")[0]].part_title(int(key.rpartition("/")[2])) for key in query.parts]
    place = "、".join(query.places)
    units = "和".join("/".join(group) for group in query.units)
    said = f"{placed(place, units)}{'牵头的' if query.lead_only else '有关的' if units else ''}任务"
    said = f"{joined(parts)}里，{said}" if parts else said
    sections = list(dict.fromkeys(name for row in rows for name in row.section if name in query.sections))
    said = f"“{joined(sections)}”部分的{said}" if sections else said
    said = f"{query.due}完成的{said}" if query.due else said
    return f"引用{joined(query.doc_numbers)}的{said}" if query.doc_numbers else said


def _where(evidence: Evidence, row: TaskRow) -> str:
    note = position_note(evidence, row)
    return f"{source_name(evidence.document(row), row)}{item_name(row)}" + (f"（{note}）" if note else "")


def _facts(evidence: Evidence, rows: Sequence[TaskRow], asked: Sequence[Intent]) -> dict[str, Any]:
    """The facts asked for, over all rows in order; units once each."""
    facts: dict[str, Any] = {"rows": [row.id for row in rows]}
    if "responsible" in asked:
        facts["lead_units"] = list(dict.fromkeys(unit for row in rows for unit in row.lead_units))
        facts["responsible_units"] = list(dict.fromkeys(unit for row in rows for unit in row.responsible_units))
        facts["everyone_responsible"] = list(dict.fromkeys(unit for row in rows for unit in evidence.everyone(row)))
    if "deadline" in asked:
        dated = [row for row in rows if row.deadline]
        facts["deadline"] = plain(dated[0].deadline) if dated else None
        facts["deadlines"] = [{"row": row.id, **plain(row.deadline)} for row in dated]
    if "content" in asked:
        facts["targets"] = list(dict.fromkeys(target for row in rows for target in row.targets))
        facts["doc_numbers"] = list(dict.fromkeys(number for row in rows for number in row.doc_numbers))
    return facts


def _answer(evidence: Evidence, intent: Intent, said: str, rows: Sequence[TaskRow], facts: dict[str, Any]) -> Answer:
    ids = tuple(row.id for row in rows)
    text = f"{said}\n\n{_missing(evidence)}{_corrected(evidence)}{_equated(evidence, rows)}{_note(evidence, rows)}"
    table = Block("table", ids, columns=COLUMNS, cells=tuple(_cells(evidence, row) for row in rows))
    return Answer(
        question=evidence.query.question,
        intent=intent,
        answerable=True,
        text=text,
        citations=citations(evidence, rows),
        facts=facts,
        understood=evidence.query.understood(),
        blocks=(Block("sentence", ids, text=said), table),
        suggestions=_suggestions(evidence, rows),
    )


def _cells(evidence: Evidence, row: TaskRow) -> tuple[str, ...]:
    number = str(row.printed_no) if row.printed_no is not None else row.label or str(row.item)
    due_text = row.deadline.text if row.deadline else "—"
    return (number, row.heading, joined(row.lead_units) or "—", joined(row.responsible_units) or "—", due_text)


def _missing(evidence: Evidence) -> str:
    """Which of the places and years named have no document, where others have."""
    query = evidence.query
    missing = [*query.unknown_places, *(f"{year}年" for year in query.unknown_years)]
    return f"没有收录{joined(missing)}的文件。\n\n" if missing else ""


def _corrected(evidence: Evidence) -> str:
    """Which slips of the question were read as other words."""
    said = [f"“{each.written}”按“{each.meant}”理解" for each in evidence.query.corrected]
    return f"{'，'.join(said)}。\n\n" if said else ""


def _equated(evidence: Evidence, rows: Sequence[TaskRow]) -> str:
    """Which printed units stand for names in the question that no row prints."""
    named = {unit for row in rows for unit in row.lead_units + row.responsible_units}
    said = [same_unit(each, [unit for unit in each.units if unit in named]) for each in evidence.query.equated]
    return f"{'；'.join(filter(None, said))}。\n\n" if any(said) else ""


def _note(evidence: Evidence, rows: Sequence[TaskRow]) -> str:
    """Of which documents and in which words the answer is."""
    digest = any(row.text_kind == "digest" for row in rows)
    kind = "任务要求为本系统摘要" if digest else "任务要求引自原文"
    documents = [evidence.documents[id] for id in dict.fromkeys(row.document for row in rows)]
    named = ((_edition(d), d.doc_number, d.issued_on and f"{d.issued_on}印发") for d in documents)
    doubtful = [_edition(d) for d in documents if d.report_level != "ok"]
    doubt = f"{joined(doubtful)}的文件解析时有存疑之处，请对照原件核对。" if doubtful else ""
    return f"_{kind}，以原文为准。{doubt}文件：{'；'.join(' '.join(filter(None, each)) for each in named)}。_"


def _edition(document: PolicyDocument) -> str:
    """Place and year, or the title where they are unknown: 湘西州2022年."""
    return f"{document.place}{document.year}年" if document.place and document.year else document.title


def _suggestions(evidence: Evidence, rows: Sequence[TaskRow]) -> tuple[str, ...]:
    """Follow-up questions that the rows can answer."""
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


def _plain(evidence: Evidence, intent: Intent, text: str, reason: str | None) -> Answer:
    """An answer that rests on no row."""
    return Answer(
        question=evidence.query.question,
        intent=intent,
        answerable=False,
        text=text,
        understood=evidence.query.understood(),
        blocks=(Block("sentence", (), text=text),),
        reason=reason,
    )


def coverage(evidence: Evidence) -> str:
    """What documents there are to ask about, and where else to ask."""
    if not evidence.documents:
        return "还没有收录任何文件，请先用 wenzheng add 添加。"
    known = sorted({_edition(document) for document in evidence.documents.values()})
    return f"目前收录：{'、'.join(known)}的任务。其他问题请咨询当地12345热线或主管部门。"


def _greeting(evidence: Evidence) -> str:
    return f"您好！我可以回答文件里的任务由谁牵头、要做什么、什么时候完成、有哪些任务。\n\n{coverage(evidence)}"
