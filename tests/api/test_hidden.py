"""What somebody may not see shows nowhere: every reply is the one of a library without it, and holds none of its words."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from urllib.parse import quote, unquote
from zipfile import ZipFile

import anyio
import httpx
import pytest
from gradio_client import Client as GradioClient
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from assistant.store import FILE
from tests.api.conftest import serving
from tests.api.stage import (
    INTERNAL,
    OF_DATA,
    OF_LETTERS,
    PLANS,
    PUBLIC,
    Plan,
    Reply,
    Stage,
    library,
    stage,
    with_settings,
)

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")]

SEEN: dict[str, tuple[Plan, ...]] = {
    "anonymous": (PUBLIC,),
    "visitor": (PUBLIC,),
    "expired session": (PUBLIC,),
    "agent": (PUBLIC, INTERNAL),
    "editor": (PUBLIC, INTERNAL, OF_LETTERS),
}
SHARE = {"anonymous": 1, "agent": 2, "editor": 3}  # of the probes, for time's sake
QUESTIONS = (
    "灵犀审签平台谁牵头？",
    "零犀审签平抬谁负责",  # a slip that only a library with the word would correct
    "鸿雁回访平台什么时候完成？",
    "蜂巢归集平台的责任单位",
    "株洲和常德的周末延时服务有什么不同",
    "市低空督查办牵头哪些任务",
    "衡内办〔2024〕5号要求了什么",
    "周末延时服务谁牵头",
    "一共有多少项任务？",
    "收录了哪些文件？",
)
TURNS = [
    {"role": "user", "content": "灵犀审签平台由谁牵头？"},
    {"role": "assistant", "content": "衡阳市2024年灵犀审签要点（nei-lingxi/1/1）：市低空督查办牵头 [1]。"},
]
IDS = [plan.id for plan in PLANS]
ROWS = [f"{id}/1/{item}" for id in (*IDS, "nowhere") for item in (1, 2, 9)]
CURSOR = "bmVpLWxpbmd4aS8xLzE"  # of nei-lingxi/1/1
RPC = {"Accept": "application/json, text/event-stream", "Host": "127.0.0.1:7860"}


def rpc(method: str, **params: Any) -> tuple[str, str, dict[str, Any]]:
    return "POST", "/mcp", {"json": {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, "headers": RPC}


def asking() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for question in QUESTIONS:
        for history in ([], TURNS):
            yield "POST", "/api/v1/ask", {"json": {"question": question, "history": history}}
            yield "POST", "/ui/ask", {"json": {"question": question, "history": history}}
            messages = [*history, {"role": "user", "content": question}]
            for stream in (False, True):
                yield "POST", "/v1/chat/completions", {"json": {"messages": messages, "stream": stream}}
        yield "POST", "/gradio_api/run/ask", {"json": {"data": [question, TURNS]}}
        yield "GET", f"/api/v1/search?top_k=20&q={quote(question)}", {}
        yield "GET", f"/ui/desk/search?q={quote(question)}", {}
        yield "POST", "/ui/export/markdown", {"json": {"question": question}}
        yield "POST", "/ui/export/excel", {"json": {"question": question}}
        yield rpc("tools/call", name="ask_policy", arguments={"question": question})
        yield rpc("tools/call", name="search_rows", arguments={"q": question})
        yield rpc("tools/call", name="who_is_responsible", arguments={"task": question})
    for plan in PLANS:
        for scope in (
            {"documents": [plan.id]},
            {"places": [plan.place]},
            {"units": [plan.lead]},
            {"years": [plan.year]},
        ):
            yield "POST", "/api/v1/ask", {"json": {"question": "延时服务谁牵头", "scope": scope}}
            yield (
                "POST",
                "/ui/ask",
                {"json": {"question": "延时服务谁牵头", "filters": scope}},
            )
        sides = {"topic": "周末延时服务", "places": ["常德市", plan.place]}
        yield "POST", "/api/v1/compare", {"json": sides}
        yield "POST", "/api/v1/compare", {"json": {"places": ["常德市", plan.place]}}
        yield rpc("tools/call", name="compare", arguments=sides)
    yield "POST", "/api/v1/compare", {"json": {"topic": "延时服务", "years": [2023, 2024]}}


def reading() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in ("/api/v1/documents", "/api/v1/units", "/api/v1/rows", "/ui/welcome", "/ui/library", "/ui/desk/pins"):
        yield "GET", path, {}
    for path in ("/", "/desk", "/library", "/config", "/gradio_api/info", "/healthz", "/readyz", "/metrics"):
        yield "GET", path, {}
    for path in ("/api/v1/me", "/api/v1/questions", "/api/v1/audit", "/api/v1/openapi.json", "/v1/models"):
        yield "GET", path, {}
    yield "GET", "/ui/library/excel", {}
    yield "GET", f"/api/v1/rows?limit=1&cursor={CURSOR}", {}
    for plan in PLANS:
        for name, value in (("document", plan.id), ("place", plan.place), ("unit", plan.lead), ("year", plan.year), ("words", plan.name), ("doc_number", plan.number), ("section", plan.name)):  # fmt: skip
            yield "GET", f"/api/v1/rows?{name}={quote(str(value))}", {}
            yield rpc("tools/call", name="list_rows", arguments={name: value if name == "role" else [value]})
        for name, value in (("document", plan.id), ("unit", plan.lead), ("q", plan.name)):
            yield "GET", f"/ui/library?{name}={quote(value)}", {}
            yield "GET", f"/ui/library/excel?{name}={quote(value)}", {}
        yield "GET", f"/api/v1/search?q=延时服务&document={plan.id}", {}
        yield "GET", f"/ui/desk/search?q=延时服务&place={quote(plan.place)}", {}
        yield rpc("resources/read", uri=f"wenzheng://documents/{plan.id}")
    for row in ROWS:
        yield "GET", f"/api/v1/rows/{row}", {}
        yield "GET", f"/ui/context?row={row}", {}
        yield "GET", f"/ui/desk/card?row={row}", {}
        yield rpc("resources/read", uri=f"wenzheng://rows/{row}")
    yield rpc("resources/list")
    yield rpc("tools/list")
    yield "POST", "/api/v1/feedback", {"json": {"question": "问", "helpful": True, "rows": ROWS}}
    yield "POST", "/ui/vote", {"json": {"question": "问", "helpful": True, "rows": ROWS}}


GRADIO = ("/", "/desk", "/library", "/config")  # whose parts Gradio numbers through all applications of a process
PROBES = [*asking(), *reading()]
# What differs between two runs of the same: ids made for each request, times, numbers of entries, a nonce.
_CHANGING = re.compile(
    r'"(?:request_id|id|event_id|created|app_id|duration|average_duration|seq|at|digest|head|created_at)": ?(?:"[^"]*"|[\d.e-]+)|nonce="[^"]*"|nonce-[\w-]+'
    r"|app_id=\d+|wz_\w+_seconds\S* \S+"
)


def plain(reply: Reply) -> str:
    """The body as text: escapes undone, the parts of a workbook one after the other."""
    body = reply.text
    if reply.body[:2] == b"PK":
        with ZipFile(io.BytesIO(reply.body)) as book:
            body = "".join(book.read(name).decode() for name in sorted(book.namelist()) if "docProps" not in name)
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), body)


def said(reply: Reply) -> tuple[int, str, list[tuple[str, str]]]:
    """A reply without what is new with every one."""
    headers = [(name, re.sub(r"nonce-[\w-]+", "", value)) for name, value in reply.headers]
    return (
        reply.status,
        _CHANGING.sub("", plain(reply)),
        [each for each in headers if each[0] not in ("x-request-id", "content-length")],
    )


@pytest.fixture(scope="module")
def twins(shown: Stage, who: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[Plan, ...], Stage]]:
    """For each audience an application of the same people whose library holds no more than they see."""
    with ExitStack() as stack:
        made = {}
        for plans in dict.fromkeys(SEEN.values()):
            home = tmp_path_factory.mktemp("双") / "home"
            assistant = library(home, plans)
            assistant.store.database.close()
            with closing(sqlite3.connect(shown.assistant.settings.home / FILE)) as here, closing(sqlite3.connect(home / FILE)) as there:  # fmt: skip
                here.backup(there)
            made[plans] = stack.enter_context(stage(with_settings(assistant, rate=100_000)))
        yield made


@pytest.mark.parametrize("name", SEEN)
def test_all_is_said_as_if_there_were_nothing_else(shown: Stage, who: Any, twins: Any, name: str) -> None:
    twin, hidden = twins[SEEN[name]], [plan for plan in PLANS if plan not in SEEN[name]]
    differ, shows = [], []
    for method, target, more in PROBES[:: SHARE.get(name, 5)]:
        given = {**more, "headers": who[name] | more.get("headers", {})}
        one, other = shown.send(method, target, **given), twin.send(method, target, **given)
        if said(one) != said(other) and target not in GRADIO:
            differ.append((method, unquote(target), more.get("json"), plain(one)[:300], plain(other)[:300]))
        asked, reply = unquote(target) + json.dumps(more.get("json"), ensure_ascii=False), plain(one)
        heads = " ".join(unquote(value) for _, value in one.headers)
        words = [
            word for plan in hidden for word in plan.words if word.rstrip("市") not in asked and word in reply + heads
        ]
        if words:
            shows.append((method, unquote(target), words))
    assert not differ and not shows, "\n".join(map(str, [*differ[:5], len(differ), *shows[:5]]))


def test_those_who_may_see_it_do(shown: Stage, who: Any) -> None:
    everything = {plan.id for plan in PLANS}
    for name, ids in (
        ("editor", everything - {OF_DATA.id}),
        ("reading key", everything - {OF_LETTERS.id}),
        ("admin", everything),
    ):
        found = shown.send("GET", "/api/v1/documents", who[name]).json()["documents"]
        assert {each["id"] for each in found} == ids
        rows = shown.send("GET", "/api/v1/rows", who[name])
        assert rows.json()["total"] == 2 * len(ids) and all(id in rows.text for id in ids)


def test_asking_for_what_is_hidden_is_as_for_what_is_not_there(shown: Stage, who: Any) -> None:
    """Also for those who may change the library, whatever they try."""
    hidden, none = OF_DATA.id, "shu-nirvana9"
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("DELETE", "/api/v1/documents/{}", {}),
        ("PUT", "/api/v1/documents/{}/visibility", {"json": {"visibility": "internal"}}),
        ("PUT", "/api/v1/documents/{}/visibility", {"json": {"visibility": "unit", "owner": "市信访局"}}),
        ("PUT", "/api/v1/documents/{}/visibility", {"json": {"visibility": "unit", "owner": "市数据局"}}),
        ("GET", "/api/v1/rows/{}/1/1", {}),
        ("GET", "/ui/library?document={}", {}),
    ]
    before = shown.assistant.state.name
    for name in ("editor", "agent", "visitor", "anonymous", "reading key"):
        for method, target, more in tries if name != "reading key" else tries[:4]:
            one, other = (shown.send(method, target.format(id), who[name], **more) for id in (hidden, none))
            told = one.text.replace(hidden, none).replace(one.fields["x-request-id"], other.fields["x-request-id"])
            assert (one.status, told) == (other.status, other.text), (name, method, target)
    assert shown.assistant.state.name == before


def test_uploads_over_what_is_hidden(shown: Stage, who: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = shutil.copytree(shown.assistant.settings.home, tmp_path_factory.mktemp("传") / "home")
    with stage(with_settings(shown.assistant, home=home)) as own:
        reply = _upload(own, who["editor"], OF_DATA.text, "别的名字.txt", id=OF_DATA.id, force="true")
        assert reply.status == 409 and not any(word in reply.text for word in OF_DATA.words[1:])
        # The very file under another id is a document of one's own; that it was there already is not said.
        same = _upload(
            own, who["editor"], OF_DATA.text, "同样的.txt", id="own-copy", visibility="unit", owner="市信访局"
        )
        assert same.status == 201 and same.json()["outcome"] == "added", same.text
        assert own.send("DELETE", "/api/v1/documents/own-copy", who["editor"]).status == 204
        kept = own.send("GET", f"/api/v1/rows/{OF_DATA.id}/1/1", who["other editor"])
        assert kept.status == 200 and OF_DATA.detail in kept.text


def _upload(at: Stage, headers: dict[str, str], text: str, name: str, **form: str) -> Reply:
    request = httpx.Request("POST", "http://x", files={"file": (name, text.encode())}, data=form)
    given = headers | {"Content-Type": request.headers["content-type"]}
    return at.send("POST", "/api/v1/documents", given, body=request.read())


def test_streams_of_one_are_not_heard_by_another(shown: Stage, who: Any) -> None:
    asked = {"data": ["灵犀审签平台谁牵头", []], "fn_index": 0, "session_hash": "guessable"}
    assert shown.send("POST", "/gradio_api/queue/join", who["agent"], json=asked).status == 200
    for other in ("anonymous", "visitor", "other editor"):
        heard = shown.send("GET", "/gradio_api/queue/data?session_hash=guessable", who[other], leave=True)
        assert heard.status == 404 and INTERNAL.lead not in plain(heard)
        assert shown.send("POST", "/gradio_api/cancel", who[other], json=asked | {"event_id": "x"}).status == 404
        assert shown.send("GET", "/gradio_api/heartbeat/guessable", who[other]).status == 404
    assert INTERNAL.lead in plain(shown.send("GET", "/gradio_api/queue/data?session_hash=guessable", who["agent"]))
    # Who listens first has the name: another caller's answer does not come to it.
    assert shown.send("GET", "/gradio_api/heartbeat/early", who["visitor"], leave=True).status == 200
    assert (
        shown.send("POST", "/gradio_api/call/ask", who["agent"], json=asked | {"session_hash": "early"}).status == 404
    )


def test_official_clients(shown: Stage, who: Any) -> None:
    """Those of MCP and Gradio, with the key of one unit and without any."""
    key = who["reading key"]
    question = f"{OF_DATA.name}平台谁牵头"

    async def talk(address: str, headers: dict[str, str]) -> tuple[str, str]:
        async with (
            create_mcp_http_client(headers) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
        ):
            listed = str(await client.list_resources())
            try:
                listed += str(await client.read_resource(f"wenzheng://documents/{OF_DATA.id}"))
            except MCPError as error:
                listed += str(error)
            return listed, str(await client.call_tool("ask_policy", {"question": question}))

    with serving(shown.assistant) as address:
        for headers, sees in ((key, True), ({}, False)):
            listed, answered = anyio.run(talk, address, headers)
            for words in (listed, answered):
                assert (OF_DATA.lead in words) is sees and OF_LETTERS.lead not in words and OF_LETTERS.id not in words
            gradio = GradioClient(address, headers=headers, verbose=False, analytics_enabled=False)
            given = str(gradio.predict(question, [], api_name="/ask"))
            gradio.close()
            assert (OF_DATA.lead in given) is sees and OF_LETTERS.lead not in str(gradio.config) + given
