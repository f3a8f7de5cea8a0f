"""REST on a running server: the same objects as Python gives, one shape of errors, limits that hold while reading."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest

from assistant import Assistant
from assistant.schema import RowFilter, Scope
from tests.api.conftest import serving

PLATFORM = "湘西州政策问答平台由谁牵头，什么时候完成？"


def error(reply: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error of a reply, checked for its shape."""
    assert reply.status_code == status, reply.text
    body = reply.json()
    assert list(body) == ["error"] and list(body["error"]) == ["code", "message", "hint", "request_id"]
    assert body["error"]["code"] == code and body["error"]["message"]
    assert body["error"]["request_id"] == reply.headers["x-request-id"]
    found: dict[str, Any] = body["error"]
    return found


def test_the_answer_is_the_object_that_python_gives(client: httpx.Client, own: Assistant) -> None:
    reply = client.post("/api/v1/ask", json={"question": PLATFORM})
    assert reply.status_code == 200 and reply.json() == own.ask(PLATFORM).to_dict()
    assert reply.headers["x-wenzheng-snapshot"] == own.state.name
    turns = [{"role": "user", "content": "湘西附件1第36项是什么？"}, {"role": "assistant", "content": "（略）"}]
    reply = client.post("/api/v1/ask", json={"question": "下一项呢？", "history": turns})
    assert [each["row"] for each in reply.json()["citations"]] == ["xiangxi-2022/1/37"]
    scoped = client.post("/api/v1/ask", json={"question": "政务云谁牵头？", "scope": {"years": [2022]}}).json()
    assert scoped == own.ask("政务云谁牵头？", scope=Scope(years=(2022,))).to_dict()


def test_no_evidence_is_an_answer_and_is_kept(client: httpx.Client, own: Assistant) -> None:
    reply = client.post("/api/v1/ask", json={"question": "株洲的政务云谁牵头？"})
    assert reply.status_code == 200
    assert not reply.json()["answerable"] and reply.json()["reason"] == "没有收录株洲市的文件"
    assert own.store.feedback.entries("unanswered")[-1].question == "株洲的政务云谁牵头？"


def test_search(client: httpx.Client, own: Assistant) -> None:
    reply = client.get("/api/v1/search", params={"q": "政务云", "top_k": 3, "year": 2022})
    assert reply.json()["hits"] == [hit.to_dict() for hit in own.search("政务云", 3, Scope(years=(2022,)))]
    assert len(reply.json()["hits"]) == 3


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, RowFilter()),
        ({"unit": "州财政局", "role": "lead"}, RowFilter(units=("州财政局",), role="lead")),
        ({"place": ["湘西", "娄底市"], "year": "2022"}, RowFilter(places=("湘西州",), years=(2022,))),
        ({"document": "loudi-2023", "part": "loudi-2023/2"}, RowFilter(parts=("loudi-2023/2",))),
        ({"words": ["适老化", "网站"]}, RowFilter(words=("适老化", "网站"))),
        ({"due_from": "2022-07-01", "due_to": "2022-09-30"}, RowFilter(due_from="2022-07-01", due_to="2022-09-30")),
        ({"due": "none", "unled": "true"}, RowFilter(due="none", unled=True)),
        ({"section": "数字政府"}, RowFilter(sections=("数字政府",))),
        ({"doc_number": "国办发〔2022〕2号"}, RowFilter(doc_numbers=("国办发〔2022〕2号",))),
    ],
)
def test_filters_and_pages(client: httpx.Client, own: Assistant, given: dict[str, Any], wanted: RowFilter) -> None:
    expected = [row.to_dict() for row in own.select(wanted)]
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get("/api/v1/rows", params={**given, "limit": 7, **cursor}).json()
        assert page["total"] == len(expected) and len(page["rows"]) <= 7
        found += page["rows"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == expected and (expected or given == {"due": "none", "unled": "true"})


def test_a_row_with_its_neighbours(client: httpx.Client, own: Assistant) -> None:
    body = client.get("/api/v1/rows/xiangxi-2022/1/48").json()
    assert body["row"] == own.row("xiangxi-2022/1/48").to_dict()
    assert [row["id"] for row in body["neighbours"]] == ["xiangxi-2022/1/47", "xiangxi-2022/1/49"]
    assert body["document"] == own.document("xiangxi-2022").to_dict()
    assert "xiangxi-2022/1/999" in error(client.get("/api/v1/rows/xiangxi-2022/1/999"), 404, "not_found")["message"]


def test_documents_and_units(client: httpx.Client, own: Assistant) -> None:
    documents = client.get("/api/v1/documents").json()["documents"]
    assert {each["id"]: each["rows"] for each in documents}["hunan-2022"] == 39
    assert sum(each["rows"] for each in documents) == 291
    units = client.get("/api/v1/units").json()["units"]
    assert [unit["name"] for unit in units] == own.units()
    finance = next(unit for unit in units if unit["name"] == "州财政局")
    assert finance["leads"] == sum("州财政局" in row.lead_units for row in own.rows()) > 0


def test_compare(client: httpx.Client, own: Assistant) -> None:
    body = {"topic": "12345热线", "places": ["湘西州", "邵阳市"]}
    assert client.post("/api/v1/compare", json=body).json() == own.compare("12345热线", ["湘西州", "邵阳市"]).to_dict()
    error(client.post("/api/v1/compare", json={"topic": "x", "places": ["湘西州"]}), 400, "invalid_request")
    error(client.post("/api/v1/compare", json={"topic": "政务", "places": ["湘西州", "株洲"]}), 404, "not_found")


def test_feedback(client: httpx.Client, own: Assistant) -> None:
    body = {"question": PLATFORM, "rows": ["xiangxi-2022/2/20"], "helpful": False, "reason": "缺了文号"}
    reply = client.post("/api/v1/feedback", json=body)
    kept = own.store.feedback.entries("unhelpful")[-1]
    assert reply.status_code == 201 and reply.json() == {"id": kept.id}
    assert (kept.question, kept.rows, kept.reason) == (PLATFORM, ("xiangxi-2022/2/20",), "缺了文号")
    strange = ["张三的电话", "xiangxi-2022/2/20", "nowhere-2022/1/1", "xiangxi-2022/2/20/1"]
    for path in ("/api/v1/feedback", "/ui/vote"):  # nothing but rows is kept as such
        assert client.post(path, json=body | {"rows": strange}).status_code in (200, 201)
        assert own.store.feedback.entries("unhelpful")[-1].rows == ("xiangxi-2022/2/20",)
        assert client.post(path, json=body | {"rows": ["x"] * 51}).status_code == 422


def test_unchanged_replies_are_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/api/v1/rows", params={"limit": 5})
    tag = first.headers["etag"]
    again = client.get("/api/v1/rows", params={"limit": 5}, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = client.get("/api/v1/rows", params={"limit": 6}, headers={"If-None-Match": tag})
    assert other.status_code == 200 and other.headers["etag"] != tag


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "code", "says"),
    [
        ("POST", "/api/v1/ask", {"content": b"{"}, 422, "invalid_request", "JSON"),
        ("POST", "/api/v1/ask", {"json": {}}, 422, "invalid_request", "question：缺少"),
        ("POST", "/api/v1/ask", {"json": {"question": "问", "x": 1}}, 422, "invalid_request", "x：没有这一项"),
        ("POST", "/api/v1/ask", {"json": {"question": 1}}, 422, "invalid_request", "应为文字"),
        ("POST", "/api/v1/ask", {"content": b'{"question": "\\ud800"}'}, 422, "invalid_request", "合法的文字"),
        ("GET", "/api/v1/rows?due_from=2022-6", {}, 422, "invalid_request", "YYYY-MM-DD"),
        ("GET", "/api/v1/rows?places=湘西", {}, 422, "invalid_request", "places：没有这一项"),
        ("GET", "/api/v1/rows?cursor=x", {}, 400, "invalid_request", "cursor"),
        ("GET", "/api/v1/rows?words=政", {}, 400, "invalid_request", "太短"),
        ("GET", f"/api/v1/search?q={'政' * 501}", {}, 400, "invalid_request", "太长"),
        ("GET", "/api/v1/rows?limit=0", {}, 422, "invalid_request", "limit"),
        ("GET", "/api/v1/rows/a/b/c", {}, 422, "invalid_request", "应为整数"),
        ("GET", "/api/v1/nothing", {}, 404, "not_found", "地址"),
        ("GET", "/api/v2/ask", {}, 404, "not_found", "地址"),
        ("PATCH", "/api/v1/ask", {}, 405, "method_not_allowed", "方法"),
        ("TRACE", "/readyz", {}, 405, "method_not_allowed", "方法"),
        ("POST", "/api/v1/ask", {"content": b" " * 1_000_001}, 413, "too_large", "1MB"),
    ],
)
def test_errors_have_one_shape(
    client: httpx.Client, method: str, path: str, given: dict[str, Any], status: int, code: str, says: str
) -> None:
    headers = {"Content-Type": "application/json"}
    found = error(client.request(method, path, headers=headers, **given), status, code)
    assert says in found["message"] and "\n" not in found["message"]


def test_a_body_without_a_length_is_cut_off_too(client: httpx.Client) -> None:
    sent = [0]

    def endless() -> Iterator[bytes]:
        for _ in range(4_000):
            sent[0] += 1
            yield b" " * 10_000

    with suppress(httpx.WriteError, httpx.ReadError):  # the server has answered and closed while more is sent
        reply = client.post("/api/v1/ask", content=endless(), headers={"Content-Type": "application/json"})
        error(reply, 413, "too_large")
    assert sent[0] < 4_000


def test_methods_are_named(client: httpx.Client) -> None:
    assert client.put("/api/v1/documents").headers["allow"] == "GET, POST"
    assert client.get("/api/v1/ask").headers["allow"] == "POST"


def test_request_ids(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    for hostile in ("a" * 65, "a b", "x\tid"):
        assert client.get("/healthz", headers={"X-Request-ID": hostile}).headers["x-request-id"] != hostile
    page = client.get("/")
    assert page.status_code == 200 and page.headers["x-request-id"]


def test_health_and_metrics(client: httpx.Client, own: Assistant) -> None:
    health = {"status": "ok", "version": "0.1.0", "snapshot": own.state.name}
    assert client.get("/healthz").json() == client.get("/readyz").json() == health
    client.post("/api/v1/ask", json={"question": PLATFORM})
    text = client.get("/metrics").text
    assert 'wenzheng_requests_total{method="POST",route="/api/v1/ask",status="200"}' in text
    assert 'wenzheng_answers_total{intent="responsible",outcome="answered"}' in text
    assert "wenzheng_rows 291.0" in text and f'wenzheng_snapshot{{name="{own.state.name}"}} 1.0' in text
    assert "wenzheng_requests_running 1.0" in text  # this one


def test_faults_are_kept_under_an_id_and_not_shown(
    home: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.test_service import open_at

    assistant = open_at(home)
    with serving(assistant) as address:
        monkeypatch.setattr(type(assistant.state), "ask", lambda *_: 1 / 0)
        found = error(httpx.post(f"{address}/api/v1/ask", json={"question": "问"}), 500, "internal")
        assert "ZeroDivision" not in json.dumps(found) and str(home) not in json.dumps(found)
        fault = found["message"].split("编号 ")[1].rstrip("）")
        log = (home / "wenzheng.log").read_text(encoding="utf-8")
        assert f"fault {fault}" in log and "ZeroDivisionError" in log


def test_more_than_can_be_answered_is_told_so(own: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.api.serving._MOST", 0)
    with serving(own) as address:
        reply = httpx.post(f"{address}/api/v1/ask", json={"question": "问"})
        error(reply, 429, "busy")
        assert reply.headers["retry-after"] == "1"


def _requests(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [each for each in caplog.records if each.getMessage() == "request"]


def test_every_request_has_a_line_in_the_log(
    client: httpx.Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.api import logs

    monkeypatch.setattr(
        logging.getLogger("wenzheng"), "propagate", True
    )  # a server of this process may keep it to itself
    with caplog.at_level(logging.INFO, "wenzheng"):
        client.get("/api/v1/search", params={"q": "政务云"}, headers={"X-Request-ID": "line-1"})
        until = time.monotonic() + 10  # the line is written after the reply has gone out
        while not (lines := _requests(caplog)) and time.monotonic() < until:
            time.sleep(0.01)
    (record,) = lines
    fields = record.fields  # type: ignore[attr-defined]
    assert (fields["method"], fields["path"], fields["status"]) == ("GET", "/api/v1/search", 200)
    record.exc_info = None
    line = json.loads(logs._Json().format(record))
    assert line["path"] == "/api/v1/search" and line["level"] == "info" and line["client"] == "127.0.0.1"
    hostile = logging.makeLogRecord({"msg": "request\nx", "fields": {"path": "/a\n2026 INFO fake"}})
    assert "\n" not in logs._Lines().format(hostile)


def test_behind_a_proxy_with_a_prefix(home: Any) -> None:
    """Whether the proxy takes the prefix off or leaves it, page and interfaces answer and name the prefix."""
    opened = Assistant.open(settings=replace(_settings(home), root_path="/wen/zheng"))
    with serving(opened) as address:
        for path in ("", "/wen/zheng"):
            assert httpx.get(f"{address}{path}/healthz").json()["status"] == "ok"
            assert httpx.get(f"{address}{path}/api/v1/documents").status_code == 200
            described = httpx.get(f"{address}{path}/api/v1/openapi.json").json()
            assert described["servers"] == [{"url": "/wen/zheng"}]
            headers = {"X-Forwarded-Host": "gov.example", "X-Forwarded-Proto": "https"}
            page = httpx.get(f"{address}{path}/", headers=headers)
            assert page.status_code == 200 and 'lang="zh-CN"' in page.text
            config = httpx.get(f"{address}{path}/config", headers=headers).json()
            assert config["root"] == "https://gov.example/wen/zheng"
        assert httpx.get(f"{address}/wen/zhengx/healthz").status_code == 404


def _settings(home: Any) -> Any:
    from tests.conftest import settings_for

    return settings_for(home)
