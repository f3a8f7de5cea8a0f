"""Comparisons: one matter in several places or years, and all that changed between two plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.answer import tasks
from assistant.answer.build import answered, edition, where
from assistant.answer.cite import item_name
from assistant.answer.evidence import Evidence
from assistant.answer.wording import joined
from assistant.schema import Answer, Block, Intent, Pair, TaskRow

_MOST_NAMED = 12  # tasks of each kind that a sentence names; the table has all
_FIELDS = ("任务", "牵头单位", "责任单位", "完成时限", "量化目标", "文号", "要求")
_ABSENT = "—"


def compose(evidence: Evidence, rows: list[TaskRow]) -> Answer:
    """One matter side by side: who leads, what is asked, what is the same and what differs; a column a document."""
    asked: tuple[Intent, ...] = tuple(dict.fromkeys(("responsible", *tasks.aspects(evidence))))
    ordered = sorted(rows, key=lambda row: list(evidence.documents).index(row.document))
    sides: dict[str, list[TaskRow]] = {}
    for row in ordered:
        sides.setdefault(row.document, []).append(row)
    number = {row.id: n for n, row in enumerate(ordered, 1)}
    opening = _difference(list(sides.values()))
    lines = [
        f"- **{edition(evidence.documents[document])}**（{where(evidence, row)}，{row.heading}）："
        f"{tasks.line(evidence, row, asked)}。[{number[row.id]}]"
        for document, side in sides.items()
        for row in side
    ]
    absent = [f"- {name}的文件里没有找到这件事。" for name in _absent(evidence, ordered)]
    said = "\n".join((opening, "", *lines, *absent))
    ids = tuple(row.id for row in ordered)
    columns = ("", *(edition(evidence.documents[document]) for document in sides))
    cells = tuple((name, *(_cell(name, side) for side in sides.values())) for name in _FIELDS)
    block = Block("comparison", ids, columns=columns, cells=cells)
    return answered(evidence, said, ordered, tasks.facts(evidence, ordered, asked), [block])


def _difference(sides: Sequence[list[TaskRow]]) -> str:
    """Which fields are the same on all sides and which differ."""
    if len(sides) < 2:
        return "只有一方写到这件事："
    fields: dict[str, list[tuple[object, ...]]] = {
        "牵头单位": [tuple(row.lead_units for row in side) for side in sides],
        "责任单位": [tuple(row.responsible_units for row in side) for side in sides],
        "完成时限": [tuple(row.deadline.text if row.deadline else "" for row in side) for side in sides],
        "量化目标": [tuple(row.targets for row in side) for side in sides],
    }
    same = [name for name, values in fields.items() if len(set(values)) == 1 and any(any(v) for v in values)]
    other = [name for name, values in fields.items() if len(set(values)) > 1]
    said = [f"{joined(same)}相同" if same else "", f"{joined(other)}不同" if other else ""]
    return f"{len(sides)}份文件写到这件事，{'，'.join(filter(None, said)) or '单位、时限、目标没有不同'}："


def _absent(evidence: Evidence, rows: Sequence[TaskRow]) -> list[str]:
    """Places and years of the question of which no row was found, though there are documents."""
    documents = [evidence.document(row) for row in rows]
    query = evidence.query
    places = [place for place in query.places if all(document.place != place for document in documents)]
    years = [f"{year}年" for year in query.years if all(document.year != year for document in documents)]
    return [*places, *years]


def _cell(name: str, side: Sequence[TaskRow]) -> str:
    """One field of the rows of one side."""
    values = {
        "任务": [f"{item_name(row)} {row.heading}" for row in side],
        "牵头单位": [joined(row.lead_units) for row in side],
        "责任单位": [joined(row.responsible_units) for row in side],
        "完成时限": [row.deadline.text if row.deadline else "" for row in side],
        "量化目标": [joined(row.targets) for row in side],
        "文号": [joined(row.doc_numbers) for row in side],
        "要求": [row.text for row in side],
    }[name]
    return "；".join(dict.fromkeys(filter(None, values))) or _ABSENT


def changes(evidence: Evidence) -> Answer:
    """All tasks of two plans: only in the one, only in the other, in both with other units or times."""
    pairs = evidence.pairs
    both = [(pair.first, pair.second) for pair in pairs if pair.first and pair.second]
    kinds: dict[str, list[tuple[TaskRow, ...]]] = {
        "only_second": [(pair.second,) for pair in pairs if pair.second and not pair.first],
        "only_first": [(pair.first,) for pair in pairs if pair.first and not pair.second],
        "other_units": [pair for pair in both if pair[0].lead_units != pair[1].lead_units],
        "other_deadline": [pair for pair in both if _time(pair[0]) != _time(pair[1])],
        "other_targets": [pair for pair in both if pair[0].targets != pair[1].targets],
    }
    rows = list(dict.fromkeys(row for group in kinds.values() for pair in group for row in pair))
    number = {row.id: n for n, row in enumerate(rows, 1)}
    first, second = sides(evidence)
    titles = {
        "only_second": f"只有{second}有的任务",
        "only_first": f"只有{first}有的任务",
        "other_units": "两边都有、牵头单位不同的任务",
        "other_deadline": "两边都有、完成时限不同的任务",
        "other_targets": "两边都有、量化目标不同的任务",
    }
    lines = [f"{first}和{second}相比，两边都有的任务**{len(both)}项**："]
    for kind, title in titles.items():
        group = kinds[kind]
        lines += ["", f"{title}共**{len(group)}项**{'：' if group else '。'}", ""] if group else ["", f"{title}没有。"]
        lines += [f"- {' → '.join(_named(row, number[row.id]) for row in pair)}" for pair in group[:_MOST_NAMED]]
        lines += [f"- ……其余{len(group) - _MOST_NAMED}项见对照表"] if len(group) > _MOST_NAMED else []
    lines += ["", "按任务名称和要求的相近程度对应，相近而不同的说法可能对不上，请对照原文。"]
    facts: dict[str, Any] = {"rows": [row.id for row in rows], "both": len(both)}
    facts |= {kind: [[row.id for row in pair] for pair in group] for kind, group in kinds.items()}
    block = Block(
        "comparison", tuple(number), columns=("", first, second), cells=tuple(_paired(pair) for pair in pairs)
    )
    return answered(evidence, "\n".join(lines), rows, facts, [block])


def _named(row: TaskRow, number: int) -> str:
    """A task with who leads it."""
    return f"{row.heading}（{joined(row.lead_units) or '未写明牵头单位'}）[{number}]"


def _time(row: TaskRow) -> str:
    """A deadline without its year, which differs between plans of different years by itself."""
    return f"{row.deadline.end or row.deadline.text}"[4:] if row.deadline else ""


def _paired(pair: Pair) -> tuple[str, str, str]:
    named = [
        f"{row.heading}（{joined(row.lead_units) or '未写明牵头单位'}）" if row else _ABSENT
        for row in (pair.first, pair.second)
    ]
    return ("两边都有" if pair.first and pair.second else "只有一边有", named[0], named[1])


def sides(evidence: Evidence) -> tuple[str, str]:
    """The two sides of a question about changes, as people name them."""
    query = evidence.query
    if len(query.years) > 1:
        place = joined(query.places)
        return f"{place}{query.years[0]}年", f"{place}{query.years[1]}年"
    return query.places[0], query.places[1]
