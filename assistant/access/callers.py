"""Callers: what a role may do, what of it a key may, and which documents are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.errors import ForbiddenError, InputError, SignInError
from assistant.schema import EVERYTHING, PUBLIC, Audience
from assistant.store.accounts import Key, User

Role = Literal["visitor", "agent", "editor", "admin"]
# read: ask, search, list; desk: the hotline desk; edit: add, remove, show and hide documents; manage: accounts, keys,
# audit; questions: the question log; metrics: what the service does.
Permission = Literal["read", "desk", "edit", "manage", "questions", "metrics"]
Way = Literal["local", "open", "anonymous", "session", "key"]

ROLES: Mapping[Role, str] = {"visitor": "访客", "agent": "坐席", "editor": "编辑", "admin": "管理员"}
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
_OF_ROLE: Mapping[str, frozenset[Permission]] = {
    "visitor": frozenset({"read"}),
    "agent": frozenset({"read", "desk"}),
    "editor": frozenset({"read", "desk", "edit"}),
    "admin": frozenset({"read", "desk", "edit", "manage", "metrics"}),
}
_READS: Mapping[bool, frozenset[Permission]] = {True: frozenset({"questions"}), False: frozenset()}
_SAID: Mapping[Permission, str] = {
    "read": "提问和查看",
    "desk": "使用坐席工作台",
    "edit": "添加、移除文件和改变可见范围",
    "manage": "管理账号",
    "questions": "查看提问记录",
    "metrics": "查看运行指标",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``name``: of the account, empty where there is none; ``key``: the id of the key that was used."""

    via: Way
    permissions: frozenset[Permission]
    audience: Audience
    name: str = ""
    role: Role | None = None
    unit: str | None = None
    user: int | None = None
    key: int | None = None

    @classmethod
    def of(cls, user: User, key: Key | None = None) -> Caller:
        """The caller that an account is, through a session, or with no more than a key's scopes."""
        role: Role = user.role  # type: ignore[assignment]
        permissions = _OF_ROLE[role] | _READS[user.reads_questions]
        if key is not None:
            permissions = frozenset(each for each in permissions if each in key.scopes)
        audience = EVERYTHING if role == "admin" else PUBLIC if role == "visitor" else Audience(True, user.unit)
        return cls(
            via="session" if key is None else "key",
            permissions=permissions,
            audience=audience,
            name=user.name,
            role=role,
            unit=user.unit,
            user=user.id,
            key=key.id if key else None,
        )

    @property
    def actor(self) -> str:
        """The caller as the audit log names it."""
        if self.key is not None:
            return f"key:{self.key}"
        return f"user:{self.user}" if self.user is not None else "local" if self.via == "local" else "visitor"

    def may(self, permission: Permission) -> bool:
        """Whether the caller may do this."""
        return permission in self.permissions

    def check(self, permission: Permission) -> None:
        """Stops a caller who may not.

        Raises:
            SignInError: signing in could help. ForbiddenError: it could not.
        """
        if self.may(permission):
            return
        if self.via == "open":
            hint = "请在服务所在的机器上做，或用 wenzheng users add 建立账号"
            raise ForbiddenError(f"没有账号时，只能从本机{_SAID[permission]}", hint=hint)
        if self.via == "anonymous":
            raise SignInError(f"{_SAID[permission]}需要登录", hint="请在网页上登录，或在 Authorization 里带上密钥")
        raise ForbiddenError(f"这个账号或密钥不能{_SAID[permission]}", hint="请联系管理员")


# Whoever may use the home folder itself, and this machine before there are accounts.
OWNER = Caller("local", frozenset(PERMISSIONS), EVERYTHING)
# Whoever has not signed in. Before there are accounts also the desk is open: it shows what is public.
ANONYMOUS = Caller("anonymous", frozenset({"read"}), PUBLIC)
OPEN = Caller("open", frozenset({"read", "desk"}), PUBLIC)
STRANGER = Caller("anonymous", frozenset(), PUBLIC)  # where signing in is required


def checked_unit(role: str, unit: str | None) -> str | None:
    """The unit as it is kept.

    Raises:
        InputError: no such role, or a unit that cannot be one.
    """
    if role not in ROLES:
        raise InputError(
            f"没有“{role}”这种角色", hint=f"可选 {'、'.join(f'{id}（{said}）' for id, said in ROLES.items())}"
        )
    unit = " ".join(unit.split()) if unit else None
    if unit and (len(unit) > 100 or not unit.isprintable()):
        raise InputError("单位名称不可用", hint="请用100字以内的单位全称")
    return unit or None
