"""Where several processes serve, the page belongs to one of them, since Gradio keeps what a page shows in its process.

The first to take the lock serves the page, on a socket beside the common one as well; the others hand on to it what is
for the page, as it streams. Interfaces are served by every process.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from filelock import FileLock, Timeout
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api import errors
from assistant.api.access import PEER
from assistant.api.body import Body
from assistant.api.paths import is_ours
from assistant.api.requests import below_prefix, limits_of
from assistant.settings import Settings

# Headers that are between two neighbours and not handed on.
_BETWEEN = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer"}


def pin(app: FastAPI, folder: Path) -> FastAPI:
    """Makes an application the one that serves the page, or one that hands the page's requests on to it.

    Args:
        folder: where the processes meet; a short path, since it holds a Unix socket.
    """
    lock, place = FileLock(folder / "page.lock"), folder / "page.sock"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        # Outermost: all that is done around a request is done once, by the process that serves the page.
        app.user_middleware.insert(0, Middleware(_HandOn, place=place, settings=app.state.serving.settings))
        return app
    place.unlink(missing_ok=True)  # of a process that ended without leave
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncIterator[Any]:
        server = _Beside(uvicorn.Config(app, uds=str(place), lifespan="off", log_config=None, access_log=False))
        async with inner(started) as state:
            serving = asyncio.create_task(server.serve())
            yield state
            server.should_exit = True
            await serving
        lock.release()

    app.router.lifespan_context = lifespan
    return app


class _Beside(uvicorn.Server):
    """A server beside the main one of its process, to which signals belong."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone."""
        yield


class _HandOn:
    """ASGI middleware: requests for the page go to the process that serves it."""

    def __init__(self, app: ASGIApp, place: Path, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(place), limits=httpx.Limits(max_connections=None)),
            base_url="http://page",
            timeout=httpx.Timeout(None, connect=10),
        )
        self._client.headers.clear()  # only what the client says is handed on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http" or is_ours(below := below_prefix(self._settings, scope)):
            await self._app(scope, receive, send)
            return
        # The size is for the page's process to say; a client that stops sending is not to be waited for here either.
        taken, begun, gone = Body(receive, math.inf, limits_of(self._settings, below)[1]), False, asyncio.Event()

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        handing = asyncio.create_task(self._hand_on(scope, _pieces(taken.receive, gone), sent))
        leaving = asyncio.create_task(self._left(receive, gone)) if scope["method"] == "GET" else None
        try:
            await asyncio.wait({handing, leaving} if leaving else {handing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in filter(None, (handing, leaving)):
                if not task.done():
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
        error = None if handing.cancelled() else handing.exception()
        if error is None or isinstance(error, ClientDisconnect):
            return
        if begun or not isinstance(error, httpx.TransportError | HTTPException):
            raise error
        again = PlainTextResponse("网页正在重新启动，请稍后刷新", 503)
        await (errors.refused(below, error) if isinstance(error, HTTPException) else again)(scope, receive, send)

    async def _left(self, receive: Receive, gone: asyncio.Event) -> None:
        """Ends when the client has left: a stream of events is then to end as well."""
        while not gone.is_set() and (await receive())["type"] != "http.disconnect":
            pass

    async def _hand_on(self, scope: Scope, body: AsyncIterator[bytes], send: Send) -> None:
        peer = (scope.get("client") or ("",))[0]  # the socket between us has no addresses
        empty = scope["method"] in ("GET", "HEAD")
        dropped = {*_BETWEEN, PEER.encode(), *((b"content-length",) if empty else ())}
        headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
        headers.append((PEER.encode(), peer.encode()))
        if scope["http_version"] == "1.0":  # which a proxy may speak that says nothing of itself, but not we
            headers.append((b"via", b"1.0 wenzheng"))
        target = scope.get("raw_path") or scope["path"].encode()
        url = httpx.URL("http://page").copy_with(
            raw_path=target + (b"?" + query if (query := scope["query_string"]) else b"")
        )
        content = None if empty else body
        async with self._client.stream(scope["method"], url, headers=headers, content=content) as reply:
            kept = [(name.lower(), value) for name, value in reply.headers.raw if name.lower() not in _BETWEEN]
            await send({"type": "http.response.start", "status": reply.status_code, "headers": kept})
            async for piece in reply.aiter_raw():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


async def _pieces(receive: Receive, gone: asyncio.Event) -> AsyncIterator[bytes]:
    """The body of a request, as it comes.

    Raises:
        HTTPException: not in time. ClientDisconnect: it will not come.
    """
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            gone.set()
            raise ClientDisconnect
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return
