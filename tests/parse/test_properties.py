"""Any table or outline that a generator builds from rows parses back to those rows, in every format."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.parse.blocks import DraftRow, Reading
from assistant.parse.outline import plans
from assistant.parse.readers.docx import read_docx
from assistant.parse.readers.html import read_html
from assistant.parse.readers.sheets import read_xlsx
from assistant.parse.readers.text import text_blocks
from assistant.parse.tables import task_lists
from assistant.settings import Limits, Settings
from assistant.text import chinese_numeral
from tests.parse.makers import Cell, Grid, Item, make_docx, make_html, make_xlsx

LIMITS = Settings.from_env({}).limits
HEADER = ("序号", "重点任务", "具体举措", "牵头单位", "配合单位", "完成时限")
# Plain words: no marks, no words on roles, nothing that ends as a heading would.
WORDS = st.text(st.sampled_from("优化升级整合推广窗口平台数据服务网站热线事项流程清单材料"), min_size=2, max_size=10)
UNITS = st.lists(
    st.sampled_from(
        "政府办 数据局 财政局 民政局 教育局 市场监管局 卫健委 人社局 政府办（市大数据中心） 绣花办".split()
    ),
    min_size=1,
    max_size=4,
    unique=True,
).map(lambda names: tuple(f"市{name}" for name in names))
DEADLINES = st.sampled_from(["2025年6月底", "年底前", "全年", "长期坚持", "第二季度", ""])


@dataclass(frozen=True)
class Task:
    """A task with one requirement or more, each with units of its own."""

    section: int
    heading: str
    requirements: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...]


REQUIREMENT = st.tuples(WORDS.map(lambda word: f"做好{word}。"), UNITS, UNITS, DEADLINES)
TASKS = st.lists(
    st.builds(
        Task,
        section=st.integers(0, 1),
        heading=WORDS,
        requirements=st.lists(REQUIREMENT, min_size=1, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=6,
)


def table_of(tasks: list[Task]) -> Grid:
    """A list with section rows across, numbers and tasks merged down over their requirements."""
    cells = [Cell(0, column, name) for column, name in enumerate(HEADER)]
    row, section = 1, 0
    for number, task in enumerate(tasks, 1):
        if task.section:
            section += 1
            cells.append(Cell(row, 0, f"{chinese_numeral(section)}、第{chinese_numeral(section)}方面", 1, len(HEADER)))
            row += 1
        count = len(task.requirements)
        cells += [Cell(row, 0, str(number), count), Cell(row, 1, f"（{chinese_numeral(number)}）{task.heading}", count)]
        for text, lead, others, due in task.requirements:
            said = (text, "、".join(lead), "，".join(others), due)
            cells += [Cell(row, column, cell) for column, cell in enumerate(said, 2)]
            row += 1
    return Grid(row, len(HEADER), cells)


def expected(tasks: list[Task]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    section = 0
    path: tuple[str, ...] = ()
    for number, task in enumerate(tasks, 1):
        if task.section:
            section += 1
            path = (f"{chinese_numeral(section)}、第{chinese_numeral(section)}方面",)
        for text, lead, others, due in task.requirements:
            rows.append((f"（{chinese_numeral(number)}）", number, path, task.heading, text, lead, others, due))
    return rows


def said(row: DraftRow) -> tuple[object, ...]:
    return (
        row.label,
        row.printed_no,
        row.section,
        row.heading,
        row.text,
        row.lead_units,
        row.responsible_units,
        row.deadline,
    )


Make = Callable[[list[Item], Path], Path]
Read = Callable[[Path, Limits], Reading]


@pytest.mark.parametrize(
    ("make", "read", "suffix"),
    [(make_docx, read_docx, "docx"), (make_xlsx, read_xlsx, "xlsx"), (make_html, read_html, "html")],
    ids=["docx", "xlsx", "html"],
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tasks=TASKS)
def test_any_table_parses_back(make: Make, read: Read, suffix: str, tasks: list[Task]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make(["永州市2025年任务清单", table_of(tasks)], Path(folder) / f"表.{suffix}")
        parts, unread = task_lists(read(path, LIMITS).blocks)
    assert [said(row) for part in parts for row in part.rows] == expected(tasks) and unread == []


CLOSINGS: dict[str, Callable[[tuple[str, ...], tuple[str, ...], str], str]] = {
    "牵头": lambda lead, others, due: f"（{'、'.join(lead)}牵头，{'、'.join(others)}按职责分工负责）",
    "标签": lambda lead, others, due: (
        f"〔牵头单位：{'、'.join(lead)}；责任单位：{'，'.join(others)}；完成时限：{due}〕"
    ),
    "半角": lambda lead, others, due: f"(牵头单位:{'、'.join(lead)},配合单位:{'、'.join(others)})",
    "分行": lambda lead, others, due: f"\n牵头单位：{'、'.join(lead)}\n责任单位：{'、'.join(others)}\n完成时限：{due}",
}


@pytest.mark.parametrize("kind", CLOSINGS)
@pytest.mark.parametrize("wrapped", [False, True])
@settings(max_examples=40, deadline=None)
@given(tasks=TASKS, numbered=st.booleans())
def test_any_outline_parses_back(kind: str, wrapped: bool, tasks: list[Task], numbered: bool) -> None:
    """Sections 一、, items （一） over the whole plan; with ``numbered`` each requirement is an item 1. of its own."""
    lines: list[str] = ["永州市2025年工作要点"]
    wanted: list[tuple[object, ...]] = []
    for number, task in enumerate(tasks, 1):
        section = f"{chinese_numeral(number)}、第{chinese_numeral(number)}方面"
        lines.append(section)
        label = f"（{chinese_numeral(number)}）"
        if numbered:
            lines.append(f"{label}{task.heading}")
        for item, (text, lead, others, due) in enumerate(task.requirements, 1):
            if not numbered and item > 1:
                break
            closing = CLOSINGS[kind](lead, others, due or "全年")
            mark = f"{item}.{task.heading}{item}。" if numbered else f"{label}{task.heading}。"
            body, *rest = f"{mark}{text}{closing}".split("\n")
            lines += [body[at : at + 20] for at in range(0, len(body), 20)] if wrapped else [body]
            lines += rest
            path = (section, f"{label}{task.heading}") if numbered else (section,)
            heading = f"{task.heading}{item}" if numbered else task.heading
            deadline = (due or "全年") if "时限" in closing else ""
            wanted.append(
                (None if numbered else label, item if numbered else None, path, heading, lead, others, deadline)
            )
    (part,) = plans(text_blocks("\n".join(lines), "x.txt"))
    found = [said(row) for row in part.rows]
    assert [(*row[:4], *row[5:]) for row in found] == wanted
    assert all(row.text.startswith(row.heading) and row.text.endswith("。") for row in part.rows)
