"""The hotline desk: results while the agent types, and for each the responsible card."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from assistant.desk import confidence
from assistant.schema import Scope
from assistant.service import Assistant
from ui.chat import shelf
from ui.filters import Pins, choices
from ui.guard import guarded_router
from ui.views import desk as views
from ui.views.shell import shell

_MOST = 10  # results shown
_LONGEST = 2000  # characters of what a caller says


def page(assistant: Assistant) -> str:
    """The page before the first search."""
    return shell("desk", views.desk_page(assistant.settings.max_question))


def router(assistant: Assistant) -> APIRouter:
    """What the page asks the server for."""
    routes = guarded_router(assistant.settings.home)

    @routes.get("/desk/pins", response_class=HTMLResponse)
    def pins() -> str:
        return views.pins(choices(assistant.documents(), ()))

    @routes.get("/desk/search", response_class=HTMLResponse)
    def search(q: Annotated[str, Query(max_length=_LONGEST)], pins: Annotated[Pins, Depends()]) -> str:
        found = results(assistant, q, pins.scope)
        top = assistant.card(found.rows[0].row.id) if found.rows and not found.nowhere else None
        return views.search(found, top, shelf(assistant))

    @routes.get("/desk/card", response_class=HTMLResponse)
    def card(row: str) -> str:
        return views.card(assistant.card(row), shelf(assistant))

    return routes


def results(assistant: Assistant, question: str, scope: Scope) -> views.Results:
    """What was found for a caller's words: the rows that an answer cites first, then what else is close."""
    answer = assistant.ask(question, scope=scope)
    hits = assistant.search(question, scope=scope)
    sure = {hit.row.id: confidence(hit) for hit in hits}
    rows = {hit.row.id: hit.row for hit in hits}
    ids = list(dict.fromkeys([*(citation.row for citation in answer.citations), *rows]))[:_MOST]
    cited = {citation.row: citation.quote for citation in answer.citations}
    ranked = [
        views.Result(rows.get(id) or assistant.row(id), sure.get(id, "high"), cited.get(id, ""))
        for id in ids
        if id in cited or not answer.answerable or sure[id] != "low"
    ]
    return views.Results(question, tuple(ranked), "" if answer.answerable else answer.reason or answer.text)
