"""Commands for those who run the service: accounts, keys, audit, personal data, the question log, and what is exposed."""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from assistant import cli
from assistant.access import Access
from assistant.access.exposure import check_exposure
from assistant.api import logs
from assistant.errors import InputError
from assistant.faults import keep_fault
from assistant.settings import Settings
from assistant.store import Store
from tests.store.conftest import keep_question

PASSWORD = "correct horse 电池"


def run(home: Path, *line: str, given: str = "", code: int = 0) -> Result:
    result = CliRunner().invoke(cli.app, [*line, "--home", str(home)], input=given)
    if code == 0 and result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def refused(home: Path, *line: str, given: str = "") -> str:
    """The one line of a command that is refused."""
    result = CliRunner().invoke(cli.app, [*line, "--home", str(home)], input=given)
    assert result.exception is not None and not isinstance(result.exception, SystemExit)
    return str(result.exception)


def read(result: Result) -> object:
    return json.loads(result.stdout)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A home folder with an admin and an agent."""
    run(tmp_path, "users", "add", "Zhang", given=f"{PASSWORD}\n")
    run(tmp_path, "users", "add", "li", "--unit", "市数据局", given=f"{PASSWORD}\n")
    return tmp_path


def test_accounts(office: Path) -> None:
    listed = read(run(office, "users", "list", "--json"))
    assert [(each["name"], each["role"], each["unit"]) for each in listed] == [  # type: ignore[attr-defined]
        ("li", "agent", "市数据局"),
        ("zhang", "admin", None),
    ]
    assert "管理员" in run(office, "users", "list").output
    changed = read(run(office, "users", "change", "li", "--role", "editor", "--unit", "", "--questions", "--json"))
    assert (changed["role"], changed["unit"], changed["reads_questions"]) == ("editor", None, True)  # type: ignore[index]
    assert "已重设" in run(office, "users", "password", "li", given="another horse 电池\n").output
    assert "已移除" in run(office, "users", "remove", "li").output
    assert "至少要留一个" in refused(office, "users", "remove", "zhang")
    assert "没有账号" in refused(office, "users", "change", "nobody", "--off")
    assert "密码" in refused(office, "users", "add", "wu", given="\n")
    assert "密码" in refused(office, "users", "add", "wu", given="short\n")
    assert "没有“king”这种角色" in refused(office, "users", "add", "wu", "--role", "king", given=f"{PASSWORD}\n")


def test_a_new_home_is_for_its_owner_only(tmp_path: Path) -> None:
    run(tmp_path / "甲", "users", "add", "zhang", given=f"{PASSWORD}\n")
    keep_fault(tmp_path / "乙")
    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in "甲乙"] == ["0o700"] * 2


def test_the_first_account_is_an_admin(tmp_path: Path) -> None:
    assert "第一个账号必须是管理员" in refused(tmp_path, "users", "add", "li", "--role", "agent", given=f"{PASSWORD}\n")
    assert "还没有账号" in run(tmp_path, "users", "list").output
    assert "还没有密钥" in run(tmp_path, "keys", "list").output


def test_keys(office: Path) -> None:
    made = read(run(office, "keys", "add", "li", "--for", "门户", "--days", "30", "--json"))
    assert made["secret"].startswith("wz-") and made["scopes"] == ["read"] and made["expires_at"]  # type: ignore[index]
    listed = run(office, "keys", "list", "--json").stdout
    assert made["secret"] not in listed and json.loads(listed)[0]["name"] == "门户"  # type: ignore[index]
    assert "门户" in run(office, "keys", "list").output
    assert "已撤销" in run(office, "keys", "revoke", "1").output
    assert "没有编号为1的有效密钥" in refused(office, "keys", "revoke", "1")
    assert "没有“all”这种权限" in refused(office, "keys", "add", "li", "--for", "x", "--scope", "all")


def test_the_audit_log(office: Path, tmp_path: Path) -> None:
    entries = read(run(office, "audit", "list", "--json"))
    assert [(each["action"], each["subject"]) for each in entries] == [  # type: ignore[attr-defined]
        ("user.add", "user:1"),
        ("user.add", "user:2"),
        ("audit.read", "audit"),
    ]
    shown = run(office, "audit", "list").output
    assert "建立账号" in shown and "查看审计日" in shown
    head = run(office, "audit", "head").output.strip()
    assert re.fullmatch(r"5:[0-9a-f]{64}", head)
    file = tmp_path / "链头.txt"
    file.write_text(head, encoding="utf-8")
    assert "审计日志5条，完整无改动" in run(office, "audit", "verify", "--head", str(file)).output
    assert read(run(office, "audit", "verify", "--head", head, "--json")) == {"entries": 5, "faults": []}
    with Store(office).database.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_keeps_delete"))
        connection.execute(text("DELETE FROM audit WHERE seq = 2"))
        connection.execute(text("DROP TRIGGER audit_head_keeps"))
        connection.execute(text("DELETE FROM audit_head"))
    assert read(run(office, "audit", "verify", "--json", code=1)) == {
        "entries": 4,
        "faults": ["第2条至第2条缺失", "第3条或它之前的内容被改动", "链头缺失"],
    }
    assert "链头" in refused(office, "audit", "verify", "--head", "x")


def test_personal_data(office: Path) -> None:
    store = Store(office)
    keep_question(store, "rest", "低保谁管？", "responsible", "answered", [], 2)
    keep_question(store, "rest", "老街改造谁管？", "responsible", "answered", [])
    store.feedback.vote("低保谁管？", [], False, "不对", 2)
    store.feedback.vote("别的", [], True)
    run(office, "keys", "add", "li", "--for", "门户")
    given = read(run(office, "privacy", "export", "--user", "li"))
    assert {name: len(value) for name, value in given.items()} == {  # type: ignore[attr-defined]
        "account": 7,
        "sessions": 0,
        "questions": 1,
        "feedback": 1,
        "keys": 1,
        "audit": 3,
    }
    deeds = [(each["action"], each["subject"]) for each in given["audit"]]  # type: ignore[index]
    assert deeds == [("user.add", "user:2"), ("key.add", "key:1"), ("privacy.export", "user:2")]
    assert "password" not in given["account"] and "argon2" not in json.dumps(given)  # type: ignore[index]
    found = read(run(office, "privacy", "export", "--words", "老街"))
    assert [each["question"] for each in found["questions"]] == ["老街改造谁管？"]  # type: ignore[index]
    assert "提问记录1条，反馈0条" in run(office, "privacy", "erase", "--words", "老街").output
    erased = read(run(office, "privacy", "erase", "--user", "li", "--json"))
    assert erased == {"questions": 1, "feedback": 1, "keys": 1, "sessions": 0}
    assert store.questions.entries() == [] and [each.question for each in store.feedback.entries()] == ["别的"]
    assert [user.name for user in store.accounts.all()] == ["zhang"]
    assert store.audit.faults() == [] and store.audit.entries()[-1].details == erased
    assert "至少要留一个" in refused(office, "privacy", "erase", "--user", "zhang")
    for line in ([], ["--user", "zhang", "--words", "xx"]):
        assert "之一" in refused(office, "privacy", "export", *line)
    assert "太短" in refused(office, "privacy", "erase", "--words", " 一 ")
    assert "已清除：提问记录0条，反馈0条" in run(office, "privacy", "forget").output


def test_words_are_taken_as_they_stand(office: Path) -> None:
    store = Store(office)
    keep_question(store, "rest", "百分之百", "list", "answered", [])
    keep_question(store, "rest", "100%_完成", "list", "answered", [])
    assert read(run(office, "privacy", "erase", "--words", "%_", "--json")) == {"questions": 1, "feedback": 0}
    assert [each.question for each in store.questions.entries()] == ["百分之百"]


def test_the_question_log(office: Path) -> None:
    assert "没有提问记录" in run(office, "questions").output
    keep_question(Store(office), "chat", "我叫王小明，谁管？", "responsible", "answered", ["a/1/1"])
    listed = read(run(office, "questions", "--json"))
    assert listed[0]["question"] == "我叫〔姓名〕，谁管？"  # type: ignore[index]
    assert [each.action for each in Store(office).audit.entries()].count("questions.read") == 2


def exposure(home: Path, **changed: object) -> list[str]:
    settings = Settings.from_env({}, home=home, **changed)
    return check_exposure(settings, Access(Store(home), settings))


def test_other_addresses_want_accounts(tmp_path: Path, office: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir(mode=0o700)
    assert exposure(bare) == []
    for host in ("0.0.0.0", "::", "192.0.2.1", "wenzheng.example.cn"):
        with pytest.raises(InputError, match="没有账号，不能监听本机以外的地址"):
            exposure(bare, host=host)
    assert "谁能连上谁就能问" in exposure(bare, host="0.0.0.0", open="yes")[0]
    office.chmod(0o700)
    assert exposure(office) == []
    (warning,) = exposure(office, host="0.0.0.0")
    assert "HTTPS" in warning


def test_weak_settings_are_said(office: Path) -> None:
    office.chmod(0o755)
    said = exposure(
        office,
        root_path="/wz",
        llm_url="http://models.example.cn/v1",
        llm_model="m",
        keep_questions_days=365,
        session_hours=100,
    )
    signs = ("WENZHENG_HOSTS", "chmod", "models.example.cn", "365天", "100小时")
    assert [sign in line for sign, line in zip(signs, said, strict=True)] == [True] * 5


def test_logs_quote_no_personal_data(tmp_path: Path) -> None:
    record = logging.LogRecord("wenzheng", logging.ERROR, "", 0, "unproved: 我的电话13800138000", (), None)
    try:
        raise ValueError("身份证 11010519491231002X")
    except ValueError:
        record.exc_info = sys.exc_info()
        said = str(keep_fault(tmp_path)[1].read_text(encoding="utf-8"))
    said += logs._Lines().format(record) + logs._Json().format(record)
    assert "1380013" not in said and "19491231" not in said
    assert said.count("〔手机号〕") == 2 and said.count("〔身份证号〕") == 6  # the line of code and what was raised
