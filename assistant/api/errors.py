"""Every error as one JSON shape: ``{"error": {"code", "message", "hint", "request_id"}}``; under ``/v1`` that of OpenAI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from assistant.api.logs import request_id
from assistant.api.paths import OPENAI, path_of
from assistant.errors import (
    AssistantError,
    BusyError,
    ConflictError,
    ForbiddenError,
    InputError,
    LimitError,
    NotFoundError,
    ParseError,
    ReadError,
    ReviewError,
    SignInError,
    SnapshotError,
    StoreError,
    TooLargeError,
    TooSlowError,
)

# The most special first; anything else of the tree is a server that cannot serve now.
STATUS: tuple[tuple[type[AssistantError], int, str], ...] = (
    (LimitError, 429, "too_many_requests"),
    (BusyError, 429, "busy"),
    (TooSlowError, 503, "too_slow"),
    (SignInError, 401, "sign_in"),
    (ReviewError, 409, "needs_review"),
    (StoreError, 503, "store_unavailable"),
    (TooLargeError, 413, "too_large"),
    (ForbiddenError, 403, "forbidden"),
    (NotFoundError, 404, "not_found"),
    (ConflictError, 409, "conflict"),
    (ReadError, 422, "unreadable_file"),
    (ParseError, 422, "unusable_file"),
    (InputError, 400, "invalid_request"),
    (SnapshotError, 503, "index_unavailable"),
    (AssistantError, 503, "unavailable"),
)
_CODES = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "unsupported",
}
SAID = {
    408: "请求没有在规定的时间内收完",
    404: "没有这个地址",
    405: "这个地址不支持这种请求方法",
    400: "请求读不懂",
    413: "请求太大",
}
_WRONG = {
    "missing": "缺少",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是 JSON",
    "string_type": "应为文字",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "literal_error": "不在可选的值里",
    "too_long": "太多",
    "too_short": "太少",
    "string_unicode": "不是合法的文字",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "string_pattern_mismatch": "格式不对",
}


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What went wrong: a fixed ``code``, one line for people, what to do, and the id under which the log has it."""

    code: str
    message: str
    hint: str
    request_id: str


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """The one shape of all errors."""

    error: ErrorBody


def reply(scope: Scope, status: int, code: str, message: str, hint: str = "", retry_after: int = 1) -> JSONResponse:
    """An error in the shape of the interface that was called."""
    headers = {"Retry-After": str(retry_after)} if status in (429, 503) else {}
    headers |= {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if path_of(scope).startswith(f"{OPENAI}/"):
        kind = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
        said = f"{message}；{hint}" if hint else message
        body: Any = {"message": said, "type": kind, "param": None, "code": code, "request_id": request_id()}
    elif path_of(scope).startswith("/ui/"):
        body = f"{message}；{hint}" if hint else message
    else:
        body = {"code": code, "message": message, "hint": hint, "request_id": request_id()}
    return JSONResponse({"error": body}, status, headers)


def status_of(error: AssistantError) -> tuple[int, str]:
    """The status and code of an error of our tree."""
    return next((status, code) for kind, status, code in STATUS if isinstance(error, kind))


def expected(scope: Scope, error: AssistantError) -> JSONResponse:
    """An error of our tree."""
    status, code = status_of(error)
    retry_after = error.retry_after if isinstance(error, BusyError) else 1
    return reply(scope, status, code, error.message, error.hint, retry_after)


def refused(scope: Scope, error: HTTPException) -> JSONResponse:
    """An error of the web framework."""
    code = _CODES.get(error.status_code, "error")
    given = reply(scope, error.status_code, code, SAID.get(error.status_code, str(error.detail)))
    given.headers.update(error.headers or {})
    return given


def attach(app: FastAPI) -> None:
    """Makes an application answer errors in our shape."""

    @app.exception_handler(AssistantError)
    async def _expected(request: Request, error: AssistantError) -> JSONResponse:
        return expected(request.scope, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = "；".join(dict.fromkeys(map(field_said, error.errors())))
        status = 400 if path_of(request.scope).startswith(f"{OPENAI}/") else 422
        return reply(
            request.scope, status, "invalid_request", f"请求不对：{wrong}", "各接口的参数见 /api/v1/openapi.json"
        )

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        return refused(request.scope, error)


def field_said(error: Mapping[str, Any]) -> str:
    """One fault of a request: which field, and what is wrong with it."""
    said = str(error.get("ctx", {}).get("error", error["msg"]))
    loc = () if error["type"] == "json_invalid" else error["loc"]
    place = [str(part) for part in loc if part not in ("body", "query", "path")]
    return f"{'.'.join(place)}：{_WRONG.get(error['type'], said)}".lstrip("：")
