"""What all interfaces share: one assistant, its answers in a few threads, counted and kept as the page keeps them."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread

from assistant.access import Caller
from assistant.api.metrics import Metrics
from assistant.errors import BusyError, InputError
from assistant.keeping import Channel
from assistant.library.following import Follower
from assistant.schema import Answer, Hit, Scope
from assistant.service import Assistant
from assistant.state import State

Result = TypeVar("Result")
_LOG = logging.getLogger("wenzheng")
# Answers are computed, so more threads only make each slower; with a language model they mostly wait for it.
_THREADS, _THREADS_WAITING = 4, 16
_MOST = 260  # requests at work or waiting for it; the next is told when to come again
_SHARE = 4  # one caller has no more than such a part of them
_USUAL = 0.05  # seconds a request is taken to need, before there were any
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
        self._threads = _THREADS_WAITING if self.settings.llm_url else _THREADS
        self._answering = anyio.CapacityLimiter(self._threads)
        self._changing = anyio.CapacityLimiter(1)
        self.looking_up = anyio.CapacityLimiter(2)  # of who asks
        self._working, self._seconds = 0, _USUAL
        self._of: Counter[str] = Counter()  # those at work, by whose they are

    @contextmanager
    def at_work(self, named: str = "") -> Iterator[None]:
        """Counts a request among those at work; ``named``: whose it is, who has no more than a share of the places.

        Raises:
            BusyError: there are too many already; it says when there will be room.
        """
        wait = max(1.0, self._working * self._seconds / self._threads)
        hint = f"请{math.ceil(wait)}秒后再试"
        if self._working >= _MOST:
            raise BusyError("同时提问的人太多", hint=hint, retry_after=wait)
        if named and self._of[named] >= max(1, _MOST // _SHARE):
            raise BusyError("你同时提的问题太多", hint=hint, retry_after=wait)
        self._working += 1
        self._of[named] += 1
        start = time.perf_counter()
        try:
            yield
        finally:
            # What one request takes of the threads: its own time, shared with those beside it.
            spent = (time.perf_counter() - start) * self._threads / max(self._working, self._threads)
            self._seconds += 0.05 * (spent - self._seconds)
            self._working -= 1
            self._of[named] -= 1
            if not self._of[named]:
                del self._of[named]

    def state(self, caller: Caller) -> State:
        """What a caller may see."""
        return self.assistant.seen_by(caller.audience)

    async def run(self, work: Callable[[], Result]) -> Result:
        """What a piece of work gives, done in a thread beside a few others."""
        return await anyio.to_thread.run_sync(work, limiter=self._answering)

    async def each(self, lines: Iterator[str]) -> AsyncIterator[str]:
        """Likewise for what comes line by line: the thread is taken while one is made."""
        while (line := await self.run(lambda: next(lines, None))) is not None:
            yield line

    async def change(self, work: Callable[[], Result]) -> Result:
        """Likewise for what changes the library: one at a time, beside the answers."""
        return await anyio.to_thread.run_sync(work, limiter=self._changing)

    async def ask(
        self, caller: Caller, channel: Channel, question: str, history: History = (), scope: Scope | None = None
    ) -> tuple[Answer, State]:
        """The answer to a question, and the state that it rests on."""
        return await self.run(partial(self._ask, caller, channel, question, history, scope))

    async def search(self, caller: Caller, text: str, top_k: int, scope: Scope | None) -> tuple[list[Hit], State]:
        """The best rows for a text, and the state that they are of.

        Raises:
            InputError: a text longer than a question may be.
        """
        if len(text) > self.settings.max_question:
            raise InputError(f"要找的事太长（{len(text)}字）", hint=f"请缩短到{self.settings.max_question}字以内")

        def work() -> tuple[list[Hit], State]:
            state = self.state(caller)
            return state.search(text, top_k, scope), state

        return await self.run(work)

    async def compare(
        self, caller: Caller, topic: str, places: Sequence[str], years: Sequence[int], scope: Scope | None = None
    ) -> tuple[Answer, State]:
        """A comparison (see ``Assistant.compare``), and the state that it rests on."""

        def work() -> tuple[Answer, State]:
            state = self.state(caller)
            return state.compare(topic, places, years, scope), state

        answer, state = await self.run(work)
        self._count(answer)
        return answer, state

    async def vote(
        self, caller: Caller, question: str, rows: Sequence[str], helpful: bool, reason: str
    ) -> tuple[int, State]:
        """Keeps whether an answer helped; of ``rows`` only those that the caller may see. Its number, and the state."""

        def work() -> tuple[int, State]:
            state = self.state(caller)
            return self.assistant.store.feedback.vote(
                question, state.known(rows), helpful, reason, caller.user
            ).id, state

        return await self.run(work)

    def _ask(
        self, caller: Caller, channel: Channel, question: str, history: History, scope: Scope | None
    ) -> tuple[Answer, State]:
        state = self.state(caller)
        turns = [turn | {"content": turn["content"][:_LONGEST_TURN]} for turn in map(dict, history)]
        answer = state.ask(question, turns, scope)
        self.assistant.keeper.keep(answer, channel, caller.user)
        self._count(answer)
        return answer, state

    def _count(self, answer: Answer) -> None:
        self.metrics.answers.labels(answer.intent, answer.outcome).inc()
        fields = {"intent": answer.intent, "outcome": answer.outcome, "citations": len(answer.citations)}
        _LOG.info("answer", extra={"fields": fields})
