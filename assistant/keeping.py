"""What is kept of questions, and for how long: masked, never in the way of an answer (个人信息保护法 第十九条)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Literal

from assistant.errors import StoreError
from assistant.schema import Answer
from assistant.settings import Settings
from assistant.store import Store

Channel = Literal["chat", "rest", "mcp", "openai", "gradio"]
_LOG = logging.getLogger("wenzheng")
_HOUR = 3600.0
_SAY_AGAIN = 60.0  # seconds after which it is said again that nothing can be kept


class Keeper:
    """The question log of a store, within the settings."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._said = -_SAY_AGAIN

    def keep(self, answer: Answer, channel: Channel, user: int | None = None) -> None:
        """Keeps a question and what became of it, in one step that outlives the process, but not a power cut. Where that
        fails (a full disk, a home that cannot be written), the log says so now and then, and the answer is given all
        the same.
        """
        logged = self._settings.keep_questions_days > 0
        if not answer.question or not (logged or answer.reason):
            return
        rows = tuple(citation.row for citation in answer.citations)
        asked = (channel, answer.question, answer.intent, answer.outcome, rows, user)
        try:
            with self._store.database.writing(durable=False) as connection:
                if answer.reason:
                    self._store.feedback.unanswered(connection, answer.question, answer.reason, user)
                if logged:
                    self._store.questions.add(connection, *asked)
        except StoreError as error:
            moment = time.monotonic()
            if moment - self._said >= _SAY_AGAIN:
                self._said = moment
                _LOG.error("提问没有记下来：%s", error)

    def forget_old(self) -> dict[str, int]:
        """Removes what is older than the settings allow; how much that was, which the audit log says where it was anything.

        Raises:
            StoreError: the database cannot be written.
        """
        if not self._store.database.exists:
            return {"questions": 0, "feedback": 0}
        store, settings = self._store, self._settings
        with store.database.writing() as connection:
            forgotten = {
                "questions": store.questions.forget(connection, _before(settings.keep_questions_days)),
                "feedback": store.feedback.forget(connection, _before(settings.keep_feedback_days)),
            }
            if any(forgotten.values()):
                store.audit.add_within(connection, "local", "privacy.forget", "expired", forgotten)
        return forgotten


@contextmanager
def forgetting(keeper: Keeper) -> Iterator[None]:
    """While entered, what is too old goes: at once and every hour, in a thread of its own."""
    stop = threading.Event()

    def work() -> None:
        while True:
            try:
                keeper.forget_old()
            except Exception as error:  # a thread that ended would forget nothing any more
                expected = isinstance(error, StoreError)
                _LOG.error("过期的记录没有清除：%s", error, exc_info=None if expected else error)
            if stop.wait(_HOUR):
                return

    thread = threading.Thread(target=work, name="wenzheng-forget", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _before(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
