"""Adding a file from the browser: looked at first, published after; nothing of it stays here in between.

Only where the page is served to this machine alone, as there are no accounts yet; the file is distrusted: its size is
counted while it arrives, its name is not used, and what it may cost to parse is limited by the settings.
"""

from __future__ import annotations

import json
import queue
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from assistant.errors import InputError
from assistant.service import Assistant
from ui import texts
from ui.guard import told
from ui.views import documents as views

_MARK = "x-wenzheng"  # a header that pages of other sites cannot send without asking first
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Named:
    """The file as its sender names it; ``size`` is what the browser counted, ``force`` accepts a bad report."""

    name: Annotated[str, Query(max_length=255)]
    size: Annotated[int, Query(ge=0)]
    id: Annotated[str, Query(max_length=100)] = ""
    title: Annotated[str, Query(max_length=300)] = ""
    force: bool = False


def allowed(assistant: Assistant, request: Request) -> bool:
    """Whether this request comes from the machine that serves: bound to it, asked by its name, through no proxy."""
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    through = any(name in request.headers for name in _FORWARDED)
    return _is_loopback(assistant.settings.host) and _is_loopback(asked) and not through


def form(assistant: Assistant, is_allowed: bool) -> str:
    """The form, or why there is none."""
    return views.upload_form(assistant.settings.max_file_mb) if is_allowed else views.upload_off()


def add_routes(routes: APIRouter, assistant: Assistant) -> None:
    """``/upload/parse`` shows what a file would give, ``/upload/publish`` adds it."""

    @routes.post("/upload/parse", response_class=HTMLResponse)
    async def look(named: Annotated[Named, Depends()], request: Request) -> str:
        async with _received(assistant, named, request) as path:
            parsed = await run_in_threadpool(assistant.parse, path, named.id or None, named.title or None)
        return views.report(parsed)

    @routes.post("/upload/publish")
    async def publish(named: Annotated[Named, Depends()], request: Request) -> StreamingResponse:
        async with _received(assistant, named, request) as path:
            content = path.read_bytes()
        return StreamingResponse(_published(assistant, named, path.name, content), media_type="application/x-ndjson")


def _published(assistant: Assistant, named: Named, name: str, content: bytes) -> Iterator[str]:
    """Lines of JSON: steps as they happen, at last the outcome or the error."""
    lines: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def work() -> None:
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / name
                path.write_bytes(content)
                added = assistant.add(
                    path,
                    named.id or None,
                    named.title or None,
                    force=named.force,
                    progress=lambda step, share: lines.put({"step": step, "share": round(share, 2)}),
                )
            lines.put({"html": views.published(added), "id": added.document.id})
        except Exception as error:
            lines.put({"error": told(error, assistant.settings.home)})
        finally:
            lines.put(None)

    threading.Thread(target=work, daemon=True).start()
    while (line := lines.get()) is not None:
        yield json.dumps(line, ensure_ascii=False) + "\n"


@asynccontextmanager
async def _received(assistant: Assistant, named: Named, request: Request) -> AsyncIterator[Path]:
    """The body as a file in a folder of its own, gone afterwards.

    Raises:
        InputError: not from this machine, too large, or not whole.
    """
    if _MARK not in request.headers or not allowed(assistant, request):
        raise InputError(texts.NOT_HERE)
    most_mb = assistant.settings.max_file_mb
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{_stem(named.name)}{Path(named.name).suffix[:10]}"
        written = 0
        with path.open("wb") as file:
            async for chunk in request.stream():
                written += len(chunk)
                if written > most_mb * 1_000_000:
                    raise InputError(texts.TOO_LARGE.format(size=most_mb), hint=texts.TOO_LARGE_HINT)
                file.write(chunk)
        if written != named.size or not written:
            raise InputError(texts.NOT_SENT)
        yield path


def _stem(name: str) -> str:
    """The letters and digits of a file's name: it is shown in reports and may say place and year."""
    stem = "".join(char for char in Path(name.replace("\\", "/")).stem if char.isalnum() or char in "-_（）《》")
    return stem[:80] or "file"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
