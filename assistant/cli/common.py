"""What the commands share: the home folder, output for people and machines, progress."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from assistant.errors import InputError
from assistant.service import Assistant
from assistant.settings import Settings

Home = Annotated[Path | None, typer.Option("--home", metavar="文件夹", help="存放数据的文件夹；默认为用户数据目录")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def open_home(home: Path | None) -> Assistant:
    """The assistant of a home folder, its steps shown on stderr."""
    settings = Settings.from_env(home=home)
    with progress(quiet=False) as step:
        return Assistant.open(settings=settings, progress=step)


def show(as_json: bool, data: Any, render: Callable[[Console], None]) -> None:
    """Machine output as JSON on stdout, or what ``render`` prints for people."""
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        sys.stdout.flush()
    else:
        render(Console(soft_wrap=False))


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A spinner on stderr that names the step; nothing where stderr is no terminal or ``quiet`` is set."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda step: None
        return
    with console.status("准备中") as status:
        yield lambda step: status.update(f"{step}…")


@contextmanager
def bar(quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A progress bar on stderr; nothing where stderr is no terminal or ``quiet`` is set."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda step, share: None
        return
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("准备中", total=1.0)
        yield lambda step, share: shown.update(task, description=step, completed=share)


def secret(what: str) -> str:
    """A password: typed twice where somebody sits at a terminal, else the first line of standard input.

    Raises:
        InputError: the two differ, or there is none.
    """
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise InputError(f"没有给{what}", hint="在终端里运行，或从标准输入给一行")
        return given
    given = getpass.getpass(f"{what}：")
    if getpass.getpass(f"再输入一次{what}：") != given:
        raise InputError(f"两次输入的{what}不一样")
    return given
