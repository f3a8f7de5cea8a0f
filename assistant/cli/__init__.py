"""The terminal: ``wenzheng``, also ``python -m assistant``. Renders what ``Assistant`` returns, decides nothing.

Exit codes: 0 done, 1 an expected error in one line on stderr, 2 wrong usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from assistant import service
from assistant.access.exposure import check_exposure
from assistant.checks import check, check_answers
from assistant.cli import backups, office, terminal
from assistant.cli.common import Home, Json, bar, open_home, plain_text, progress, say, show
from assistant.errors import AssistantError
from assistant.faults import record_fault
from assistant.schema import VISIBILITIES, ParsedDocument, Visibility, plain
from assistant.service import Assistant
from assistant.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="问政：问政务工作要点和任务清单里的任务由谁牵头、要做什么、何时完成，答案逐行可查。",
)
for name, group in office.GROUPS.items():
    app.add_typer(group, name=name)
app.command()(office.questions)
app.command()(backups.backup)
app.command()(backups.restore)
Id = Annotated[str | None, typer.Option("--id", metavar="编号", help="文件编号，如 changde-2024；默认由地区和年份得出")]
Title = Annotated[str | None, typer.Option("--title", metavar="标题", help="文件标题；默认取文件中的标题")]
Reviewed = Annotated[
    str | None, typer.Option("--reviewed", metavar="理由", help="保密审查有发现时，决定可以发布的理由；记入审计日志")
]
Owner = Annotated[str | None, typer.Option("--owner", metavar="单位", help="仅本单位可见的文件属于哪个单位")]


def _visibility(said: str) -> Visibility:
    """A visibility by its name or its Chinese word."""
    found = next((name for name, word in VISIBILITIES.items() if said.strip() in (name, word)), None)
    if found is None:
        raise typer.BadParameter(f"应为 {'、'.join(f'{name}（{word}）' for name, word in VISIBILITIES.items())}")
    return found


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="问题", help="要问的事")], home: Home = None, as_json: Json = False
) -> None:
    """回答一个问题，并列出所依据的任务行。"""
    assistant = open_home(home)
    answer = assistant.ask(question)
    show(as_json, answer.to_dict(), lambda console: terminal.answer(console, answer))


@app.command()
def search(
    question: Annotated[str, typer.Argument(metavar="问题", help="要找的事")],
    top_k: Annotated[int | None, typer.Option("--top", min=1, max=100, metavar="行数", help="最多返回的行数")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """检索任务行，最相关的在前。"""
    hits = open_home(home).search(question, top_k)
    show(as_json, [hit.to_dict() for hit in hits], lambda console: terminal.hits(console, hits))


@app.command()
def parse(
    file: Annotated[Path, typer.Argument(metavar="文件", help="docx、xlsx、csv、pdf、html、txt、md 或 yaml 文件")],
    id: Id = None,
    title: Title = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """解析一个文件，给出任务行和解析报告；不保存。"""
    parsed = service.parse(file, Settings.from_env(home=home), id, title)
    show(as_json, parsed.to_dict(), lambda console: terminal.parsed(console, parsed))


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="文件…", help="要添加的文件或文件夹")],
    id: Id = None,
    title: Title = None,
    force: Annotated[bool, typer.Option("--force", help="替换同编号的文件；接受体检单为“不可用”的文件")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="跳过不能用的文件，其余照常添加")] = False,
    visibility: Annotated[
        Any,
        typer.Option(
            "--visibility", parser=_visibility, metavar="可见范围", help="公开、内部或仅本单位；默认不变，新文件为公开"
        ),
    ] = None,
    owner: Owner = None,
    reviewed: Reviewed = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """添加文件或文件夹并更新索引：全部添加或都不添加；自带文件的原文会替换其摘要。"""
    if len(files) > 1 and (id or title):
        raise typer.BadParameter("--id 和 --title 一次只能用于一个文件")
    assistant = open_home(home)
    with bar(as_json) as steps:
        added = assistant.add_files(
            files,
            id,
            title,
            force=force,
            skip=skip,
            progress=steps,
            visibility=visibility,
            owner=owner,
            reviewed=reviewed,
        )
    summary = [
        {"file": each.file, "outcome": each.outcome}
        | ({"reason": each.reason} if each.parsed is None else _summary(each.parsed))
        for each in added
    ]
    show(as_json, summary, lambda console: terminal.added(console, added))
    if any(each.outcome == "skipped" for each in added):
        raise typer.Exit(1)


def _summary(parsed: ParsedDocument) -> dict[str, Any]:
    return {"document": plain(parsed.document), "rows": len(parsed.rows), "report": plain(parsed.report)}


@app.command()
def remove(
    id: Annotated[str, typer.Argument(metavar="编号", help="文件编号，见 wenzheng documents")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """移除一个文件并更新索引。"""
    assistant = open_home(home)
    with progress(as_json) as step:
        assistant.remove(id, step)
    show(as_json, {"removed": id}, lambda console: say(console, f"已移除 {id}。"))


@app.command()
def visibility(
    id: Annotated[str, typer.Argument(metavar="编号", help="文件编号，见 wenzheng documents")],
    visibility: Annotated[
        Any,
        typer.Argument(parser=_visibility, metavar="可见范围", help="公开、内部或仅本单位（public、internal、unit）"),
    ],
    owner: Owner = None,
    reviewed: Reviewed = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """改变谁能看到一个文件：公众、全体工作人员，或只有它所属的单位。"""
    assistant = open_home(home)
    with progress(as_json) as step:
        assistant.set_visibility(id, visibility, owner, progress=step, reviewed=reviewed)
    document = assistant.document(id)
    done = f"{id} 的可见范围：{terminal.shown_to(document)}。"
    show(as_json, document.to_dict(), lambda console: say(console, done))


@app.command()
def documents(home: Home = None, as_json: Json = False) -> None:
    """列出收录的文件。"""
    assistant = open_home(home)
    counted = [
        (document, sum(row.document == document.id for row in assistant.rows())) for document in assistant.documents()
    ]
    listed = [document.to_dict() | {"rows": count} for document, count in counted]
    show(as_json, listed, lambda console: terminal.documents(console, counted))


@app.command()
def index(home: Home = None, as_json: Json = False) -> None:
    """重建索引（升级程序、更换向量模型或索引损坏后使用）。"""
    with progress(as_json) as step:
        assistant = Assistant.open(settings=Settings.from_env(home=home), rebuild=True, progress=step)
    counts = {"documents": len(assistant.documents()), "rows": len(assistant.rows())}
    done = f"已索引 {counts['documents']} 个文件、{counts['rows']} 行任务。"
    show(as_json, counts, lambda console: say(console, done))


@app.command(name="check")
def check_command(
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="文件", help="改为核对存下来的回答（ask --json 的输出）")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """核对索引清单、文件哈希、行数和反馈数据库；或逐句核对存下来的回答。"""
    if answers is not None:
        checked = check_answers(Settings.from_env(home=home), answers)
        show(as_json, checked, lambda console: terminal.proved(console, checked))
        raise typer.Exit(int(any(each["faults"] for each in checked)))
    found = check(Settings.from_env(home=home))
    show(as_json, found, lambda console: terminal.checked(console, found))


@app.command()
def feedback(
    kind: Annotated[
        Literal["helpful", "unhelpful", "unanswered"] | None, typer.Option("--kind", metavar="类别", help="只看一类")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """列出评价、理由和没有答上的问题；查看本身记入审计日志。"""
    store = open_home(home).store
    entries = store.feedback.entries(kind)
    if store.database.exists:
        store.audit.add("local", "feedback.read", "feedback", {"kind": kind} if kind else {})
    show(as_json, plain(entries), lambda console: terminal.feedback(console, entries))


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option("--host", metavar="地址", help="监听的地址，默认只限本机；:: 为全部 IPv6 和 IPv4")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, metavar="端口", help="监听的端口")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, metavar="个数", help="回答问题的进程数")
    ] = None,
    root_path: Annotated[
        str | None, typer.Option("--root-path", metavar="路径", help="反向代理把服务放在哪个路径下，例如 /wenzheng")
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open", help="没有账号时也监听本机以外的地址：谁能连上谁就能问公开的文件")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """打开网页问答和接口（REST、MCP、OpenAI 兼容）。"""
    settings = Settings.from_env(
        home=home, host=host, port=port, workers=workers, root_path=root_path, open=open_to_all or None
    )
    with progress(as_json) as step:
        assistant = Assistant.open(settings=settings, progress=step)
    for weakness in check_exposure(settings, assistant.access):
        sys.stderr.write(f"注意：{weakness}\n")
    from ui.server import serve as serve_web

    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{name}:{settings.port}"

    def started() -> None:
        said = f"网页问答：{address}  接口：{address}/api/v1/openapi.json  （按 Ctrl+C 停止）"
        show(as_json, {"address": address}, lambda console: say(console, said))

    serve_web(assistant, started)


@app.command(name="mcp")
def mcp_command(home: Home = None) -> None:
    """作为 MCP 服务在标准输入输出上运行，由客户端启动。"""
    settings = Settings.from_env(home=home)
    assistant = Assistant.open(settings=settings)
    from assistant.api.stdio import run

    run(assistant)


def main() -> None:
    """Runs the command line; expected errors become one line, faults of ours an id in the log."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given: dict[str, Path] = {}
    try:
        app(obj=given)
    except AssistantError as error:
        sys.stderr.write(f"错误：{plain_text(error)}\n")
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except Exception:
        sys.stderr.write(f"错误：{record_fault(given.get('home'))}\n")
        raise SystemExit(1) from None
