"""The sentences of answers, made of fields of rows and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.schema import Deadline, Equated, PolicyDocument, TaskRow, Visibility

_NOT_PUBLIC: dict[Visibility, str] = {"internal": "内部文件，不对外提供", "unit": "仅本单位内部文件，不对外提供"}
_LEVELS = {"国": 0, "省": 1, "州": 2, "市": 2, "县": 3, "区": 3}


def joined(units: Sequence[str]) -> str:
    """Units as a Chinese enumeration."""
    return "、".join(units)


def not_public(visibility: Visibility) -> str:
    """That a document is not for the public; nothing where it is."""
    return _NOT_PUBLIC.get(visibility, "")


def placed(place: str | None, unit: str) -> str:
    """A unit with its place, the shared level word once: 湘西州 and 州财政局 give 湘西州财政局."""
    place = place or ""
    return place + unit.removeprefix(place[-1]) if place and unit[:1] == place[-1] else place + unit


def responsible(row: TaskRow, everyone: Sequence[str]) -> str:
    """Who leads and who else. Bold ends before punctuation only, as Markdown needs after a bracket."""
    others = joined(row.responsible_units)
    if row.lead_units:
        said = f"牵头单位：**{joined(row.lead_units)}**"
        said += f"；责任单位：{others}" if others else ""
    elif others:
        said = f"没有写明牵头单位，责任单位：**{others}**"
    elif everyone:
        return f"没有写明牵头单位；按文件总的规定，{joined(everyone)}是责任单位"
    else:
        return "没有写明由谁负责"
    return said + (f"（文件另规定{joined(everyone)}为每项任务的责任单位）" if everyone else "")


def verdict(units: Sequence[str], row: TaskRow, everyone: Sequence[str]) -> str:
    """In which role a row names one of the units; nothing where it names none of them."""
    for unit in units:
        if unit in row.lead_units:
            return f"{unit}是牵头单位{'之一' if len(row.lead_units) > 1 else ''}"
        if unit in row.responsible_units:
            return f"{unit}是责任单位，不是牵头单位" if row.lead_units else f"{unit}是责任单位"
        if unit in everyone:
            return f"{unit}按文件总的规定是责任单位"
    return ""


def due(row: TaskRow, today: date) -> str:
    """The deadline, and whether it lies before today; other dates of the row where it has no deadline."""
    if row.deadline is not None:
        return f"完成时限：**{row.deadline.text}**{passed(row.deadline, today)}"
    if row.dates:
        return f"没有写完成时限，文中的时间：**{joined([each.text for each in row.dates])}**"
    return "没有写明完成时限"


def relation(own: PolicyDocument, its: PolicyDocument) -> str:
    """Whether another document is of the level above, below or beside; levels that are not known stand beside."""
    if own.place == its.place:
        return "本地另一份文件"
    ranks = [_LEVELS.get(document.level or "", -1) for document in (own, its)]
    return "同级" if -1 in ranks or ranks[0] == ranks[1] else "上级" if ranks[1] < ranks[0] else "下级"


def passed(deadline: Deadline, today: date) -> str:
    """（已过期）where the last day of a deadline lies before today."""
    return "（已过）" if deadline.end and date.fromisoformat(deadline.end) < today else ""


def same_unit(equated: Equated, units: Sequence[str]) -> str:
    """That a name in the question stands for printed units; nothing where the rows name none of them."""
    if not units:
        return ""
    relation = "现为" if equated.relation == "former" else "在这些文件里对应"
    return f"“{equated.said}”{relation}“{joined(units)}”"


def comparison(rows: Sequence[TaskRow], intents: Sequence[str]) -> str:
    """In which of the asked facts several rows differ: 牵头单位不同、完成时限不同."""
    said = []
    if "responsible" in intents:
        said.append("牵头单位相同" if len({row.lead_units for row in rows}) == 1 else "牵头单位不同")
    if "deadline" in intents:
        times = {row.deadline.text if row.deadline else "" for row in rows}
        said.append(
            "完成时限相同" if len(times) == 1 else "完成时限不同" if "" not in times else "有的写了完成时限，有的没有"
        )
    return "，".join(said)
