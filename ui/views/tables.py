"""Tables that people sort and read aloud, and counts as bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from assistant.schema import Block, TaskRow
from ui import texts
from ui.views.cards import Shelf, chips, due, item, kind
from ui.views.markdown import reference

SHORT = 15  # rows of a list that are shown at first
_MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its HTML, and the value by which its column is sorted."""

    html: str
    sort: str = ""


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], ids: Sequence[str] = ()) -> str:
    """A table whose columns sort at a click; the second cell heads its row. On narrow screens rows become blocks,
    which is why the roles are spelled out.
    """
    head = "".join(
        f'<th scope="col" role="columnheader"><button type="button" data-act="sort" '
        f'title="{texts.SORT_BY.format(column=escape(name))}">{escape(name)}</button></th>'
        for name in columns
    )
    body = "".join(_line(columns, cells, ids[place] if ids else "") for place, cells in enumerate(rows))
    return (
        f'<table class="wz-table wz-of{len(columns)}" role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _line(columns: Sequence[str], cells: Sequence[Cell], id: str) -> str:
    shown = []
    for place, (name, cell) in enumerate(zip(columns, cells, strict=True)):
        sort = f' data-sort="{escape(cell.sort)}"' if cell.sort else ""
        tag, role = ('th scope="row"', "rowheader") if place == 1 else ("td", "cell")
        end = "th" if place == 1 else "td"
        shown.append(f'<{tag} role="{role}" data-label="{escape(name)}"{sort}>{cell.html}</{end}>')
    target = f' id="{escape(id)}" tabindex="-1"' if id else ""
    return f'<tr role="row"{target}>{"".join(shown)}</tr>'


def task_table(block: Block, rows: Sequence[TaskRow], shelf: Shelf, key: str, carded: int) -> str:
    """The rows of a list answer, in its order and columns; those beyond ``carded`` are the targets of their marks."""
    number, *rest = block.columns
    lines, ids = [], []
    for n, (row, cells) in enumerate(zip(rows, block.cells, strict=True), 1):
        *words, deadline = (escape(value) for value in cells)
        end = row.deadline.end if row.deadline and row.deadline.end else "9999"
        first = Cell(f"{words[0]} {reference(key, n) if n <= carded else f'[{n}]'}", f"{n:06}")
        edition = Cell(f"{escape(shelf.edition(row.document))}{shelf.seen(row)}")
        lines.append([first, *(Cell(word) for word in words[1:]), Cell(deadline, end), edition])
        ids.append(f"{key}-r{n}" if n > carded else "")
    return table(texts.TASK_TABLE, [number, *rest, texts.DOCUMENT], lines, ids)


def row_table(caption: str, rows: Sequence[TaskRow], shelf: Shelf, extra: str = "") -> str:
    """Rows of the library with their texts; ``extra`` is a unit whose role is named."""
    columns = [*texts.ROW_COLUMNS, *([texts.ROLE] if extra else [])]
    lines = [[*_row_cells(row, shelf), *([Cell(_role(row, extra))] if extra else [])] for row in rows]
    return table(caption, columns, lines, [row.id for row in rows])


def _row_cells(row: TaskRow, shelf: Shelf) -> list[Cell]:
    end = row.deadline.end if row.deadline and row.deadline.end else "9999"
    task = (
        f"<details><summary>{escape(row.heading)}</summary>"
        f'<p class="wz-words">{kind(row)}{escape(row.text)}</p>'
        f'<p class="wz-where">{texts.ROW_ID.format(id=escape(row.id))} · {escape(str(row.locator))}</p></details>'
    )
    return [
        Cell(f"{escape(item(row))}{shelf.seen(row)}", f"{row.part:03}{row.item:06}"),
        Cell(task, escape(row.heading)),
        Cell(chips(row.lead_units, "lead")),
        Cell(chips(row.responsible_units)),
        Cell(due(row, shelf), end),
    ]


def _role(row: TaskRow, unit: str) -> str:
    return texts.LEAD if unit in row.lead_units else texts.RESPONSIBLE


def comparison(block: Block) -> str:
    """Two or more documents side by side: a column a document, a line a field."""
    head = "".join(
        f'<th scope="col">{escape(name)}</th>' if name else '<td class="wz-corner"></td>' for name in block.columns
    )
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(value)}</td>" for value in values)}</tr>'
        for name, *values in block.cells
    )
    return (
        f'<div class="wz-wide" tabindex="0" role="region" aria-label="{texts.SIDE_BY_SIDE}"><table class="wz-sides">'
        f"<caption>{texts.SIDE_BY_SIDE}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def chart(caption: str, counted: Iterable[tuple[str, int]]) -> str:
    """Counts as bars in a table, the largest first; beyond eight the rest are one bar."""
    ordered = sorted(counted, key=lambda each: -each[1])
    shown, rest = ordered[:_MOST_BARS], ordered[_MOST_BARS:]
    shown += [(texts.OTHERS.format(count=len(rest)), sum(count for _, count in rest))] if rest else []
    most = max((count for _, count in shown), default=1)
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><span>'
        f'<i class="wz-length" style="inline-size:calc({count / most:.3f} * (100% - 4rem))"></i>'
        f"{texts.COUNT_ITEMS.format(count=count)}</span></td></tr>"
        for name, count in shown
    )
    return f'<table class="wz-chart"><caption>{escape(caption)}</caption><tbody>{lines}</tbody></table>'


def counted_rows(rows: Sequence[TaskRow], shelf: Shelf) -> str:
    """How many of the rows each lead unit has; where one leads all, how many each section or document has."""
    units = Counter(unit for row in rows for unit in row.lead_units)
    if len(units) > 1 and max(units.values()) < len(rows):
        return chart(texts.BY_UNIT, units.items())
    documents = Counter(shelf.source(row) for row in rows)
    if len(documents) > 1:
        return chart(texts.BY_PART, documents.items())
    sections = Counter(row.section[0] for row in rows if row.section)
    return chart(texts.BY_SECTION, sections.items()) if len(sections) > 1 else ""
