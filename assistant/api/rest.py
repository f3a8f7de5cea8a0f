"""REST: questions, search, rows, documents, units, comparisons and feedback under ``/api/v1``."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import Counter
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from assistant.api import models
from assistant.api.errors import ErrorReply
from assistant.api.paths import REST
from assistant.api.serving import Serving
from assistant.errors import InputError
from assistant.schema import Answer, TaskRow
from assistant.state import State

SNAPSHOT = "X-Wenzheng-Snapshot"  # names the state that a reply rests on
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": said}
    for status, said in ((400, "请求不能用"), (413, "请求太大"), (422, "请求的内容不对"), (503, "忙或暂不可用"))
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorReply, "description": "没有这个编号"}}
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "与 If-None-Match 所说的相同"}}
_READ = _ERRORS | _UNCHANGED


def router(serving: Serving) -> APIRouter:
    """The routes over one assistant."""
    routes = APIRouter(prefix=REST)
    _asking(routes, serving)
    _reading(routes, serving)
    return routes


def _asking(routes: APIRouter, serving: Serving) -> None:
    @routes.post("/ask", tags=["问答"], response_model=Answer, responses=_ERRORS)
    async def ask(body: models.Asked) -> Response:
        """回答一个问题；没有依据时 answerable 为 false，reason 说明原因。"""
        history = [turn.model_dump() for turn in body.history]
        answer, state = await serving.ask(body.question, history, body.scope.scope() if body.scope else None)
        return _json(answer.to_dict(), state)

    @routes.post("/compare", tags=["问答"], response_model=Answer, responses=_ERRORS | _NOT_FOUND)
    async def compare(body: models.Compared) -> Response:
        """把几个地区或年份的同一件事并排；不写事情时，列出两边的全部变化。"""
        answer, state = await serving.compare(body.topic, body.places, body.years)
        return _json(answer.to_dict(), state)

    @routes.post("/feedback", tags=["反馈"], status_code=201, response_model=models.Kept, responses=_ERRORS)
    async def feedback(body: models.Vote) -> Response:
        """记下一个回答有没有用，为什么。"""
        vote = partial(serving.assistant.feedback.vote, body.question, body.rows, body.helpful, body.reason)
        entry = await serving.run(vote)
        return _json({"id": entry.id}, serving.assistant.state, 201)


def _reading(routes: APIRouter, serving: Serving) -> None:
    @routes.get("/search", tags=["任务行"], response_model=models.Hits, responses=_READ)
    async def search(request: Request, query: Annotated[models.SearchQuery, Query()]) -> Response:
        """检索任务行，最相关的在前。"""
        hits, state = await serving.search(query.q, query.top_k, query.scope())
        return _read(request, {"hits": [hit.to_dict() for hit in hits]}, state)

    @routes.get("/rows", tags=["任务行"], response_model=models.Rows, responses=_READ)
    async def rows(request: Request, query: Annotated[models.RowsQuery, Query()]) -> Response:
        """按条件列出任务行，一页一页地；total 是全部页的行数。"""
        state = serving.assistant.state
        body = await serving.run(partial(page_of, state, query))
        return _read(request, body, state)

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
    ) -> Response:
        """一行任务，连同同一部分里的前后两行和所在文件。"""
        state = serving.assistant.state
        found = state.row(f"{document}/{part}/{item}")
        beside = [each.to_dict() for each in state.neighbours(found.id)]
        body = {"row": found.to_dict(), "neighbours": beside, "document": state.document(document).to_dict()}
        return _read(request, body, state)

    @routes.get("/documents", tags=["文件"], response_model=models.Documents, responses=_READ)
    async def documents(request: Request) -> Response:
        """收录了哪些文件，各有多少行任务。"""
        state = serving.assistant.state
        counts = Counter(row.document for row in state.snapshot.rows)
        listed = [each.to_dict() | {"rows": counts[each.id]} for each in state.documents()]
        return _read(request, {"documents": listed}, state)

    @routes.get("/units", tags=["任务行"], response_model=models.Units, responses=_READ)
    async def units(request: Request) -> Response:
        """任务行里写到的全部单位，各牵头、负责多少项。"""
        state = serving.assistant.state
        leads = Counter(unit for row in state.snapshot.rows for unit in row.lead_units)
        others = Counter(unit for row in state.snapshot.rows for unit in row.responsible_units)
        listed = [{"name": unit, "leads": leads[unit], "responsible": others[unit]} for unit in state.units()]
        return _read(request, {"units": listed}, state)


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
