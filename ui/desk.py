"""The hotline desk: results while the agent types, and for each the responsible card."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from assistant.api.access import Who
from assistant.api.serving import Serving
from assistant.desk import confidence
from assistant.schema import Scope
from assistant.service import Assistant
from assistant.state import State
from ui.callers import same_as_before
from ui.chat import shelf
from ui.filters import Pins, choices
from ui.views import desk as views
from ui.views.shell import shell

_MOST = 10  # results shown
_MOST_NEAR = 5  # where none of them is an answer
_LONGEST = 2000  # characters of what a caller says


def page(assistant: Assistant) -> str:
    """The page before the first search."""
    return shell("desk", views.desk_page(assistant.settings.max_question))


def router(serving: Serving) -> APIRouter:
    """What the page asks the server for."""
    routes = APIRouter(prefix="/ui", include_in_schema=False, dependencies=[same_as_before])

    @routes.get("/desk/pins", response_class=HTMLResponse)
    async def pins(caller: Who) -> str:
        return await serving.run(lambda: views.pins(choices(serving.state(caller).documents(), ())))

    @routes.get("/desk/search", response_class=HTMLResponse)
    async def search(
        q: Annotated[str, Query(max_length=_LONGEST)], pins: Annotated[Pins, Depends()], caller: Who
    ) -> str:
        return await serving.run(lambda: _found(serving.state(caller), q, pins.scope))

    @routes.get("/desk/card", response_class=HTMLResponse)
    async def card(row: str, caller: Who) -> str:
        def work() -> str:
            state = serving.state(caller)
            return views.card(state.card(row), shelf(state))

        return await serving.run(work)

    return routes


def _found(state: State, question: str, scope: Scope) -> str:
    """The results and the card of the first, of one state."""
    found = results(state, question, scope)
    top = state.card(found.rows[0].row.id) if found.rows and not found.nowhere else None
    return views.search(found, top, shelf(state))


def results(state: State, question: str, scope: Scope) -> views.Results:
    """What was found for a caller's words: the rows that an answer cites first, then what else is close."""
    answer = next(state.ask_in_steps(question, (), scope))  # no language model while somebody types
    hits = state.search(question, scope=scope)
    quotes = {citation.row: citation.quote for citation in answer.citations}
    known = {hit.row.id: hit for hit in hits}
    if not answer.answerable:
        near = [views.Result(hit.row, "low") for hit in hits if confidence(hit) != "low"]
        return views.Results(question, tuple(near[:_MOST_NEAR]), answer.reason or answer.text)
    rest = [hit for hit in hits if hit.row.id not in quotes]
    others = [hit.row.id for hit in rest if confidence(hit) != "low"] or [
        hit.row.id for hit in rest[:1]
    ]  # a second choice
    ranked = [
        views.Result(
            known[id].row if id in known else state.row(id),
            confidence(known[id]) if id in known else "high",  # named by the question, not searched for
            quotes.get(id, ""),
        )
        for id in [*quotes, *others][:_MOST]
    ]
    return views.Results(question, tuple(ranked))
