"""Values as Rich tables and text, for people at a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from assistant.access import ROLES
from assistant.cli.common import cell, plain_text, say
from assistant.library.intake import Added
from assistant.schema import VISIBILITIES, Answer, Block, Hit, ParsedDocument, PolicyDocument, TaskRow
from assistant.store.accounts import Key, User
from assistant.store.audit import AuditEntry
from assistant.store.feedback import Entry
from assistant.store.questions import Question

ERASED = {"questions": "提问记录", "feedback": "反馈", "keys": "密钥", "sessions": "登录"}
_KINDS = {"helpful": "有用", "unhelpful": "没用", "unanswered": "未答上"}
_DEEDS = {
    "sign_in": "登录",
    "sign_out": "退出",
    "user.add": "建立账号",
    "user.change": "改变账号",
    "user.password": "改密码",
    "user.remove": "移除账号",
    "key.add": "建立密钥",
    "key.revoke": "撤销密钥",
    "document.add": "添加文件",
    "document.remove": "移除文件",
    "document.visibility": "改变可见范围",
    "export": "导出",
    "questions.read": "查看提问记录",
    "audit.read": "查看审计日志",
    "audit.export": "导出链头",
    "feedback.read": "查看反馈",
    "privacy.export": "导出个人信息",
    "privacy.erase": "删除个人信息",
    "privacy.forget": "清除过期记录",
    "backup": "备份",
    "restore": "恢复",
}
_FINDINGS = {"ok": "说明", "check": "请核对", "refuse": "不可用"}
_OUTCOMES = {
    "added": "已添加",
    "replaced": "已替换",
    "original": "已用原文替换摘要",
    "unchanged": "内容未变，没有改动",
    "skipped": "已跳过",
}
_LEVELS = {"ok": "通过", "check": "请核对", "refuse": "不可用"}  # mildest first


def answer(console: Console, given: Answer) -> None:
    """The text of an answer, its table, and where each cited row stands."""
    console.print(Markdown(plain_text(given.text)))
    for block in given.blocks:
        if block.kind == "table":
            console.print(_block_table(block))
    for citation in given.citations:
        place = f"{citation.title} {citation.label or ''}".strip()
        say(console, f"[{citation.n}] {citation.row}  {place}  （{citation.locator}）")
    if given.suggestions:
        say(console, "\n可以接着问：" + " ".join(given.suggestions))


def _block_table(block: Block) -> Table:
    table = _table("依据", *block.columns)
    for number, cells in enumerate(block.cells, 1):
        _row(table, f"[{number}]", *cells)
    return table


def hits(console: Console, found: Sequence[Hit]) -> None:
    """Search results, best first."""
    table = _table("名次", "编号", "任务", "牵头单位", "完成时限", "得分")
    for hit in found:
        _row(table, str(hit.rank), hit.row.id, hit.row.heading, *_who_and_when(hit.row), f"{hit.score:.4f}")
    console.print(table if found else "没有找到。")


def parsed(console: Console, given: ParsedDocument) -> None:
    """The rows of a file and what was doubtful."""
    document = given.document
    say(console, f"{document.id}  {document.title}")
    table = _table("编号", "标号", "任务", "牵头单位", "完成时限", "责任单位")
    for row in given.rows:
        others = "、".join(row.responsible_units) or "—"
        _row(table, f"{row.part}/{row.item}", row.label or "—", row.heading, *_who_and_when(row), others)
    console.print(table)
    _report(console, given)


def added(console: Console, given: Sequence[Added]) -> None:
    """What became of each file, with its parse report where it is new."""
    for each in given:
        if each.parsed is None:
            say(console, f"{_OUTCOMES[each.outcome]}：{each.reason}")
            continue
        document = each.parsed.document
        say(console, f"{_OUTCOMES[each.outcome]} {document.id}：{document.title}")
        if each.outcome != "unchanged":
            _report(console, each.parsed)


def documents(console: Console, counted: Sequence[tuple[PolicyDocument, int]]) -> None:
    """The documents with their number of rows."""
    table = _table("编号", "地区", "年份", "任务行", "可见范围", "标题")
    for document, count in counted:
        place, year = document.place or "—", str(document.year or "—")
        _row(table, document.id, place, year, str(count), shown_to(document), document.title)
    console.print(table if counted else "还没有收录文件，请用 wenzheng add 添加。")


def shown_to(document: PolicyDocument) -> str:
    """Who may see a document."""
    name = VISIBILITIES[document.visibility]
    return f"{name}（{document.owner}）" if document.owner else name


def checked(console: Console, found: dict[str, Any]) -> None:
    """The result of a check that found nothing wrong."""
    table = _table("项目", "结果")
    names = {
        "snapshot": "索引",
        "documents": "文件",
        "rows": "任务行",
        "views": "可见范围",
        "users": "账号",
        "feedback": "反馈",
        "audit": "审计日志",
    }
    names |= {"analyser": "分词词典", "encoder": "向量模型"}
    for name, value in found.items():
        _row(table, names[name], "还没有" if value is None else str(value))
    console.print(table)
    console.print("核对无误。")


def proved(console: Console, checked: Sequence[dict[str, Any]]) -> None:
    """Which of the saved answers hold, and what the rows do not prove of the others."""
    wrong = [(number, each) for number, each in enumerate(checked, 1) if each["faults"]]
    for number, each in wrong:
        say(console, f"第{number}个（{each['question']}）：")
        for fault in each["faults"]:
            say(console, f"- {fault}")
    said = f"{len(wrong)} 个没有通过" if wrong else "全部通过"
    say(console, f"{len(checked)} 个回答，{said}。")


def feedback(console: Console, entries: Sequence[Entry]) -> None:
    """Votes, reasons and unanswered questions, oldest first."""
    table = _table("时间", "类别", "问题", "理由", "任务行")
    for entry in entries:
        _row(table, entry.at, _KINDS[entry.kind], entry.question, entry.reason or "—", " ".join(entry.rows) or "—")
    console.print(table if entries else "还没有反馈。")


def _report(console: Console, given: ParsedDocument) -> None:
    """The parse report: its level, the rows of each part, then the findings, the worst first."""
    level = _LEVELS[given.report.level]
    say(console, f"\n解析体检单：{level}，共{len(given.rows)}行任务")
    for part in given.document.parts:
        count = sum(row.part == part.part for row in given.rows)
        everyone = (
            f"；每项任务的责任单位另有{'、'.join(part.everyone_responsible)}" if part.everyone_responsible else ""
        )
        say(console, f"- 第{part.part}部分 {part.title or '（无标题）'}：{count}行{everyone}")
    order = list(reversed(_LEVELS))
    for finding in sorted(given.report.findings, key=lambda finding: order.index(finding.level)):
        where = f"{finding.where}：" if finding.where else ""
        say(console, f"- {_FINDINGS[finding.level]}：{where}{finding.message}")


def _who_and_when(row: TaskRow) -> tuple[str, str]:
    return "、".join(row.lead_units) or "—", row.deadline.text if row.deadline else "—"


def _table(*columns: str) -> Table:
    table = Table(show_lines=False)
    for column in columns:
        table.add_column(cell(column), overflow="fold", no_wrap=column in ("时间", "建立"))
    return table


def _row(table: Table, *values: str) -> None:
    table.add_row(*map(cell, values))


def role_said(role: str) -> str:
    """A role in Chinese."""
    return next((said for name, said in ROLES.items() if name == role), role)


def users(console: Console, found: Sequence[User]) -> None:
    """The accounts."""
    table = _table("编号", "账号", "角色", "单位", "提问记录", "状态", "建立")
    for each in found:
        reads, active = "能看" if each.reads_questions else "—", "启用" if each.active else "停用"
        _row(table, str(each.id), each.name, role_said(each.role), each.unit or "—", reads, active, each.created_at)
    console.print(table if found else "还没有账号；第一个账号建立后，改动和内部文件都要登录。")


def keys(console: Console, found: Sequence[Key], names: Mapping[int, str]) -> None:
    """The keys, without their secrets."""
    table = _table("编号", "账号", "用途", "权限", "建立", "到期", "撤销")
    for each in found:
        scopes = "、".join(each.scopes)
        ends = (each.created_at, each.expires_at or "—", each.revoked_at or "—")
        _row(table, str(each.id), names.get(each.user, "—"), each.name, scopes, *ends)
    console.print(table if found else "还没有密钥。")


def audit(console: Console, found: Sequence[AuditEntry]) -> None:
    """Entries of the audit log, oldest first."""
    table = _table("序号", "时间", "谁", "做了什么", "对象", "详情")
    for each in found:
        deed = next(
            (said for action, said in _DEEDS.items() if each.action.removesuffix(".failed") == action), each.action
        )
        deed += "（没有做成）" if each.action.endswith(".failed") else ""
        details = json.dumps(each.details, ensure_ascii=False) if each.details else ""
        _row(table, str(each.seq), each.at, each.actor, deed, each.subject, details)
    console.print(table if found else "审计日志是空的。")


def audited(console: Console, entries: int, faults: Sequence[str]) -> None:
    """Whether the audit log is whole."""
    for fault in faults:
        say(console, f"- {fault}")
    say(console, f"审计日志{entries}条，{'有问题' if faults else '完整无改动'}。")


def questions(console: Console, found: Sequence[Question]) -> None:
    """The question log, oldest first."""
    table = _table("时间", "来自", "问题", "结果", "任务行")
    for each in found:
        _row(table, each.at, each.channel, each.question, each.outcome, " ".join(each.rows) or "—")
    console.print(table if found else "没有提问记录。")
