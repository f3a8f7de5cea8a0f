"""The library as HTML: its documents, one of them, a unit, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from assistant.schema import VISIBILITIES, PolicyDocument, TaskRow
from ui import texts
from ui.filters import Wanted
from ui.views.cards import Shelf, seen
from ui.views.tables import Cell, chart, row_table, table

_UNITS = 12  # named in the overview


def frame() -> str:
    """The page before its content has come."""
    return f'<div class="wz-library" aria-busy="true"><h1>{texts.LIBRARY_TITLE}</h1><p>{texts.LOADING}</p></div>'


def overview(documents: Sequence[PolicyDocument], rows: Sequence[TaskRow], shelf: Shelf) -> str:
    """All documents, and the units that lead most."""
    if not documents:
        return f'<h1>{texts.LIBRARY_TITLE}</h1><p class="wz-lead">{texts.LIBRARY_EMPTY}</p>'
    leading = Counter(unit for row in rows for unit in row.lead_units)
    units = {unit for row in rows for unit in (*row.lead_units, *row.responsible_units)}
    total = texts.TOTAL.format(documents=len(documents), rows=len(rows), units=len(units))
    named = "".join(_unitlink(unit, texts.COUNT_ITEMS.format(count=n)) for unit, n in leading.most_common(_UNITS))
    every = "".join(_unitlink(unit, "") for unit in sorted(units))
    return (
        f'<h1>{texts.LIBRARY_TITLE}</h1><p class="wz-lead">{texts.LIBRARY_HINT}</p>{_search_form("", {})}'
        f"{_document_table(documents, rows, total)}"
        f'<section class="wz-units"><h2>{texts.UNITS_HINT}</h2><ul class="wz-chips">{named}</ul>'
        f'<details><summary>{texts.ALL_UNITS}</summary><ul class="wz-chips">{every}</ul></details></section>'
    )


def _document_table(documents: Sequence[PolicyDocument], rows: Sequence[TaskRow], total: str) -> str:
    lines = []
    columns = (texts.DOCUMENT_COLUMNS[1], texts.DOCUMENT_COLUMNS[0], *texts.DOCUMENT_COLUMNS[2:])
    for document in documents:
        own = [row for row in rows if row.document == document.id]
        title = f'<a href="{link(document=document.id)}">{escape(document.title)}</a>{seen(document)}'
        level = f'<span class="wz-level {document.report_level}">{texts.LEVELS[document.report_level]}</span>'
        words = (document.place or texts.UNSTATED, "", str(document.year or texts.UNSTATED), document.level or "—")
        cells = [Cell(escape(word)) for word in words]
        cells[1] = Cell(title, escape(document.title))
        cells += [Cell(str(len(document.parts))), Cell(str(len(own)), f"{len(own):06}")]
        lines.append([*cells, Cell(_kinds(own)), Cell(level)])
    return table(total, columns, lines)


def _kinds(rows: Sequence[TaskRow]) -> str:
    kinds = {row.text_kind for row in rows}
    return texts.MIXED if len(kinds) > 1 else texts.KINDS[kinds.pop()] if kinds else "—"


def document(
    shown: PolicyDocument,
    every: Sequence[TaskRow],
    rows: Sequence[TaskRow],
    wanted: Wanted,
    shelf: Shelf,
    editing: str = "",
) -> str:
    """One document: what it says of itself, filters, and its rows by part and section; ``editing``: for editors."""
    units = Counter(unit for row in every for unit in (*row.lead_units, *row.responsible_units))
    facts = (
        (texts.PLACE, shown.place),
        (texts.YEAR, shown.year and texts.YEAR_NAME.format(year=shown.year)),
        (texts.ISSUER, shown.issuer),
        (texts.NUMBER, shown.doc_number),
        (texts.ISSUED, shown.issued_on),
        (texts.FILE, shown.file),
        (texts.SEEN, VISIBILITIES[shown.visibility]),
        (texts.SEEN_OWNER, shown.owner),
    )
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts if value)
    return (
        f'{_back()}<h1>{escape(shown.title)}</h1><dl class="wz-meta">{listed}</dl>{editing}'
        f"{_search_form(wanted.q, {'document': shown.id}, wanted, [unit for unit, _ in units.most_common()])}"
        f"{_count(rows, wanted)}{_by_section(rows, shelf)}"
    )


def _by_section(rows: Sequence[TaskRow], shelf: Shelf, unit: str = "") -> str:
    """The rows under the titles of their parts, a table a section."""
    parts = []
    for _, group in groupby(rows, key=lambda row: (row.document, row.part)):
        own = list(group)
        parts.append(f"<h2>{escape(shelf.source(own[0]))}{shelf.seen(own[0])}</h2>")
        for section, inside in groupby(own, key=lambda row: row.section):
            held = list(inside)
            name = " › ".join(section) or texts.TASK_TABLE
            parts.append(row_table(f"{name}（{texts.COUNT_ITEMS.format(count=len(held))}）", held, shelf, unit))
    return "".join(parts)


def unit(name: str, every: Sequence[TaskRow], rows: Sequence[TaskRow], wanted: Wanted, shelf: Shelf) -> str:
    """All rows that a unit leads or takes part in, by document, with counts."""
    leads = sum(name in row.lead_units for row in every)
    counts = "，".join(
        (
            texts.UNIT_ALL.format(count=len(every)),
            texts.UNIT_LEADS.format(count=leads),
            texts.UNIT_TAKES_PART.format(count=len(every) - leads),
        )
    )
    counted = Counter(shelf.edition(row.document) for row in every)
    return (
        f'{_back()}<h1>{escape(name)}</h1><p class="wz-lead">{counts}</p>'
        f"{chart(texts.UNIT_CHART, counted.items()) if counted else ''}"
        f"{_search_form(wanted.q, {'unit': name}, wanted)}{_count(rows, wanted)}{_by_section(rows, shelf, name)}"
    )


def found(rows: Sequence[TaskRow], wanted: Wanted, shelf: Shelf) -> str:
    """The rows of all documents that hold the words looked for."""
    return (
        f"{_back()}<h1>{texts.SEARCH_TEXT}</h1>{_search_form(wanted.q, {}, wanted)}"
        f"{_count(rows, wanted)}{_by_section(rows, shelf)}"
    )


def _count(rows: Sequence[TaskRow], wanted: Wanted) -> str:
    if not rows:
        return f'<p class="wz-notice">{texts.NONE_FOUND}</p>'
    file = link("ui/library/excel", document=wanted.document, unit=wanted.unit, due=wanted.due, q=wanted.q)
    return (
        f'<p class="wz-count" role="status">{texts.FOUND.format(count=len(rows))} '
        f'<a class="wz-quiet" href="{file}" download>{texts.EXCEL}</a></p>'
    )


def _search_form(q: str, kept: dict[str, str], wanted: Wanted | None = None, units: Sequence[str] = ()) -> str:
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in kept.items())
    chosen_unit, chosen_due = (wanted.unit, wanted.due) if wanted else ("", "")
    selects = _select("due", texts.DUE_FILTER, list(texts.DUES.items()), chosen_due)
    if units:
        options = [("", texts.ANY), *((unit, unit) for unit in units)]
        selects = _select("unit", texts.UNIT_FILTER, options, chosen_unit) + selects
    return (
        f'<form class="wz-filters" role="search" action="library">{hidden}<label class="wz-find">{texts.SEARCH_TEXT} '
        f'<input type="search" name="q" value="{escape(q)}" maxlength="200"></label>{selects}</form>'
    )


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    listed = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(shown)}</option>'
        for value, shown in options
    )
    return f'<label>{label} <select name="{name}">{listed}</select></label>'


def _unitlink(unit: str, count: str) -> str:
    counted = f" <small>{count}</small>" if count else ""
    return f'<li><a class="wz-chip" href="{link(unit=unit)}">{escape(unit)}{counted}</a></li>'


def _back() -> str:
    return f'<p class="wz-back"><a href="library">‹ {texts.ALL_DOCUMENTS}</a></p>'


def link(page: str = "library", **wanted: str) -> str:
    """An address below ours with what is wanted there, ready to stand in an attribute."""
    return escape(f"{page}?{urlencode({name: value for name, value in wanted.items() if value}, quote_via=url_quote)}")
