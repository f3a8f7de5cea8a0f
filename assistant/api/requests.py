"""Around every request: the prefix of a proxy, an id, limits on what comes in, safe headers, a line in the log, counts, faults."""

from __future__ import annotations

import logging
import time

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api import errors
from assistant.api.access import address_of, prefix_said
from assistant.api.body import Body, drained
from assistant.api.headers import protect
from assistant.api.logs import drop_id, request_id, take_id
from assistant.api.paths import UPLOADS, is_ours, path_of
from assistant.api.serving import Serving
from assistant.faults import keep_fault
from assistant.settings import Settings

_LOG = logging.getLogger("wenzheng")
_HEADER = "X-Request-ID"
_BODY = 1_000_000  # bytes of a request, all but an upload
_FORM = 100_000  # bytes of an upload beside its file


class Requests:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, serving: Serving) -> None:
        self._app = app
        self._serving = serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection; other than HTTP is passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = below_prefix(self._serving.settings, scope)
        token = take_id(Headers(scope=scope).get(_HEADER))
        metrics, start, status = self._serving.metrics, time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[_HEADER] = request_id()
                protect(self._serving.settings, scope, headers)
            await send(message)

        metrics.running.inc()
        try:
            await self._handle(scope, receive, sent)
        except Exception as error:
            if status and _is_of_the_client(error):
                return  # it was answered, as far as it could be
            fault, _ = keep_fault(self._serving.settings.home)
            if status:  # too late for another reply: the connection ends
                status = 500
                raise
            said = f"程序内部故障（编号 {fault}）"
            await errors.reply(scope, 500, "internal", said, "请把编号告诉维护人员")(scope, receive, sent)
        finally:
            metrics.running.dec()
            self._note(scope, status, time.perf_counter() - start)
            drop_id(token)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request, with no more of a body than its limit, and that in time."""
        most, seconds = limits_of(self._serving.settings, scope)
        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > most:
            await self._too_large(scope, receive, send, most)
            return
        body, begun = Body(receive, most, seconds), False

        async def unless_refused(message: Message) -> None:
            nonlocal begun
            if not body.refused:
                begun = True
                await send(message)

        try:
            await self._app(scope, body.receive, unless_refused)
        except Exception:
            if not body.refused:
                raise
        if begun or not body.refused:
            return
        if body.over:  # whatever the reader made of it
            await self._too_large(scope, receive, send, most, body.whole)
        else:
            late = errors.reply(scope, 408, "too_slow", errors.SAID[408])
            late.headers["Connection"] = "close"
            await late(scope, receive, send)

    async def _too_large(self, scope: Scope, receive: Receive, send: Send, most: int, whole: bool = False) -> None:
        refused = errors.reply(scope, 413, "too_large", f"请求太大，最多{most / 1e6:.0f}MB")
        if not whole and not await drained(receive):
            refused.headers["Connection"] = "close"  # what the client still sends is not read
        await refused(scope, receive, send)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """Counts a request and writes its line; files of the page are counted only."""
        ours, method = is_ours(scope), scope["method"]
        route = getattr(scope.get("route"), "path", "other") if ours else "page"
        method = method if method in ("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH") else "other"
        self._serving.metrics.requests.labels(route, method, str(status)).inc()
        self._serving.metrics.seconds.labels(route).observe(seconds)
        if ours or method == "POST" or status >= 500:
            client = address_of(self._serving.settings, HTTPConnection(scope))
            fields = {"method": method, "path": path_of(scope), "status": status, "ms": round(seconds * 1e3, 1)}
            _LOG.info("request", extra={"fields": fields | {"client": client}})


def _is_of_the_client(error: BaseException | None) -> bool:
    """Whether Gradio failed at a request that is wrong: to repeat one that cannot be written down, or to say of a stream
    that has begun that there is no such event. Neither is a fault to be kept, or anyone could fill the disk with them.
    """
    if isinstance(error, BaseExceptionGroup):
        return any(map(_is_of_the_client, error.exceptions))
    wrong = isinstance(error, RequestValidationError | HTTPException)
    return error is not None and (wrong or _is_of_the_client(error.__context__))


def limits_of(settings: Settings, scope: Scope) -> tuple[int, float]:
    """The bytes and seconds that the body of a request may take."""
    if path_of(scope) in UPLOADS:
        return settings.max_file_mb * 1_000_000 + _FORM, settings.max_seconds * 10
    return _BODY, settings.max_seconds


def below_prefix(settings: Settings, scope: Scope) -> Scope:
    """The request as ASGI has it below the prefix of a proxy, whether that took the prefix off or left it."""
    prefix = settings.root_path or prefix_said(settings, HTTPConnection(scope))
    if not prefix:
        return scope
    path: str = scope["path"]
    if path != prefix and not path.startswith(f"{prefix}/"):
        path = prefix + path
    return dict(scope) | {"root_path": prefix, "path": path if path != prefix else f"{prefix}/"}
