"""Signing in and out, one's account, and what the pages show to whom, over the real gate."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from assistant import Assistant
from assistant.access import Access
from assistant.errors import StoreError
from tests.conftest import settings_for
from tests.ui.conftest import PASSWORD, accounts
from tests.ui.test_routes import client_of
from ui import texts
from ui.signin import own_page

EVIL = '"><script>window.__xss=1</script><img src=x onerror=window.__xss=1>'
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def open_assistant(home: Path) -> Assistant:
    return accounts(Assistant.open(settings=settings_for(home)))


@pytest.fixture
def client(open_assistant: Assistant) -> Iterator[TestClient]:
    with client_of(open_assistant) as given:
        given.follow_redirects = False
        yield given


def sign_in(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/signin", data={"account": name, "password": password} | more)


def test_signing_in_and_out(client: TestClient, open_assistant: Assistant) -> None:
    form = client.get("/signin", params={"next": "/desk?q=政务云"})
    assert form.status_code == 200 and form.headers["content-security-policy"] == POLICY
    assert form.headers["cache-control"] == "no-store" and "<script" not in form.text
    assert 'name="next" value="/desk?q=政务云"' in form.text
    given = sign_in(client, "TEL ", next="/desk?q=1")
    assert (given.status_code, given.headers["location"]) == (303, "./desk?q=1")
    cookie = given.headers["set-cookie"]
    assert re.fullmatch(r"wz_session=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax", cookie)
    assert client.get("/api/v1/me").json()["name"] == "tel"
    assert client.get("/signin?next=/library").headers["location"] == "./library"
    token = client.cookies["wz_session"]
    gone = client.post("/signout")
    assert (gone.status_code, gone.headers["location"]) == (303, "signin")
    assert 'wz_session=""' in gone.headers["set-cookie"] and "Max-Age=0" in gone.headers["set-cookie"]
    client.cookies.set("wz_session", token)
    assert client.get("/api/v1/me").json()["via"] == "anonymous"
    actions = [(each.actor, each.action) for each in open_assistant.store.audit.entries()]
    assert ("user:3", "sign_in") in actions and ("user:3", "sign_out") in actions


def test_a_failure_keeps_the_name_and_never_the_password(client: TestClient) -> None:
    given = sign_in(client, EVIL, "not the password 1", next=f"/library?q={EVIL}")
    assert given.status_code == 401 and "账号或密码不对" in given.text and "set-cookie" not in given.headers
    assert "<script" not in given.text and "<img" not in given.text and "not the password" not in given.text
    assert 'value="&quot;&gt;&lt;script&gt;window.__xss=1' in given.text and 'role="alert"' in given.text
    assert 'name="next" value="/"' in given.text  # spaces are not of an address


def test_too_many_failures_must_wait(client: TestClient) -> None:
    for _ in range(6):
        given = sign_in(client, "tel", "wrong password 1")
    assert given.status_code == 429 and int(given.headers["retry-after"]) >= 1
    assert "登录失败次数太多" in given.text and 'value="tel"' in given.text
    assert sign_in(client, "tel").status_code == 429


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/", "/"),
        ("/?q=a%20b", "/?q=a%20b"),
        ("/desk/", "/desk"),
        ("/library?document=x&due=open", "/library?document=x&due=open"),
        ("/account", "/account"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/desk\\..\\", "/"),
        ("https://evil.example/desk", "/"),
        ("javascript:alert(1)", "/"),
        ("/signin", "/"),
        ("/desk/../mcp", "/"),
        ("/library?q=\r\nSet-Cookie: a=b", "/"),
        ("/library#x", "/"),
        ("desk", "/"),
        ("", "/"),
        ("/?q=" + "x" * 2000, "/"),
    ],
)
def test_only_our_own_pages_come_next(wanted: str, given: str) -> None:
    assert own_page(wanted) == given


def test_foreign_pages_cannot_sign_anybody_in(client: TestClient) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        given = client.post("/signin", data={"account": "tel", "password": PASSWORD}, headers=headers)
        assert given.status_code == 403 and "set-cookie" not in given.headers
        assert client.post("/signout", headers=headers).status_code == 403


def test_without_accounts_there_is_nothing_to_sign_in_to(home: Path) -> None:
    with client_of(Assistant.open(settings=settings_for(home))) as client:
        given = client.get("/signin")
        assert "<form" not in given.text and "wenzheng users add" in given.text
        assert client.get("/account", follow_redirects=False).headers["location"] == "signin?next=/account"


def test_cookies_behind_a_proxy(home: Path) -> None:
    assistant = accounts(Assistant.open(settings=replace(settings_for(home), session_hours=1)))
    with client_of(assistant) as client:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/gov/wenzheng"}
        data = {"account": "tel", "password": PASSWORD}
        given = client.post("/signin", data=data, headers=headers, follow_redirects=False)
    cookie = given.headers["set-cookie"]
    assert cookie.endswith("; HttpOnly; Max-Age=3600; Path=/gov/wenzheng; SameSite=lax; Secure")
    assert given.headers["location"] == "./"


def test_ones_account(client: TestClient) -> None:
    assert client.get("/account").headers["location"] == "signin?next=/account"
    sign_in(client, "小编")
    page = client.get("/account")
    assert page.status_code == 200 and page.headers["content-security-policy"] == POLICY
    for words in (
        "小编",
        "编辑",
        "市信访局",
        "提问和查看、使用坐席台、添加、移除文件和更改可见范围",
        'action="signout"',
    ):
        assert words in page.text, words
    assert "管理账号" not in page.text


def test_another_password(client: TestClient, open_assistant: Assistant) -> None:
    sign_in(client, "tel")
    other = open_assistant.access.sign_in("tel", PASSWORD, "192.0.2.1")
    before, new = client.cookies["wz_session"], "another long password"

    def change(old: str, new: str, again: str) -> Any:
        return client.post("/account", data={"old": old, "new": new, "again": again})

    wrong = change("wrong password", new, new)
    assert wrong.status_code == 401 and "原密码不对" in wrong.text
    assert change(PASSWORD, new, new + "x").status_code == 400
    weak = change(PASSWORD, "short", "short")
    assert weak.status_code == 400 and "密码应为10到200个字" in weak.text
    assert client.get("/account").status_code == 200
    done = change(PASSWORD, new, new)
    assert (done.status_code, done.headers["location"]) == (303, "account?changed=1")
    assert client.cookies["wz_session"] != before and "密码已修改" in client.get("/account?changed=1").text
    for token in (before, other):
        assert open_assistant.access.caller(token, None, local=False).via == "anonymous"
    client.cookies.clear()
    assert sign_in(client, "tel").status_code == 401 and sign_in(client, "tel", new).status_code == 303


def test_a_database_that_fails_is_said_without_its_place(
    client: TestClient, open_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "tel")

    def broken(*_: object) -> str:
        raise StoreError("数据库不能写", where="/srv/secret/wenzheng.db")

    monkeypatch.setattr(Access, "check_password", broken)
    monkeypatch.setattr(Access, "sign_in", broken)
    new = {"old": PASSWORD, "new": "another long password", "again": "another long password"}
    for given in (client.post("/account", data=new), sign_in(client, "tel")):
        assert given.status_code == 503 and "数据库不能写" in given.text and "secret" not in given.text


def test_elder_mode_without_a_script(client: TestClient) -> None:
    assert "wz-elder-mode" not in client.get("/signin").text
    given = client.get("/signin", params={"elder": "1", "next": "/library"})
    assert (given.status_code, given.headers["location"]) == (303, "signin?next=/library")
    assert given.headers["set-cookie"] == "wz_elder=1; Max-Age=31536000; Path=/; SameSite=lax"
    page = client.get("/signin").text
    assert "class=wz-elder-mode" in page and "elder=0" in page
    assert "wz-elder-mode" not in client.get("/signin", headers={"Cookie": "wz_elder=0"}).text


def test_a_page_is_not_answered_for_somebody_else(client: TestClient) -> None:
    sign_in(client, "小编")
    mine = {"X-Wenzheng-As": "%E5%B0%8F%E7%BC%96"}
    assert client.get("/ui/library", headers=mine).status_code == 200
    client.post("/signout")
    ended = client.get("/ui/library", headers=mine)
    assert (ended.status_code, ended.json()) == (401, {"error": "登录已结束；请重新登录，写好的内容还在"})
    assert client.get("/ui/library").status_code == 200


def test_the_pages_where_signing_in_is_required(home: Path) -> None:
    assistant = accounts(Assistant.open(settings=replace(settings_for(home), sign_in="required")))
    with client_of(assistant) as client:
        assert client.get("/ui/welcome").status_code == 401
        form = client.get("/signin").text
        assert "<nav" not in form and "登录" in form
        sign_in(client, "guest")
        assert client.get("/ui/welcome").status_code == 200
        assert client.get("/ui/desk/pins").status_code == 403


# -- what is not public --


@pytest.fixture
def internal(open_assistant: Assistant) -> Assistant:
    open_assistant.set_visibility("loudi-2023", "internal")
    open_assistant.set_visibility("shaoyang-2022", "unit", "市信访局")
    return open_assistant


def test_what_is_not_public_is_said_in_words(client: TestClient, internal: Assistant) -> None:
    question = {"question": "娄底政务云由谁牵头？"}
    assert "没有收录娄底" in client.post("/ui/ask", json=question).text
    assert "娄底" not in client.get("/ui/library").text
    sign_in(client, "tel")
    mark = '<span class="wz-seen">内部</span>'
    line = client.post("/ui/ask", json=question).json()
    assert mark in line["html"] and "（编号 loudi-2023/1/6，摘要，内部）" in line["sources"]
    library = client.get("/ui/library").text
    assert mark in library and '<span class="wz-seen">仅本单位：市信访局</span>' in library
    assert library.count("wz-seen") == 2
    document = client.get("/ui/library?document=shaoyang-2022").text
    assert "<dt>可见范围</dt><dd>仅本单位</dd>" in document and "<dt>所属单位</dt><dd>市信访局</dd>" in document
    assert "<dd>公开</dd>" in client.get("/ui/library?document=hunan-2022").text
    assert mark in client.get("/ui/desk/card?row=loudi-2023/1/6").text
    assert mark in client.get("/ui/desk/search", params={"q": "娄底政务云"}).text
    saved = client.post("/ui/export/markdown", json=question).text
    assert "（编号 loudi-2023/1/6，摘要，内部）" in saved
    listed = client.post("/ui/ask", json={"question": "娄底市行政审批服务局牵头哪些任务？"}).json()["html"]
    assert listed.count(mark) > 15 and "（内部）</option>" in listed


def test_excel_says_who_may_see_a_row(client: TestClient, internal: Assistant) -> None:
    def lines(**wanted: str) -> list[Any]:
        content = client.get("/ui/library/excel", params=wanted).content
        return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))

    assert len(lines(document="hunan-2022")[0]) == 8 and len(lines(document="loudi-2023")) == 1
    sign_in(client, "tel")
    head, *rows = lines(document="loudi-2023")
    assert head[8] == "可见范围" and {row[8] for row in rows} == {"内部"} and len(rows) == 43
    seen = {row[7].split("/")[0]: row[8] for row in lines(due="undated")[1:]}
    assert {id for id, word in seen.items() if word != "公开"} == {"loudi-2023", "shaoyang-2022"}
    assert seen["shaoyang-2022"] == "仅本单位"


def test_taking_rows_away_stands_in_the_audit_log(client: TestClient, open_assistant: Assistant) -> None:
    def exports() -> list[tuple[str, str]]:
        return [(e.actor, e.subject) for e in open_assistant.store.audit.entries() if e.action == "export"]

    client.get("/ui/library/excel")
    assert exports() == []
    sign_in(client, "tel")
    client.get("/ui/library/excel")
    for kind in ("markdown", "excel"):
        client.post(f"/ui/export/{kind}", json={"question": "娄底政务云由谁牵头？"})
    assert sorted(exports()) == [("user:3", "excel"), ("user:3", "library"), ("user:3", "markdown")]


def test_editors_say_who_may_see_a_document(client: TestClient, open_assistant: Assistant) -> None:
    def see(**wanted: str) -> Any:
        return client.post("/ui/visibility", json={"id": "loudi-2023"} | wanted)

    assert see(visibility="internal").status_code == 401
    sign_in(client, "tel")
    assert see(visibility="internal").status_code == 403
    assert "wz-seeing" not in client.get("/ui/library?document=loudi-2023").text
    assert "wz-upload" not in client.get("/ui/library").text
    client.post("/signout")
    sign_in(client, "小编")
    page = client.get("/ui/library?document=loudi-2023").text
    assert '<option value="public" selected>公开</option>' in page and 'name="owner" value="市信访局"' in page
    given = see(visibility="internal")
    assert (given.status_code, given.json()) == (200, {"said": "已改为“内部”，马上生效。"})
    assert open_assistant.document("loudi-2023").visibility == "internal"
    assert see(visibility="unit", owner="市财政局").json()["error"].startswith("不能设成自己看不到的范围；")
    assert see(visibility="unit").json()["error"].startswith("仅本单位可见的文件要写明是哪个单位")
    assert see(visibility="secret").status_code == 422
    assert see(visibility="unit", owner="市信访局").status_code == 200
    assert open_assistant.document("loudi-2023").owner == "市信访局"
    assert see(visibility="public").status_code == 200
    deeds = [e.details for e in open_assistant.store.audit.entries() if e.action == "document.visibility"]
    assert {"visibility": "unit", "owner": "市信访局"} in deeds and len(deeds) == 3


def test_a_page_that_is_not_for_the_account_leads_to_what_is(client: TestClient) -> None:
    sign_in(client, "guest")
    moved = client.get("/desk", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (303, "./account?refused=1")
    assert texts.PAGE_REFUSED in client.get("/account?refused=1").text
