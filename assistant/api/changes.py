"""Adding and removing documents over REST: a file comes in, is parsed into a report, and is published."""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi.responses import JSONResponse

from assistant.api.access import Who
from assistant.api.errors import ErrorReply
from assistant.api.models import Shown, Uploaded
from assistant.api.paths import REST
from assistant.api.serving import Serving
from assistant.errors import AssistantError, InputError
from assistant.library.intake import Added
from assistant.schema import ParsedDocument, Visibility, plain

Result = TypeVar("Result")
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": said}
    for status, said in (
        (400, "请求不能用"),
        (401, "需要登录，或密钥无效"),
        (403, "没有这种权限，或没有账号时不是从本机来的"),
        (404, "没有这个编号"),
        (409, "编号已被占用，或要编辑决定能否发布"),
        (413, "文件太大"),
        (422, "文件不能用"),
        (408, "请求没有及时收完"),
        (429, "太忙或太频繁"),
        (503, "暂不可用"),
    )
}
# What the command line calls its options, and how they are called here.
_OPTIONS = (
    ("wenzheng parse", "publish=false"),
    ("--force", "force=true"),
    ("--reviewed", "reviewed"),
    ("--id", "id"),
    ("--", ""),
)


def router(serving: Serving) -> APIRouter:
    """The routes over one assistant, each open only to those who may change it."""
    assistant = serving.assistant

    routes = APIRouter(prefix=REST, tags=["文件"])

    @routes.post("/documents", response_model=Uploaded, status_code=201, responses=_ERRORS | {200: {"model": Uploaded}})
    async def upload(
        caller: Who,
        file: Annotated[UploadFile, File(description="docx、xlsx、csv、pdf、html、txt、md 或 yaml 文件")],
        id: Annotated[str | None, Form(max_length=200, description="文件编号；默认由地区和年份得出")] = None,
        title: Annotated[str | None, Form(max_length=500, description="文件标题；默认取文件中的标题")] = None,
        force: Annotated[bool, Form(description="替换同编号的文件；接受体检单为“不可用”的文件")] = False,
        publish: Annotated[bool, Form(description="false：只解析，给出体检单，不保存")] = True,
        visibility: Annotated[Visibility | None, Form(description="public 公开，internal 内部，unit 仅本单位")] = None,
        owner: Annotated[str | None, Form(max_length=100, description="仅本单位的文件属于哪个单位")] = None,
        reviewed: Annotated[str | None, Form(max_length=500, description="保密审查的决定：为什么可以发布")] = None,
    ) -> Response:
        """添加一个文件：解析，给出体检单和保密审查的发现，随即可以问。需要编辑权限；没有账号时只能从本机。"""

        def take(path: Path) -> tuple[str, ParsedDocument]:
            if not publish:
                return "parsed", assistant.parse(path, id or None, title or None)
            (added,) = assistant.add_files(
                [path],
                id or None,
                title or None,
                force=force,
                visibility=visibility,
                owner=owner or None,
                reviewed=reviewed or None,
                by=caller,
            )
            return _taken(added)

        outcome, parsed = await serving.change(partial(_in_words_of_ours, partial(_with_file, file, take)))
        body = {
            "outcome": outcome,
            "document": parsed.document.to_dict(),
            "rows": len(parsed.rows),
            "report": parsed.report.to_dict(),
            "concerns": plain(parsed.concerns),
        }
        return JSONResponse(body, 200 if outcome in ("unchanged", "parsed") else 201)

    @routes.delete("/documents/{id}", status_code=204, responses=_ERRORS)
    async def remove(caller: Who, id: str) -> Response:
        """移除一个文件。需要编辑权限；没有账号时只能从本机。"""
        await serving.change(partial(assistant.remove, id, by=caller))
        return Response(status_code=204)

    @routes.put("/documents/{id}/visibility", status_code=204, responses=_ERRORS)
    async def show(caller: Who, id: str, wanted: Shown) -> Response:
        """改变一个文件的可见范围。需要编辑权限；没有账号时只能从本机。"""
        await serving.change(
            partial(_in_words_of_ours, partial(assistant.set_visibility, id, **wanted.model_dump(), by=caller))
        )
        return Response(status_code=204)

    return routes


def _taken(added: Added) -> tuple[str, ParsedDocument]:
    if added.parsed is None:
        raise InputError(added.reason)
    return added.outcome, added.parsed


def _with_file(upload: UploadFile, take: Callable[[Path], tuple[str, ParsedDocument]]) -> tuple[str, ParsedDocument]:
    """Gives an uploaded file to ``take`` under its own name."""
    given = (upload.filename or "").replace("\\", "/")
    # Nothing invisible, such as what turns the direction of writing and shows another format than it is.
    name = Path("".join(char for char in given if not unicodedata.category(char).startswith("C"))).name.strip()
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


def _in_words_of_ours(work: Callable[[], Result]) -> Result:
    """Runs a piece of work; hints that name options of the command line then name those of the form."""
    try:
        return work()
    except AssistantError as error:
        for said, ours in _OPTIONS:
            error.hint = error.hint.replace(said, ours)
        raise
