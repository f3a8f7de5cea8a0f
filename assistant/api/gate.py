"""Before every request: who asks, may they, is it their own page that asks, and is there room and time for it."""

from __future__ import annotations

from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access import Caller
from assistant.access.limits import Rate, network_of
from assistant.api import errors
from assistant.api.access import address_of, check_same_site, credentials, is_local, set_caller
from assistant.api.body import read_whole
from assistant.api.decisions import Decision, decided, methods_of
from assistant.api.events import Events
from assistant.api.paths import MCP, UPLOADS, path_of
from assistant.api.serving import Serving
from assistant.errors import AssistantError, ForbiddenError, SignInError, TooSlowError

_SAFE = ("GET", "HEAD")
_PAGES = ("/", "/desk", "/desk/", "/library", "/library/", "/account")
_UPLOAD = 10  # times the limit on other requests


class Gate:
    """ASGI middleware. What it lets through carries its caller (``assistant.api.access.caller_of``)."""

    def __init__(self, app: ASGIApp, serving: Serving) -> None:
        self._app = app
        self._serving = serving
        self._settings = serving.settings
        self._rate = Rate(serving.settings.rate)
        self._events = Events()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection; other than HTTP is only that of the server's own start and end."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no address of ours speaks WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        path = path_of(scope)
        decision = decided(scope["method"], path)
        if decision is None or decision.never:
            await self._nothing(scope, path)(scope, receive, send)
            return
        try:
            receive, named = await self._admit(decision, scope, receive)
        except (SignInError, ForbiddenError) as error:
            page = path in _PAGES and scope["method"] in _SAFE
            reply = self._to_their_pages(scope, path, error) if page else errors.expected(scope, error)
            await reply(scope, receive, send)
            return
        except HTTPException as error:  # of a body that is too large or does not come
            await errors.refused(scope, error)(scope, receive, send)
            return
        except AssistantError as error:
            await errors.expected(scope, error)(scope, receive, send)
            return
        if not decision.counts:
            await self._app(scope, receive, send)
            return
        await self._in_time(decision, named, scope, receive, send)

    async def _admit(self, decision: Decision, scope: Scope, receive: Receive) -> tuple[Receive, str]:
        """Sees who asks and that they may; gives what the body is to be read from, and under which name its sender has
        a share of the work: none for this machine itself.

        Raises:
            AssistantError: they may not, or not now. HTTPException: the body does not come as it should.
        """
        if decision.need is None and not decision.counts:
            return receive, ""
        request = HTTPConnection(scope)
        sender = network_of(address_of(self._settings, request))
        try:
            caller = await self._caller(request)
        except SignInError:
            self._rate.take(sender)  # guessing keys is slow as well
            raise
        set_caller(scope, caller)
        own = caller.via in ("session", "local") or decision.need is None
        # MCP only reads, and has a rule of its own: inspectors of this machine are pages on other ports.
        if own and scope["method"] not in _SAFE and decision.path != MCP:
            check_same_site(self._settings, request)
        named = caller.actor if caller.user is not None else sender
        if decision.counts and caller.via != "local":
            self._rate.take(named)
        if decision.need is not None:
            caller.check(decision.need)
        receive = await self._events.claim(scope, receive, named)
        if decision.counts and scope["method"] not in _SAFE and path_of(scope) not in UPLOADS:
            _, receive = await read_whole(receive)  # while it comes it is no work, and takes nobody's place
        return receive, "" if caller.via == "local" else named

    async def _caller(self, request: HTTPConnection) -> Caller:
        access, local = self._serving.assistant.access, is_local(self._settings, request)
        token, key = credentials(request)
        if not access.may_be_on:
            return access.caller(None, None, local)
        return await anyio.to_thread.run_sync(access.caller, token, key, local, limiter=self._serving.looking_up)

    async def _in_time(self, decision: Decision, named: str, scope: Scope, receive: Receive, send: Send) -> None:
        """The request, counted among those at work; a reply that has not begun in time is one that says so."""
        begun = late = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if not late:
                begun = True
                await send(message)

        async def watch() -> None:
            nonlocal late
            await anyio.sleep(self._seconds(decision))
            if not begun:
                late = True
                error = TooSlowError("没有在规定的时间内完成", hint="请缩小范围或稍后再试")
                await errors.expected(scope, error)(scope, receive, send)

        try:
            with self._serving.at_work(named):
                async with anyio.create_task_group() as group:
                    group.start_soon(watch)
                    await self._app(scope, receive, sent)
                    group.cancel_scope.cancel()
        except AssistantError as error:
            await errors.expected(scope, error)(scope, receive, send)

    def _seconds(self, decision: Decision) -> int:
        settings = self._settings
        writing = settings.llm_seconds if settings.llm_url else 0
        return (settings.max_seconds + writing) * (_UPLOAD if decision.need == "edit" else 1)

    def _nothing(self, scope: Scope, path: str) -> ASGIApp:
        """The reply where nothing is served."""
        allowed = methods_of(path)
        if not allowed:
            return errors.reply(scope, 404, "not_found", errors.SAID[404])
        refused = errors.reply(scope, 405, "method_not_allowed", errors.SAID[405])
        refused.headers["Allow"] = ", ".join(allowed)
        return refused

    def _to_their_pages(self, scope: Scope, path: str, error: AssistantError) -> RedirectResponse:
        """Where somebody goes who may not open a page: to sign in, or where it says what the account may do. Said
        relative to the page, so that it holds under whatever path a proxy shows us.
        """
        above = "../" if path.endswith("/") and path != "/" else "./"
        if isinstance(error, ForbiddenError):
            return RedirectResponse(f"{above}account?refused=1", 303)
        query = scope["query_string"].decode("latin-1")
        wanted = quote(f"{path}?{query}" if query else path)
        return RedirectResponse(f"{above}signin?next={wanted}", 303)
