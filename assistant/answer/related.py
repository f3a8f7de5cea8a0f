"""Whom to turn to next: the units of a task, and the tasks that other levels and places set for the same matter."""

from __future__ import annotations

from assistant.answer import tasks
from assistant.answer.build import answered, edition, where
from assistant.answer.evidence import Evidence
from assistant.answer.wording import joined, responsible
from assistant.schema import Answer, TaskRow

_LEVELS = ("国", "省", "州", "市", "县", "区")
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
            relation = _relation(evidence, row, other)
            units = joined(other.lead_units) or "没有写明牵头单位"
            name = edition(evidence.document(other))
            lines.append(f"- {relation}：{name}的“{other.heading}”，牵头单位：**{units}**。[{number[other.id]}]")
        if not others:
            lines.append("- 其他文件里没有对应的任务。")
    return answered(evidence, "\n".join(lines), cited, tasks.facts(evidence, cited, ("responsible",)))


def _relation(evidence: Evidence, row: TaskRow, other: TaskRow) -> str:
    """Whether another document's task is of the level above, below or beside, or of another year."""
    own, its = evidence.document(row), evidence.document(other)
    if own.place == its.place:
        return "同一地方另一份文件"
    levels = [_LEVELS.index(document.level) if document.level in _LEVELS else -1 for document in (own, its)]
    if -1 in levels or {own.level, its.level} <= {"州", "市"}:
        return "同级对应"
    return "上级对应" if levels[1] < levels[0] else "下级对应" if levels[1] > levels[0] else "同级对应"
