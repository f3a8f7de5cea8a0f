"""Signing in and out, and one's own account: plain pages without a script, for any browser.

Where they lead is said relative to where they are, so that they work under whatever path a proxy shows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from assistant.access import Caller
from assistant.api.access import COOKIE, Who, address_of, credentials, is_secure
from assistant.api.errors import status_of
from assistant.api.serving import Serving
from assistant.errors import AssistantError, BusyError, InputError, SignInError
from ui import texts
from ui.files import version
from ui.views import signin as views

ELDER = "wz_elder"  # the cookie by which the browser says that it shows pages in elder mode
_PAGE = re.compile(r"/(|desk/?|library/?|account)(\?[^\s\\#\x00-\x1f\x7f]*)?")
_LONGEST = 2000  # characters of a field
_YEAR = 31_536_000  # seconds
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}


def own_page(wanted: str) -> str:
    """Where signing in leads: one of our own pages with its query, else the chat; below our own path, not that of a proxy."""
    found = _PAGE.fullmatch(wanted) if len(wanted) <= _LONGEST else None
    return f"/{found[1].rstrip('/')}{found[2] or ''}" if found else "/"


def router(serving: Serving) -> APIRouter:
    """The pages; who may open which stands in ``assistant.api.decisions``."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/signin")
    async def form(request: Request, caller: Who, next: str = "/", elder: str = "") -> Response:
        wanted = own_page(next)
        if elder:
            return _set_elder(serving, request, elder == "1", wanted)
        if caller.via == "session":
            return _go(f".{wanted}")
        return await _form(serving, request, caller, wanted)

    @routes.post("/signin")
    async def sign_in(request: Request, caller: Who) -> Response:
        given = await _fields(request)
        name, password, wanted = given.get("account", ""), given.get("password", ""), own_page(given.get("next", "/"))
        access = serving.assistant.access
        try:
            # Slow on purpose, and so that nobody can tell by its time whether there is such an account.
            signing_in = partial(access.sign_in, name, password, address_of(serving.settings, request))
            token = await run_in_threadpool(signing_in)
        except AssistantError as error:
            return await _form(serving, request, caller, wanted, name, error)
        return _signed_in(serving, request, _go(f".{wanted}"), token)

    @routes.post("/signout")
    async def sign_out(request: Request) -> Response:
        token, _ = credentials(request)
        if token:
            await run_in_threadpool(serving.assistant.access.sign_out, token)
        gone = _go("signin")
        gone.delete_cookie(COOKIE, path=_path(request), httponly=True, samesite="lax", secure=_secure(serving, request))
        return gone

    _add_account(routes, serving)
    return routes


def _add_account(routes: APIRouter, serving: Serving) -> None:
    """``/account``: who one is, another password."""

    @routes.get("/account")
    async def account(request: Request, caller: Who, changed: str = "", refused: str = "") -> Response:
        if caller.via != "session":
            return _go("signin?next=/account")
        said = texts.PASSWORD_CHANGED if changed else texts.PAGE_REFUSED if refused else ""
        return _account(request, caller, said)

    @routes.post("/account")
    async def change(request: Request, caller: Who) -> Response:
        if caller.via != "session":
            return _go("signin?next=/account")
        given = await _fields(request)
        try:
            token = await run_in_threadpool(_change, serving, caller, given, address_of(serving.settings, request))
        except AssistantError as error:
            return _account(request, caller, error=error.outside, status=status_of(error)[0], headers=_later(error))
        return _signed_in(serving, request, _go("account?changed=1"), token)


def _change(serving: Serving, caller: Caller, given: Mapping[str, str], address: str) -> str:
    """Sets a new password; the token of the session in which one goes on, all others have ended.

    Raises:
        AssistantError: it cannot be set.
    """
    new = given.get("new", "")
    if new != given.get("again", ""):
        raise InputError(texts.NOT_THE_SAME)
    access = serving.assistant.access
    try:  # as when signing in, so that wrong ones are counted: whoever finds an open page must not guess here
        access.check_password(caller.name, given.get("old", ""), address)
    except SignInError as error:
        raise SignInError(texts.OLD_WRONG, hint=error.hint) from None
    access.set_password(caller.name, new, given.get("old", ""), by=caller)
    return access.sign_in(caller.name, new, address)


async def _form(
    serving: Serving,
    request: Request,
    caller: Caller,
    wanted: str,
    name: str = "",
    error: AssistantError | None = None,
) -> Response:
    """The form to sign in with, or that there is nothing to sign in to."""
    status = 200 if error is None else status_of(error)[0]
    there_are = error is not None or await run_in_threadpool(serving.assistant.access.is_on)
    shown = views.sign_in(wanted, name[:100], error.outside if error else "") if there_are else views.no_accounts()
    page = views.page(texts.SIGN_IN, shown, caller, version(), _is_elder(request), wanted)
    return HTMLResponse(page, status, _HEADERS | _later(error))


def _account(
    request: Request,
    caller: Caller,
    said: str = "",
    error: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    shown = views.account(caller, said, error)
    page = views.page(texts.ACCOUNT, shown, caller, version(), _is_elder(request), "/account")
    return HTMLResponse(page, status, _HEADERS | dict(headers or {}))


def _later(error: AssistantError | None) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, BusyError) else {}


def _signed_in(serving: Serving, request: Request, reply: Response, token: str) -> Response:
    reply.set_cookie(
        COOKIE,
        token,
        max_age=serving.settings.session_hours * 3600,
        path=_path(request),
        secure=_secure(serving, request),
        httponly=True,
        samesite="lax",
    )
    return reply


def _set_elder(serving: Serving, request: Request, on: bool, wanted: str) -> Response:
    """Elder mode where there is no script: kept in the browser as the other pages keep it."""
    reply = _go("account" if wanted == "/account" else views.with_next("signin", wanted))
    secure = _secure(serving, request)
    reply.set_cookie(ELDER, "1" if on else "0", max_age=_YEAR, path=_path(request), secure=secure, samesite="lax")
    return reply


def _is_elder(request: Request) -> bool:
    return request.cookies.get(ELDER) == "1"


def _go(where: str) -> Response:
    return RedirectResponse(where, 303, _HEADERS)


def _path(request: Request) -> str:
    return request.scope.get("root_path", "") or "/"


def _secure(serving: Serving, request: Request) -> bool:
    return is_secure(serving.settings, request)


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form, each cut to what may be right."""
    async with request.form(max_files=0, max_fields=10) as form:
        return {name: value[:_LONGEST] for name, value in form.items() if isinstance(value, str)}
