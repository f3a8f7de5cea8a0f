"""The questions that search and answers are judged by, their graded rows, and the honest split of them.

    eval/questions/*.jsonl       one question a line, by category
    eval/questions/matters.yaml  what the shipped rows are about; every row stands in exactly one matter

Questions are split by matter, not one by one: what is tuned on says nothing about what is tested on. Nobody chose
which matter goes where, a digest of its name does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from assistant.errors import InputError
from assistant.schema.record import Record

Category = Literal[
    "everyday", "noisy", "staff", "responsible", "list", "ordinal", "compare", "followup", "unanswerable"
]
Split = Literal["tune", "test", "all"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
FOLDER = Path(__file__).parent / "questions"
# Questions of these categories select rows by unit or number, over many matters, or have no rows at all; their
# ``matter`` is the unit, section or subject that they ask about.
_WITHOUT_MATTER = ("list", "unanswerable")
_EXPECTED: dict[str, type] = {
    "lead_units": list,
    "responsible_units": list,
    "rows": list,
    "count": int,
    "deadline": str,
    "numbers": list,
    "must_contain": list,
    "must_not_contain": list,
}
Matters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Question(Record):
    """One question. ``relevant``: row id → 2 (answers it) or 1 (on the topic); ``expect``: the exact facts."""

    qid: str
    category: Category
    matter: str
    question: str
    relevant: dict[str, int]
    answerable: bool
    expect: dict[str, Any] = field(default_factory=dict)
    history: tuple[dict[str, str], ...] = ()
    note: str = ""

    @property
    def answers(self) -> list[str]:
        """The ids of the rows that answer it, sorted."""
        return sorted(row for row, grade in self.relevant.items() if grade == 2)


def split_of(matter: str) -> Literal["tune", "test"]:
    """Which split a matter belongs to."""
    return "test" if hashlib.blake2b(matter.encode(), digest_size=8).digest()[0] % 2 else "tune"


def load_matters(path: Path, rows: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The matters, each with its rows.

    Raises:
        InputError: a row that does not exist, stands in two matters or in none.
    """
    matters: dict[str, tuple[str, ...]] = {}
    seen: dict[str, str] = {}
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        for row in entry["rows"]:
            if row not in rows:
                raise InputError(f"没有任务行 {row}", where=f"{path.name} {entry['id']}")
            if row in seen:
                raise InputError(f"任务行 {row} 出现两次", where=f"{path.name} {entry['id']}、{seen[row]}")
            seen[row] = entry["id"]
        matters[entry["id"]] = tuple(entry["rows"])
    if missing := sorted(set(rows) - seen.keys()):
        raise InputError(f"任务行 {missing[0]} 等{len(missing)}行不属于任何事项", where=path.name)
    return matters


def load_questions(
    paths: Sequence[Path], rows: Collection[str], matters: Matters | None = None
) -> tuple[Question, ...]:
    """All questions of some files, in their order.

    Args:
        rows: the ids of the rows that questions may name.
        matters: None for questions whose matters are free names.

    Raises:
        InputError: a file or a line that cannot be used; nothing is loaded.
    """
    questions: list[Question] = []
    places: dict[str, str] = {}
    of_row = {row: matter for matter, members in (matters or {}).items() for row in members}
    for path in paths:
        for where, question in _read(path):
            if question.qid in places:
                raise InputError(f"编号 {question.qid} 已用于 {places[question.qid]}", where=where)
            places[question.qid] = where
            if problem := _problem(question, rows, matters, of_row):
                raise InputError(problem, where=f"{where} {question.qid}")
            questions.append(question)
    return tuple(questions)


def select(questions: Sequence[Question], split: Split) -> tuple[Question, ...]:
    """The questions of one split.

    Raises:
        InputError: there are none.
    """
    chosen = tuple(each for each in questions if split in ("all", split_of(each.matter)))
    if not chosen:
        raise InputError(f"“{split}”部分没有问题", where="--split", hint="可用 tune、test、all")
    return chosen


def _read(path: Path) -> Iterator[tuple[str, Question]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError("无法读取问题文件", where=str(path), hint="应为 UTF-8 的 .jsonl") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f"{path.name} 第{number}行"
            try:
                data = {"matter": ""} | json.loads(line)
                yield where, Question(**data | {"history": tuple(data.get("history", ()))})
            except (ValueError, TypeError, AttributeError) as error:
                raise InputError(f"不是一条问题（{error}）", where=where) from None


def _problem(question: Question, rows: Collection[str], matters: Matters | None, of_row: Mapping[str, str]) -> str:
    """What is wrong with a question, or nothing."""
    if not (isinstance(question.relevant, dict) and isinstance(question.expect, dict)):
        return "relevant 和 expect 应为对象"
    if question.category not in CATEGORIES or not str(question.question).strip():
        return f"没有“{question.category}”这一类" if str(question.question).strip() else "问题是空的"
    for name, value in question.expect.items():
        if name not in _EXPECTED or not isinstance(value, _EXPECTED[name]):
            return f"expect 的“{name}”不对，可用：{'、'.join(_EXPECTED)}"
    named = (*question.relevant, *question.expect.get("rows", ()))
    if unknown := next((row for row in named if row not in rows), None):
        return f"没有任务行 {unknown}"
    if not set(question.relevant.values()) <= {1, 2}:
        return "等级应为 1 或 2"
    if question.answerable is not bool(question.answers):
        return "能回答的问题要有等级为 2 的任务行，不能回答的不应有"
    return "" if matters is None or question.category in _WITHOUT_MATTER else _astray(question, matters, of_row)


def _astray(question: Question, matters: Matters, of_row: Mapping[str, str]) -> str:
    """Says if a question's matter is unknown, or if rows that answer it are of matters in the other split."""
    if question.matter not in matters:
        return f"没有事项 {question.matter}"
    row = next((row for row in question.answers if split_of(of_row[row]) != split_of(question.matter)), None)
    return f"任务行 {row} 的事项 {of_row[row]} 在另一部分" if row else ""
