"""file → ``ParsedDocument``: the one public function of the room, ``parse_file``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assistant.errors import InputError, ParseError, ReadError
from assistant.parse.blocks import Block, DraftPart, DraftRow, Paragraph, Table, TableRow
from assistant.parse.fields import deadline, doc_numbers, targets
from assistant.parse.head import Head, read_head
from assistant.parse.outline import plans
from assistant.parse.readers import CORPUS_SUFFIXES, READERS
from assistant.parse.tables import task_lists
from assistant.schema import Finding, ParsedDocument, ParseReport, Part, PolicyDocument, TaskRow
from assistant.text import is_traditional, simplify, unradical

_ID = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}$")


def parse_file(path: Path, *, id: str | None = None, title: str | None = None) -> ParsedDocument:
    """Reads one file into task rows and a report of what was doubtful.

    Args:
        path: a file whose suffix is in ``READERS`` or ``CORPUS_SUFFIXES``.
        id: the document's id; None: a slug of its place and year.
        title: the document's title; None: as printed.

    Raises:
        ReadError: the file cannot be read. ParseError: it holds no task rows, or its place or year is
            unclear and no id was given. InputError: the id cannot be used.
    """
    if id is not None and not _ID.match(id):
        raise InputError(f"编号“{id}”不可用", hint="请用小写字母、数字和 . _ -，不超过64个字符")
    _check_readable(path)
    if path.suffix.lower() in CORPUS_SUFFIXES:
        from assistant.parse.readers.corpus import read_corpus

        return _renamed(read_corpus(path), id, title)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = "、".join((*READERS, *CORPUS_SUFFIXES))
        raise ReadError(f"不支持“{path.suffix or '无后缀'}”格式", where=path.name, hint=f"请另存为 {known} 之一")
    blocks, converted = _simplified(reader(path))
    parts = task_lists(blocks) or plans(blocks)
    if not parts:
        hint = "任务应为带“牵头单位”等表头的表格，或“（一）”编号的条目"
        raise ParseError("没有找到任务行", where=path.name, hint=hint)
    head = read_head(blocks, parts)
    if id is None:
        if not head.slug or not head.year:
            raise ParseError(
                "无法确定文件的地区或年份", where=path.name, hint="请用 --id 指定编号，如 --id changde-2024"
            )
        id = f"{head.slug}-{head.year}"
    return _assemble(path, id, title, head, parts, converted)


def _check_readable(path: Path) -> None:
    if not path.exists():
        raise ReadError("文件不存在", where=path.name, hint="请检查路径")
    if not path.is_file():
        raise ReadError("不是文件", where=path.name, hint="请给出单个文件的路径")
    try:
        empty = path.stat().st_size == 0
        path.open("rb").close()
    except OSError:
        raise ReadError("无法打开", where=path.name, hint="请检查权限") from None
    if empty:
        raise ReadError("文件是空的", where=path.name, hint="请确认文件内容")


def _simplified(blocks: list[Block]) -> tuple[list[Block], bool]:
    """Real characters for radicals; a Traditional document as a whole in Simplified characters."""
    whole = "".join(block.text for block in blocks if isinstance(block, Paragraph))
    whole += "".join(cell for block in blocks if isinstance(block, Table) for row in block.rows for cell in row.cells)
    traditional = is_traditional(whole)

    def mend(text: str) -> str:
        return _wide(simplify(unradical(text))) if traditional else unradical(text)

    mended: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            mended.append(replace(block, text=mend(block.text)))
        else:
            mended.append(Table(tuple(TableRow(tuple(map(mend, row.cells)), row.locator) for row in block.rows)))
    return mended, traditional


def _wide(text: str) -> str:
    """Half-width commas, colons and brackets between Chinese characters, as converted pages print them, made full."""
    for narrow, wide in ((",", "，"), (":", "："), ("(", "（"), (")", "）"), (";", "；")):
        text = re.sub(
            rf"(?<=[\u4e00-\u9fff”》〕]){re.escape(narrow)}|{re.escape(narrow)}(?=[\u4e00-\u9fff“《])", wide, text
        )
    return text


def _assemble(
    path: Path, id: str, title: str | None, head: Head, drafts: Sequence[DraftPart], converted: bool
) -> ParsedDocument:
    parts = tuple(Part(number, draft.title, draft.everyone_responsible) for number, draft in enumerate(drafts, 1))
    rows = tuple(
        _task_row(id, part, item, row, head.year)
        for part, draft in enumerate(drafts, 1)
        for item, row in enumerate(draft.rows, 1)
    )
    findings = tuple(finding for draft in drafts for finding in draft.findings)
    if converted:
        findings = (Finding("check", "原文为繁体，已转换为简体，请以原文核对", path.name), *findings)
    document = PolicyDocument(
        id=id,
        title=title or head.title,
        place=head.place,
        level=head.level,
        year=head.year,
        doc_number=head.doc_number,
        issuer=head.issuer,
        issued_on=head.issued_on,
        converted=converted,
        file=path.name,
        parts=parts,
    )
    return ParsedDocument(document, rows, ParseReport(findings))


def _task_row(document: str, part: int, item: int, draft: DraftRow, year: int | None) -> TaskRow:
    due, others = deadline(draft.deadline, draft.text, year)
    return TaskRow(
        id=f"{document}/{part}/{item}",
        document=document,
        part=part,
        item=item,
        label=draft.label,
        printed_no=draft.printed_no,
        section=draft.section,
        heading=draft.heading,
        text=draft.text,
        text_kind="verbatim",
        lead_units=draft.lead_units,
        responsible_units=draft.responsible_units,
        deadline=due,
        dates=others,
        targets=targets(draft.text),
        doc_numbers=doc_numbers(draft.text),
        locator=draft.locator,
    )


def _renamed(parsed: ParsedDocument, id: str | None, title: str | None) -> ParsedDocument:
    """A corpus document under another id or title."""
    document = replace(parsed.document, title=title or parsed.document.title, id=id or parsed.document.id)
    rows = tuple(replace(row, id=f"{document.id}/{row.part}/{row.item}", document=document.id) for row in parsed.rows)
    return ParsedDocument(document, rows, parsed.report)
