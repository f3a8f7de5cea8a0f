"""Following a library that other processes publish: a look at one file every second, loading in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from assistant.errors import AssistantError

_LOG = logging.getLogger("wenzheng")
INTERVAL = 1.0  # seconds between looks at the file
RETRY = 30.0  # seconds after which a library that could not be loaded is tried again, though it did not change

Signature = tuple[int, int, int] | None


class Follower:
    """Calls ``load`` in a thread whenever a file has changed, until stopped; what fails is logged once a change.

    Nothing that answers waits for it. Use as a context manager.
    """

    def __init__(self, file: Path, load: Callable[[], None]) -> None:
        self._file = file
        self._load = load
        self._seen: Signature = None
        self._failed_at: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wenzheng-follow", daemon=True)

    @property
    def failing(self) -> bool:
        """Whether the library as it is now could not be loaded, so that an older one is served."""
        return self._failed_at is not None

    def __enter__(self) -> Follower:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL):
            self.look()

    def look(self) -> None:
        """One look at the file."""
        now = _signature(self._file)
        waited = self._failed_at is not None and time.monotonic() - self._failed_at >= RETRY
        if now == self._seen and not waited:
            return
        known = now == self._seen
        try:
            self._load()
        except Exception as error:
            if _signature(self._file) != now:
                return  # it changed while it was loaded: the next look takes the new one
            if not known:
                expected = isinstance(error, AssistantError)
                _LOG.error("新的索引不能用，继续使用原来的：%s", error, exc_info=None if expected else error)
            self._failed_at = time.monotonic()
        else:
            self._failed_at = None
        self._seen = now


def _signature(file: Path) -> Signature:
    """What changes whenever the file is replaced; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
