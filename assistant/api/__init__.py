"""The open interfaces: REST, MCP and OpenAI's chat, over one ``Assistant`` and on the application that serves the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.routing import Route

import assistant as package
from assistant.api import changes, errors, health, openai, records, rest
from assistant.api.gate import Gate
from assistant.api.paths import MCP, REST
from assistant.api.requests import Requests
from assistant.api.serving import Serving
from assistant.errors import SnapshotError
from assistant.keeping import forgetting
from assistant.schema import PUBLIC
from assistant.service import Assistant

_ABOUT = "问政的接口：提问、检索、列出任务行、比较。回答与网页、命令行给出的是同一个对象。"


def attach(app: FastAPI, assistant: Assistant) -> Serving:
    """Puts all interfaces on an application; what is mounted on it later sees only what none of them serves."""
    from assistant.api.mcp import McpServer

    serving = Serving(assistant)
    mcp = McpServer(serving)
    errors.attach(app)
    routers = [room.router(serving) for room in (rest, changes, records, openai, health)]
    for router in routers:
        app.include_router(router)
    app.router.routes.append(Route(MCP, endpoint=mcp))
    _describe(app)
    app.add_middleware(Gate, serving=serving)
    app.add_middleware(Requests, serving=serving)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncIterator[Any]:
        assistant.state.warm()
        with suppress(SnapshotError):  # what cannot be shown to all is said where it is asked for
            assistant.seen_by(PUBLIC).warm()
        with serving.follower, forgetting(assistant.keeper):
            async with mcp.running(), inner(started) as state:
                yield state

    app.router.lifespan_context = lifespan
    return serving


def _describe(app: FastAPI) -> None:
    """``/api/v1/openapi.json``: what can be called, and what comes back."""
    made: dict[str, Any] = {}

    @app.get(f"{REST}/openapi.json", include_in_schema=False)
    async def described(request: Request) -> Response:
        if not made:
            made.update(get_openapi(title="问政", version=package.__version__, description=_ABOUT, routes=app.routes))
        return JSONResponse(made | {"servers": [{"url": request.scope.get("root_path") or "/"}]})
