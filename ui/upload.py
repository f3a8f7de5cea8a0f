"""Adding a file from the browser: looked at first, published after; nothing of it stays here in between.

Only for those who may change the library; the file is distrusted: its size is counted while it arrives, its name is not
used, and what it may cost to parse is limited by the settings.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from assistant.access import Caller
from assistant.api.access import Who
from assistant.api.serving import Serving
from assistant.errors import InputError, ReviewError
from assistant.faults import told
from ui import texts
from ui.views import editing as views

_PUBLISHING: set[asyncio.Task[None]] = set()  # so that none is forgotten while it runs


@dataclass(frozen=True, slots=True)
class Named:
    """The file as its sender names it; ``size`` is what the browser counted, ``force`` accepts a bad report."""

    name: Annotated[str, Query(max_length=255)]
    size: Annotated[int, Query(ge=0)]
    id: Annotated[str, Query(max_length=100)] = ""
    title: Annotated[str, Query(max_length=300)] = ""
    force: bool = False
    visibility: Literal["", "public", "internal", "unit"] = ""
    owner: Annotated[str, Query(max_length=100)] = ""
    reviewed: Annotated[str, Query(max_length=500)] = ""


def form(serving: Serving, caller: Caller) -> str:
    """The form for those who may add files; for others why there is none, where they could do something about it."""
    if caller.may("edit"):
        return views.upload_form(serving.settings.max_file_mb, caller.unit or "")
    return views.upload_off() if caller.via == "open" else ""


def add_routes(routes: APIRouter, serving: Serving) -> None:
    """``/upload/parse`` shows what a file would give, ``/upload/publish`` adds it."""

    @routes.post("/upload/parse", response_class=HTMLResponse)
    async def look(named: Annotated[Named, Depends()], request: Request) -> str:
        async with _received(serving, named, request) as path:
            parse = partial(serving.assistant.parse, path, named.id or None, named.title or None)
            parsed = await serving.change(parse)
        return views.report(parsed)

    @routes.post("/upload/publish")
    async def publish(named: Annotated[Named, Depends()], request: Request, caller: Who) -> StreamingResponse:
        async with _received(serving, named, request) as path:
            content = path.read_bytes()
        lines = _published(serving, caller, named, path.name, content)
        return StreamingResponse(lines, media_type="application/x-ndjson")


async def _published(serving: Serving, caller: Caller, named: Named, name: str, content: bytes) -> AsyncIterator[str]:
    """Lines of JSON: steps as they happen, at last the outcome or the error. It goes on if the browser leaves."""
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: dict[str, Any] | None) -> None:
        loop.call_soon_threadsafe(lines.put_nowait, line)

    def work() -> None:
        try:
            put(_publish(serving, caller, named, name, content, put))
        except ReviewError as error:
            put({"error": f"{error.what}；{texts.REVIEW_NEEDED}"})
        except Exception as error:
            put({"error": told(error, serving.settings.home)})
        finally:
            put(None)

    task = asyncio.create_task(serving.change(work))
    _PUBLISHING.add(task)
    task.add_done_callback(_PUBLISHING.discard)
    while (line := await lines.get()) is not None:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _publish(
    serving: Serving, caller: Caller, named: Named, name: str, content: bytes, put: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        added = serving.assistant.add(
            path,
            named.id or None,
            named.title or None,
            force=named.force,
            visibility=named.visibility or None,
            owner=named.owner or None,
            reviewed=named.reviewed or None,
            by=caller,
            progress=lambda step, share: put({"step": step, "share": round(share, 2)}),
        )
    return {"html": views.published(added), "id": added.document.id}


@asynccontextmanager
async def _received(serving: Serving, named: Named, request: Request) -> AsyncIterator[Path]:
    """The body as a file in a folder of its own, gone afterwards.

    Raises:
        InputError: too large, or not whole.
    """
    most_mb = serving.settings.max_file_mb
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
