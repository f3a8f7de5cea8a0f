"""One turn of the conversation: the question as understood, the answer, and beside it the rows that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from assistant.schema import Answer, Block, TaskRow
from ui import texts
from ui.filters import Choices, Filters
from ui.views import tables
from ui.views.cards import Shelf, Supporting, card
from ui.views.markdown import rendered

_CARDS = 3  # of a list; its table has the rest
_MOST_CARDS = 6  # of another answer
_LONG, _LINES = 600, 12  # characters or lines from which the text of a list is folded


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer with all that it is shown with. ``key`` begins the ids of its elements, one a turn of the page."""

    key: str
    answer: Answer
    rows: Mapping[str, TaskRow]
    shelf: Shelf
    choices: Choices
    filters: Filters

    def block(self, kind: str) -> Block | None:
        """The first block of a kind."""
        return next((block for block in self.answer.blocks if block.kind == kind), None)

    @property
    def listed(self) -> Block | None:
        """The table, where it shows more than the cards do."""
        block = self.block("table")
        return block if block and (self.answer.intent == "list" or len(block.rows) > _MOST_CARDS) else None


def turn(shown: Turn) -> str:
    """The whole turn, ready to stand in the conversation."""
    return (
        f'<h2 class="wz-question">{escape(shown.answer.question)}</h2>{understood(shown)}'
        f'<div class="wz-columns"><div class="wz-answer{_state(shown.answer)}">{_notice(shown.answer)}{_body(shown)}{_parts(shown)}'
        f"{_next(shown.answer.suggestions)}{_actions(shown)}</div>{evidence(shown)}</div>{_table(shown)}"
    )


def _abstains(answer: Answer) -> bool:
    return not answer.answerable and answer.intent not in ("help", "smalltalk")


def _state(answer: Answer) -> str:
    return " wz-none" if _abstains(answer) else ""


def _notice(answer: Answer) -> str:
    """The heading of an abstention; nothing for an answer."""
    if not _abstains(answer):
        return ""
    title = texts.NO_ANSWER[answer.refusal] if answer.refusal else texts.REFUSED
    return f'<p class="wz-notice">{title}</p>'


def _body(shown: Turn) -> str:
    html = rendered(shown.answer.text, shown.key, len(shown.answer.citations))
    text = shown.answer.text
    if not shown.listed or (len(text) < _LONG and text.count("\n") < _LINES):
        return f'<div class="wz-body">{html}</div>'
    return (
        f'<div class="wz-body wz-folded">{html}</div><button type="button" class="wz-quiet wz-unfold" '
        f'data-act="unfold" aria-expanded="false">{texts.SHOW_ALL}</button>'
    )


def _parts(shown: Turn) -> str:
    """What stands below the text: documents side by side, and how a list is spread over units or sections."""
    side_by_side, counted, listed = shown.block("comparison"), shown.block("chart"), shown.listed
    if counted:
        return tables.chart(counted.columns[0], [(name, int(count)) for name, count in counted.cells])
    if listed:
        return tables.counted_rows([shown.rows[id] for id in listed.rows], shown.shelf)
    return tables.comparison(side_by_side) if side_by_side and len(side_by_side.columns) > 2 else ""


def _table(shown: Turn) -> str:
    """The whole list, across the page; the first lines of a long one."""
    listed = shown.listed
    if listed is None:
        return ""
    rows = [shown.rows[id] for id in listed.rows]
    rule = f'<p class="wz-rule">{escape(listed.text)}</p>' if listed.text else ""
    made = tables.task_table(listed, rows, shown.shelf, shown.key, _CARDS)
    if len(rows) <= tables.SHORT:
        return f'<div class="wz-list">{rule}{made}</div>'
    more = texts.ALL_ROWS.format(count=len(rows))
    return (
        f'<div class="wz-list wz-short">{rule}{made}<button type="button" class="wz-quiet" data-act="lengthen">{more}'
        "</button></div>"
    )


def _next(suggestions: Sequence[str]) -> str:
    if not suggestions:
        return ""
    buttons = "".join(
        f'<li><button type="button" data-act="ask">{escape(question)}</button></li>' for question in suggestions
    )
    return f'<section class="wz-next"><h3>{texts.NEXT}</h3><ul>{buttons}</ul></section>'


def _actions(shown: Turn) -> str:
    def button(act: str, label: str, more: str = "") -> str:
        return f'<button type="button" class="wz-quiet{more}" data-act="{act}">{label}</button>'

    sourced = [button("sourced", texts.COPY_SOURCED, " wz-extra")] if shown.answer.citations else []
    excel = [button("excel", texts.EXCEL, " wz-extra")] if shown.block("table") else []
    buttons = (
        button("copy", texts.COPY),
        *sourced,
        button("markdown", texts.MARKDOWN, " wz-extra"),
        *excel,
        button("link", texts.LINK, " wz-extra"),
        button("speak", texts.SPEAK, " wz-speak"),
    )
    return f'<div class="wz-actions">{"".join(buttons)}</div>{_vote(shown.key)}'


def _vote(key: str) -> str:
    reason = f"{escape(key)}-why"
    return (
        f'<div class="wz-vote" role="group" aria-label="{texts.VOTE}"><span>{texts.VOTE}</span>'
        f'<button type="button" data-act="good">{texts.HELPFUL}</button>'
        f'<button type="button" data-act="bad" aria-expanded="false">{texts.UNHELPFUL}</button>'
        f'<form class="wz-why" hidden><label for="{reason}">{texts.WHY}</label>'
        f'<input id="{reason}" maxlength="500" autocomplete="off"><button>{texts.SUBMIT}</button></form></div>'
    )


# -- evidence --


def evidence(shown: Turn) -> str:
    """The cited rows as cards; for an abstention the rows that may be related, and said to be no evidence."""
    answer, listed = shown.answer, shown.listed
    cited = [Supporting(shown.rows[each.row], each.n, each.quote) for each in answer.citations]
    near = shown.block("list")
    if not cited and near:
        cards = "".join(card(Supporting(shown.rows[id]), shown.shelf, shown.key) for id in near.rows)
        return _aside(texts.NEAR, f'<p class="wz-hint">{texts.NEAR_NOTE}</p>{cards}')
    if not cited:
        return ""
    first = cited[:_CARDS] if listed else cited
    cards = "".join(card(each, shown.shelf, shown.key) for each in first)
    rest = len(cited) - len(first)
    note = f'<p class="wz-hint">{texts.REST.format(count=rest)}</p>' if rest else ""
    return _aside(texts.EVIDENCE, cards + note)


def _aside(title: str, content: str) -> str:
    return f'<section class="wz-evidence"><h3>{title}</h3>{content}</section>'


# -- what the question was understood as --


def understood(shown: Turn) -> str:
    """A filter each for place, year, document and unit, set to what was understood, to change or to take away."""
    slots, filters, choices = shown.answer.understood, shown.filters, shown.choices
    unit_names = tuple(dict.fromkeys(name for group in slots.get("units", ()) for name in group))
    documents = dict(choices.documents)
    parts = tuple(dict.fromkeys(part.rpartition("/")[0] for part in slots.get("parts", ())))
    filtered = (
        _filter("places", texts.PLACE, filters.places, slots.get("places", ()), {p: p for p in choices.places}),
        _filter(
            "years",
            texts.YEAR,
            filters.years,
            slots.get("years", ()),
            {y: texts.YEAR_NAME.format(year=y) for y in choices.years},
        ),
        _filter("documents", texts.DOCUMENT, filters.documents, parts, documents),
        _filter("units", texts.UNIT, filters.units, unit_names, {u: u for u in choices.units}),
    )
    missing = [
        *slots.get("unknown_places", ()),
        *(texts.YEAR_NAME.format(year=year) for year in slots.get("unknown_years", ())),
    ]
    read = [(each["said"], "、".join(each["terms"])) for each in slots.get("expanded", ())]
    read += [(each["written"], each["meant"]) for each in slots.get("corrected", ())]
    said = [texts.READ_AS.format(said=said, meant=meant) for said, meant in read]
    notes = [*(texts.NOT_HELD.format(name=name) for name in missing), *dict.fromkeys(said)]
    told = "".join(f'<span class="wz-read">{escape(note)}</span>' for note in notes)
    return (
        f'<div class="wz-understood" role="group" aria-label="{texts.UNDERSTOOD}">'
        f'<span class="wz-label">{texts.UNDERSTOOD}</span>{"".join(filtered)}{told}</div>'
    )


def _filter(
    name: str, label: str, chosen: Sequence[Any] | None, found: Sequence[Any], options: Mapping[Any, str]
) -> str:
    """A select that looks like a chip, with a button to take its value away; several values stand as one."""
    values = list(found if chosen is None else chosen)
    together = [("|".join(map(str, values)), "、".join(options.get(value, str(value)) for value in values))]
    offered = together if len(values) > 1 else []
    offered += [(str(value), shown) for value, shown in options.items()]
    offered += [(str(value), str(value)) for value in values if len(values) == 1 and value not in options]
    current = "|".join(map(str, values))
    listed = "".join(
        f'<option value="{escape(value)}"{" selected" if value == current else ""}>{escape(shown)}</option>'
        for value, shown in [("", texts.ANY), *offered]
    )
    remove = (
        f'<button type="button" data-act="unfilter" data-filter="{name}" aria-label="{texts.TAKE_AWAY.format(name=label)}">×</button>'
        if values
        else ""
    )
    state = " set" if values else ""
    return f'<span class="wz-filter{state}"><label>{label} <select data-filter="{name}">{listed}</select></label>{remove}</span>'
