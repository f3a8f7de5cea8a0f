"""What editors see beside the library: who may see a document, and files on their way in."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from assistant.schema import VISIBILITIES, Concern, ParsedDocument, PolicyDocument
from assistant.screening import SAID
from ui import texts
from ui.views.documents import link
from ui.views.tables import Cell, table

_SAMPLE = 10  # rows of a parsed file that are shown before it is published
_LONGEST_REASON = 500  # characters
FORMATS = ".docx、.xlsx、.csv、.pdf、.html、.txt、.md、.yaml"


def visibility_form(document: PolicyDocument, unit: str) -> str:
    """A form to say who may see a document; a second step says what that means. ``unit``: the editor's own."""
    notes = "".join(
        f'<p data-for="{name}" data-confirm="{texts.SEEN_CONFIRM.format(word=word)}" hidden>{texts.SEEN_NOTES[name]}</p>'
        for name, word in VISIBILITIES.items()
    )
    return (
        f'<details class="wz-editing"><summary>{texts.SEEN_CHANGE}</summary><form class="wz-seeing">'
        f'<input type="hidden" name="id" value="{escape(document.id)}">'
        f"{_choice(list(VISIBILITIES.items()), document.visibility)}{_owner(document.owner or unit)}"
        f'<label>{texts.SEEN_REASON} <input name="reviewed" maxlength="{_LONGEST_REASON}" autocomplete="off"></label>'
        f'<button>{texts.SEEN_LOOK}</button><div class="wz-confirm" role="status" aria-live="polite">{notes}</div>'
        '<p class="wz-confirming" hidden><button type="button" data-act="see"></button>'
        f'<button type="button" class="wz-quiet" data-act="unsee">{texts.CANCEL}</button></p>'
        '<p class="wz-step" role="alert"></p></form></details>'
    )


def _choice(options: Sequence[tuple[str, str]], chosen: str) -> str:
    listed = "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{word}</option>' for value, word in options
    )
    return f'<label>{texts.SEEN} <select name="visibility">{listed}</select></label>'


def _owner(unit: str) -> str:
    """The unit of a document that only one unit sees; asked for only then."""
    return (
        f'<label class="wz-owner">{texts.SEEN_OWNER} <input name="owner" value="{escape(unit)}" maxlength="100" '
        f'autocomplete="off" title="{texts.SEEN_OWNER_HINT}"></label>'
    )


def upload_form(most_mb: int, unit: str) -> str:
    """The form for a file, and a place for its report."""
    hint = texts.UPLOAD_HINT.format(formats=FORMATS, size=most_mb)
    return (
        f'<section class="wz-upload"><h2>{texts.UPLOAD}</h2><p class="wz-hint">{hint}</p>'
        f'<form><label class="wz-file"><b>{texts.CHOOSE}</b> <span>{texts.NOT_CHOSEN}</span><input type="file" name="file"></label>'
        f'<label>{texts.FILE_ID} <input name="id" maxlength="100" autocomplete="off"></label>'
        f'<label>{texts.FILE_TITLE} <input name="title" maxlength="300" autocomplete="off"></label>'
        f"{_choice([('', texts.SEEN_AS_BEFORE), *VISIBILITIES.items()], '')}{_owner(unit)}"
        f'<button>{texts.LOOK}</button></form><progress hidden aria-label="{texts.UPLOAD}"></progress>'
        '<p class="wz-step" role="status" aria-live="polite"></p><div class="wz-report"></div></section>'
    )


def upload_off() -> str:
    """Why no file can be added here."""
    return f'<section class="wz-upload"><h2>{texts.UPLOAD}</h2><p class="wz-hint">{texts.UPLOAD_OFF}</p></section>'


def report(parsed: ParsedDocument) -> str:
    """What a file gave and what was doubtful, before anything is published."""
    level, own = parsed.report.level, parsed.document
    shelf_rows = parsed.rows[:_SAMPLE]
    findings = "".join(
        f'<li class="wz-finding {each.level}"><b>{texts.FINDINGS[each.level]}</b> {escape(each.message)} '
        f'<span class="wz-where">{escape(each.where)}</span></li>'
        for each in parsed.report.findings
    )
    counted = texts.PARSED.format(rows=len(parsed.rows), parts=len(own.parts))
    lines = [
        [Cell(escape(word)) for word in (row.label or str(row.item), row.heading, "、".join(row.lead_units) or "—")]
        for row in shelf_rows
    ]
    sample = table(texts.SAMPLE.format(count=len(lines)), texts.ROW_COLUMNS[:3], lines)
    act = texts.FORCE if level == "refuse" else texts.PUBLISH
    reviewed = _concerns(parsed.concerns) if parsed.concerns else ""
    note = texts.REPORT_CONCERNS if reviewed and level == "ok" else texts.REPORT_NOTES[level]
    return (
        f'<h3>{texts.REPORT} <span class="wz-level {level}">{texts.LEVELS[level]}</span></h3>'
        f"<p><b>{escape(own.title)}</b>（{escape(own.id)}）</p><p>{counted}。{note}</p>"
        f'<ul class="wz-findings">{findings}</ul>{sample}{reviewed}<p class="wz-actions">'
        f'<button type="button" data-act="publish" data-force="{"1" if level == "refuse" else ""}">{act}</button>'
        f'<button type="button" class="wz-quiet" data-act="discard">{texts.DISCARD}</button></p>'
    )


def _concerns(concerns: Sequence[Concern]) -> str:
    """What screening found, a kind after the other, and a field for the reason to publish all the same."""
    groups = []
    for kind, same in groupby(concerns, key=lambda each: each.kind):
        found = list(same)
        title = texts.CONCERN.format(said=SAID[kind], count=sum(each.count for each in found))
        places = "".join(
            f'<li><span class="wz-where">{escape(each.where)}</span> {escape(each.excerpt)}</li>' for each in found
        )
        groups.append(f"<details open><summary>{escape(title)}</summary><ul>{places}</ul></details>")
    return (
        f'<section class="wz-concerns"><h3>{texts.CONCERNS}</h3><p class="wz-hint">{texts.CONCERNS_NOTE}</p>'
        f'{"".join(groups)}<label>{texts.REVIEWED} <input name="reviewed" maxlength="{_LONGEST_REASON}" required '
        'autocomplete="off"></label></section>'
    )


def published(parsed: ParsedDocument) -> str:
    """That a document is in the library, and the way to it."""
    own = parsed.document
    said = texts.PUBLISHED.format(title=own.title, id=own.id, rows=len(parsed.rows))
    return f'<p class="wz-notice">{escape(said)} <a href="{link(document=own.id)}">{texts.OPEN_IN_LIBRARY}</a></p>'
