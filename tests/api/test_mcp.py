"""The MCP server with the official client, over HTTP and over stdio."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import TextContent, TextResourceContents

from assistant import Assistant
from assistant.schema import RowFilter
from tests.api.conftest import serving
from tests.conftest import ROOT, TODAY, settings_for

PLATFORM = "湘西州政策问答平台由谁牵头，什么时候完成？"
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def talk(to: str | StdioServerParameters, work: Callable[[Client], Awaitable[None]]) -> None:
    """Runs a conversation of the official client."""

    async def run() -> None:
        async with Client(to) as client:
            await work(client)

    anyio.run(run)


def test_tools_and_what_they_give(address: str, own: Assistant) -> None:
    async def work(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["ask_policy", "search_rows", "list_rows", "who_is_responsible", "compare"]
        assert all(tool.description and tool.input_schema["type"] == "object" for tool in tools.values())
        asked = await client.call_tool("ask_policy", {"question": PLATFORM})
        assert not asked.is_error and asked.structured_content == own.ask(PLATFORM).to_dict()
        assert (
            isinstance(asked.content[0], TextContent) and "wenzheng://rows/xiangxi-2022/2/20" in asked.content[0].text
        )
        found = await client.call_tool("search_rows", {"q": "政务云", "top_k": 2})
        assert found.structured_content == {"hits": [hit.to_dict() for hit in own.search("政务云", 2)]}
        listed = await client.call_tool("list_rows", {"unit": ["州财政局"], "role": "lead", "limit": 3})
        expected = own.select(RowFilter(units=("州财政局",), role="lead"))
        assert listed.structured_content["total"] == len(expected)
        assert listed.structured_content["rows"] == [row.to_dict() for row in expected[:3]]
        who = await client.call_tool("who_is_responsible", {"task": "政务云建设", "place": "娄底", "year": 2023})
        assert who.structured_content["facts"]["lead_units"] == ["市行政审批服务局"]
        side = await client.call_tool("compare", {"topic": "12345热线", "places": ["湘西州", "邵阳市"]})
        assert side.structured_content == own.compare("12345热线", ["湘西州", "邵阳市"]).to_dict()

    talk(f"{address}/mcp", work)


def test_an_error_is_not_the_same_as_no_evidence(address: str) -> None:
    async def work(client: Client) -> None:
        nothing = await client.call_tool("ask_policy", {"question": "株洲的政务云谁牵头？"})
        assert not nothing.is_error and nothing.structured_content["answerable"] is False
        assert nothing.structured_content["reason"] == "没有收录株洲市的文件"
        for name, given, says in (
            ("ask_policy", {}, "question：缺少"),
            ("list_rows", {"words": ["政"]}, "太短"),
            ("compare", {"topic": "政务云", "places": ["湘西州"]}, "不到两方"),
            ("compare", {"topic": "政务云", "places": ["湘西州", "株洲"]}, "没有收录"),
        ):
            failed = await client.call_tool(name, given)
            assert failed.is_error and isinstance(failed.content[0], TextContent) and says in failed.content[0].text
        with pytest.raises(MCPError, match="没有工具"):
            await client.call_tool("nothing", {})

    talk(f"{address}/mcp", work)


def test_resources(address: str, own: Assistant) -> None:
    async def read(client: Client, uri: str) -> dict[str, object]:
        (content,) = (await client.read_resource(uri)).contents
        assert isinstance(content, TextResourceContents) and content.mime_type == "application/json"
        found: dict[str, object] = json.loads(content.text)
        return found

    async def work(client: Client) -> None:
        listed = (await client.list_resources()).resources
        assert [each.uri for each in listed] == [f"wenzheng://documents/{each.id}" for each in own.documents()]
        templates = (await client.list_resource_templates()).resource_templates
        assert [each.uri_template for each in templates] == [
            "wenzheng://documents/{id}",
            "wenzheng://rows/{document}/{part}/{item}",
        ]
        assert await read(client, "wenzheng://rows/loudi-2023/1/6") == own.row("loudi-2023/1/6").to_dict()
        whole = await read(client, "wenzheng://documents/loudi-2023")
        assert whole["document"] == own.document("loudi-2023").to_dict() and len(whole["rows"]) == 43  # type: ignore[arg-type]
        for uri in ("wenzheng://rows/loudi-2023/1/600", "wenzheng://documents/x", "file:///etc/passwd"):
            with pytest.raises(MCPError, match="没有"):
                await client.read_resource(uri)

    talk(f"{address}/mcp", work)


@pytest.fixture(scope="module")
def named(own: Assistant) -> Iterator[str]:
    """A server that has public names."""
    settings = replace(own.settings, hosts="Wenzheng.example.cn, other.example")
    with serving(Assistant.open(settings=settings)) as found:
        yield found


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:7860"}, 200),
        ({"Host": "192.168.1.20:7860"}, 200),
        ({"Host": "[::1]:7860", "Origin": "http://localhost:6274"}, 200),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://192.168.1.66"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "wenzheng.example.cn", "Origin": "https://wenzheng.example.cn"}, 200),
        ({"Host": "wenzheng.example.cn", "X-Forwarded-For": "10.0.0.8"}, 200),
    ],
)
def test_foreign_pages_are_kept_out(named: str, headers: dict[str, str], status: int) -> None:
    reply = httpx.post(f"{named}/mcp", json=LIST, headers=ACCEPT | headers)
    assert reply.status_code == status, reply.text
    if status == 403:
        assert "WENZHENG_HOSTS" in reply.json()["error"]["hint"]


def test_only_posts_are_taken(client: httpx.Client) -> None:
    for method in ("GET", "DELETE", "PUT"):
        reply = client.request(method, "/mcp", headers=ACCEPT)
        assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    assert client.post("/mcp", content=b"{", headers=ACCEPT | {"Content-Type": "application/json"}).status_code == 400
    assert client.post("/mcp", content=b" " * 1_100_000, headers=ACCEPT).status_code == 413


@pytest.mark.slow
def test_stdio(shared_home: Path) -> None:
    arguments = ["-m", "assistant", "mcp", "--home", str(shared_home)]
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    server = StdioServerParameters(
        command=sys.executable, args=arguments, cwd=ROOT, env=environment | {"WENZHENG_TODAY": TODAY}
    )
    expected = Assistant.open(settings=settings_for(shared_home)).ask(PLATFORM)

    async def work(client: Client) -> None:
        asked = await client.call_tool("ask_policy", {"question": PLATFORM})
        assert asked.structured_content == expected.to_dict()

    talk(server, work)


def test_clients_of_older_protocols_get_the_tools(client: httpx.Client) -> None:
    """They say no version, and want each output to be an object."""
    headers = {"Accept": "application/json, text/event-stream"}
    reply = client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers=headers).json()
    tools = {tool["name"]: tool["outputSchema"] for tool in reply["result"]["tools"]}
    assert len(tools) == 5 and {schema["type"] for schema in tools.values()} == {"object"}
    assert {"question", "text", "citations", "parts"} <= set(tools["ask_policy"]["properties"])
