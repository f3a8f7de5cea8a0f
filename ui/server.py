"""Running the application: one socket, one process or several, until stopped; running answers are finished first."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from assistant.api import logs
from assistant.api.metrics import SHARED
from assistant.errors import InputError
from assistant.service import Assistant
from assistant.settings import TABLE, Settings
from ui.app import create_app
from ui.pinned import pin

_FINISH = 10  # seconds for running answers when stopped, beside what a language model may take


def serve(assistant: Assistant, started: Callable[[], None] = lambda: None) -> None:
    """Serves until stopped; ``started`` is called once the address is taken.

    Raises:
        InputError: the address cannot be used.
    """
    settings = assistant.settings
    listening = listen(settings.host, settings.port)
    with listening, _environment(settings):
        logs.configure(settings.log == "json")
        started()
        if settings.workers == 1:
            with suppress(KeyboardInterrupt):
                uvicorn.Server(_config(lambda: _closing(create_app(assistant)), settings)).run([listening])
        else:
            config = _config("ui.server:worker", settings)
            Multiprocess(config, sockets=[listening]).run()


def worker() -> FastAPI:
    """The application of one of several processes, with the settings that its parent left in the environment."""
    settings = Settings.from_env()
    logs.configure(settings.log == "json")
    app = create_app(Assistant.open(settings=settings))
    # Without Unix sockets each process serves a page of its own.
    return _closing(pin(app, Path(os.environ[SHARED])) if hasattr(socket, "AF_UNIX") else app)


def _closing(app: FastAPI) -> FastAPI:
    """Makes an application say that it is closing as soon as its process is told to stop: it is not ready any more,
    and the connections by which open pages show that they are there end, which would hold it up.
    """
    inner = app.router.lifespan_context

    def close() -> None:
        app.state.serving.closing = True
        for route in app.routes:
            stop = getattr(getattr(route, "app", None), "stop_event", None)
            if stop is not None:
                stop.set()

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncIterator[Any]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _first(close, signal.getsignal(number)))
        async with inner(started) as state:
            yield state

    app.router.lifespan_context = lifespan
    return app


def _first(work: Callable[[], None], then: Any) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        work()
        if callable(then):
            then(number, frame)

    return handle


def _config(made: Callable[[], FastAPI] | str, settings: Settings) -> uvicorn.Config:
    """``made``: what gives the application once the event loop runs, which Gradio wants; or its import path."""
    return uvicorn.Config(
        made,
        factory=True,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whom to believe about where a request comes from is for assistant.api.access to say
        ws="none",  # an answer of ours refuses what wants to become a WebSocket
        timeout_graceful_shutdown=_FINISH + (settings.llm_seconds if settings.llm_url else 0),
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; ``::`` takes IPv4 as well.

    Raises:
        InputError: the address is taken or not of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = found[0] == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(found[4], family=found[0], backlog=2048, dualstack_ipv6=both)
    except OSError as error:
        raise InputError(f"无法使用地址 {host}:{port}（{error.strerror}）", hint="请用 --port 换一个端口") from None


@contextmanager
def _environment(settings: Settings) -> Iterator[None]:
    """What further processes need: the settings, and a folder in which their counters add up."""
    if settings.workers == 1:
        yield
        return
    given = {each.variable: str(getattr(settings, each.name)) for each in TABLE if each.name != "today"}
    given["WENZHENG_TODAY"] = settings.set_day.isoformat() if settings.set_day else ""
    with tempfile.TemporaryDirectory(prefix="wenzheng-") as folder:
        os.environ |= {**given, SHARED: folder}
        yield
