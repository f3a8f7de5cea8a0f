"""What the commands share: the home folder, output for people and machines, progress."""

from __future__ import annotations

import getpass
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from assistant.errors import InputError
from assistant.service import Assistant
from assistant.settings import Settings


def _noted(context: typer.Context, home: Path | None) -> Path | None:
    """Tells ``main`` which home a command was given: faults are kept there."""
    if home is not None and isinstance(context.obj, dict):
        context.obj["home"] = home
    return home


Home = Annotated[
    Path | None,
    typer.Option("--home", metavar="文件夹", help="存放数据的文件夹；默认为用户数据目录", callback=_noted),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
# What a terminal obeys or hides: control characters but tab and line feed, and what turns the direction of the text.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_text(given: object) -> str:
    """What came from people or files, without anything that a terminal would obey."""
    return _CONTROLS.sub("", str(given))


def cell(given: object) -> Text:
    """The same for Rich: no markup, no emoji codes."""
    return Text(plain_text(given))


def say(console: Console, given: object) -> None:
    """A line for people, as it stands."""
    console.print(cell(given), soft_wrap=True)


def open_home(home: Path | None) -> Assistant:
    """The assistant of a home folder, its steps shown on stderr."""
    settings = Settings.from_env(home=home)
    with progress(quiet=False) as step:
        return Assistant.open(settings=settings, progress=step)


def show(as_json: bool, data: Any, render: Callable[[Console], None]) -> None:
    """Machine output as JSON on stdout, or what ``render`` prints for people."""
    if as_json:
        said = json.dumps(data, ensure_ascii=False, indent=2)
        sys.stdout.write(_CONTROLS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", said) + "\n")
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
        yield lambda step: status.update(cell(f"{step}…"))


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
        yield lambda step, share: shown.update(task, description=plain_text(step), completed=share)


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
