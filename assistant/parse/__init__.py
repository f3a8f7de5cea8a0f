"""file → ``ParsedDocument``: ``parse_file`` leads a file through the room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from assistant.errors import InputError, ParseError, ReadError
from assistant.parse.blocks import Block, DraftPart, DraftRow, Paragraph
from assistant.parse.convert import in_mainland_words, simplified
from assistant.parse.fields import deadline, doc_numbers, quantity, targets
from assistant.parse.head import Head, read_head
from assistant.parse.marks import tidy
from assistant.parse.outline import plans
from assistant.parse.readers import CORPUS_SUFFIXES, SUFFIXES, read_blocks
from assistant.parse.report import inspect
from assistant.parse.tables import task_lists
from assistant.parse.units import first_leads
from assistant.schema import Finding, ParsedDocument, ParseReport, Part, PolicyDocument, TaskRow
from assistant.screening import screen
from assistant.settings import Limits, Settings
from assistant.text import mainland_words

__all__ = ["SUFFIXES", "check_readable", "parse_file"]
_ID = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}$")


def parse_file(
    path: Path,
    *,
    id: str | None = None,
    title: str | None = None,
    limits: Limits | None = None,
    cache_dir: Path | None = None,
) -> ParsedDocument:
    """Reads one file into task rows and a report of what was doubtful.

    Args:
        path: a file whose suffix is in ``SUFFIXES``.
        id: the document's id; None: a slug of its place and year.
        title: the document's title; None: as printed.
        limits: what the file may cost; None: the defaults of the settings.
        cache_dir: where the dictionary for finding slips may be kept; None: it is read anew.

    Raises:
        ReadError: the file cannot be read. ParseError: it holds no task rows, or its place or year is
            unclear and no id was given. InputError: the id cannot be used.
    """
    if id is not None and not _ID.match(id):
        raise InputError(f"编号“{id}”不可用", hint="请用小写字母、数字和 . _ -，不超过64个字符")
    limits = limits or Settings.from_env({}).limits
    check_readable(path, limits.file_mb)
    if path.suffix.lower() in CORPUS_SUFFIXES:
        from assistant.parse.readers.corpus import read_corpus

        parsed = _renamed(read_corpus(path), id, title)
        return replace(parsed, concerns=screen(_texts_of(parsed)))
    reading = read_blocks(path, limits)
    blocks, converted = simplified(reading.blocks)
    lists, unread = task_lists(blocks)
    parts = sorted([*lists, *plans(blocks, named_only=bool(lists))], key=lambda part: part.at)
    if not parts:
        hint = "任务应为带“牵头单位”等表头的表格，或“（一）”编号的条目"
        seen = f"：{unread[0].where.removeprefix(path.name).strip()}{unread[0].message}" if unread else ""
        raise ParseError(f"没有找到任务行{seen}", where=path.name, hint=hint)
    parts = [in_mainland_words(part) for part in parts] if converted else parts
    parts = list(map(_led_by_first, parts)) if _says(blocks, first_leads) else parts
    head = read_head(blocks, parts)
    head = replace(head, title=mainland_words(head.title)) if converted else head
    if id is None:
        if not head.slug or not head.year:
            raise ParseError(
                "无法确定文件的地区或年份", where=path.name, hint="请用 --id 指定编号，如 --id changde-2024"
            )
        id = f"{head.slug}-{head.year}"
    findings = (*reading.findings, *unread, *inspect(parts, path.name, cache_dir))
    parsed = _assemble(path, id, title, head, parts, converted, findings)
    return replace(parsed, concerns=screen(chain(reading.margins, _texts(blocks))))


def check_readable(path: Path, most_mb: int) -> None:
    """Sees that a path is a file with something in it, and not more than ``most_mb`` megabytes.

    Raises:
        ReadError: it is not.
    """
    if not path.exists():
        raise ReadError("文件不存在", where=path.name, hint="请检查路径")
    if not path.is_file():
        raise ReadError("不是文件", where=path.name, hint="请给出单个文件的路径")
    try:
        size = path.stat().st_size
        path.open("rb").close()
    except OSError:
        raise ReadError("无法打开", where=path.name, hint="请检查权限") from None
    if size == 0:
        raise ReadError("文件是空的", where=path.name, hint="请确认文件内容")
    if size > most_mb * 1_000_000:
        raise ReadError(f"文件超过{most_mb}MB", where=path.name, hint="请拆分，或调整 WENZHENG_MAX_FILE_MB")


def _says(blocks: Sequence[Block], holds: Callable[[str], bool]) -> bool:
    """Whether a paragraph or cell of a document says something."""
    return any(holds(tidy(text)) for _, text in _texts(blocks))


def _texts(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Where they stand, and the paragraphs and cells of a document; what is merged down over rows only once."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield str(block.locator), block.text
            continue
        for row in block.rows:
            where = str(row.locator)
            yield from ((where, cell) for at, cell in enumerate(row.cells) if at not in row.inherited)


def _texts_of(parsed: ParsedDocument) -> Iterator[tuple[str, str]]:
    """The same of a corpus file: its head, and its rows."""
    document = parsed.document
    yield document.file, "\n".join(filter(None, (document.title, document.issuer, *(p.title for p in document.parts))))
    for row in parsed.rows:
        said = (*row.section, row.heading, row.text, *row.lead_units, *row.responsible_units, *row.targets)
        yield str(row.locator), "\n".join((*said, *row.asked_as))


def _led_by_first(part: DraftPart) -> DraftPart:
    """A part in whose rows the first responsible unit leads, where none is named as leading."""
    rows = (
        replace(row, lead_units=row.responsible_units[:1], responsible_units=row.responsible_units[1:])
        if not row.lead_units
        else row
        for row in part.rows
    )
    return replace(part, rows=tuple(rows))


def _assemble(
    path: Path,
    id: str,
    title: str | None,
    head: Head,
    drafts: Sequence[DraftPart],
    converted: bool,
    findings: tuple[Finding, ...],
) -> ParsedDocument:
    parts = tuple(Part(number, draft.title, draft.everyone_responsible) for number, draft in enumerate(drafts, 1))
    rows = tuple(
        _task_row(id, part, item, row, head.year)
        for part, draft in enumerate(drafts, 1)
        for item, row in enumerate(draft.rows, 1)
    )
    if converted:
        findings = (Finding("check", "原文为繁体，已转换为简体，请以原文核对", path.name), *findings)
    report = ParseReport(findings, tuple(len(draft.rows) for draft in drafts))
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
        report_level=report.level,
    )
    return ParsedDocument(document, rows, report)


def _task_row(document: str, part: int, item: int, draft: DraftRow, year: int | None) -> TaskRow:
    due, others = deadline(draft.deadline, draft.text, year)
    printed = targets(draft.text)
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
        targets=printed,
        quantities=tuple(filter(None, map(quantity, printed))),
        doc_numbers=doc_numbers(draft.text),
        locator=draft.locator,
    )


def _renamed(parsed: ParsedDocument, id: str | None, title: str | None) -> ParsedDocument:
    """A corpus document under another id or title."""
    document = replace(parsed.document, title=title or parsed.document.title, id=id or parsed.document.id)
    rows = tuple(replace(row, id=f"{document.id}/{row.part}/{row.item}", document=document.id) for row in parsed.rows)
    return ParsedDocument(document, rows, parsed.report)
