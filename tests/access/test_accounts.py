"""Accounts, signing in, sessions and keys, on SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.access import ANONYMOUS, OWNER, Access
from assistant.access.callers import OPEN, STRANGER
from assistant.access.passwords import holds
from assistant.errors import ConflictError, ForbiddenError, InputError, LimitError, NotFoundError, SignInError
from assistant.schema import EVERYTHING, PUBLIC, Audience
from assistant.settings import Settings
from assistant.store import Store
from tests.access.conftest import PASSWORD

ADDRESS = "10.0.0.9"


def audited(store: Store) -> list[tuple[str, str, str]]:
    return [(each.actor, each.action, each.subject) for each in store.audit.entries()]


def test_before_there_are_accounts_this_machine_is_the_owner(access: Access, store: Store) -> None:
    assert not access.is_on()
    assert access.caller(None, None, local=True) is OWNER
    assert access.caller("a token", "a key", local=False) is OPEN
    assert OPEN.audience == PUBLIC and not OPEN.may("edit") and OWNER.audience == EVERYTHING


def test_roles_and_what_they_may(access: Access) -> None:
    access.add_user("root", PASSWORD, "admin")
    for role in ("visitor", "agent", "editor"):
        access.add_user(role, PASSWORD, role, "州财政局")
    callers = {
        name: access.caller(access.sign_in(name, PASSWORD, ADDRESS), None, False)
        for name in ("root", "visitor", "agent", "editor")
    }
    assert {name: sorted(caller.permissions) for name, caller in callers.items()} == {
        "visitor": ["read"],
        "agent": ["desk", "read"],
        "editor": ["desk", "edit", "read"],
        "root": ["desk", "edit", "manage", "metrics", "read"],
    }
    assert {name: caller.audience for name, caller in callers.items()} == {
        "visitor": PUBLIC,
        "agent": Audience(True, "州财政局"),
        "editor": Audience(True, "州财政局"),
        "root": EVERYTHING,
    }
    # This machine is nothing special any more.
    assert access.caller(None, None, local=True) is ANONYMOUS
    with pytest.raises(SignInError, match="需要登录"):
        ANONYMOUS.check("edit")
    with pytest.raises(ForbiddenError, match="不能管理账号"):
        callers["editor"].check("manage")
    callers["root"].check("manage")
    with pytest.raises(ForbiddenError, match="提问记录"):
        callers["root"].check("questions")


def test_reading_questions_is_granted_on_its_own(access: Access) -> None:
    access.add_user("root", PASSWORD, "admin")
    access.change_user("root", reads_questions=True)
    token = access.sign_in("root", PASSWORD, ADDRESS)
    access.caller(token, None, False).check("questions")


def test_names_and_passwords(access: Access) -> None:
    with pytest.raises(InputError, match="第一个账号必须是管理员"):
        access.add_user("someone", PASSWORD, "agent")
    access.add_user("  Zhang.San ", PASSWORD, "admin")
    assert access.user("zhang.san").name == "zhang.san"
    with pytest.raises(ConflictError, match="已经有了"):
        access.add_user("ZHANG.SAN", PASSWORD, "agent")
    for name in ("", "a", "张 三", "x" * 51, "a\nb", "<script>"):
        with pytest.raises(InputError, match="不可用"):
            access.add_user(name, PASSWORD, "agent")
    for weak in ("short", "aaaaaaaaaaaa", "password123", "zhang.san12", "1234567890123"[:9], "x" * 201):
        with pytest.raises(InputError, match="密码"):
            access.set_password("zhang.san", weak)
    with pytest.raises(InputError, match="没有“king”这种角色"):
        access.add_user("king", PASSWORD, "king")
    with pytest.raises(NotFoundError, match="没有账号"):
        access.user("nobody")


def test_signing_in_and_out(access: Access, store: Store) -> None:
    access.add_user("root", PASSWORD, "admin")
    token = access.sign_in(" ROOT ", PASSWORD, ADDRESS)
    assert access.caller(token, None, False).name == "root"
    access.sign_out(token)
    access.sign_out(token)
    access.sign_out("not a token")
    assert access.caller(token, None, False) is ANONYMOUS
    assert audited(store) == [
        ("local", "user.add", "user:1"),
        ("user:1", "sign_in", "user:1"),
        ("user:1", "sign_out", "user:1"),
    ]
    assert store.audit.faults() == []


def test_sessions_end(store: Store, tmp_path: Path) -> None:
    access = Access(store, Settings.from_env({}, home=tmp_path, session_hours=1))
    access.add_user("root", PASSWORD, "admin")
    token = access.sign_in("root", PASSWORD, ADDRESS)
    with store.database.writing() as connection:
        connection.execute(text("UPDATE sessions SET expires_at = '2020-01-01T00:00:00+00:00'"))
    assert access.caller(token, None, False) is ANONYMOUS
    again = access.sign_in("root", PASSWORD, ADDRESS)
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar() == 1  # the ended one is gone
    access.set_password("root", PASSWORD + "2", old=PASSWORD)
    assert access.caller(again, None, False) is ANONYMOUS
    with pytest.raises(SignInError, match="原密码"):
        access.set_password("root", PASSWORD, old="wrong one here")


def test_secrets_are_not_kept(access: Access, store: Store) -> None:
    access.add_user("root", PASSWORD, "admin")
    token = access.sign_in("root", PASSWORD, ADDRESS)
    _, secret = access.add_key("root", "门户", ["read"])
    with store.database.reading() as connection:
        kept = repr(
            [list(connection.execute(text(f"SELECT * FROM {name}"))) for name in ("users", "sessions", "keys", "audit")]
        )
    assert token not in kept and secret not in kept and PASSWORD not in kept and "$argon2id$" in kept


def test_guessing_is_slowed_down(access: Access, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    access.add_user("root", PASSWORD, "admin")
    for number in range(5):
        with pytest.raises(SignInError, match="账号或密码不对"):
            access.sign_in("root", f"guess {number}", f"10.0.0.{number}")
    with pytest.raises(LimitError, match="秒后再试") as caught:
        access.sign_in("root", PASSWORD, "10.0.1.1")  # the right one, from elsewhere, has to wait as well
    assert 1 <= caught.value.retry_after <= 5
    moment = __import__("time").time()
    monkeypatch.setattr("assistant.access.accounts.time.time", lambda: moment + 6)
    assert access.sign_in("root", PASSWORD, "10.0.1.1")
    assert [each[1] for each in audited(store)].count("sign_in.failed") == 5


def test_guessing_names_from_one_address_is_slowed_down(access: Access) -> None:
    access.add_user("root", PASSWORD, "admin")
    for number in range(20):
        with pytest.raises(SignInError):
            access.sign_in(f"name{number}", "guess", ADDRESS)
    with pytest.raises(LimitError):
        access.sign_in("another", "guess", ADDRESS)
    assert access.sign_in("root", PASSWORD, "10.0.0.2")


def test_an_account_that_is_off(access: Access) -> None:
    access.add_user("root", PASSWORD, "admin")
    access.add_user("agent", PASSWORD, "agent")
    token, (_, secret) = access.sign_in("agent", PASSWORD, ADDRESS), access.add_key("agent", "x", ["read"])
    access.change_user("agent", active=False)
    assert access.caller(token, None, False) is ANONYMOUS
    with pytest.raises(SignInError):
        access.caller(None, secret, False)
    with pytest.raises(SignInError):
        access.sign_in("agent", PASSWORD, ADDRESS)


@pytest.mark.parametrize("deed", ["password", "off"])
def test_what_changes_while_a_password_is_checked_wins(
    access: Access, store: Store, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    access.add_user("root", PASSWORD, "admin")
    access.add_user("tel", PASSWORD, "agent")

    def meanwhile(hashed: str | None, password: str) -> bool:
        if deed == "off":
            access.change_user("tel", active=False)
        else:
            access.set_password("tel", "another long password")
        return holds(hashed, password)

    monkeypatch.setattr("assistant.access.accounts.holds", meanwhile)
    with pytest.raises(SignInError):
        access.sign_in("tel", PASSWORD, "192.0.2.1")
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar_one() == 0


def test_checking_a_password_begins_no_session_and_counts_failures(access: Access, store: Store) -> None:
    access.add_user("root", PASSWORD, "admin")
    access.check_password("ROOT", PASSWORD, "192.0.2.1")
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM attempts")).scalar_one() == 0
    for _ in range(5):
        with pytest.raises(SignInError):
            access.check_password("root", "wrong password", "192.0.2.1")
    with pytest.raises(LimitError):
        access.check_password("root", PASSWORD, "192.0.2.1")
    assert [each.action for each in store.audit.entries()] == ["user.add"] + ["sign_in.failed"] * 5


def test_someone_is_left_to_manage(access: Access) -> None:
    access.add_user("root", PASSWORD, "admin")
    for change in ({"role": "agent"}, {"active": False}):
        with pytest.raises(InputError, match="至少要留一个"):
            access.change_user("root", **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="至少要留一个"):
        access.remove_user("root")
    assert access.user("root").role == "admin" and access.user("root").active
    access.add_user("second", PASSWORD, "admin")
    access.remove_user("root")


def test_numbers_of_accounts_are_never_given_again(access: Access) -> None:
    access.add_user("root", PASSWORD, "admin")
    access.add_user("gone", PASSWORD, "agent")
    access.remove_user("gone")
    assert access.add_user("new", PASSWORD, "agent").id == 3


def test_keys(access: Access, store: Store) -> None:
    access.add_user("root", PASSWORD, "admin")
    access.add_user("portal", PASSWORD, "agent", "州财政局")
    key, secret = access.add_key("portal", " 门户网站 ", ["read", "edit", "read"])
    assert secret.startswith("wz-") and (key.name, key.scopes) == ("门户网站", ("read", "edit"))
    caller = access.caller(None, secret, False)
    assert sorted(caller.permissions) == ["read"]  # no more than the account itself may
    assert caller.actor == f"key:{key.id}" and caller.audience == Audience(True, "州财政局")
    access.revoke_key(key.id)
    with pytest.raises(SignInError, match="密钥无效"):
        access.caller(None, secret, False)
    with pytest.raises(NotFoundError):
        access.revoke_key(key.id)
    _, short = access.add_key("portal", "一天", ["read"], days=1)
    assert access.caller(None, short, False).name == "portal"
    with store.database.writing() as connection:
        connection.execute(text("UPDATE keys SET expires_at = '2020-01-01T00:00:00+00:00'"))
    with pytest.raises(SignInError):
        access.caller(None, short, False)
    for scopes in ([], ["everything"]):
        with pytest.raises(InputError):
            access.add_key("portal", "x", scopes)
    with pytest.raises(InputError, match="用途"):
        access.add_key("portal", " ", ["read"])


def test_signing_in_may_be_required(store: Store, tmp_path: Path) -> None:
    access = Access(store, Settings.from_env({}, home=tmp_path, sign_in="required"))
    assert access.caller(None, None, False).may("read")  # without accounts nobody could
    access.add_user("root", PASSWORD, "admin")
    assert access.caller(None, None, False) is STRANGER
    with pytest.raises(SignInError, match="提问和查看需要登录"):
        STRANGER.check("read")
