"""The library: what the assistant knows, by document and by unit, and how a document comes in."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from assistant.access import Caller
from assistant.api.access import Who
from assistant.api.serving import Serving
from assistant.schema import VISIBILITIES, Scope, TaskRow, Visibility
from assistant.service import Assistant
from assistant.state import State
from ui import export, texts, upload
from ui.callers import same_as_before
from ui.chat import shelf
from ui.filters import Due, Wanted
from ui.views import documents as views
from ui.views import editing
from ui.views.shell import shell


class Seeing(BaseModel):
    """Who may see a document; ``owner``: the unit that it belongs to where only one sees it; ``reviewed``: why more
    people may see what screening finds something in.
    """

    id: str = Field(min_length=1, max_length=200)
    visibility: Visibility
    owner: str = Field("", max_length=200)
    reviewed: str = Field("", max_length=500)


def page(assistant: Assistant) -> str:
    """The page, filled when it opens."""
    return shell("library", views.frame())


def router(serving: Serving) -> APIRouter:
    """What the page asks the server for."""
    routes = APIRouter(prefix="/ui", include_in_schema=False, dependencies=[same_as_before])

    @routes.get("/library", response_class=HTMLResponse)
    async def show(wanted: Annotated[Wanted, Depends()], caller: Who) -> str:
        return await serving.run(lambda: _shown(serving, caller, wanted))

    @routes.get("/library/excel")
    async def save(wanted: Annotated[Wanted, Depends()], caller: Who) -> Response:
        return await serving.run(lambda: _sheet(serving, caller, wanted))

    @routes.post("/visibility")
    async def see(wanted: Seeing, caller: Who) -> dict[str, str]:
        owner, reviewed = wanted.owner.strip() or None, wanted.reviewed.strip() or None
        change = partial(
            serving.assistant.set_visibility, wanted.id, wanted.visibility, owner, reviewed=reviewed, by=caller
        )
        await serving.change(change)
        return {"said": texts.SEEN_CHANGED.format(word=VISIBILITIES[wanted.visibility])}

    upload.add_routes(routes, serving)
    return routes


def _shown(serving: Serving, caller: Caller, wanted: Wanted) -> str:
    """A document, a unit, what was found, or all."""
    state = serving.state(caller)
    known, rows = shelf(state), filtered(state, wanted)
    if wanted.document:
        document, every = state.document(wanted.document), state.rows(Scope(documents=(wanted.document,)))
        seeing = editing.visibility_form(document, caller.unit or "") if caller.may("edit") else ""
        return views.document(document, every, rows, wanted, known, seeing)
    if wanted.unit:
        return views.unit(wanted.unit, state.rows(Scope(units=(wanted.unit,))), rows, wanted, known)
    if wanted.q or wanted.due:
        return views.found(rows, wanted, known)
    return views.overview(state.documents(), state.rows(), known) + upload.form(serving, caller)


def _sheet(serving: Serving, caller: Caller, wanted: Wanted) -> Response:
    state = serving.state(caller)
    export.note(serving, caller, "library")
    name = " ".join(filter(None, (wanted.document, wanted.unit, wanted.q))) or texts.LIBRARY_TITLE
    return export.attachment(export.sheet(filtered(state, wanted), shelf(state)), name, "xlsx")


def filtered(state: State, wanted: Wanted) -> list[TaskRow]:
    """The rows that are wanted, in the order of their documents."""
    documents = (wanted.document,) if wanted.document else None
    units = (wanted.unit,) if wanted.unit else None
    words = _folded(wanted.q).split()
    return [
        row
        for row in state.rows(Scope(documents=documents, units=units))
        if _is_due(row, wanted.due, state.settings.today) and all(word in _text(row) for word in words)
    ]


def _is_due(row: TaskRow, due: Due, today: date) -> bool:
    end = date.fromisoformat(row.deadline.end) if row.deadline and row.deadline.end else None
    kept = {
        "": True,
        "dated": row.deadline is not None,
        "undated": row.deadline is None,
        "passed": end is not None and end < today,
        "open": end is not None and end >= today,
    }
    return kept[due]


def _text(row: TaskRow) -> str:
    deadline = row.deadline.text if row.deadline else ""
    units = (*row.lead_units, *row.responsible_units)
    return _folded(" ".join((row.id, row.label or "", *row.section, row.heading, row.text, *units, deadline)))


def _folded(text: str) -> str:
    """Text in one width and case."""
    return unicodedata.normalize("NFKC", text).casefold()
