"""The MCP server: tools and resources over the same answers and rows, at ``/mcp`` of the web server and on stdio.

A tool that cannot do what is asked gives an error that says why; a question without evidence is no error but an answer
that says so. No sessions are kept, so any process may serve any request.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

import assistant as package
from assistant.access import OWNER, Caller
from assistant.api import errors, models
from assistant.api.access import caller_of, check_origin
from assistant.api.rest import page_of
from assistant.api.serving import Serving
from assistant.errors import AssistantError, ForbiddenError, InputError
from assistant.faults import keep_fault
from assistant.schema import Answer

_INSTRUCTIONS = (
    "政务工作要点和任务清单的问答。回答都取自任务行并注明出处 [n]；没有依据时 answerable 为 false，reason 说明原因，"
    "此时不要自己补充。任务要求可能是摘要（text_kind 为 digest），以官方原文为准。"
)
_DOCUMENT, _ROW = "wenzheng://documents/", "wenzheng://rows/"
_JSON = "application/json"
Work = Callable[[Caller, Any], Awaitable[tuple[dict[str, Any], str]]]


class Search(models.SearchQuery):
    """What to search for."""


class Responsible(BaseModel):
    """A matter, and where and when."""

    task: Annotated[models.Text, Field(description="要问的事，例如：政务云建设", min_length=1)]
    place: Annotated[str | None, Field(max_length=100, description="地区，例如：娄底市")] = None
    year: Annotated[int | None, Field(ge=1900, le=2200, description="年份")] = None


@dataclass(frozen=True, slots=True)
class _Tool:
    """A tool: what it takes and gives, and the work, which gives the structured result and its text."""

    name: str
    title: str
    about: str
    takes: type[BaseModel]
    gives: type
    work: Work

    def described(self) -> Tool:
        """The tool as clients see it."""
        return Tool(
            name=self.name,
            title=self.title,
            description=self.about,
            input_schema=self.takes.model_json_schema(),
            output_schema=_object(TypeAdapter(self.gives).json_schema(mode="serialization")),
            annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )


def _object(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that says at its root that it is an object, which clients of older protocols want; one that holds itself
    is only a reference there.
    """
    if "$ref" not in schema:
        return schema
    return schema["$defs"][schema["$ref"].rpartition("/")[2]] | {"$defs": schema["$defs"]}  # type: ignore[no-any-return]


def _tools(serving: Serving) -> tuple[_Tool, ...]:
    async def ask(caller: Caller, given: models.Asked) -> tuple[dict[str, Any], str]:
        history = [turn.model_dump() for turn in given.history]
        scope = given.scope.scope() if given.scope else None
        return _answered((await serving.ask(caller, "mcp", given.question, history, scope))[0])

    async def responsible(caller: Caller, given: Responsible) -> tuple[dict[str, Any], str]:
        when = f"{given.year}年" if given.year else ""
        question = f"{given.place or ''}{when}{given.task.rstrip('？?。')}由谁牵头，哪些单位负责？"
        return _answered((await serving.ask(caller, "mcp", question))[0])

    async def compare(caller: Caller, given: models.Compared) -> tuple[dict[str, Any], str]:
        return _answered((await serving.compare(caller, given.topic, given.places, given.years))[0])

    async def search(caller: Caller, given: Search) -> tuple[dict[str, Any], str]:
        hits, _ = await serving.search(caller, given.q, given.top_k, given.scope())
        body = {"hits": [hit.to_dict() for hit in hits]}
        return body, json.dumps(body, ensure_ascii=False)

    async def rows(caller: Caller, given: models.RowsQuery) -> tuple[dict[str, Any], str]:
        body = await serving.run(lambda: page_of(serving.state(caller), given))
        return body, json.dumps(body, ensure_ascii=False)

    return (
        _Tool("ask_policy", "提问", "回答关于政务任务的问题：谁牵头、做什么、何时完成、有哪些；逐句引用任务行。", models.Asked, Answer, ask),
        _Tool("search_rows", "检索任务行", "按意思检索任务行，最相关的在前。", Search, models.Hits, search),
        _Tool("list_rows", "列出任务行", "按单位、地区、时限等条件列出全部符合的任务行，可分页；total 是准确的总数。", models.RowsQuery, models.Rows, rows),
        _Tool("who_is_responsible", "谁负责", "一件事由谁牵头、哪些单位负责。", Responsible, Answer, responsible),
        _Tool("compare", "比较", "比较几个地区或年份的同一件事；不写事情时列出两边的全部变化。", models.Compared, Answer, compare),
    )  # fmt: skip


def _answered(answer: Answer) -> tuple[dict[str, Any], str]:
    sources = "\n".join(f"[{each.n}] {each.title} {each.label or ''} {_ROW}{each.row}" for each in answer.citations)
    return answer.to_dict(), f"{answer.text}\n\n{sources}".strip()


def _failed(message: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=message)], is_error=True)


class McpServer:
    """The server over one assistant; ``running`` must be entered for ``/mcp``, ``stdio`` runs by itself."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._tools = {tool.name: tool for tool in _tools(serving)}
        self._manager: StreamableHTTPSessionManager | None = None
        self._starter: Caller | None = None
        self._server: Server[Any] = Server(
            "wenzheng",
            title="问政",
            version=package.__version__,
            instructions=_INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call,
            on_list_resources=self._list_resources,
            on_list_resource_templates=self._list_templates,
            on_read_resource=self._read,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While entered, requests are served."""
        self._manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with self._manager.run():
            yield
        self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        try:
            check_origin(self._serving.settings, Request(scope))
        except ForbiddenError as error:
            await errors.expected(scope, error)(scope, receive, send)
            return
        if self._manager is not None:
            await self._manager.handle_request(scope, receive, send)

    async def stdio(self) -> None:
        """Serves one client on standard input and output until it leaves."""
        self._starter = OWNER
        async with stdio_server() as (reading, writing):
            await self._server.run(reading, writing, self._server.create_initialization_options())

    def _caller(self, context: Any) -> Caller:
        """Who asks: of HTTP the caller of the request; on stdio whoever started the server."""
        return self._starter or caller_of(context.request)

    async def _list_tools(self, *_: object) -> ListToolsResult:
        return ListToolsResult(tools=[tool.described() for tool in self._tools.values()])

    async def _call(self, context: Any, params: CallToolRequestParams) -> CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"没有工具“{params.name[:50]}”")
        try:
            given = tool.takes.model_validate(params.arguments or {})
            body, text = await tool.work(self._caller(context), given)
        except ValidationError as error:
            wrong = "；".join(map(errors.field_said, error.errors()))
            return _failed(f"参数不对：{wrong}")
        except AssistantError as error:
            return _failed(error.outside)
        except Exception:
            return _failed(self._fault().error.message)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=body)

    async def _list_resources(self, context: Any, _: object) -> ListResourcesResult:
        try:
            listed = (await self._serving.run(partial(self._serving.state, self._caller(context)))).documents()
        except AssistantError as error:
            raise MCPError(INTERNAL_ERROR, error.outside) from None
        except Exception:
            raise self._fault() from None
        return ListResourcesResult(
            resources=[
                Resource(uri=f"{_DOCUMENT}{each.id}", name=each.id, title=each.title, mime_type=_JSON)
                for each in listed
            ]
        )

    def _fault(self) -> MCPError:
        """That something of ours is broken; its details go to the log, not to the client as the library would send them."""
        fault, _log = keep_fault(self._serving.settings.home)
        return MCPError(INTERNAL_ERROR, f"程序内部故障（编号 {fault}），请把编号告诉维护人员")

    async def _list_templates(self, *_: object) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(
            resource_templates=[
                ResourceTemplate(uri_template=f"{_DOCUMENT}{{id}}", name="文件", description="文件和它的任务行", mime_type=_JSON),
                ResourceTemplate(
                    uri_template=f"{_ROW}{{document}}/{{part}}/{{item}}", name="任务行", description="一行任务", mime_type=_JSON
                ),
            ]
        )  # fmt: skip

    async def _read(self, context: Any, params: ReadResourceRequestParams) -> ReadResourceResult:
        uri = str(params.uri)
        try:
            found = await self._serving.run(partial(self._resource, self._caller(context), uri))
            text = json.dumps(found, ensure_ascii=False)
        except AssistantError as error:
            raise MCPError(INVALID_PARAMS, error.outside, {"uri": uri[:500]}) from None
        except Exception:
            raise self._fault() from None
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, text=text, mime_type=_JSON)])

    def _resource(self, caller: Caller, uri: str) -> dict[str, Any]:
        """What a resource holds.

        Raises:
            NotFoundError: no such document or row. InputError: no address of ours.
        """
        state = self._serving.state(caller)
        if uri.startswith(_ROW):
            return state.row(uri.removeprefix(_ROW)).to_dict()
        if not uri.startswith(_DOCUMENT):
            raise InputError("没有这样的资源", hint=f"资源是 {_DOCUMENT}编号 和 {_ROW}文件/部分/序号")
        document = state.document(uri.removeprefix(_DOCUMENT))
        rows = [row.to_dict() for row in state.snapshot.rows if row.document == document.id]
        return {"document": document.to_dict(), "rows": rows}
