"""The header of a task list: what each column holds, told by the meaning of its words.

Offices name the same six columns in many ways (重点任务, 具体举措, 主责单位, 责任科室, 时间节点). A header is a row,
or two rows one above the other, that names a task or a requirement and something else that a task has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.parse.blocks import TableRow
from assistant.parse.marks import tidy

_RANK = r"(?:[省市州县区]级?)?"
_OFFICE = r"(?:责任)?(?:主体|单位|部门|科室|处室|股室|机构)"
_DUTY = r"(?:责任|落实|配合|协办|协同|参与|参加|承办|执行|实施|主管|公开)"
# Column kinds and the words by which headers are known, in order of precedence; brackets are set aside before.
_COLUMNS = (
    ("no", re.compile(r"^(序号|编号|项次|序列|序|号|no\.?)$", re.I)),
    ("remark", re.compile(r"^(备注|说明|附注)$")),
    ("person", re.compile(rf"^{_RANK}(责任|牵头|分管|包联)?{_RANK}(领导|负责人|责任人|联系人)$")),
    ("lead", re.compile(rf"^{_RANK}(牵头|主办|主责|主要责任|第一责任)(责任|负责)?{_OFFICE}?(及责任人)?$")),
    ("responsible", re.compile(rf"^{_RANK}(主要)?({_DUTY}{_OFFICE}?[及和与]?)*{_DUTY}{_OFFICE}(及责任人)?$")),
    ("deadline", re.compile(r"(时限|时间|期限|进度|节点|完成日期)")),
    ("requirement", re.compile(r"(要求|内容|措施|举措|目标|做法|标准|成果|清单)$")),
    ("task", re.compile(r"(任务|事项|项目|工作|要点)(名称)?$")),
    ("section", re.compile(r"^(.*类别|类型|领域|分类|板块|方面|大项|[一二]级指标|所属.*)$")),
)
_LONGEST = 14  # characters of a column's name
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]")


def kind_of(cell: str) -> str:
    """The kind of a column by its name; "" where the name says nothing known."""
    name = _BRACKETED.sub("", tidy(cell)).replace("/", "").replace("、", "").strip(" ：:")
    return next((kind for kind, words in _COLUMNS if len(name) <= _LONGEST and words.search(name)), "")


def columns_of(cells: Sequence[str]) -> tuple[str, ...]:
    """The kind of each column of a header row; () where the cells are not the header of a task list."""
    kinds = _settled(tuple(kind_of(cell) if cell else "" for cell in cells))
    has_task = "task" in kinds or "requirement" in kinds
    beside = {"lead", "responsible", "deadline"} & set(kinds) or {"task", "requirement"} <= set(kinds)
    unknown = sum(bool(cell) and not kind for cell, kind in zip(cells, kinds, strict=True))
    return kinds if has_task and beside and unknown <= len(kinds) // 3 else ()


def _settled(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Of two task columns the first is the broader one, a section; a leading person counts where no unit leads."""
    tasks = [n for n, kind in enumerate(kinds) if kind == "task"]
    settled = ["section" if kind == "task" and n != tasks[-1] else kind for n, kind in enumerate(kinds)]
    if "lead" not in settled and "responsible" in settled and settled.count("person") == 1:
        settled[settled.index("person")] = "lead"
    return tuple(settled)


def find_header(rows: Sequence[TableRow]) -> tuple[int, int, tuple[str, ...]]:
    """Where the header of a table begins and ends, and its columns; (0, 0, ()) where there is none.

    A second header row (牵头单位 and 责任单位 under 责任分工) takes the place of the first where it says more.
    """
    for number, row in enumerate(rows):
        below = rows[number + 1].cells if number + 1 < len(rows) else ()
        columns, both = columns_of(row.cells), _stacked(row.cells, below)
        if both and (not columns or _known(both) > _known(columns)):
            return number, number + 2, both
        if columns:
            return number, number + 1, columns
    return 0, 0, ()


def _known(kinds: Sequence[str]) -> int:
    return sum(map(bool, kinds))


def _stacked(above: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """The columns of two header rows read as one: what stands below, or else above."""
    if len(above) != len(below) or any(len(tidy(cell)) > _LONGEST for cell in below):
        return ()
    own = [cell for cell, over in zip(below, above, strict=True) if cell and cell != over]
    if not own or not all(map(kind_of, own)):
        return ()
    return columns_of([cell or over for cell, over in zip(below, above, strict=True)])
