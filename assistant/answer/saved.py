"""Answers saved as JSON: one object, a list of them, or one a line (what ``wenzheng ask --json`` prints)."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.errors import InputError
from assistant.schema import Answer

_HINT = "每个回答是 wenzheng ask --json 输出的样子，可以一行一个"


def read_answers(path: Path) -> list[Answer]:
    """The answers in a file.

    Raises:
        InputError: it cannot be read, or holds something else; says where.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        raise InputError("无法读取回答", where=str(path), hint=_HINT) from None
    try:
        whole = json.loads(text)
        values = whole if isinstance(whole, list) else [whole]
    except ValueError:
        values = [_line(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not values:
        raise InputError("文件里没有回答", where=str(path), hint=_HINT)
    return [_answer(path, number, value) for number, value in enumerate(values, 1)]


def _line(path: Path, number: int, line: str) -> object:
    try:
        value: object = json.loads(line)
    except ValueError:
        raise InputError("不是 JSON", where=f"{path.name} 第{number}行", hint=_HINT) from None
    return value


def _answer(path: Path, number: int, value: object) -> Answer:
    try:
        return Answer.from_dict(value)  # type: ignore[arg-type]
    except (TypeError, KeyError, ValueError, AttributeError):
        raise InputError("不是一个回答", where=f"{path.name} 第{number}个", hint=_HINT) from None
