"""Lists and counts: the exact number of rows, the rule that selected them, all of them as a table."""

from __future__ import annotations

from typing import Any

from assistant.answer import tasks
from assistant.answer.build import answered, edition, refused
from assistant.answer.cite import item_name, source_name
from assistant.answer.evidence import Evidence
from assistant.answer.wording import joined, placed
from assistant.schema import Answer, Due, Refusal, Role, TaskRow

_MOST_LISTED = 20
_ROLES: dict[Role | None, str] = {"lead": "牵头的", "responsible": "作为责任单位的", None: "有关的"}


def compose(evidence: Evidence, rows: list[TaskRow]) -> Answer:
    """The exact number of rows and their names; of a list asked for before, the one row that was picked."""
    if evidence.query.pick is not None:
        return _picked(evidence, rows)
    what = described(evidence, rows)
    lines: list[str] = []
    sources = [source_name(evidence.document(row), row) for row in rows]
    for n, (row, source) in enumerate(zip(rows[:_MOST_LISTED], sources, strict=False), 1):
        if len(set(sources)) > 1 and source not in sources[: n - 1]:
            lines += ["", f"{source}（{sources.count(source)}项）：", ""]
        lines.append(f"- {item_name(row)} {row.heading}[{n}]")
    if len(rows) > _MOST_LISTED:
        lines.append(f"- ……其余{len(rows) - _MOST_LISTED}项见任务表")
    counted = f"{what}共**{len(rows)}项**{_by_role(evidence, rows)}{_by_name(evidence, rows)}："
    said = "\n".join((counted, "", *lines))
    facts: dict[str, Any] = {"count": len(rows), "rows": [row.id for row in rows]}
    return answered(evidence, said, rows, facts, rule=rule(evidence))


def _picked(evidence: Evidence, rows: list[TaskRow]) -> Answer:
    """One row of the list that was asked for before, in full."""
    number = evidence.query.pick or 0
    if not 0 < number <= len(rows):
        reason = f"{described(evidence, rows)}只有{len(rows)}项"
        return refused(evidence, Refusal("false_presupposition", reason))
    row = rows[number - 1]
    asked = tuple(intent for intent in evidence.query.intents if intent in tasks.LINES) or ("responsible",)
    said = f"**{row.heading}**：{tasks.line(evidence, row, (*asked, 'content'))}。[1]"
    return answered(evidence, said, [row], tasks.facts(evidence, [row], (*asked, "content")))


def described(evidence: Evidence, rows: list[TaskRow]) -> str:
    """The conditions of a list in words: 州财政局牵头的任务."""
    query = evidence.query
    parts = [evidence.documents[key.rpartition("/")[0]].part_title(int(key.rpartition("/")[2])) for key in query.parts]
    place = "、".join(query.places)
    units = "和".join("/".join(group) for group in query.units)
    said = f"{placed(place, units)}{_ROLES[query.role] if units else ''}任务"
    said = f"写到“{joined(query.topic.split())}”的{said}" if query.topic else said
    said = f"{joined(parts)}里，{said}" if parts else said
    sections = list(dict.fromkeys(name for row in rows for name in row.section if name in query.sections))
    said = f"“{joined(sections)}”部分的{said}" if sections else said
    said = f"{_when(query.due)}{said}" if query.due else said
    said = f"没有写明牵头单位的{said}" if query.unled else said
    return f"引用{joined(query.doc_numbers)}的{said}" if query.doc_numbers else said


def rule(evidence: Evidence) -> str:
    """The rule that selected the rows of a list, for people to check."""
    query = evidence.query
    documents = [evidence.documents[id] for id in dict.fromkeys(document for document, _ in evidence.visible)]
    conditions = [f"文件：{joined(list(dict.fromkeys(edition(document) for document in documents)))}"]
    parts = [evidence.documents[key.rpartition("/")[0]].part_title(int(key.rpartition("/")[2])) for key in query.parts]
    conditions += [f"部分：{joined(parts)}"] if parts else []
    conditions += [f"板块：{joined(query.sections)}"] if query.sections else []
    role = {"lead": "牵头单位", "responsible": "责任单位", None: "牵头或责任单位"}[query.role]
    conditions += [f"{role}：{'或'.join(group)}" for group in query.units]
    conditions += ["没有写明牵头单位"] if query.unled else []
    conditions += [f"时限：{query.due.text}"] if query.due else []
    conditions += [f"引用文号：{joined(query.doc_numbers)}"] if query.doc_numbers else []
    conditions += [f"名称或要求中有：{joined(query.topic.split())}"] if query.topic else []
    return f"筛选条件：{'；'.join(conditions)}"


def _by_role(evidence: Evidence, rows: list[TaskRow]) -> str:
    """How many of the rows a unit leads, where it was asked for in any role."""
    query = evidence.query
    if len(query.units) != 1 or query.role is not None or not rows:
        return ""
    leads = sum(any(unit in row.lead_units for unit in query.units[0]) for row in rows)
    return f"（牵头{leads}项，只作为责任单位{len(rows) - leads}项）"


def _by_name(evidence: Evidence, rows: list[TaskRow]) -> str:
    """How many of the rows print each of the names that a unit of the question may be."""
    query = evidence.query
    if len(query.units) != 1 or len(query.units[0]) < 2:
        return ""
    named = {unit: sum(unit in _units(row, query.role) for row in rows) for unit in query.units[0]}
    said = [f"印作“{unit}”的{count}项" for unit, count in named.items() if count]
    return f"，其中{joined(said)}" if len(said) > 1 else ""


def _units(row: TaskRow, role: Role | None) -> tuple[str, ...]:
    return {"lead": row.lead_units, "responsible": row.responsible_units}.get(
        role or "", row.lead_units + row.responsible_units
    )


def _when(asked: Due) -> str:
    return {"some": "写明完成时限的", "none": "没有写明完成时限的"}.get(asked.kind, f"{asked.text}完成的")
