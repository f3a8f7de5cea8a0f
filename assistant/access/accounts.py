"""Accounts: adding and changing them, signing in, sessions and keys; every deed stands in the audit log."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from assistant.access.callers import ANONYMOUS, OPEN, OWNER, PERMISSIONS, STRANGER, Caller, checked_unit
from assistant.access.limits import network_of
from assistant.access.passwords import check_strength, hash_password, holds, is_outdated
from assistant.errors import ConflictError, InputError, LimitError, NotFoundError, SignInError
from assistant.settings import Settings
from assistant.store import Store
from assistant.store.accounts import Key, User
from assistant.store.tables import USERS

_NAME = re.compile(r"[\w.@-]{2,50}")
_KEY = "wz-"  # keys begin with this, so that scanners of leaked secrets can know them
# Failed sign-ins of the last quarter of an hour: free ones, then seconds to wait since the last, doubling.
_WINDOW, _FREE_OF_ACCOUNT, _FREE_OF_ADDRESS, _LONGEST = 900.0, 5, 20, 900.0


class Access:
    """The accounts of a store; safe to use from several threads and processes."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._accounts = store.accounts

    @property
    def may_be_on(self) -> bool:
        """Whether it is worth a look at the database if there are accounts."""
        return self._store.database.exists

    def is_on(self) -> bool:
        """Whether there are accounts; without any, this machine is its owner and all others are visitors."""
        return self._accounts.any()

    # -- who asks --

    def caller(self, token: str | None, key: str | None, local: bool) -> Caller:
        """Who asks with a session's token or a key; ``local``: from this machine itself.

        Raises:
            SignInError: the key is not one that holds. StoreError: it cannot be found out.
        """
        if not self.is_on():
            return OWNER if local else OPEN
        if key is not None:
            found = self._accounts.of_key(_digest(key))
            if found is None:
                raise SignInError("密钥无效、已过期或已撤销", hint="请向管理员要新的密钥")
            return Caller.of(*found)
        user = self._accounts.of_session(_digest(token)) if token else None
        if user is not None:
            return Caller.of(user)
        return STRANGER if self._settings.sign_in == "required" else ANONYMOUS

    def sign_in(self, name: str, password: str, address: str) -> str:
        """The token of a new session.

        Raises:
            SignInError: no such account and password. LimitError: too many failures, from here or for this account.
        """
        user, hashed = self._checked_password(name, password, address)
        renewed = hash_password(password) if is_outdated(hashed) else None
        token = secrets.token_urlsafe(32)
        ends = _later(timedelta(hours=self._settings.session_hours))
        with self._store.database.writing() as connection:
            now = select(USERS.c.password).where(USERS.c.id == user.id, USERS.c.active).with_for_update()
            if connection.execute(now).scalar_one_or_none() != hashed:  # it was changed or switched off meanwhile
                raise _not_right()
            self._accounts.succeeded(connection, _digest(user.name))
            if renewed is not None:
                self._accounts.change(connection, user.id, password=renewed)
            self._accounts.begin_session(connection, user.id, _digest(token), ends)
            self._store.audit.add_within(connection, f"user:{user.id}", "sign_in", f"user:{user.id}")
        return token

    def check_password(self, name: str, password: str, address: str) -> None:
        """Sees that a password is an account's; what is wrong counts as when signing in.

        Raises:
            SignInError: no such account and password. LimitError: too many failures, from here or for this account.
        """
        user, _ = self._checked_password(name, password, address)
        with self._store.database.writing() as connection:
            self._accounts.succeeded(connection, _digest(user.name))

    def _checked_password(self, name: str, password: str, address: str) -> tuple[User, str]:
        """The account that a name and a password are of, and the hash that it was checked by; counted as failed yet."""
        folded, moment = _folded(name), time.time()
        account, network = _digest(folded), network_of(address)[:64]
        with self._store.database.writing() as connection:
            # It counts as failed until it has not: guesses at the same time do not get past one another.
            self._check_patience(connection, account, network, moment)
            self._accounts.failed(connection, moment, account, network, moment - _WINDOW)
        known = self._accounts.named(folded) if _NAME.fullmatch(folded) else None
        user, hashed = known or (None, None)
        good = holds(hashed, password)
        if user is None or hashed is None or not good or not user.active:
            self._store.audit.add("visitor", "sign_in.failed", f"user:{user.id}" if user else "unknown")
            raise _not_right()
        return user, hashed

    def _check_patience(self, connection: Connection, account: str, address: str, moment: float) -> None:
        failures = self._accounts.failures(connection, moment - _WINDOW, account, address)
        for failed, free in zip(failures, (_FREE_OF_ACCOUNT, _FREE_OF_ADDRESS), strict=True):
            if len(failed) >= free:
                wait = failed[-1] + min(_LONGEST, 2.0 ** min(len(failed) - free, 10) * 5) - moment
                if wait > 0:
                    raise LimitError("登录失败次数太多", hint=f"请{_said(wait)}后再试", retry_after=wait)

    def sign_out(self, token: str) -> None:
        """Ends a session."""
        digest = _digest(token)
        user = self._accounts.of_session(digest)
        if user is not None:
            with self._store.database.writing() as connection:
                self._accounts.end_session(connection, digest)
                self._store.audit.add_within(connection, f"user:{user.id}", "sign_out", f"user:{user.id}")

    # -- accounts --

    def user(self, name: str) -> User:
        """The account of a name.

        Raises:
            NotFoundError: there is none.
        """
        found = self._accounts.named(_folded(name))
        if found is None:
            raise NotFoundError(f"没有账号“{name[:50]}”", hint="wenzheng users list 列出全部账号")
        return found[0]

    def add_user(self, name: str, password: str, role: str, unit: str | None = None, by: Caller = OWNER) -> User:
        """A new account.

        Raises:
            InputError: name, password, role or unit cannot be used. ConflictError: the name is taken.
        """
        folded = _folded(name)
        if not _NAME.fullmatch(folded):
            raise InputError(f"账号名“{name[:50]}”不可用", hint="请用2到50个字母、数字、汉字或 . _ - @")
        unit = checked_unit(role, unit)
        check_strength(password, folded)
        if self._accounts.named(folded) is not None:
            raise ConflictError(f"账号“{folded}”已经有了")
        hashed = hash_password(password)
        if not self.is_on() and role != "admin":
            raise InputError("第一个账号必须是管理员", hint="请加 --role admin")
        with self._store.database.writing() as connection:
            user = self._accounts.add(connection, folded, hashed, role, unit)
            self._store.audit.add_within(
                connection, by.actor, "user.add", f"user:{user.id}", {"role": role, "unit": unit}
            )
        return user

    def change_user(
        self,
        name: str,
        *,
        role: str | None = None,
        unit: str | None = None,
        active: bool | None = None,
        reads_questions: bool | None = None,
        by: Caller = OWNER,
    ) -> User:
        """Changes an account; None leaves a field as it is, an empty unit takes it away. Its sessions end.

        Raises:
            NotFoundError: no such account. InputError: a value that cannot be used, or no admin would be left.
        """
        user = self.user(name)
        changed = replace(
            user,
            role=role or user.role,
            unit=user.unit if unit is None else unit or None,
            active=user.active if active is None else active,
            reads_questions=user.reads_questions if reads_questions is None else reads_questions,
        )
        unit = checked_unit(changed.role, changed.unit)
        values = {
            "role": changed.role,
            "unit": unit,
            "active": changed.active,
            "reads_questions": changed.reads_questions,
        }
        with self._store.database.writing() as connection:
            self._accounts.change(connection, user.id, **values)
            self._accounts.check_managed(connection)
            self._accounts.end_sessions(connection, user.id)
            self._store.audit.add_within(connection, by.actor, "user.change", f"user:{user.id}", values)
        return replace(changed, unit=unit)

    def set_password(self, name: str, password: str, old: str | None = None, by: Caller = OWNER) -> None:
        """Sets a password and ends the account's sessions; ``old`` is checked where it is given.

        Raises:
            NotFoundError: no such account. SignInError: the old one is not right. InputError: the new one is weak.
        """
        user = self.user(name)
        found = self._accounts.named(user.name)
        if old is not None and not holds(found[1] if found else None, old):
            raise SignInError("原密码不对")
        check_strength(password, user.name)
        hashed = hash_password(password)
        with self._store.database.writing() as connection:
            self._accounts.change(connection, user.id, password=hashed)
            self._accounts.end_sessions(connection, user.id)
            self._store.audit.add_within(connection, by.actor, "user.password", f"user:{user.id}")

    def remove_user(self, name: str, by: Caller = OWNER) -> None:
        """Removes an account, its sessions and keys; what it did stays in the audit log under its number.

        Raises:
            NotFoundError: no such account. InputError: no admin would be left for the others.
        """
        user = self.user(name)
        with self._store.database.writing() as connection:
            self._accounts.remove(connection, user.id)
            if user.role == "admin":
                self._accounts.check_managed(connection)
            self._store.audit.add_within(connection, by.actor, "user.remove", f"user:{user.id}")

    # -- keys --

    def add_key(
        self, user_name: str, name: str, scopes: Sequence[str], days: int | None = None, by: Caller = OWNER
    ) -> tuple[Key, str]:
        """A new key of an account and its secret, which is shown this once; ``days`` after which it ends.

        Raises:
            NotFoundError: no such account. InputError: a scope that there is not, or a name too long.
        """
        user = self.user(user_name)
        strange = [scope for scope in scopes if scope not in PERMISSIONS]
        if strange or not scopes:
            raise InputError(
                f"没有“{'、'.join(strange)}”这种权限" if strange else "没有给权限",
                hint=f"可选 {'、'.join(PERMISSIONS)}",
            )
        if not 1 <= len(name.strip()) <= 100:
            raise InputError("密钥要有100字以内的用途说明")
        secret = _KEY + secrets.token_urlsafe(32)
        ends = _later(timedelta(days=days)) if days else None
        kept = tuple(dict.fromkeys(scopes))
        with self._store.database.writing() as connection:
            key = self._accounts.add_key(connection, user.id, name.strip(), _digest(secret), kept, ends)
            details = {"user": user.id, "scopes": list(kept), "expires_at": ends}
            self._store.audit.add_within(connection, by.actor, "key.add", f"key:{key.id}", details)
        return key, secret

    def revoke_key(self, id: int, by: Caller = OWNER) -> None:
        """Revokes a key.

        Raises:
            NotFoundError: there is no such key, or it is revoked already.
        """
        with self._store.database.writing() as connection:
            if not self._accounts.revoke(connection, id):
                raise NotFoundError(f"没有编号为{id}的有效密钥", hint="wenzheng keys list 列出全部密钥")
            self._store.audit.add_within(connection, by.actor, "key.revoke", f"key:{id}")


def _folded(name: str) -> str:
    return name.strip().casefold()


def _not_right() -> SignInError:
    return SignInError("账号或密码不对", hint="连续多次不对后要等一会儿才能再试")


def _digest(secret: str) -> str:
    """Tokens and keys are random, so a plain hash keeps them; passwords are not, see ``passwords``."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _later(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat(timespec="seconds")


def _said(seconds: float) -> str:
    return f"{int(seconds // 60) + 1}分钟" if seconds > 60 else f"{int(seconds) + 1}秒"
