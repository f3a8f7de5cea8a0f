"""Commands for those who run the service for an office: accounts, keys, audit, personal data, the question log.

Who may run them is who may use the home folder; what they do stands in the audit log as ``local``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.access import Access
from assistant.cli import terminal
from assistant.cli.common import Home, Json, say, secret, show
from assistant.errors import InputError
from assistant.keeping import Keeper
from assistant.schema import plain
from assistant.settings import Settings
from assistant.store import Store
from assistant.store.audit import AuditHead
from assistant.store.personal import Personal

users = typer.Typer(no_args_is_help=True, help="账号：建立第一个账号以后，改动和内部文件都要登录。")
keys = typer.Typer(no_args_is_help=True, help="接口密钥：给门户、热线系统等程序用。")
audit = typer.Typer(no_args_is_help=True, help="审计日志：只追加，逐条相连，能查出改动、缺失和截断。")
privacy = typer.Typer(no_args_is_help=True, help="个人信息：导出、删除、清除过期的记录。")
GROUPS = {"users": users, "keys": keys, "audit": audit, "privacy": privacy}

Name = Annotated[str, typer.Argument(metavar="账号", help="账号名")]
Role = Annotated[str | None, typer.Option("--role", metavar="角色", help="visitor、agent、editor 或 admin")]
Unit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="所属单位；能看到仅该单位可见的文件")]


def _access(home: Path | None) -> tuple[Access, Store]:
    settings = Settings.from_env(home=home)
    store = Store(settings.home, settings.database)
    return Access(store, settings), store


def _done(as_json: bool, data: object, said: str) -> None:
    show(as_json, plain(data), lambda console: say(console, said))


def _looked(store: Store, log: str, most: int) -> None:
    """Reading a log stands in the audit log, where there is anything to read."""
    if store.database.exists:
        store.audit.add("local", f"{log}.read", log, {"most": most})


# -- accounts --


@users.command("add")
def add_user(name: Name, role: Role = None, unit: Unit = None, home: Home = None, as_json: Json = False) -> None:
    """建立账号；第一个账号是管理员。密码在终端里输入两次，或从标准输入读一行。"""
    access, _ = _access(home)
    user = access.add_user(name, secret("密码"), role or ("agent" if access.is_on() else "admin"), unit)
    _done(as_json, user, f"已建立账号 {user.name}（{terminal.role_said(user.role)}）。")


@users.command("list")
def list_users(home: Home = None, as_json: Json = False) -> None:
    """列出账号。"""
    found = _access(home)[1].accounts.all()
    show(as_json, plain(found), lambda console: terminal.users(console, found))


@users.command("change")
def change_user(
    name: Name,
    role: Role = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="所属单位；空文字为没有单位")] = None,
    active: Annotated[bool | None, typer.Option("--on/--off", help="启用或停用")] = None,
    questions: Annotated[
        bool | None, typer.Option("--questions/--no-questions", help="能不能查看提问记录（单独授予）")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """改变账号的角色、单位和权限，启用或停用；已登录的要重新登录。"""
    access, _ = _access(home)
    user = access.change_user(name, role=role, unit=unit, active=active, reads_questions=questions)
    _done(as_json, user, f"已改变账号 {user.name}。")


@users.command("password")
def set_password(name: Name, home: Home = None, as_json: Json = False) -> None:
    """重设密码；已登录的要重新登录。"""
    access, _ = _access(home)
    access.user(name)
    access.set_password(name, secret("新密码"))
    _done(as_json, {"user": name}, f"已重设账号 {name} 的密码。")


@users.command("remove")
def remove_user(name: Name, home: Home = None, as_json: Json = False) -> None:
    """移除账号，连同它的登录和密钥。"""
    _access(home)[0].remove_user(name)
    _done(as_json, {"removed": name}, f"已移除账号 {name}。")


# -- keys --


@keys.command("add")
def add_key(
    name: Name,
    use: Annotated[str, typer.Option("--for", metavar="用途", help="给哪个系统用")],
    scopes: Annotated[list[str] | None, typer.Option("--scope", metavar="权限", help="read（默认）、desk、edit、questions、metrics、manage，可重复")] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=3650, metavar="天数", help="多少天后失效")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """给一个账号建立密钥；密钥只显示这一次，权限不超过账号自己的。"""
    key, text = _access(home)[0].add_key(name, use, scopes or ["read"], days)
    _done(as_json, key.to_dict() | {"secret": text}, f"密钥 {key.id}（{key.name}）：{text}\n只显示这一次，请妥善保存。")


@keys.command("list")
def list_keys(home: Home = None, as_json: Json = False) -> None:
    """列出密钥（不含密钥本身）。"""
    accounts = _access(home)[1].accounts
    found, names = accounts.keys(), {user.id: user.name for user in accounts.all()}
    show(as_json, plain(found), lambda console: terminal.keys(console, found, names))


@keys.command("revoke")
def revoke_key(
    id: Annotated[int, typer.Argument(metavar="编号", help="密钥编号，见 wenzheng keys list")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """撤销密钥，立即失效。"""
    _access(home)[0].revoke_key(id)
    _done(as_json, {"revoked": id}, f"已撤销密钥 {id}。")


# -- audit --


@audit.command("list")
def list_audit(
    most: Annotated[int, typer.Option("--most", min=1, metavar="条数", help="最近的多少条")] = 100,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """列出审计日志最近的条目；查看本身记入审计日志。"""
    store = _access(home)[1]
    _looked(store, "audit", most)
    found = store.audit.entries(most)
    show(as_json, plain(found), lambda console: terminal.audit(console, found))


@audit.command("head")
def audit_head(home: Home = None, as_json: Json = False) -> None:
    """输出链头，一行；请存到别处（打印、别的机器），以后用 verify --head 核对。"""
    log = _access(home)[1].audit
    log.add("local", "audit.export", "head")
    head = log.head()
    _done(as_json, head, str(head))


@audit.command("verify")
def verify_audit(
    head: Annotated[str | None, typer.Option("--head", metavar="链头", help="以前导出的链头，或存有它的文件")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """核对审计日志：改动、缺失、被截断的末尾；给出导出的链头时也能查出整个重写。"""
    log = _access(home)[1].audit
    faults = log.faults(_head(head) if head else None)
    count = log.count()
    show(as_json, {"entries": count, "faults": faults}, lambda console: terminal.audited(console, count, faults))
    raise typer.Exit(int(bool(faults)))


def _head(given: str) -> AuditHead:
    path = Path(given)
    try:
        return AuditHead.parse(path.read_text(encoding="utf-8") if path.is_file() else given)
    except (OSError, UnicodeDecodeError):
        raise InputError("读不出链头", where=given) from None


# -- personal data --

Words = Annotated[
    str | None, typer.Option("--words", metavar="文字", help="提问记录和反馈里含有这些文字的条目（至少两个字）")
]
User = Annotated[str | None, typer.Option("--user", metavar="账号", help="一个账号的全部个人信息")]


def _personal(home: Path | None, user: str | None, words: str | None) -> tuple[Personal, int | None]:
    if (user is None) == (words is None):
        raise InputError("请给出 --user 或 --words 之一")
    access, store = _access(home)
    return Personal(store), access.user(user).id if user is not None else None


@privacy.command("export")
def export_personal(user: User = None, words: Words = None, home: Home = None) -> None:
    """导出个人信息（JSON）：一个账号的账号、密钥、登录、提问、反馈和审计条目，或含有某些文字的记录。"""
    personal, id = _personal(home, user, words)
    show(True, personal.export(id) if id is not None else personal.export_words(words or ""), lambda console: None)


@privacy.command("erase")
def erase_personal(user: User = None, words: Words = None, home: Home = None, as_json: Json = False) -> None:
    """删除个人信息：账号连同它的提问、反馈、登录和密钥，或含有某些文字的记录；审计日志里只留编号。"""
    personal, id = _personal(home, user, words)
    erased = personal.erase(id) if id is not None else personal.erase_words(words or "")
    said = "，".join(f"{terminal.ERASED[name]}{count}条" for name, count in erased.items())
    _done(as_json, erased, f"已删除：{said}。")


@privacy.command("forget")
def forget_old(home: Home = None, as_json: Json = False) -> None:
    """立即清除过期的提问记录和反馈（服务运行时每小时自动做一次）。"""
    settings = Settings.from_env(home=home)
    forgotten = Keeper(Store(settings.home, settings.database), settings).forget_old()
    said = "，".join(f"{terminal.ERASED[name]}{count}条" for name, count in forgotten.items())
    _done(as_json, forgotten, f"已清除：{said}。")


def questions(
    most: Annotated[int, typer.Option("--most", min=1, metavar="条数", help="最近的多少条")] = 100,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """列出提问记录（个人信息已遮盖）；查看本身记入审计日志。"""
    store = _access(home)[1]
    _looked(store, "questions", most)
    found = store.questions.entries(most)
    show(as_json, plain(found), lambda console: terminal.questions(console, found))
