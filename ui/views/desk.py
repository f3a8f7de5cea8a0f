"""The desk as HTML: pinned filters, ranked results, the responsible card, and 不在任何文件中."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from assistant.desk import Card, Confidence
from assistant.schema import TaskRow
from ui import texts
from ui.filters import Choices
from ui.views.cards import Shelf, chips, due, hidden, item, kind, marked


@dataclass(frozen=True, slots=True)
class Result:
    """A row found, how sure it is that the caller means it, and the words of it that fit."""

    row: TaskRow
    confidence: Confidence
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, best first; ``nowhere`` says why the rows do not count as an answer."""

    question: str
    rows: tuple[Result, ...]
    nowhere: str = ""


def desk_page(longest: int) -> str:
    """The desk before the first search."""
    keys = "".join(f"<li><kbd>{key}</kbd> {meaning}</li>" for key, meaning in texts.KEYS)
    return (
        f'<h1 class="wz-hidden">{texts.DESK_TITLE}</h1><div class="wz-pins"></div>'
        f'<div class="wz-search"><label class="wz-hidden" for="wz-call">{texts.QUESTION}</label>'
        f'<input id="wz-call" type="text" role="combobox" aria-expanded="false" aria-controls="wz-list" '
        f'aria-autocomplete="list" maxlength="{longest}" placeholder="{texts.DESK_PLACEHOLDER}" autocomplete="off" '
        f'spellcheck="false"></div><p class="wz-hidden" role="status" aria-live="polite" id="wz-said"></p>'
        f'<div class="wz-found">{empty()}</div>'
        f'<section class="wz-recent" hidden><h2>{texts.RECENT}</h2><ul></ul></section>'
        f'<div class="wz-keys"><ul>{keys}</ul><label><input type="checkbox" id="wz-single" checked> '
        f"{texts.SINGLE_KEYS}</label></div>"
    )


def empty() -> str:
    """What stands where results will be."""
    return (
        f'<div id="wz-list" role="listbox" aria-label="{texts.RESULTS}"></div><p class="wz-lead">{texts.DESK_EMPTY}</p>'
    )


def pins(offered: Choices) -> str:
    """Filters pinned for the shift: my place, this year."""
    places = [(place, place) for place in offered.places]
    years = [(str(year), texts.YEAR_NAME.format(year=year)) for year in offered.years]
    return (
        f'<span class="wz-label">{texts.PINNED}</span>{_pin("place", texts.PLACE, places)}'
        f"{_pin('year', texts.YEAR, years)}"
    )


def _pin(name: str, label: str, values: list[tuple[str, str]]) -> str:
    options = "".join(
        f'<option value="{escape(value)}">{escape(shown)}</option>' for value, shown in [("", texts.ANY), *values]
    )
    return f'<span class="wz-filter"><label>{label} <select data-pin="{name}">{options}</select></label></span>'


def search(found: Results, top: Card | None, shelf: Shelf) -> str:
    """Results on the left, on the right the card of the first, or that no document holds the matter."""
    listed = "".join(_option(n, result, shelf, n == 0 and top is not None) for n, result in enumerate(found.rows))
    title = texts.NEAR if found.nowhere else texts.RESULTS
    head = f"<h2>{title}</h2>" if found.rows else ""
    right = nowhere(found) if top is None else card(top, shelf, found.rows[0], found.rows[1:2])
    return (
        f'<div class="wz-left">{head}<div id="wz-list" role="listbox" aria-label="{title}">{listed}</div></div>'
        f'<div class="wz-right" id="wz-card" tabindex="-1" role="region" aria-label="{texts.CARD}">{right}</div>'
    )


def _option(n: int, result: Result, shelf: Shelf, chosen: bool) -> str:
    row = result.row
    lead = "、".join(row.lead_units or row.responsible_units) or texts.UNSTATED
    time = row.deadline.text if row.deadline else ""
    return (
        f'<div role="option" id="wz-o{n}" data-row="{escape(row.id)}" aria-selected="{"true" if chosen else "false"}">'
        f"<b>{escape(row.heading)}</b><span>{escape(lead)}{f' · {escape(time)}' if time else ''}</span>"
        f'<span class="wz-where">{escape(shelf.edition(row.document))} {escape(item(row))}{shelf.seen(row)} · '
        f'<i class="wz-sure {result.confidence}">{texts.SURE[result.confidence]}</i></span></div>'
    )


def nowhere(found: Results) -> str:
    """The result that no document speaks of the matter, and why."""
    note = texts.NOWHERE_NOTE if found.rows else texts.NOWHERE_PLAIN
    return (
        f'<div class="wz-nowhere"><p class="wz-notice">{texts.NOWHERE}</p><p>{escape(found.nowhere)}</p>'
        f'<p class="wz-hint">{note}</p></div>'
    )


def card(given: Card, shelf: Shelf, result: Result | None = None, second: tuple[Result, ...] = ()) -> str:
    """The responsible card: who, by when, what may be said, the row itself, and whom to ask above and below."""
    row = given.row
    sure = f'<span class="wz-sure {result.confidence}">{texts.SURE[result.confidence]}</span>' if result else ""
    texts_to_copy = (("card", given.text), ("dispatch", given.dispatch), ("reply", given.reply))
    copied = "".join(f'<pre hidden data-copy="{name}">{escape(text)}</pre>' for name, text in texts_to_copy)
    return (
        f'<p class="wz-source">{sure}<span>{escape(given.source)} <b>{escape(item(row))}</b>{hidden(given.visibility)}</span></p>'
        f"<h2>{escape(row.heading)}</h2>{_responsible(given, shelf)}"
        f'<section class="wz-say"><h3>{texts.SAY}</h3><p>{escape(given.say)}</p></section>{_copies()}{_evidence(given, result)}'
        f"{_counterparts(given)}{_second(second, shelf)}{copied}"
    )


def _responsible(given: Card, shelf: Shelf) -> str:
    row = given.row
    lead = escape("、".join(row.lead_units)) or texts.UNSTATED
    lines = [(texts.TAKING_PART, chips(row.responsible_units))]
    lines += [(texts.EVERY_TASK, chips(given.everyone))] if given.everyone else []
    lines += [
        (texts.ROW_COLUMNS[4], due(row, shelf)),
        (texts.DOCUMENT_COLUMNS[3], escape(given.level or texts.UNSTATED)),
    ]
    listed = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in lines)
    return f'<dl class="wz-facts wz-desk"><div class="wz-leading"><dt>{texts.LEADING}</dt><dd>{lead}</dd></div>{listed}</dl>'


def _copies() -> str:
    buttons = ((1, "card", texts.COPY_CARD), (2, "dispatch", texts.COPY_DISPATCH), (3, "reply", texts.COPY_REPLY))
    listed = "".join(
        f'<button type="button" data-act="copy" data-what="{what}"><kbd>{key}</kbd> {label}</button>'
        for key, what, label in buttons
    )
    return f'<div class="wz-copies">{listed}</div>'


def _evidence(given: Card, result: Result | None) -> str:
    row = given.row
    return (
        f'<section><h3>{texts.EVIDENCE}</h3><p class="wz-words">{kind(row)}{marked(row.text, result.quote if result else "")}'
        f'</p><p class="wz-where">{texts.ROW_ID.format(id=escape(row.id))} · {escape(str(row.locator))}</p></section>'
    )


def _counterparts(given: Card) -> str:
    if not given.counterparts:
        return ""
    listed = "".join(
        f'<li><span class="wz-relation">{each.relation}</span> <b>{escape("、".join(each.row.lead_units) or texts.UNSTATED)}</b>'
        f'<span class="wz-where">{escape(each.source)}{escape(item(each.row))}</span>{hidden(each.visibility)}</li>'
        for each in given.counterparts
    )
    return f'<section class="wz-levels"><h3>{texts.COUNTERPARTS}</h3><ul>{listed}</ul></section>'


def _second(second: tuple[Result, ...], shelf: Shelf) -> str:
    if not second:
        return ""
    row = second[0].row
    lead = "、".join(row.lead_units or row.responsible_units) or texts.UNSTATED
    return f'<p class="wz-second"><b>{texts.SECOND}</b> {escape(row.heading)}：{escape(lead)}{shelf.seen(row)}</p>'
