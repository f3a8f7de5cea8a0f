"""Adding and removing documents over REST: a file comes in, is parsed into a report, and is published."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from assistant.api.access import check_may_change
from assistant.api.errors import ErrorReply
from assistant.api.models import Uploaded
from assistant.api.paths import REST
from assistant.api.serving import Serving
from assistant.errors import AssistantError, InputError
from assistant.intake import Added
from assistant.schema import ParsedDocument

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": said}
    for status, said in (
        (400, "请求不能用"),
        (403, "不是从本机来的"),
        (404, "没有这个编号"),
        (409, "编号已被占用"),
        (413, "文件太大"),
        (422, "文件不能用"),
        (503, "忙或暂不可用"),
    )
}
# What the command line calls its options, and how they are called here.
_OPTIONS = (("wenzheng parse", "publish=false"), ("--force", "force=true"), ("--id", "id"), ("--", ""))


def router(serving: Serving) -> APIRouter:
    """The routes over one assistant, each open only to those who may change it."""
    assistant, settings = serving.assistant, serving.settings

    class Guarded(APIRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                check_may_change(settings, request)  # before anything of the body is taken in
                return await handle(request)

            return guarded

    routes = APIRouter(prefix=REST, tags=["文件"], route_class=Guarded)

    @routes.post("/documents", response_model=Uploaded, status_code=201, responses=_ERRORS | {200: {"model": Uploaded}})
    async def upload(
        file: Annotated[UploadFile, File(description="docx、xlsx、csv、pdf、html、txt、md 或 yaml 文件")],
        id: Annotated[str | None, Form(max_length=200, description="文件编号；默认由地区和年份得出")] = None,
        title: Annotated[str | None, Form(max_length=500, description="文件标题；默认取文件中的标题")] = None,
        force: Annotated[bool, Form(description="替换同编号的文件；接受体检单为“不可用”的文件")] = False,
        publish: Annotated[bool, Form(description="false：只解析，给出体检单，不保存")] = True,
    ) -> Response:
        """添加一个文件：解析，给出体检单，随即可以问。只接受从本机来的请求。"""

        def take(path: Path) -> tuple[str, ParsedDocument]:
            if not publish:
                return "parsed", assistant.parse(path, id or None, title or None)
            (added,) = assistant.add_files([path], id or None, title or None, force=force)
            return _taken(added)

        outcome, parsed = await serving.change(partial(_in_words_of_ours, partial(_with_file, file, take)))
        body = {
            "outcome": outcome,
            "document": parsed.document.to_dict(),
            "rows": len(parsed.rows),
            "report": parsed.report.to_dict(),
        }
        return JSONResponse(body, 200 if outcome in ("unchanged", "parsed") else 201)

    @routes.delete("/documents/{id}", status_code=204, responses=_ERRORS)
    async def remove(id: str) -> Response:
        """移除一个文件。只接受从本机来的请求。"""
        await serving.change(partial(assistant.remove, id))
        return Response(status_code=204)

    return routes


def _taken(added: Added) -> tuple[str, ParsedDocument]:
    if added.parsed is None:
        raise InputError(added.reason)
    return added.outcome, added.parsed


def _with_file(upload: UploadFile, take: Callable[[Path], tuple[str, ParsedDocument]]) -> tuple[str, ParsedDocument]:
    """Gives an uploaded file to ``take`` under its own name."""
    name = Path((upload.filename or "").replace("\\", "/").replace("\0", "")).name.strip()
    if name in ("", ".", ".."):
        raise InputError("没有文件名", hint="请在表单的 file 一项里给出文件和文件名")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _short(name)
        with path.open("wb") as kept:
            shutil.copyfileobj(upload.file, kept)
        return take(path)


def _short(name: str) -> str:
    """A name that file systems allow: its end is kept, where the format stands."""
    while len(name.encode()) > 200:
        name = name[1:]
    return name


def _in_words_of_ours(work: Callable[[], tuple[str, ParsedDocument]]) -> tuple[str, ParsedDocument]:
    """Runs a piece of work; hints that name options of the command line then name those of the form."""
    try:
        return work()
    except AssistantError as error:
        for said, ours in _OPTIONS:
            error.hint = error.hint.replace(said, ours)
        raise
