"""Floods, slow clients and malformed bodies: limits hold exactly, others go on, and nothing is left over."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assistant.access import limits
from assistant.api.serving import Serving
from assistant.state import State
from tests.api.stage import FAR, HERE, Stage, stage, with_settings

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")
ASK: dict[str, Any] = {"json": {"question": "延时服务谁牵头"}}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [0.0]
    made = limits.Rate
    monkeypatch.setattr("assistant.api.gate.Rate", lambda rate: made(rate, lambda: now[0]))
    yield now


def test_rates_are_exact_and_of_each_his_own(shown: Stage, who: Any, clock: list[float]) -> None:
    with stage(with_settings(shown.assistant, rate=30)) as at:

        def ask(headers: dict[str, str], client: tuple[str, int] = FAR) -> int:
            return at.send("GET", "/api/v1/me", headers, client=client).status

        bad = {"X-API-Key": "wz-guess"}
        for headers, good in (({}, 200), (who["agent"], 200), (who["reading key"], 200), (bad, 401)):
            client = ("203.0.113.77", 1) if headers == bad else FAR  # wrong keys count for where they come from
            assert [ask(headers, client) for _ in range(12)] == [good] * 10 + [429] * 2
            limited = at.send("GET", "/api/v1/me", headers, client=client)
            assert limited.fields["retry-after"] == "2" and limited.json()["error"]["code"] == "too_many_requests"
            clock[0] += 2
            assert [ask(headers, client) for _ in range(2)] == [good, 429]
        assert ask({"X-Forwarded-For": "10.0.0.1"}) == 200  # after two seconds, by the address that it has
        assert ask({"X-Forwarded-For": "10.0.0.2"}) == 200 and clock[0] == 8
        assert at.send("GET", "/wz/style.css").status == 200  # files of the page are not counted
        # Refused requests count as well.
        assert [at.send("GET", "/api/v1/audit", who["visitor"]).status for _ in range(11)] == [403] * 10 + [429]
        for number in range(10):  # behind a proxy each sender has his own, by its last word, in any line, with any port
            lines = [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", f"198.51.100.7:{number}")]
            assert at.send("GET", "/api/v1/me", lines, client=HERE).status == 200
        assert at.send("GET", "/api/v1/me", {"X-Forwarded-For": "198.51.100.7"}, client=HERE).status == 429
        assert (
            at.send("GET", "/api/v1/me", {"X-Forwarded-For": "198.51.100.8"}, client=("::ffff:127.0.0.1", 1)).status
            == 200
        )


@pytest.mark.slow
def test_too_many_at_once_and_too_slow(shown: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next is told to come again, others go on, what takes too long is said so, and nothing is left over."""
    hold = threading.Event()
    usual = State.ask

    def slow(self: State, question: str, *more: Any) -> Any:
        if question == "慢":
            hold.wait(20)
        return usual(self, question, *more)

    monkeypatch.setattr(State, "ask", slow)
    monkeypatch.setattr("assistant.api.serving._MOST", 3)
    monkeypatch.setattr("assistant.api.serving._SHARE", 1)
    with stage(with_settings(shown.assistant, max_seconds=1)) as at, ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(at.send, "POST", "/api/v1/ask", json={"question": "慢"}) for _ in range(2)]
        time.sleep(0.3)
        assert at.send("POST", "/api/v1/ask", **ASK).status == 200
        waiting.append(pool.submit(at.send, "POST", "/api/v1/ask", json={"question": "慢"}))
        time.sleep(0.3)
        busy = at.send("POST", "/api/v1/ask", **ASK)
        assert busy.status == 429 and busy.json()["error"]["code"] == "busy" and int(busy.fields["retry-after"]) >= 1
        assert at.send("GET", "/healthz").status == 200
        time.sleep(1)
        hold.set()
        late = [each.result() for each in waiting]
        assert {(each.status, each.json()["error"]["code"], each.fields["retry-after"]) for each in late} == {
            (503, "too_slow", "1")
        }
        assert [at.send("POST", "/api/v1/ask", **ASK).status for _ in range(4)] == [200] * 4
        serving = at.app.state.serving
        assert serving._working == 0 and serving._answering.borrowed_tokens == 0
        started = time.monotonic()
        drip = at.send("POST", "/api/v1/ask", body=[b'{"question": "', *[b"x", 0.2] * 30])
        assert drip.status == 408 and time.monotonic() - started < 3
        drip = at.send("POST", "/gradio_api/run/ask", body=[b'{"data": ["', *[b"x", 0.2] * 30])
        assert drip.status == 408 and serving._working == 0


def test_bodies_that_do_not_come_hold_no_places_and_nobody_has_them_all(
    shown: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, usual = threading.Event(), State.ask

    def slow(self: State, question: str, *more: Any) -> Any:
        if question == "慢":
            hold.wait(20)
        return usual(self, question, *more)

    monkeypatch.setattr(State, "ask", slow)
    monkeypatch.setattr("assistant.api.serving._MOST", 8)
    others = ("198.51.100.9", 1)
    with stage(with_settings(shown.assistant)) as at, ThreadPoolExecutor(8) as pool:
        serving = at.app.state.serving
        body = [b'{"question": ', 1.5, b'"x"}']
        json_type = {"Content-Type": "application/json"}
        coming = [pool.submit(at.send, "POST", "/api/v1/ask", json_type, body=list(body)) for _ in range(2)]
        time.sleep(0.5)
        assert serving._working == 0
        assert [each.result().status for each in coming] == [200] * 2
        waiting = [pool.submit(at.send, "POST", "/api/v1/ask", json={"question": "慢"}) for _ in range(2)]
        time.sleep(0.5)
        busy = at.send("POST", "/api/v1/ask", **ASK)
        assert (busy.status, busy.json()["error"]["message"]) == (429, "你同时提的问题太多")
        assert busy.json()["error"]["code"] == "busy" and int(busy.fields["retry-after"]) >= 1
        assert at.send("POST", "/api/v1/ask", client=others, **ASK).status == 200
        hold.set()
        assert [each.result().status for each in waiting] == [200] * 2
        assert at.send("POST", "/api/v1/ask", **ASK).status == 200
        assert serving._working == 0 and not serving._of


def test_what_pages_compute_takes_the_threads_of_answers_and_files_come_one_at_a_time(
    shown: Stage, who: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    def note(name: str) -> None:
        usual = getattr(Serving, name)

        async def noted(self: Serving, work: Any) -> Any:
            taken.append(name)
            return await usual(self, work)

        monkeypatch.setattr(Serving, name, noted)

    note("run")
    note("change")
    row = next(iter(shown.assistant.rows())).id
    file = {"body": "没有任务".encode()}
    for method, target, more, wanted in (
        ("GET", "/ui/welcome", {}, ["run"]),
        ("POST", "/ui/ask", ASK, ["run", "run"]),  # the answer, and that there is no more
        ("GET", f"/ui/context?row={row}", {}, ["run"]),
        ("POST", "/ui/export/excel", ASK, ["run"]),
        ("GET", "/ui/library", {}, ["run"]),
        ("GET", "/ui/library/excel", {}, ["run"]),
        ("GET", "/ui/desk/pins", {}, ["run"]),
        ("GET", "/ui/desk/search?q=x", {}, ["run"]),
        ("GET", f"/ui/desk/card?row={row}", {}, ["run"]),
        ("POST", "/gradio_api/run/ask", {"json": {"data": ["谁牵头", []]}}, ["run"]),
        ("POST", "/ui/upload/parse?name=a.txt&size=12", file, ["change"]),
        ("POST", "/ui/upload/publish?name=a.txt&size=12", file, ["change"]),
    ):
        taken.clear()
        reply = shown.send(method, target, who["editor"], **more)
        assert taken == wanted and reply.status < 500, (target, reply.status, taken)


# -- what bodies hold --

_DEEP = b'{"question": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        _DEEP,
        b'{"question": ' + b"9" * 20_000 + b"}",
        b'{"question": "\\ud800"}',
        b'{"question": "\xff"}',
        b'{"question": NaN}',
        b"[" * 200_000,
        b"null",
        b'"x"',
        b"{" + b'"a": 1,' * 50_000 + b'"b": 1}',
        b'{"data": [{"$ref": "#"}, [[]]]}',
    ],
)
def test_json_that_is_none(shown: Stage, who: Any, body: bytes) -> None:
    given = who["agent"] | {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    for target in (
        "/api/v1/ask",
        "/v1/chat/completions",
        "/ui/ask",
        "/gradio_api/run/ask",
        "/gradio_api/queue/join",
        "/mcp",
    ):
        reply = shown.send("POST", target, given | {"Host": "127.0.0.1"}, body=body)
        gradio = target.startswith("/gradio_api/") and (
            reply.body in (b'{"error":null}', b"Internal Server Error") or b'"answerable":false' in reply.body
        )
        assert 400 <= reply.status < 500 or gradio, (target, reply.text[:200])  # so it says that an input does not fit


def test_twice_the_same_key_is_the_last(shown: Stage) -> None:
    body = (
        json.dumps({"question": "x"}).encode()[:-1]
        + b', "question": "\xe5\xbb\xb6\xe6\x97\xb6\xe6\x9c\x8d\xe5\x8a\xa1"}'
    )
    reply = shown.send("POST", "/api/v1/ask", {"Content-Type": "application/json"}, body=body)
    assert reply.status == 200 and reply.json()["question"] == "延时服务"
