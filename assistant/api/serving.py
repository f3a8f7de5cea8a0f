"""What all interfaces share: one assistant, its answers in a few threads, counted and kept as the page keeps them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread

from assistant.api.metrics import Metrics
from assistant.errors import BusyError, InputError
from assistant.following import Follower
from assistant.schema import Answer, Hit, Scope
from assistant.service import Assistant
from assistant.state import State

Result = TypeVar("Result")
_LOG = logging.getLogger("wenzheng")
# Answers are computed, so more threads only make each slower; with a language model they mostly wait for it.
_THREADS, _THREADS_WAITING = 4, 16
_MOST_WAITING = 256  # requests that wait for a thread; the next is told to come again
_LONGEST_TURN = 8_000  # characters of a turn that are read back
History = Sequence[Mapping[str, str]]


class Serving:
    """One assistant as the interfaces use it."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.settings = assistant.settings
        self.follower: Follower = assistant.following()
        self.metrics = Metrics(lambda: assistant.state)
        self.closing = False
        self._answering = anyio.CapacityLimiter(_THREADS_WAITING if self.settings.llm_url else _THREADS)
        self._changing = anyio.CapacityLimiter(1)
        self._waiting = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """What a piece of work gives, done in a thread beside a few others.

        Raises:
            BusyError: too many are waiting already.
        """
        if self._waiting >= _MOST_WAITING:
            raise BusyError("同时提问的人太多", hint="请过几秒再试")
        self._waiting += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._answering)
        finally:
            self._waiting -= 1

    async def change(self, work: Callable[[], Result]) -> Result:
        """Likewise for what changes the library: one at a time, beside the answers."""
        return await anyio.to_thread.run_sync(work, limiter=self._changing)

    async def ask(self, question: str, history: History = (), scope: Scope | None = None) -> tuple[Answer, State]:
        """The answer to a question, and the state that it rests on."""
        return await self.run(partial(self._ask, question, history, scope))

    async def search(self, text: str, top_k: int, scope: Scope | None) -> tuple[list[Hit], State]:
        """The best rows for a text, and the state that they are of.

        Raises:
            InputError: a text longer than a question may be.
        """
        if len(text) > self.settings.max_question:
            raise InputError(f"要找的事太长（{len(text)}字）", hint=f"请缩短到{self.settings.max_question}字以内")
        state = self.assistant.state
        return await self.run(partial(state.search, text, top_k, scope)), state

    async def compare(
        self, topic: str, places: Sequence[str], years: Sequence[int], scope: Scope | None = None
    ) -> tuple[Answer, State]:
        """A comparison (see ``Assistant.compare``), and the state that it rests on."""
        state = self.assistant.state
        answer = await self.run(partial(state.compare, topic, places, years, scope))
        self._count(answer)
        return answer, state

    def _ask(self, question: str, history: History, scope: Scope | None) -> tuple[Answer, State]:
        state = self.assistant.state
        turns = [turn | {"content": turn["content"][:_LONGEST_TURN]} for turn in map(dict, history)]
        answer = state.ask(question, turns, scope)
        if answer.reason and answer.question:
            self.assistant.feedback.unanswered(answer.question, answer.reason)
        self._count(answer)
        return answer, state

    def _count(self, answer: Answer) -> None:
        outcome = "answered" if answer.answerable else answer.refusal or "none"
        self.metrics.answers.labels(answer.intent, outcome).inc()
        fields = {"intent": answer.intent, "outcome": outcome, "citations": len(answer.citations)}
        _LOG.info("answer", extra={"fields": fields})
