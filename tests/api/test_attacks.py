"""What hostile clients try: guessing, forged headers, foreign pages; and what every reply has."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assistant.access import limits
from assistant.api.access import COOKIE, PEER
from assistant.errors import LimitError, SignInError
from assistant.state import State
from tests.api.stage import FAR, HERE, OF_LETTERS, OWN_PAGE, PASSWORD, PUBLIC, Reply, Stage, library, people, stage
from tests.store.conftest import keep_question

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")
UNSAFE = (
    ("POST", "/api/v1/ask", {"question": "延时服务谁牵头"}),
    ("POST", "/api/v1/feedback", {"question": "问", "helpful": True}),
    ("DELETE", "/api/v1/documents/nowhere", None),
    ("PUT", "/api/v1/documents/nowhere/visibility", {"visibility": "internal"}),
    ("POST", "/api/v1/documents", None),
    ("POST", "/ui/ask", {"question": "延时服务谁牵头"}),
    ("POST", "/ui/vote", {"question": "问", "helpful": True}),
    ("POST", "/ui/upload/publish?name=a.txt&size=1", None),
    ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "谁牵头"}]}),
    ("POST", "/gradio_api/run/ask", {"data": ["谁牵头", []]}),
)
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://gov.example.evil.example"},
    {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},  # not of a proxy that is trusted
    {"Origin": "https://gov.example", "Sec-Fetch-Site": "cross-site"},
)
ASK: dict[str, Any] = {"json": {"question": "延时服务谁牵头"}}


def cookie(who: dict[str, dict[str, str]], name: str) -> dict[str, str]:
    return {"Cookie": who[name]["Cookie"]}


# -- who one is --


@pytest.mark.parametrize("added", FOREIGN)
def test_foreign_pages_change_nothing(shown: Stage, bare: Stage, who: Any, added: dict[str, str]) -> None:
    for method, target, body in UNSAFE:
        more = {"json": body} if body is not None else {}
        for at, headers, client in ((shown, cookie(who, "admin"), FAR), (bare, {"Host": "127.0.0.1:7860"}, HERE)):
            if client == HERE and "X-Forwarded-Host" in added:
                continue  # a proxy, and so not this machine
            reply = at.send(method, target, headers | added, client=client, **more)
            assert reply.status == 403 and "别的网页" in reply.said, (method, target)


def test_another_port_of_the_same_name_is_a_foreign_page(shown: Stage, bare: Stage, who: Any) -> None:
    """On plain HTTP browsers do not say where a request comes from, but for the origin."""

    def status(host: str, origin: str, **more: str) -> int:
        near = {"client": HERE} if more else {}
        headers = (
            cookie(who, "agent") | {"Host": host, "Origin": origin} | {k.replace("_", "-"): v for k, v in more.items()}
        )
        return shown.send("POST", "/api/v1/ask", headers, **near, **ASK).status

    for host, origin, given in (
        ("gov.example", "http://gov.example", 200),
        ("gov.example:80", "http://gov.example", 200),
        ("gov.example", "https://gov.example:443", 200),
        ("gov.example:7860", "http://gov.example:7860", 200),
        ("gov.example:7860", "http://gov.example", 403),
        ("gov.example:7860", "http://gov.example:8000", 403),
        ("gov.example", "http://gov.example:8000", 403),
        ("gov.example", "http://gov.example:x", 403),
    ):
        assert status(host, origin) == given, (host, origin)
    assert status("127.0.0.1:7860", "https://gov.example:8443", X_Forwarded_Host="gov.example:8443") == 200
    assert status("127.0.0.1:7860", "https://gov.example:8443", X_Forwarded_Host="gov.example") == 403
    for origin, given in (("http://localhost:7860", 200), ("http://localhost:8000", 403), ("http://[::1]:7860", 200)):
        reply = bare.send("POST", "/api/v1/ask", {"Host": "127.0.0.1:7860", "Origin": origin}, client=HERE, **ASK)
        assert reply.status == given, origin


def test_own_pages_do(shown: Stage, who: Any) -> None:
    for added in (
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://gov.example"},
        {"Origin": "https://gov.example:8443", "Sec-Fetch-Site": "same-origin"},
    ):
        assert shown.send("POST", "/api/v1/ask", cookie(who, "agent") | added, **ASK).status == 200
    behind = {"Host": "127.0.0.1:7860", "X-Forwarded-Host": "gov.example", "Origin": "https://gov.example"}
    assert shown.send("POST", "/api/v1/ask", cookie(who, "agent") | behind, client=HERE, **ASK).status == 200
    assert (
        shown.send("POST", "/api/v1/ask", who["reading key"] | {"Origin": "https://evil.example"}, **ASK).status == 200
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1", "Host": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1", "Host": "localhost"},
        {"Forwarded": "for=127.0.0.1", "Host": "[::1]"},
        {PEER: "127.0.0.1", "Host": "127.0.0.1:7860"},
        {"X-Client-IP": "127.0.0.1", "True-Client-IP": "127.0.0.1", "Host": "127.0.0.1:7860"},
    ],
)
def test_nobody_far_away_passes_for_this_machine(bare: Stage, headers: dict[str, str]) -> None:
    for client in (FAR, ("::ffff:203.0.113.9", 1), ("fe80::1%eth0", 1)):
        assert bare.send("GET", "/api/v1/me", headers, client=client).json()["via"] == "open"
        assert bare.send("DELETE", "/api/v1/documents/changde-2024", headers, client=client).status == 403


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"Host": "evil.example"}, {}),
        ({"X-Forwarded-For": "203.0.113.9"}, {}),
        ({"X-Forwarded-Server": "gov.example"}, {}),
        ({"Via": "1.1 x"}, {}),
        ({}, {"http_version": "1.0"}),  # as nginx hands on, where nobody told it to add anything
    ],
)
def test_what_came_by_a_proxy_is_not_this_machine(bare: Stage, headers: dict[str, str], more: dict[str, Any]) -> None:
    assert bare.send("GET", "/api/v1/me", headers, client=HERE, **more).json()["via"] == "open"


def test_one_of_our_processes_says_whose_request_it_hands_on(bare: Stage) -> None:
    """Over a socket without addresses, and only there."""
    for peer, via in (("127.0.0.1", "local"), ("203.0.113.9", "open"), ("", "open")):
        assert bare.send("GET", "/api/v1/me", {PEER: peer, "Host": "127.0.0.1"}, client=None).json()["via"] == via


def test_keys_and_cookies(shown: Stage, who: Any) -> None:
    def me(*headers: tuple[str, str], target: str = "/api/v1/me") -> Reply:
        return shown.send("GET", target, headers)

    admin, visitor = who["admin"]["Cookie"], who["visitor"]["Cookie"]
    key = who["reading key"]["Authorization"].split()[1]
    for name in ("key", "api_key", "access_token", "token", COOKIE):
        assert me(target=f"/api/v1/me?{name}={key}").json()["via"] == "anonymous"
    both = me(("Cookie", admin), ("Authorization", f"Bearer {key}")).json()
    assert (both["via"], both["permissions"]) == ("key", ["read"])
    assert me(("Cookie", admin), ("Authorization", "Bearer wz-wrong")).status == 401
    assert me(("Cookie", visitor), ("Authorization", "Basic cm9vdDpyb290")).json()["name"] == "guest"
    for value in ("Bearer", "Bearer ", "bearer", "x" * 20_000, "Bearer\x7f", "Digest a=b"):
        assert me(("Authorization", value)).status in (200, 401)
    for value in (f"{COOKIE}=x; {visitor}", f"{visitor}; {COOKIE}=x", f"{COOKIE}=" + "x" * 9000, ";;;=", COOKIE):
        assert me(("Cookie", value)).json()["role"] in (None, "visitor")
    token = visitor.split("=")[1]
    assert me(("Authorization", f"Bearer {token}")).status == 401  # a session is no key, nor a key a session
    assert me(("Cookie", f"{COOKIE}={key}")).json()["via"] == "anonymous"


def test_guesses_side_by_side_do_not_get_past_one_another(shown: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    access, now = shown.assistant.access, time.time()
    access.add_user("target", PASSWORD, "agent")
    monkeypatch.setattr("assistant.access.accounts.time.time", lambda: now)  # however long each takes

    def guess(number: int) -> str:
        try:
            access.sign_in("target", f"guess {number}", f"2001:db8:0:{number % 3}::{number}")
        except (SignInError, LimitError) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(guess, range(24)))
    assert outcomes.count("SignInError") == 5 and outcomes.count("LimitError") == 19
    for name in ("no\0body", "\ud800", "x" * 100_000, ""):
        with pytest.raises(SignInError):
            access.sign_in(name, "\ud800" + "x" * 100_000, f"10.9.9.{len(name) % 7}")


def test_one_network_is_one_sender() -> None:
    assert limits.network_of("2001:db8:1:2:3::4") == limits.network_of("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
    assert limits.network_of("fe80::1%eth0") == "fe80::/64" and limits.network_of("10.0.0.1") == "10.0.0.1"
    assert limits.network_of("unknown") == "unknown"


# -- what every reply has --


def test_headers_of_every_reply(shown: Stage, bare: Stage, who: Any) -> None:
    """On errors, streams, redirects and what is not there; and no reply says anything of our insides."""
    replies = [
        shown.send("GET", "/"),
        shown.send("GET", "/nothing"),
        shown.send(
            "OPTIONS", "/api/v1/ask", {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        ),
        shown.send("TRACE", "/api/v1/ask"),
        shown.send("GET", "/api/v1/me", who["revoked key"]),
        shown.send("GET", "/desk", {"Origin": "https://evil.example"}),
        shown.send("GET", "/config", who["admin"] | {"Origin": "https://evil.example"}),
        shown.send("GET", "/gradio_api/heartbeat/h", leave=True),
        shown.send("GET", "/api/v1/rows/x/1/1"),
        shown.send("GET", "/api/v1/rows/x/y/1"),
        shown.send("POST", "/api/v1/ask", body=b"x" * 1_100_000),
        shown.send(
            "POST", "/v1/chat/completions", json={"messages": [{"role": "user", "content": "延时"}], "stream": True}
        ),
        shown.send("GET", "/gradio_api/call/ask/nothing", leave=True),
        shown.send("GET", f"/api/v1/rows/{PUBLIC.id}/1/1", {"If-None-Match": "*"}),
        shown.send("GET", "/api/v1/documents", {"X-Forwarded-Proto": "https"}, client=HERE),
    ]
    assert "strict-transport-security" in replies[-1].fields and replies[-2].status == 304
    assert {200, 304, 401, 404, 405, 413, 422} <= {each.status for each in replies}
    for reply in replies:
        fields = reply.fields
        assert fields["x-content-type-options"] == "nosniff" and fields["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors" in fields["content-security-policy"] and fields["referrer-policy"] == "same-origin"
        assert not [name for name in fields if name.startswith("access-control-")] and fields["x-request-id"]
        assert "server" not in fields and "x-powered-by" not in fields
    for each in (shown.send("GET", "/api/v1/documents", who["agent"]), shown.send("GET", "/ui/library", who["agent"])):
        assert each.fields["cache-control"] in ("no-store", "private, no-cache") and "Cookie" in each.fields["vary"]
    homes = [str(at.assistant.settings.home) for at in (shown, bare)]
    for reply in (*shown.replies, *bare.replies):
        assert not [word for word in ("Traceback", 'File "', *homes, "site-packages") if word in reply.text]


def test_errors_do_not_say_where_things_are(bare: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.errors import InputError, SnapshotError, StoreError

    home = str(bare.assistant.settings.home)
    faults = (
        SnapshotError("已损坏", where=f"{home}/library.json"),
        InputError("无法写入", where=home),
        StoreError("不可用", where="postgresql+psycopg://wenzheng:***@10.0.0.5/db"),
        RuntimeError(home),
    )
    for fault in faults:

        def broken(*_: object, fault: Exception = fault, **__: object) -> None:
            raise fault

        for name in ("ask", "ask_in_steps", "rows", "documents", "row"):
            monkeypatch.setattr(State, name, broken)
        for method, target, more in (
            ("POST", "/api/v1/ask", ASK),
            ("POST", "/ui/ask", ASK),
            ("GET", "/ui/library", {}),
            ("POST", "/v1/chat/completions", {"json": {"messages": [{"role": "user", "content": "谁"}], "stream": True}}),
            ("POST", "/mcp", {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask_policy", "arguments": {"question": "谁"}}}}),
            ("POST", "/mcp", {"json": {"jsonrpc": "2.0", "id": 1, "method": "resources/list", "params": {}}}),
            ("POST", "/mcp", {"json": {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "wenzheng://rows/a/1/1"}}}),
        ):  # fmt: skip
            given = OWN_PAGE | {"Accept": "application/json, text/event-stream"}
            reply = bare.send(method, target, given, client=HERE, **more)
            words = json.dumps(reply.text) + reply.text
            assert home not in words and "10.0.0.5" not in words and "wenzheng.log" not in words, (target, reply.text)


def test_a_question_shows_to_those_who_may_see_its_rows(tmp_path: Path) -> None:
    assistant = library(tmp_path / "home", (PUBLIC, OF_LETTERS))
    headers = people(assistant)
    assistant.access.change_user("data", reads_questions=True)
    token = assistant.access.sign_in("data", PASSWORD, "")
    rows = {
        plan.id: next(row.id for row in assistant.rows() if row.document == plan.id) for plan in (PUBLIC, OF_LETTERS)
    }
    for question, cited in (
        ("公开的事", [rows[PUBLIC.id]]),
        ("信访的事", [rows[OF_LETTERS.id]]),
        ("两边的事", list(rows.values())),
        ("没有的事", []),
    ):
        keep_question(assistant.store, "rest", question, "responsible", "answered", cited)
    with stage(assistant) as at:

        def asked(sent: dict[str, str]) -> list[str]:
            return [each["question"] for each in at.send("GET", "/api/v1/questions", sent).json()["questions"]]

        assert asked(headers["admin who reads questions"]) == ["公开的事", "信访的事", "两边的事", "没有的事"]
        assert asked({"Cookie": f"{COOKIE}={token}", **OWN_PAGE}) == ["公开的事", "没有的事"]
