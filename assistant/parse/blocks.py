"""What every reader gives and every parser takes: paragraphs and tables in reading order; and their drafts."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.schema import Finding, Locator


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line or paragraph of running text."""

    text: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one printed row. Where the format knows merged cells, every column has a cell: one merged down
    says in each row what it says in the first (``inherited`` holds those columns), one merged across says it in its
    first column. Pasted text knows none: there a merged or missing cell is simply absent.
    """

    cells: tuple[str, ...]
    locator: Locator
    inherited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Printed rows without a paragraph between them; ``continues`` the table before it over a page break."""

    rows: tuple[TableRow, ...]
    continues: bool = False


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader gives: blocks in reading order, what it was unsure of, and what stands beside the text, such as
    headers and footers (``margins``: where, and what): it is screened and not read as tasks.
    """

    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()
    margins: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A task row before it has its document and position."""

    label: str | None
    printed_no: int | None
    section: tuple[str, ...]
    heading: str
    text: str
    lead_units: tuple[str, ...]
    responsible_units: tuple[str, ...]
    deadline: str
    locator: Locator
    inherited: tuple[str, ...] = ()  # kinds of columns whose cell was merged down from a row above


@dataclass(frozen=True, slots=True)
class DraftPart:
    """A part before it is numbered. ``at``: the block at which it begins; ``columns``: those of a task list."""

    title: str
    rows: tuple[DraftRow, ...]
    everyone_responsible: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    at: int = 0
    columns: tuple[str, ...] = ()
