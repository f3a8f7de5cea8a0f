"""``wenzheng backup`` and ``wenzheng restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.backup import backup as write
from assistant.backup import restore as read
from assistant.cli.common import Home, Json, progress, say, show
from assistant.settings import Settings

File = Annotated[Path, typer.Argument(metavar="文件", help="备份文件，如 wenzheng-2026-11-26.zip")]


def backup(file: File, home: Home = None, as_json: Json = False) -> None:
    """把数据文件夹和数据库备份成一个文件；服务可以照常运行。"""
    with progress(as_json) as step:
        made = write(Settings.from_env(home=home), file, step)
    said = f"已备份到 {file}：{made['files']}个文件，{made['bytes'] / 1e6:.1f} MB。里面有账号和内部文件，请妥善保管。"
    show(as_json, made, lambda console: say(console, said))


def restore(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="数据文件夹里已有内容时，把它改名留下")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """从备份恢复数据文件夹和数据库，核对无误才换上；请先停止服务。"""
    with progress(as_json) as step:
        made = read(Settings.from_env(home=home), file, force, step)
    kept = f"原来的数据在 {made['kept']}。" if made["kept"] else ""
    said = f"已恢复到 {made['home']}：{made['documents']}个文件，{made['rows']}行任务，核对无误。{kept}登录已全部失效。"
    show(as_json, made, lambda console: say(console, said))
