"""What the server gives the pages, without a browser: errors, exports, uploads, many conversations at once."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from assistant import Assistant
from assistant.api import attach
from assistant.errors import InputError
from assistant.llm import ChatModel
from assistant.schema import TaskRow
from assistant.state import State
from assistant.store import FILE
from tests.conftest import settings_for
from ui import export, signin
from ui.app import PAGES
from ui.chat import shelf
from ui.server import listen

LOCAL = "http://127.0.0.1"
PLAN = (
    "岳阳市2024年政务服务工作要点\n一、优化服务\n（一）推行周末延时服务。开放10个窗口。（牵头单位：市行政审批服务局）\n"
)


def client_of(assistant: Assistant) -> TestClient:
    """A client of all that the pages ask for."""
    app = FastAPI()
    serving = attach(app, assistant)
    for page in (*PAGES, signin):
        app.include_router(page.router(serving))
    return TestClient(app, base_url=LOCAL, client=("127.0.0.1", 5000), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, shared_home: Path) -> Iterator[TestClient]:
    """A client of the shipped library, which keeps the feedback of this module."""
    home = shutil.copytree(shared_home, tmp_path_factory.mktemp("routes") / "home")
    with client_of(Assistant.open(settings=settings_for(home))) as given:
        yield given


@pytest.fixture
def own(home: Path) -> Iterator[TestClient]:
    """A client of a library that the test may change."""
    with client_of(Assistant.open(settings=settings_for(home))) as given:
        yield given


def asked(client: TestClient, question: str, **more: Any) -> list[dict[str, Any]]:
    response = client.post("/ui/ask", json={"question": question, **more})
    assert response.status_code == 200
    return [json.loads(line) for line in response.text.splitlines()]


def test_an_answer_is_one_line(client: TestClient) -> None:
    (line,) = asked(client, " 娄底政务云由谁牵头 ", key="t7")
    assert line["rows"] == ["loudi-2023/1/6"] and 'id="t7-r1"' in line["html"]
    assert line["text"].startswith("牵头单位：**市行政审批服务局**") and line["question"] == "娄底政务云由谁牵头"
    assert line["sources"].startswith("[1] 娄底市2023年政务管理服务工作要点（六）（编号 loudi-2023/1/6，摘要）：")


def test_only_a_language_model_streams(own: TestClient, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def written(*_: object) -> Iterator[str]:
        yield from ("政务云由市行政审批服务局", "牵头。[1]", "责任单位：市直相关单位。[1]")

    settings = replace(settings_for(home), llm_url="http://127.0.0.1:9/v1", llm_model="m")
    monkeypatch.setattr(ChatModel, "write", written)
    with client_of(Assistant.open(settings=settings)) as client:
        lines = asked(client, "娄底政务云由谁牵头，责任单位是谁？")
    assert len(lines) > 1 and "政务云由市行政审批服务局牵头" in lines[-1]["text"]
    assert all(line["rows"] == ["loudi-2023/1/6"] for line in lines)


def test_faults_are_not_shown(own: TestClient, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(State, "ask_in_steps", broken)
    monkeypatch.setattr(State, "neighbours", broken)
    (line,) = asked(own, "政务云")
    context = own.get("/ui/context", params={"row": "loudi-2023/1/6"})
    assert context.status_code == 500
    for told in (line["error"], context.json()["error"]):
        assert "程序内部故障" in told and "secret" not in told
    assert (home / "wenzheng.log").read_text(encoding="utf-8").count("RuntimeError: secret detail") == 2


def test_expected_errors_are_one_line(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise InputError("数据库忙", hint="请稍后再试")

    monkeypatch.setattr(State, "ask_in_steps", refused)
    assert asked(client, "政务云")[0]["error"] == "数据库忙；请稍后再试"
    given = client.get("/ui/context", params={"row": "nowhere/1/1"})
    assert given.status_code == 404 and "没有编号为“nowhere/1/1”的任务行" in given.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": 3},
        {"question": "政" * 30_000},
        {"question": "政务云", "key": '"><script>'},
        {"question": "政务云", "history": [{"role": "system", "content": "x"}]},
        {"question": "政务云", "history": [{"role": "user", "content": ""}] * 21},
        {"question": "政务云", "filters": {"years": ["x"]}},
    ],
)
def test_malformed_requests(client: TestClient, body: dict[str, Any]) -> None:
    given = client.post("/ui/ask", json=body)
    assert given.status_code == 422 and given.json()["error"].startswith("请求不对：")


def test_unknown_filters_find_nothing(client: TestClient) -> None:
    (line,) = asked(client, "政务云谁牵头", filters={"places": ["<b>"], "documents": ["../.."]})
    assert line["rows"] == [] and "&lt;b&gt;" in line["html"] and "<b>&" not in line["html"]


def test_votes_need_a_question(own: TestClient, home: Path) -> None:
    assert own.post("/ui/vote", json={"question": "", "helpful": True}).status_code == 422
    many = {"question": "问", "helpful": True, "rows": ["x/1/1"] * 51}
    assert own.post("/ui/vote", json=many).status_code == 422
    assert not (home / FILE).exists()
    assert own.post("/ui/vote", json={"question": "政务云", "helpful": False, "reason": "不对"}).json()["said"]


@pytest.mark.slow
def test_fifty_conversations_do_not_mix(client: TestClient, assistant: Assistant) -> None:
    rows = [row for row in assistant.rows() if row.lead_units and row.printed_no is None][:50]
    assert len(rows) == 50

    def talk(row: TaskRow) -> tuple[str, str]:
        place = assistant.document(row.document)
        question = f"{place.place}{place.year}年{row.heading}由谁牵头？"
        (first,) = asked(client, question)
        turns = [{"role": "user", "content": question}, {"role": "assistant", "content": first["text"]}]
        (second,) = asked(client, "那责任单位呢？", history=turns)
        return first["text"], second["text"]

    alone = [talk(row) for row in rows]
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(talk, rows)) == alone
    assert len({first for first, _ in alone}) > 40


# -- the desk and the library --


def test_desk_search_and_card(client: TestClient) -> None:
    found = client.get("/ui/desk/search", params={"q": "政务云", "place": "娄底市", "year": 2023}).text
    assert 'data-row="loudi-2023/1/6" aria-selected="true"' in found and "hunan" not in found.split("上下级")[0]
    assert "话术" in client.get("/ui/desk/card", params={"row": "loudi-2023/1/6"}).text
    assert client.get("/ui/desk/search", params={"q": "政务云", "year": "x"}).status_code == 422
    assert "不在任何文件中" in client.get("/ui/desk/search", params={"q": "？"}).text


def test_no_language_model_while_somebody_types(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def written(*_: object) -> Iterator[str]:
        raise AssertionError("the model was asked")

    monkeypatch.setattr(ChatModel, "write", written)
    settings = replace(settings_for(home), llm_url="http://127.0.0.1:9/v1", llm_model="m")
    with client_of(Assistant.open(settings=settings)) as client:
        assert "话术" in client.get("/ui/desk/search", params={"q": "娄底政务云由谁牵头，责任单位是谁"}).text


def test_library_filters(client: TestClient, assistant: Assistant) -> None:
    def count(**wanted: str) -> int:
        return client.get("/ui/library", params=wanted).text.count("<tr role") - client.get("/ui/library", params=wanted).text.count("<thead")  # fmt: skip

    passed, later = (count(document="xiangxi-2022", due=due) for due in ("passed", "open"))
    assert passed == 100 or passed + later <= 112
    assert count(document="xiangxi-2022", due="dated") + count(document="xiangxi-2022", due="undated") == 112
    assert count(q="ＴＨＩＳ没有") == 0 and count(q="政务云 LOUDI-2023/1/6") == 1
    assert client.get("/ui/library", params={"due": "x"}).status_code == 422


# -- files out --


def test_cells_do_not_become_formulas(assistant: Assistant) -> None:
    row = assistant.row("loudi-2023/1/6")
    bad = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "a\x00b"]
    rows = [replace(row, heading=text, text=text) for text in bad]
    page = load_workbook(io.BytesIO(export.sheet(rows, shelf(assistant.state)))).active
    cells = [line[1] for line in page.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [*bad[:5], "ab"]
    assert {cell.data_type for cell in cells} == {"s"} and all(cell.quotePrefix for cell in cells)


def test_names_of_files(client: TestClient) -> None:
    body = {"question": '../../政务云"\r\nX: y 谁牵头?'}
    given = client.post("/ui/export/markdown", json=body)
    disposition = given.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=\"wenzheng.md\"; filename*=UTF-8''")
    assert unquote(disposition.split("''")[1]) == "政务云_X_y_谁牵头.md"
    assert client.post("/ui/export/exe", json=body).status_code == 422


def test_markdown_of_an_answer(assistant: Assistant) -> None:
    answer = assistant.ask("娄底政务云由谁牵头")
    rows = {id: assistant.row(id) for id in answer.named_rows()}
    text = export.markdown(replace(answer, question="# <b>|甲"), rows)
    assert text.startswith("# \\# \\<b\\>\\|甲\n") and "| （六） | 稳步推进市政务云建设 |" in text
    assert "- \\[1\\] 娄底市2023年政务管理服务工作要点" in text


def test_markdown_of_a_hostile_answer(assistant: Assistant) -> None:
    """Whatever shows the file makes no element of what a document or a question holds."""
    answer = replace(
        assistant.ask("娄底政务云由谁牵头"), text="**甲**[1] <img src=x> [b](javascript:x) ![c](//d) [1](x) `e` \\<i>"
    )
    rows = {id: assistant.row(id) for id in answer.named_rows()}
    text = export.markdown(replace(answer, question="[q](javascript:x)<script>"), rows)
    assert "**甲**[1] \\<img src=x> \\[b]\\(javascript:x)" in text
    tokens = [
        child for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text) for child in token.children or ()
    ]
    kinds = {token.type for token in tokens} | {token.type for token in MarkdownIt().parse(text)}
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "code_inline"}


# -- files in --


def sent(
    client: TestClient,
    path: str = "parse",
    content: bytes = PLAN.encode(),
    headers: dict[str, str] | None = None,
    **query: Any,
) -> Any:
    given = {"name": "岳阳市2024年工作要点.txt", "size": len(content)} | query
    return client.post(f"/ui/upload/{path}", params=given, content=content, headers=headers)


def test_a_file_is_looked_at_and_published(own: TestClient) -> None:
    looked = sent(own)
    assert looked.status_code == 200 and "解析出1行任务" in looked.text and "yueyang-2024" in looked.text
    assert "yueyang" not in own.get("/ui/library").text
    lines = [json.loads(line) for line in sent(own, "publish").text.splitlines()]
    assert lines[-1]["id"] == "yueyang-2024" and any("step" in line for line in lines)
    assert "yueyang-2024" in own.get("/ui/library").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "wenzheng.example"},
        {"X-Forwarded-For": "10.0.0.1"},
        {"Host": "127.0.0.1.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://elsewhere.example"},
    ],
)
def test_uploads_from_elsewhere_are_refused(own: TestClient, headers: dict[str, str]) -> None:
    assert sent(own, "publish", headers=headers).status_code == 403
    assert "yueyang" not in own.get("/ui/library").text


def test_bad_uploads(own: TestClient) -> None:
    assert "请重新选择" in sent(own, size=5).json()["error"]
    assert "请重新选择" in sent(own, content=b"").json()["error"]
    assert sent(own, name="x" * 300).status_code == 422
    refused = sent(own, content=b"\x00\x01" * 50, name="../../etc/坏.pdf")
    assert refused.status_code == 422 and "/" not in refused.json()["error"] and "坏.pdf" in refused.json()["error"]


def test_too_large_a_file(home: Path) -> None:
    settings = replace(settings_for(home), max_file_mb=1)
    with client_of(Assistant.open(settings=settings)) as client:
        assert "文件超过1 MB" in sent(client, content=b"x" * 1_000_001).json()["error"]


def test_no_upload_on_other_addresses(home: Path) -> None:
    settings = replace(settings_for(home), host="0.0.0.0")
    with client_of(Assistant.open(settings=settings)) as client:
        assert "这里不能添加文件" in client.get("/ui/library").text
        assert sent(client).status_code == 403


def test_an_address_of_another_machine() -> None:
    with pytest.raises(InputError, match="--port"):
        listen("203.0.113.1", 7860)
