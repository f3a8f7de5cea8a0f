"""Structured logs: one line a request under an id that the reply carries; JSON where the setting says so.

Personal data in what is said is masked, also in tracebacks, which may quote a question.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import uuid
from contextvars import ContextVar, Token
from datetime import UTC, datetime

from assistant.privacy import mask

_ID: ContextVar[str] = ContextVar("request_id", default="")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LOGGERS = ("wenzheng", "uvicorn", "mcp")


def request_id() -> str:
    """The id of the request in hand; empty where there is none."""
    return _ID.get()


def take_id(given: str | None) -> Token[str]:
    """Takes the id that a proxy or client gave, where it is a plain one, else makes one; ``drop_id`` ends it."""
    return _ID.set(given if given and _GIVEN.fullmatch(given) else uuid.uuid4().hex)


def drop_id(token: Token[str]) -> None:
    """Ends a request's id."""
    _ID.reset(token)


class _Lines(logging.Formatter):
    """A line for people: time, level, request, what, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={_plain(value)}" for name, value in getattr(record, "fields", {}).items())
        parts = (
            _time(record),
            record.levelname,
            request_id()[:12],
            " ".join(mask(record.getMessage()).splitlines()),
            fields,
        )
        line = " ".join(filter(None, parts))
        return f"{line}\n{mask(self.formatException(record.exc_info))}" if record.exc_info else line


class _Json(logging.Formatter):
    """A line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name}
        line |= {"message": mask(record.getMessage())}
        line |= {"request_id": request_id()} if request_id() else {}
        line |= getattr(record, "fields", {})
        line |= {"exception": mask(self.formatException(record.exc_info))} if record.exc_info else {}
        return json.dumps(line, ensure_ascii=False, default=str)


def _plain(value: object) -> str:
    """A value as it is; as a JSON string where it could pass for more than one value or line."""
    text = str(value)
    return text if text.isprintable() and " " not in text else json.dumps(text)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def configure(as_json: bool) -> None:
    """Sends the log of a serving process to stderr: requests and what is above, of libraries only warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if as_json else _Lines())
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name == "wenzheng" else logging.WARNING)
