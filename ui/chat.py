"""The chat page: what the browser asks for, and the fragments that it gets. Nothing of a conversation is kept here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, Field

from assistant.access import Caller
from assistant.api import models
from assistant.api.access import Who
from assistant.api.serving import Serving
from assistant.faults import told
from assistant.schema import Answer, PolicyDocument, TaskRow
from assistant.service import Assistant
from assistant.state import State
from ui import export, texts
from ui.callers import same_as_before
from ui.filters import Filters, choices
from ui.views import answer as views
from ui.views.cards import Shelf, context, edition
from ui.views.shell import chat_page, notice, shell, welcome

_TURNS = 20
_TEXT = 20_000  # characters of a question or answer that a browser may send back


class Said(BaseModel):
    """One line of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=_TEXT)


class Asked(BaseModel):
    """A question with the conversation before it. ``key`` begins the ids of the turn in the page."""

    question: str = Field(max_length=_TEXT)
    history: list[Said] = Field([], max_length=_TURNS)
    filters: Filters = Filters()
    key: str = Field("t", pattern=r"^[a-z][a-z0-9]{0,11}$")

    def turns(self) -> list[dict[str, str]]:
        """The conversation as ``Assistant.ask`` reads it."""
        return [said.model_dump() for said in self.history]


def page(assistant: Assistant) -> str:
    """The page before the first question."""
    return shell("chat", chat_page(assistant.settings.max_question))


def router(serving: Serving) -> APIRouter:
    """What the page asks the server for."""
    routes = APIRouter(prefix="/ui", include_in_schema=False, dependencies=[same_as_before])

    @routes.get("/welcome", response_class=HTMLResponse)
    async def opening(caller: Who) -> str:
        return await serving.run(lambda: _opening(serving.state(caller)))

    @routes.post("/ask")
    async def ask(asked: Asked, caller: Who) -> StreamingResponse:
        lines = serving.each(_answers(serving, caller, asked))
        return StreamingResponse(lines, media_type="application/x-ndjson")

    @routes.get("/context", response_class=HTMLResponse)
    async def around(row: str, caller: Who) -> str:
        def work() -> str:
            state = serving.state(caller)
            return context(state.row(row), state.neighbours(row))

        return await serving.run(work)

    @routes.post("/export/{kind}")
    async def save(kind: Literal["markdown", "excel"], asked: Asked, caller: Who) -> Response:
        return await serving.run(lambda: _file(serving, caller, kind, asked))

    @routes.post("/vote")
    async def vote(given: models.Vote, caller: Who) -> dict[str, str]:
        await serving.vote(caller, given.question, given.rows, given.helpful, given.reason)
        return {"said": texts.THANKS}

    return routes


def shelf(state: State) -> Shelf:
    """What views need to know of the library."""
    return Shelf({document.id: document for document in state.documents()}, state.settings.today)


def _opening(state: State) -> str:
    rows, documents = state.rows(), state.documents()
    topics, places = example_questions(rows, documents)
    return welcome(topics, places, documents, len(rows))


def _file(serving: Serving, caller: Caller, kind: Literal["markdown", "excel"], asked: Asked) -> Response:
    """An answer as a file to keep."""
    state = serving.state(caller)
    answer = next(state.ask_in_steps(asked.question, asked.turns(), asked.filters.scope(), asked.filters.slots()))
    rows = {id: state.row(id) for id in answer.named_rows()}
    export.note(serving, caller, kind)
    if kind == "markdown":
        return export.attachment(export.markdown(answer, rows).encode(), answer.question, "md")
    return export.attachment(export.workbook(answer, rows, shelf(state)), answer.question, "xlsx")


def _answers(serving: Serving, caller: Caller, asked: Asked) -> Iterator[str]:
    """Lines of JSON, one an answer; only a language model gives more than one."""
    filters, answer = asked.filters, None
    try:
        state = serving.state(caller)  # one for the answer and the rows that it cites
        for answer in state.ask_in_steps(asked.question, asked.turns(), filters.scope(), filters.slots()):
            yield json.dumps(_shown(state, asked, answer), ensure_ascii=False) + "\n"
        if answer:
            serving.assistant.keeper.keep(answer, "chat", caller.user)
    except Exception as error:
        message = told(error, serving.settings.home)
        yield json.dumps({"error": message, "html": notice(message)}, ensure_ascii=False) + "\n"


def _shown(state: State, asked: Asked, answer: Answer) -> dict[str, Any]:
    """A turn for the browser: its HTML, and the texts that it copies and sends back with the next question."""
    known = {id: state.row(id) for id in answer.named_rows()}
    turn = views.Turn(
        key=asked.key,
        answer=answer,
        rows=known,
        shelf=shelf(state),
        choices=choices(state.documents(), known.values()),
        filters=asked.filters,
    )
    return {
        "html": views.turn(turn),
        "question": answer.question,
        "text": answer.text,
        "sources": export.sources(answer, known),
        "rows": [citation.row for citation in answer.citations],
    }


def example_questions(
    rows: Sequence[TaskRow], documents: Sequence[PolicyDocument], most: int = 4
) -> tuple[list[str], list[str]]:
    """Questions that the rows can answer, by topic and by place: short tasks, another document and kind each."""
    topics: list[str] = []
    places: list[str] = []
    for number, document in enumerate(documents):
        led = [row for row in rows if row.document == document.id and row.lead_units and len(row.heading) <= 16]
        if led:
            heading = led[len(led) // 2].heading
            topics.append(texts.EXAMPLES["content" if number % 2 else "lead"].format(task=heading))
        dated = [row for row in led if row.deadline]
        if dated and document.place and document.year:
            named = {"edition": edition(document), "task": dated[len(dated) // 3].heading}
            places.append(texts.EXAMPLES["deadline" if number % 2 else "count"].format(**named))
    return list(dict.fromkeys(topics))[:most], list(dict.fromkeys(places))[:most]
