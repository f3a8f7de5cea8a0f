"""Task rows as cards: where a row stands, who does it, by when, and the words that support an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import quote as url_quote

from assistant.schema import VISIBILITIES, PolicyDocument, TaskRow, Visibility
from ui import texts

_MOST_CHIPS = 8  # units that are shown at once


def edition(document: PolicyDocument) -> str:
    """Place and year of a document, or its title where they are unknown."""
    known = document.place and document.year
    return texts.EDITION.format(place=document.place, year=document.year) if known else document.title


def seen(document: PolicyDocument) -> str:
    """内部 or 仅本单位, with the unit; nothing for a document that everyone may see."""
    return hidden(document.visibility, document.owner or "")


def hidden(visibility: Visibility, owner: str = "") -> str:
    """Likewise where only the visibility is known."""
    if visibility == "public":
        return ""
    return f' <span class="wz-seen">{VISIBILITIES[visibility]}{f"：{escape(owner)}" if owner else ""}</span>'


@dataclass(frozen=True, slots=True)
class Shelf:
    """What views need to know beside the rows: their documents by id, and today, for deadlines that have passed."""

    documents: Mapping[str, PolicyDocument]
    today: date

    def edition(self, document: str) -> str:
        """Place and year of a document, or its title where they are unknown."""
        return edition(self.documents[document])

    def passed(self, row: TaskRow) -> bool:
        """Whether the last day of the deadline lies before today."""
        return bool(row.deadline and row.deadline.end and date.fromisoformat(row.deadline.end) < self.today)

    def source(self, row: TaskRow) -> str:
        """The title of the row's part, with place and year where the title lacks them."""
        title = self.documents[row.document].part_title(row.part)
        place = self.documents[row.document].place
        return title if not place or title.startswith(place) else f"{self.edition(row.document)} · {title}"

    def seen(self, row: TaskRow) -> str:
        """内部 or 仅本单位, where not everyone may see the row's document."""
        return hidden(self.documents[row.document].visibility)

    def everyone(self, row: TaskRow) -> tuple[str, ...]:
        """Units that the row's part makes responsible for each task and the row does not name."""
        parts = self.documents[row.document].parts
        units = next((part.everyone_responsible for part in parts if part.part == row.part), ())
        return tuple(unit for unit in units if unit not in row.responsible_units)


@dataclass(frozen=True, slots=True)
class Supporting:
    """A row that supports an answer as its evidence ``n``, by the words of ``quote``; 0: beside the answer."""

    row: TaskRow
    n: int = 0
    quote: str = ""


def item(row: TaskRow) -> str:
    """How people name a row within its part."""
    if row.printed_no is not None:
        return f"{texts.ITEM.format(number=row.printed_no)}{row.label or ''}"
    return row.label or texts.ITEM.format(number=row.item)


def card(supporting: Supporting, shelf: Shelf, key: str) -> str:
    """One row as a card; ``key`` begins the ids of its turn."""
    row, n = supporting.row, supporting.n
    number = f'<span class="wz-n" aria-hidden="true">{n}</span>' if n else ""
    target = f' id="{escape(key)}-r{n}" data-n="{n}" tabindex="-1"' if n else ""
    return (
        f'<article class="wz-card"{target}><p class="wz-source">{number}<span>{escape(shelf.source(row))}'
        f" <b>{escape(item(row))}</b>{shelf.seen(row)}</span></p><h4>{escape(row.heading)}</h4>{facts(row, shelf)}"
        f"{_words(row, supporting.quote)}{_footer(row)}</article>"
    )


def facts(row: TaskRow, shelf: Shelf) -> str:
    """Lead and responsible units as chips, and the deadline."""
    everyone = shelf.everyone(row)
    lines = [(texts.LEAD, chips(row.lead_units, "lead")), (texts.RESPONSIBLE, chips(row.responsible_units))]
    lines += [(texts.EVERYONE, chips(everyone))] if everyone else []
    lines += [(texts.DEADLINE, due(row, shelf))]
    return (
        f'<dl class="wz-facts">{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in lines)}</dl>'
    )


def chips(units: Sequence[str], kind: str = "") -> str:
    """Units as links to their pages; 没有写明 where there are none."""
    if not units:
        return f'<span class="wz-unstated">{texts.UNSTATED}</span>'
    links = [
        f'<li><a class="wz-chip {kind}" href="library?unit={url_quote(unit, safe="")}">{escape(unit)}</a></li>'
        for unit in units
    ]
    shown = f'<ul class="wz-chips">{"".join(links[:_MOST_CHIPS])}</ul>'
    rest = links[_MOST_CHIPS:]
    if not rest:
        return shown
    return (
        f'{shown}<details class="wz-rest"><summary>{texts.MORE_UNITS.format(count=len(rest))}</summary>'
        f'<ul class="wz-chips">{"".join(rest)}</ul></details>'
    )


def due(row: TaskRow, shelf: Shelf) -> str:
    """The deadline as printed, marked where it has passed."""
    if row.deadline is None:
        return f'<span class="wz-unstated">{texts.UNSTATED}</span>'
    passed = f' <span class="wz-passed">{texts.PASSED}</span>' if shelf.passed(row) else ""
    return f"{escape(row.deadline.text)}{passed}"


def marked(text: str, quote: str) -> str:
    """A text with the words of a quote marked; a quote that was cut is marked as far as it goes."""
    words = quote.removesuffix("…").strip()
    before, found, after = text.partition(words) if words else (text, "", "")
    return f"{escape(before)}<mark>{escape(found)}</mark>{escape(after)}" if found else escape(text)


def kind(row: TaskRow) -> str:
    """原文 or 摘要, with what that means."""
    note = texts.KIND_NOTES[row.text_kind]
    return f'<span class="wz-kind" title="{note}">{texts.KINDS[row.text_kind]}</span>'


def _words(row: TaskRow, quote: str) -> str:
    whole = marked(row.text, quote)
    if not quote or len(row.text) <= len(quote) + 40:
        return f'<p class="wz-words">{kind(row)}{whole}</p>'
    return (
        f'<p class="wz-words">{kind(row)}<mark>{escape(quote)}</mark></p>'
        f"<details><summary>{texts.FULL_TEXT}</summary><p>{whole}</p></details>"
    )


def _footer(row: TaskRow) -> str:
    id = escape(row.id)
    return (
        f'<p class="wz-foot"><button type="button" class="wz-quiet" data-act="context" data-row="{id}" '
        f'aria-expanded="false">{texts.CONTEXT}</button>'
        f'<a class="wz-quiet" href="library?document={url_quote(row.document, safe="")}#{id}">{texts.OPEN_IN_LIBRARY}</a>'
        f'<span class="wz-where">{texts.ROW_ID.format(id=id)} · {escape(str(row.locator))}</span></p>'
        '<div class="wz-context" hidden></div>'
    )


def context(row: TaskRow, around: Sequence[TaskRow]) -> str:
    """A row between its neighbours, under the headings of its section."""
    path = escape(" › ".join(row.section))
    rows = sorted([row, *around], key=lambda each: each.item)
    listed = "".join(_neighbour(each, here=each.id == row.id) for each in rows)
    return f'{f"<p>{path}</p>" if path else ""}<ol class="wz-neighbours">{listed}</ol>'


def _neighbour(row: TaskRow, here: bool) -> str:
    mark = f' <span class="wz-kind">{texts.THIS_ROW}</span>' if here else ""
    current = ' aria-current="true"' if here else ""
    return (
        f"<li{current}><p><b>{escape(item(row))} {escape(row.heading)}</b>{mark}</p><p>{escape(row.text)}</p>"
        f'<p class="wz-where">{texts.LEAD}：{escape("、".join(row.lead_units) or texts.UNSTATED)}</p></li>'
    )
