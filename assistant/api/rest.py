"""REST: questions, search, rows, documents, units, comparisons and feedback under ``/api/v1``."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from assistant.access import Caller
from assistant.api import models
from assistant.api.access import Who
from assistant.api.errors import ErrorReply
from assistant.api.paths import REST
from assistant.api.serving import Serving
from assistant.errors import InputError
from assistant.schema import Answer, TaskRow
from assistant.state import State

SNAPSHOT = "X-Wenzheng-Snapshot"  # names the state that a reply rests on
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": said}
    for status, said in (
        (400, "请求不能用"),
        (401, "需要登录，或密钥无效"),
        (403, "没有这种权限"),
        (408, "请求没有及时收完"),
        (413, "请求太大"),
        (422, "请求的内容不对"),
        (429, "太忙或太频繁，Retry-After 说明多少秒后再试"),
        (503, "暂不可用"),
    )
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorReply, "description": "没有这个编号"}}
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "与 If-None-Match 所说的相同"}}
_READ = ERRORS | _UNCHANGED


def router(serving: Serving) -> APIRouter:
    """The routes over one assistant."""
    routes = APIRouter(prefix=REST)
    _asking(routes, serving)
    _reading(routes, serving)
    return routes


def _asking(routes: APIRouter, serving: Serving) -> None:
    @routes.post("/ask", tags=["问答"], response_model=Answer, responses=ERRORS)
    async def ask(body: models.Asked, caller: Who) -> Response:
        """回答一个问题；没有依据时 answerable 为 false，reason 说明原因。"""
        history = [turn.model_dump() for turn in body.history]
        scope = body.scope.scope() if body.scope else None
        answer, state = await serving.ask(caller, "rest", body.question, history, scope)
        return _json(answer.to_dict(), state)

    @routes.post("/compare", tags=["问答"], response_model=Answer, responses=ERRORS | _NOT_FOUND)
    async def compare(body: models.Compared, caller: Who) -> Response:
        """把几个地区或年份的同一件事并排；不写事情时，列出两边的全部变化。"""
        answer, state = await serving.compare(caller, body.topic, body.places, body.years)
        return _json(answer.to_dict(), state)

    @routes.post("/feedback", tags=["反馈"], status_code=201, response_model=models.Kept, responses=ERRORS)
    async def feedback(body: models.Vote, caller: Who) -> Response:
        """记下一个回答有没有用，为什么；个人信息在保存前遮盖。"""
        id, state = await serving.vote(caller, body.question, body.rows, body.helpful, body.reason)
        return _json({"id": id}, state, 201)


def _reading(routes: APIRouter, serving: Serving) -> None:
    async def read(request: Request, caller: Caller, of: Callable[[State], dict[str, Any]]) -> Response:
        def work() -> tuple[dict[str, Any], State]:
            state = serving.state(caller)
            return of(state), state

        return _read(request, *await serving.run(work))

    @routes.get("/search", tags=["任务行"], response_model=models.Hits, responses=_READ)
    async def search(request: Request, query: Annotated[models.SearchQuery, Query()], caller: Who) -> Response:
        """检索任务行，最相关的在前。"""
        hits, state = await serving.search(caller, query.q, query.top_k, query.scope())
        return _read(request, {"hits": [hit.to_dict() for hit in hits]}, state)

    @routes.get("/rows", tags=["任务行"], response_model=models.Rows, responses=_READ)
    async def rows(request: Request, query: Annotated[models.RowsQuery, Query()], caller: Who) -> Response:
        """按条件列出任务行，一页一页地；total 是全部页的行数。"""
        return await read(request, caller, partial(page_of, query=query))

    @routes.get(
        "/rows/{document}/{part}/{item}",
        tags=["任务行"],
        response_model=models.RowWithNeighbours,
        responses=_READ | _NOT_FOUND,
    )
    async def row(
        request: Request,
        document: Annotated[str, Path(max_length=200)],
        part: Annotated[int, Path(ge=1)],
        item: Annotated[int, Path(ge=1)],
        caller: Who,
    ) -> Response:
        """一行任务，连同同一部分里的前后两行和所在文件。"""

        def beside(state: State) -> dict[str, Any]:
            found = state.row(f"{document}/{part}/{item}")
            neighbours = [each.to_dict() for each in state.neighbours(found.id)]
            return {"row": found.to_dict(), "neighbours": neighbours, "document": state.document(document).to_dict()}

        return await read(request, caller, beside)

    @routes.get("/documents", tags=["文件"], response_model=models.Documents, responses=_READ)
    async def documents(request: Request, caller: Who) -> Response:
        """收录了哪些文件，各有多少行任务。"""
        return await read(request, caller, _documents)

    @routes.get("/units", tags=["任务行"], response_model=models.Units, responses=_READ)
    async def units(request: Request, caller: Who) -> Response:
        """任务行里写到的全部单位，各牵头、负责多少项。"""
        return await read(request, caller, _units)


def _documents(state: State) -> dict[str, Any]:
    counts = Counter(row.document for row in state.snapshot.rows)
    return {"documents": [each.to_dict() | {"rows": counts[each.id]} for each in state.documents()]}


def _units(state: State) -> dict[str, Any]:
    leads = Counter(unit for row in state.snapshot.rows for unit in row.lead_units)
    others = Counter(unit for row in state.snapshot.rows for unit in row.responsible_units)
    return {"units": [{"name": u, "leads": leads[u], "responsible": others[u]} for u in state.units()]}


def page_of(state: State, query: models.RowsQuery) -> dict[str, Any]:
    """A page of the rows that a query asks for, as ``models.Rows`` in JSON.

    Raises:
        InputError: a cursor that is not ours, or a word too short to be searched for.
    """
    found = state.select(query.wanted())
    start = _after(query.cursor) if query.cursor else ("", 0, 0)
    left = [row for row in found if _place(row) > start]
    page = left[: query.limit]
    more = _cursor(page[-1]) if len(left) > len(page) else None
    return {"rows": [row.to_dict() for row in page], "total": len(found), "next": more}


def _place(row: TaskRow) -> tuple[str, int, int]:
    """Where a row stands in the order of all rows."""
    return row.document, row.part, row.item


def _cursor(row: TaskRow) -> str:
    return base64.urlsafe_b64encode(row.id.encode()).decode().rstrip("=")


def _after(cursor: str) -> tuple[str, int, int]:
    """The place of the last row of the page before, whether or not there still is such a row.

    Raises:
        InputError: not a cursor of ours.
    """
    try:
        id = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        document, part, item = id.rsplit("/", 2)
        return document, int(part), int(item)
    except (ValueError, binascii.Error):
        raise InputError("cursor 不对", hint="请用上一页给出的 next，或不写从头开始") from None


def _json(body: dict[str, Any], state: State, status: int = 200) -> Response:
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, status, {SNAPSHOT: state.name}, "application/json")


def _read(request: Request, body: dict[str, Any], state: State) -> Response:
    """What was read, or that it is still what the client has."""
    given = _json(body, state)
    tag = f'"{hashlib.sha256(bytes(given.body)).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", SNAPSHOT: state.name}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    given.headers.update(headers)
    return given
