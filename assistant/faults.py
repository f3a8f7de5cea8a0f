"""Faults of ours: kept in a log under an id, never shown raw."""

from __future__ import annotations

import logging
import os
import tempfile
import uuid
from pathlib import Path

from assistant.errors import AssistantError
from assistant.home import make_home
from assistant.privacy import mask
from assistant.settings import Settings


def record_fault(home: Path | None = None) -> str:
    """Keeps the traceback of the exception in flight (see ``keep_fault``); returns what to tell people."""
    fault, log = keep_fault(home)
    return f"程序内部故障（编号 {fault}），详情见 {log}；请把编号告诉维护人员"


def told(error: Exception, home: Path) -> str:
    """What to tell those who ask from elsewhere of an exception in flight: an expected one without the places of this
    machine, a fault of ours under its id.
    """
    if isinstance(error, AssistantError):
        return error.outside
    fault, _ = keep_fault(home)
    return f"程序内部故障（编号 {fault}）；请把编号告诉维护人员"


def keep_fault(home: Path | None = None) -> tuple[str, Path]:
    """Appends the traceback of the exception in flight to ``HOME/wenzheng.log``; returns its id and the log."""
    fault = uuid.uuid4().hex[:8]
    log = _folder(home) / "wenzheng.log"
    handler = logging.FileHandler(log, encoding="utf-8")
    handler.setFormatter(_Masked("%(asctime)s %(message)s"))
    logger = logging.getLogger("wenzheng")
    logger.addHandler(handler)
    logger.exception("fault %s", fault)
    logger.removeHandler(handler)
    handler.close()
    return fault, log


class _Masked(logging.Formatter):
    """Lines in which personal data is masked: a traceback may quote what somebody asked."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def _folder(home: Path | None) -> Path:
    """The home folder, or the system's folder for temporary files where it cannot be written."""
    try:
        folder = home or Settings.from_env().home
        make_home(folder)
        return folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())
    except (AssistantError, OSError):
        return Path(tempfile.gettempdir())
