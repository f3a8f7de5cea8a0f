"""The chat interface of OpenAI over the same answers, so that chat front ends and libraries work unchanged.

There is no hidden session: the last user message is the question, those before it the conversation. What a system
message says is no instruction here: answers are made of task rows alone.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.access import Caller
from assistant.api.access import Who
from assistant.api.logs import request_id
from assistant.api.paths import OPENAI
from assistant.api.serving import Serving
from assistant.errors import AssistantError, InputError, NotFoundError
from assistant.faults import keep_fault
from assistant.schema import Answer, Citation

MODEL = "wenzheng"
_SOURCES = "\n\n依据：\n"  # opens the list of sources at the end of a message
_OURS = re.compile(r"\n\n依据：\n(?:- \[\d+\] .*(?:\n|$))+\s*$")
_PIECES = re.compile(r".{1,40}?(?:[。！？；，、\n]+|$)|.{1,40}", re.S)


class OpenAIError(BaseModel):
    """What went wrong, as OpenAI says it, with the id under which the log has it."""

    message: str
    type: str
    param: str | None
    code: str
    request_id: str


class OpenAIErrorReply(BaseModel):
    """OpenAI's shape of all errors."""

    error: OpenAIError


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": OpenAIErrorReply} for status in statuses}


_STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}


class Part(BaseModel):
    """A part of a message; only text can be read."""

    model_config = ConfigDict(extra="allow", strict=True)

    type: str
    text: str | None = None


class Message(BaseModel):
    """A message of any role; system, developer and tool messages are passed over."""

    model_config = ConfigDict(extra="allow", strict=True)

    role: Annotated[str, Field(max_length=50)]
    content: Annotated[str, Field(max_length=200_000)] | Annotated[list[Part], Field(max_length=100)] | None = None


class StreamOptions(BaseModel):
    """Options of a stream."""

    model_config = ConfigDict(extra="allow", strict=True)

    include_usage: bool | None = None


class ChatRequest(BaseModel):
    """A request as OpenAI has it; what cannot matter here (temperature, tools …) is accepted and passed over."""

    model_config = ConfigDict(
        extra="allow",
        strict=True,
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": "湘西州政策问答平台由谁牵头？"}]}]
        },
    )

    model: Annotated[str, Field(max_length=200)] = MODEL
    messages: Annotated[list[Message], Field(min_length=1, max_length=500)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None


def router(serving: Serving) -> APIRouter:
    """The routes over one assistant."""
    routes = APIRouter(prefix=OPENAI, tags=["OpenAI 兼容"])
    started = int(time.time())
    model = {"id": MODEL, "object": "model", "created": started, "owned_by": MODEL}

    @routes.get("/models", responses=_errors(401, 429))
    async def models() -> Response:
        """可用的模型：只有一个。"""
        return JSONResponse({"object": "list", "data": [model]})

    @routes.get("/models/{id}", responses=_errors(401, 404, 429))
    async def one(id: str) -> Response:
        """一个模型。"""
        if id != MODEL:
            raise NotFoundError(f"没有模型“{id[:50]}”", hint=f"请用 {MODEL}")
        return JSONResponse(model)

    @routes.post("/chat/completions", responses=_STREAMED | _errors(400, 401, 403, 408, 413, 429, 503))
    async def chat(body: ChatRequest, caller: Who) -> Response:
        """回答最后一条用户消息；引用写在消息末尾，也在 citations 里。"""
        question, history = _conversation(body.messages)
        head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
        if body.stream:
            usage = bool(body.stream_options and body.stream_options.include_usage)
            return StreamingResponse(
                _stream(serving, caller, question, history, head, usage),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
            )
        answer, _ = await serving.ask(caller, "openai", question, history)
        message = {"role": "assistant", "content": _content(answer), "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        reply = head | {"object": "chat.completion", "choices": [choice], "usage": _usage(), **_extras(answer)}
        return JSONResponse(reply)

    return routes


def _conversation(messages: Sequence[Message]) -> tuple[str, list[dict[str, str]]]:
    """The question and the turns before it.

    Raises:
        InputError: the last turn is not the user's, or holds something other than text.
    """
    turns = [message for message in messages if message.role in ("user", "assistant")]
    if not turns or turns[-1].role != "user":
        raise InputError("最后一条消息应当是用户的问题")
    said = [{"role": turn.role, "content": _text(turn)} for turn in turns]
    return said[-1]["content"], said[:-1]


def _text(message: Message) -> str:
    """The text of a message, without the sources that we listed below it.

    Raises:
        InputError: the user sent something other than text.
    """
    if isinstance(message.content, list):
        other = next((part.type for part in message.content if part.text is None), None)
        if other is not None and message.role == "user":
            raise InputError(f"只能读文字，不能读“{other[:30]}”")
        text = "\n".join(part.text or "" for part in message.content)
    else:
        text = message.content or ""
    return _OURS.sub("", text) if message.role == "assistant" else text


def _content(answer: Answer) -> str:
    """The text of an answer and where its citations stand."""
    if not answer.citations:
        return answer.text
    return answer.text + _SOURCES + "\n".join(map(_source, answer.citations))


def _source(citation: Citation) -> str:
    place = f"{citation.title} {citation.label or ''}".strip()
    return f"- [{citation.n}] {place}（{citation.row}，{citation.locator}）"


def _extras(answer: Answer) -> dict[str, Any]:
    """What is ours beside OpenAI's fields."""
    return {
        "citations": [citation.to_dict() for citation in answer.citations],
        "answerable": answer.answerable,
        "suggestions": list(answer.suggestions),
    }


def _usage() -> dict[str, int]:
    """No model, no tokens; front ends expect the field."""
    return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


async def _stream(
    serving: Serving, caller: Caller, question: str, history: list[dict[str, str]], head: dict[str, Any], usage: bool
) -> AsyncIterator[str]:
    """Server-sent events: the role, the message piece by piece, the citations, [DONE]."""

    def event(delta: dict[str, Any], finish: Literal["stop"] | None = None, **extras: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event(head | {"object": "chat.completion.chunk", "choices": [choice]} | extras)

    yield event({"role": "assistant", "content": ""})
    try:
        answer, _ = await serving.ask(caller, "openai", question, history)
    except AssistantError as error:
        yield _event({"error": _failed(error.outside, "unavailable")})
        return
    except Exception:
        fault, _ = keep_fault(serving.settings.home)
        yield _event({"error": _failed(f"程序内部故障（编号 {fault}），请把编号告诉维护人员", "internal")})
        return
    for piece in _PIECES.findall(_content(answer)):
        yield event({"content": piece})
        await asyncio.sleep(0)  # other connections have their turn, and a client that left is noticed
    yield event({}, "stop", **_extras(answer))
    if usage:
        yield _event(head | {"object": "chat.completion.chunk", "choices": [], "usage": _usage()})
    yield "data: [DONE]\n\n"


def _failed(message: str, code: str) -> dict[str, Any]:
    return {"message": message, "type": "server_error", "param": None, "code": code, "request_id": request_id()}


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
