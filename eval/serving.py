"""A server of its own process over a home folder that is thrown away, for measuring the pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

_WAIT = 120  # seconds that a server may take to start


@contextmanager
def served() -> Iterator[int]:
    """The port of a running ``wenzheng serve`` on the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--home", home]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WENZHENG_")}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
            try:
                _started(server, port)
                yield port
            finally:
                server.terminate()


def _started(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("服务没有启动")
