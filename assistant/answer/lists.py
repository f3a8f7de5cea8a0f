"""Lists and counts: the exact number of rows, the rule that selected them, all of them as a table; counts by unit or place."""

from __future__ import annotations

from typing import Any

from assistant.answer import tasks
from assistant.answer.build import answered, edition, refused
from assistant.answer.cite import item_name, source_name
from assistant.answer.evidence import Evidence
from assistant.answer.wording import joined, placed
from assistant.schema import Answer, Block, Due, Group, Query, Refusal, Role, TaskRow, UnitCondition

_MOST_LISTED = 20
_ROLES: dict[Role | None, str] = {"lead": "牵头的", "responsible": "作为责任单位的", None: "有关的"}
_FIELDS: dict[Role | None, str] = {"lead": "牵头单位", "responsible": "责任单位", None: "牵头或责任单位"}
_GROUPS: dict[Group, str] = {
    "lead": "牵头单位",
    "responsible": "责任单位",
    "place": "地区",
    "year": "年份",
    "document": "文件",
    "part": "部分",
    "section": "板块",
}


def compose(evidence: Evidence, rows: list[TaskRow]) -> Answer:
    """The exact number of rows and their names; of a list asked for before, the one row that was picked."""
    if evidence.query.pick is not None:
        return _picked(evidence, rows)
    if evidence.query.group is not None:
        return _counted(evidence, rows, evidence.query.group)
    asked = tuple(intent for intent in evidence.query.intents if intent in tasks.LINES)
    lines: list[str] = []
    sources = [source_name(evidence.document(row), row) for row in rows]
    for n, (row, source) in enumerate(zip(rows[:_MOST_LISTED], sources, strict=False), 1):
        if len(set(sources)) > 1 and source not in sources[: n - 1]:
            lines += ["", f"{source}（{sources.count(source)}项）：", ""]
        said = f"：{tasks.line(evidence, row, asked)}" if asked else ""
        lines.append(f"- {item_name(row)} {row.heading}{said}[{n}]")
    if len(rows) > _MOST_LISTED:
        lines.append(f"- ……其余{len(rows) - _MOST_LISTED}项见任务表")
    rest = "除前面已列出的以外，" if evidence.query.beyond else ""
    counted = (
        f"{rest}{described(evidence, rows)}共**{len(rows)}项**{_by_role(evidence, rows)}{_by_name(evidence, rows)}"
    )
    said = "\n".join((f"{counted}：", "", *lines)) if rows else f"{counted}。"
    facts = {"count": len(rows), **tasks.facts(evidence, rows, asked)}
    return answered(evidence, said, rows, facts, rule=rule(evidence))


def _picked(evidence: Evidence, rows: list[TaskRow]) -> Answer:
    """One row of the list that was asked for before, in full."""
    number = evidence.query.pick or 0
    number = len(rows) + 1 + number if number < 0 else number
    if not 0 < number <= len(rows):
        reason = f"{described(evidence, rows)}只有{len(rows)}项"
        return refused(evidence, Refusal("false_presupposition", reason))
    row = rows[number - 1]
    asked = tuple(intent for intent in evidence.query.intents if intent in tasks.LINES) or ("responsible",)
    said = f"**{row.heading}**：{tasks.line(evidence, row, (*asked, 'content'))}。[1]"
    return answered(evidence, said, [row], tasks.facts(evidence, [row], (*asked, "content")))


def _counted(evidence: Evidence, rows: list[TaskRow], group: Group) -> Answer:
    """How many of the rows there are of each unit, place, year, document, part or section, the most first."""
    counts: dict[str, int] = {}
    for row in rows:
        for name in _names(evidence, row, group):
            counts[name] = counts.get(name, 0) + 1
    ordered = list(counts.items())
    if group in ("lead", "responsible"):
        ordered.sort(key=lambda each: -each[1])
    opening = f"{described(evidence, rows)}共**{len(rows)}项**，{_GROUPS[group]}有**{len(ordered)}个**"
    if ordered and group in ("lead", "responsible"):
        first = [name for name, count in ordered if count == ordered[0][1]]
        most = f"最多的是**{joined(first)}**（{ordered[0][1]}项）" if len(first) < len(ordered) else "各一样多"
        opening += f"，{most}"
    lines = [f"- {name}：{count}项" for name, count in ordered[:_MOST_LISTED]]
    lines += [f"- ……其余{len(ordered) - _MOST_LISTED}个见统计表"] if len(ordered) > _MOST_LISTED else []
    cells = tuple((name, str(count)) for name, count in ordered)
    chart = Block("chart", tuple(row.id for row in rows), columns=(_GROUPS[group], "任务项数"), cells=cells)
    facts: dict[str, Any] = {"count": len(rows), "rows": [row.id for row in rows], "group": group, "groups": counts}
    return answered(evidence, "\n".join((f"{opening}：", "", *lines)), rows, facts, [chart], rule(evidence))


def _names(evidence: Evidence, row: TaskRow, group: Group) -> tuple[str, ...]:
    """What a row counts under."""
    document = evidence.document(row)
    if group == "lead":
        return row.lead_units
    if group == "responsible":
        return row.responsible_units
    return {
        "place": (document.place or document.title,),
        "year": (f"{document.year}年" if document.year else document.title,),
        "document": (edition(document),),
        "part": (source_name(document, row),),
        "section": row.section[:1],
    }[group]


def described(evidence: Evidence, rows: list[TaskRow]) -> str:
    """The conditions of a list in words: 州财政局牵头的任务."""
    query = evidence.query
    place = "、".join(query.places)
    units = "、".join(_in_words(each) for each in query.conditions)
    said = f"{placed(place, units)}任务"
    where = "名称有" if query.in_heading else "写到"
    said = f"{where}“{joined(query.topic.split())}”的{said}" if query.topic else said
    said = f"没有写到“{joined(query.without_words)}”的{said}" if query.without_words else said
    said = f"{joined(_parts(evidence))}里，{said}" if query.parts else said
    sections = list(dict.fromkeys(name for row in rows for name in row.section if name in query.sections))
    said = f"“{joined(sections)}”部分的{said}" if sections else said
    said = f"{_when(query.due)}{said}" if query.due else said
    said = f"{_led(query)}{said}" if query.lead_count or query.only else said
    said = f"引用文号的{said}" if query.citing else said
    return f"引用{joined(query.doc_numbers)}的{said}" if query.doc_numbers else said


def _in_words(condition: UnitCondition) -> str:
    """州财政局牵头的; 不是州财政局牵头的."""
    said = f"{'/'.join(condition.units)}{_ROLES[condition.role]}"
    return f"不是{said}" if condition.excluded else said


def _led(query: Query) -> str:
    if query.only:
        return "没有其他牵头单位的"
    least, most = query.lead_count or (0, 0)
    if most == 0:
        return "没有写明牵头单位的"
    return f"由{least}个单位牵头的" if least == most else f"至少由{least}个单位牵头的"


def _parts(evidence: Evidence) -> list[str]:
    keys = (key.rpartition("/") for key in evidence.query.parts)
    return [evidence.documents[document].part_title(int(part)) for document, _, part in keys]


def rule(evidence: Evidence) -> str:
    """The rule that selected the rows of a list, for people to check."""
    query = evidence.query
    documents = [evidence.documents[id] for id in dict.fromkeys(document for document, _ in evidence.visible)]
    conditions = [f"文件：{joined(list(dict.fromkeys(edition(document) for document in documents)))}"]
    conditions += [f"部分：{joined(_parts(evidence))}"] if query.parts else []
    conditions += [f"板块：{joined(query.sections)}"] if query.sections else []
    conditions += [
        f"{_FIELDS[each.role]}{'不是' if each.excluded else ''}：{'或'.join(each.units)}" for each in query.conditions
    ]
    conditions += [_led(query).removesuffix("的")] if query.lead_count or query.only else []
    conditions += [f"时限{'不是' if query.due.excluded else ''}：{query.due.text}"] if query.due else []
    conditions += ["引用任意文号"] if query.citing else []
    conditions += [f"引用文号：{joined(query.doc_numbers)}"] if query.doc_numbers else []
    where = "名称中有" if query.in_heading else "名称或要求中有"
    conditions += [f"{where}：{joined(query.topic.split())}"] if query.topic else []
    conditions += [f"名称和要求中没有：{joined(query.without_words)}"] if query.without_words else []
    return f"筛选条件：{'；'.join(conditions)}"


def _by_role(evidence: Evidence, rows: list[TaskRow]) -> str:
    """How many of the rows a unit leads, where it was asked for in any role."""
    conditions = evidence.query.conditions
    if len(conditions) != 1 or conditions[0].role is not None or conditions[0].excluded or not rows:
        return ""
    leads = sum(any(unit in row.lead_units for unit in conditions[0].units) for row in rows)
    return f"（牵头{leads}项，只作为责任单位{len(rows) - leads}项）"


def _by_name(evidence: Evidence, rows: list[TaskRow]) -> str:
    """How many of the rows print each of the names that a unit of the question may be."""
    conditions = evidence.query.conditions
    if len(conditions) != 1 or len(conditions[0].units) < 2 or conditions[0].excluded:
        return ""
    named = {unit: sum(unit in _units(row, conditions[0].role) for row in rows) for unit in conditions[0].units}
    said = [f"印作“{unit}”的{count}项" for unit, count in named.items() if count]
    return f"，其中{joined(said)}" if len(said) > 1 else ""


def _units(row: TaskRow, role: Role | None) -> tuple[str, ...]:
    return {"lead": row.lead_units, "responsible": row.responsible_units}.get(
        role or "", row.lead_units + row.responsible_units
    )


def _when(asked: Due) -> str:
    if asked.excluded:
        return f"写明完成时限而不是{asked.text}的"
    return {"some": "写明完成时限的", "none": "没有写明完成时限的"}.get(asked.kind, f"{asked.text}完成的")
