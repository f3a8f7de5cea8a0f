"""Whom to turn to next: the units of a task, and the tasks that other levels and places set for the same matter."""

from __future__ import annotations

from assistant.answer import tasks
from assistant.answer.build import answered, edition, where
from assistant.answer.evidence import Evidence
from assistant.answer.wording import joined, relation, responsible
from assistant.schema import Answer, TaskRow

_MOST = 2  # tasks that are shown with their counterparts


def compose(evidence: Evidence, rows: list[TaskRow]) -> Answer:
    """The lead unit first, then who takes part, then the counterparts of the level above, beside and below."""
    mains: list[TaskRow] = []
    for row in rows:
        if not any(row in evidence.counterparts.get(main.id, ()) for main in mains):
            mains.append(row)
    mains = mains[:_MOST]
    cited = list(dict.fromkeys(each for row in mains for each in (row, *evidence.counterparts.get(row.id, ()))))
    number = {row.id: n for n, row in enumerate(cited, 1)}
    lines: list[str] = []
    for row in mains:
        whom = joined(row.lead_units or row.responsible_units or evidence.everyone(row))
        lines.append(
            f"**{row.heading}**（{where(evidence, row)}）：先找**{whom or '当地主管部门'}**；"
            f"{responsible(row, evidence.everyone(row))}。[{number[row.id]}]"
        )
        for other in (others := evidence.counterparts.get(row.id, ())):
            beside = relation(evidence.document(row), evidence.document(other))
            units = joined(other.lead_units) or "没有写明牵头单位"
            name = edition(evidence.document(other))
            lines.append(f"- {beside}：{name}的“{other.heading}”，牵头单位：**{units}**。[{number[other.id]}]")
        if not others:
            lines.append("- 其他文件里没有对应的任务。")
    return answered(evidence, "\n".join(lines), cited, tasks.facts(evidence, cited, ("responsible",)))
