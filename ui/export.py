"""Answers and tables as files: Markdown and Excel, whose names and cells cannot do harm."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from assistant.access import Caller
from assistant.api.serving import Serving
from assistant.schema import VISIBILITIES, Answer, TaskRow
from ui import texts
from ui.views.cards import Shelf, item

_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTHS = (8, 40, 24, 40, 16, 60, 40, 20, 12)
_NAME = 40  # characters of a file name
# What of an answer's Markdown could become an element or a link; its stars and marks [1] stay.
_ELEMENT = re.compile(r"[<\\`]|\[(?!\d{1,3}\])|(?<=\])[(\[:]|^ *#", re.MULTILINE)
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def sources(answer: Answer, rows: Mapping[str, TaskRow]) -> str:
    """The citations as plain lines: number, document, item, and the words that support the answer."""
    lines = [
        f"[{each.n}] {each.title}{item(rows[each.row])}（{texts.ROW_ID.format(id=each.row)}，"
        f"{texts.KINDS[each.text_kind]}{'' if each.visibility == 'public' else f'，{VISIBILITIES[each.visibility]}'}）：{each.quote}"
        for each in answer.citations
    ]
    return "\n".join(lines)


def markdown(answer: Answer, rows: Mapping[str, TaskRow]) -> str:
    """Question, answer, tables and sources as a Markdown file."""
    parts = [f"# {_plain(answer.question)}", _ELEMENT.sub(r"\\\g<0>", answer.text)]
    for block in answer.blocks:
        if block.kind in ("table", "comparison") and block.cells:
            head = " | ".join(_plain(name) or " " for name in block.columns)
            lines = [f"| {' | '.join(map(_plain, cells))} |" for cells in block.cells]
            parts.append("\n".join([f"| {head} |", f"|{' --- |' * len(block.columns)}", *lines]))
    listed = [f"- {_plain(line)}" for line in sources(answer, rows).splitlines()]
    parts += [f"## {texts.EVIDENCE}\n\n" + "\n".join(listed)] if listed else []
    return "\n\n".join(parts) + "\n"


def workbook(answer: Answer, rows: Mapping[str, TaskRow], shelf: Shelf) -> bytes:
    """The rows of an answer as an Excel file, one a line; those cited where it lists none."""
    block = next((block for block in answer.blocks if block.kind == "table"), None)
    ids = block.rows if block else tuple(citation.row for citation in answer.citations)
    return sheet([rows[id] for id in ids], shelf)


def sheet(rows: Sequence[TaskRow], shelf: Shelf) -> bytes:
    """Task rows as an Excel file; who may see them stands there where that is not everyone."""
    seen = [shelf.documents[row.document].visibility for row in rows]
    closed = any(each != "public" for each in seen)
    book = Workbook(write_only=True)
    page = book.create_sheet(texts.TASK_TABLE)
    for letter, width in zip("ABCDEFGHI", _WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    columns = (*texts.ROW_COLUMNS, *texts.SHEET_COLUMNS, *((texts.SEEN,) if closed else ()))
    page.append([_cell(page, name, bold=True) for name in columns])
    for row, visibility in zip(rows, seen, strict=True):
        due = row.deadline.text if row.deadline else ""
        words = (item(row), row.heading, "、".join(row.lead_units), "、".join(row.responsible_units), due, row.text)
        more = (shelf.source(row), row.id, *((VISIBILITIES[visibility],) if closed else ()))
        page.append([_cell(page, text) for text in (*words, *more)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def note(serving: Serving, caller: Caller, kind: str) -> None:
    """Keeps in the audit log that somebody with an account takes rows away."""
    if caller.user is not None:
        serving.assistant.store.audit.add(caller.actor, "export", kind)


def attachment(content: bytes, name: str, suffix: str) -> Response:
    """A file to save under a name made of the letters and digits of ``name``."""
    safe = re.sub(r"\W+", "_", name).strip("_")[:_NAME] or texts.NAME
    disposition = f"attachment; filename=\"wenzheng.{suffix}\"; filename*=UTF-8''{quote(f'{safe}.{suffix}')}"
    return Response(content, media_type=_TYPES[suffix], headers={"Content-Disposition": disposition})


def _cell(page: Any, text: str, bold: bool = False) -> WriteOnlyCell:
    """A cell that stays text whatever it begins with: no spreadsheet runs = + - @ as a formula."""
    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _plain(text: str) -> str:
    """Text of which Markdown makes nothing else, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
