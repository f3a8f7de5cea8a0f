"""The server under load, on loopback: steady questions, saturation, publishing meanwhile, hostile requests. ``make soak``.

Bounded: a minute at the rate of an office, half a minute as fast as it goes, a hundred publications, ten thousand
requests by schemathesis.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant.library.catalogue import shipped_corpus
from assistant.service import Assistant
from assistant.settings import Settings
from eval.bench import QUESTIONS, machine
from ui.server import listen

CLIENTS, EVERY, STEADY = 50, 3.0, 60.0  # clients, seconds between the questions of one, seconds in all
WARM_UP = 15.0
SATURATED, AT_ONCE = 30.0, 16  # seconds, connections that ask without pause
PUBLICATIONS = 100
FUZZED = 10_000
_SLOWEST, _GROWTH = 0.250, 1.05  # what must hold: p95 of an answer in seconds, memory after the warm-up
Expected = Mapping[str, Mapping[str, Any]]  # snapshot → question → answer


@dataclass
class Tally:
    """What a stretch of load saw; each thread appends."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    served: dict[str, int] = field(default_factory=dict)

    def p(self, share: float) -> float:
        """A quantile of the durations, in milliseconds."""
        return float(np.quantile(self.seconds, share)) * 1e3


@contextmanager
def server(home: Path) -> Iterator[tuple[int, int]]:
    """A running ``wenzheng serve``: its port and process id."""
    with listen("127.0.0.1", 0) as probe:
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--home", str(home)]
    with (home / "serve.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            while _snapshot(port) is None:
                if process.poll() is not None:
                    raise SystemExit("服务没有启动")
                time.sleep(0.1)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(timeout=60)


def _snapshot(port: int) -> str | None:
    """The snapshot that is served; None where nothing is."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/readyz")
        found: str = json.loads(connection.getresponse().read())["snapshot"]
    except OSError:
        return None
    connection.close()
    return found


def asked(port: int, expected: Expected, seconds: float, clients: int, every: float, until: threading.Event) -> Tally:
    """Clients that ask in turn, each every few seconds (0: without pause); each answer must be that of its snapshot."""
    tally, end = Tally(), time.monotonic() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        until.wait(every * number / clients)
        turn = number
        while time.monotonic() < end and not until.is_set():
            question = QUESTIONS[turn % len(QUESTIONS)]
            turn += 1
            start = time.perf_counter()
            try:
                said = _ask(connection, question, expected, tally)
            except (OSError, http.client.HTTPException, ValueError) as error:
                said = repr(error)
                connection.close()
            took = time.perf_counter() - start
            tally.seconds.append(took)
            if said:
                tally.wrong.append(f"{question}: {said}")
            if every:
                until.wait(max(every - took, 0.0))
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def _ask(connection: http.client.HTTPConnection, question: str, expected: Expected, tally: Tally) -> str:
    """Asks; what is wrong with the reply, or nothing."""
    body = json.dumps({"question": question})
    connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    given, name = json.loads(reply.read()), reply.headers["X-Wenzheng-Snapshot"]
    if reply.status != http.client.OK:
        return f"{reply.status} {given}"
    tally.served[name] = tally.served.get(name, 0) + 1
    return "" if given == expected[name][question] else f"不是索引 {name} 的回答"


def resident_mb(process: int) -> float:
    """Resident memory of a process in megabytes (Linux)."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _answers(assistant: Assistant) -> dict[str, Any]:
    return {question: assistant.ask(question).to_dict() for question in QUESTIONS}


def published(port: int, assistant: Assistant, expected: Expected) -> tuple[Tally, int]:
    """Publications while clients ask: one by another process, which the server follows, the next by its own interface.
    How many were served before the next one came is counted.
    """
    removed = assistant.documents()[0].id
    file = shipped_corpus() / f"{removed}.yaml"
    stop, tallies, served = threading.Event(), [], 0
    load = threading.Thread(target=lambda: tallies.append(asked(port, expected, 3_600, CLIENTS, EVERY, stop)))
    load.start()
    for number in range(PUBLICATIONS):
        before = _snapshot(port)
        if number % 2:
            assistant.refresh()
            assistant.add(file)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            connection.request("DELETE", f"/api/v1/documents/{removed}")
            if (status := connection.getresponse().status) != http.client.NO_CONTENT:
                raise SystemExit(f"移除文件得到 {status}")
            connection.close()
        end = time.monotonic() + 30
        while _snapshot(port) == before and time.monotonic() < end:
            time.sleep(0.05)
        served += _snapshot(port) != before
    stop.set()
    load.join()
    return tallies[0], served


def fuzzed(port: int, folder: Path) -> str:
    """Schemathesis on all reading operations; its last line."""
    options = "--max-examples 420 --seed 1 --workers 2 --no-color --checks all --exclude-checks=positive_data_acceptance --exclude-path=/api/v1/documents --max-time 900"
    address = f"http://127.0.0.1:{port}/api/v1/openapi.json"
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", address, *options.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    counted = re.search(r"([\d,]+) generated, ([\d,]+) passed", done.stdout)
    if done.returncode or counted is None:
        raise SystemExit(done.stdout[-4000:])
    if int(counted[1].replace(",", "")) < FUZZED:
        raise SystemExit(f"schemathesis 只发出了 {counted[1]} 个请求")
    return f"schemathesis：{counted[1]} 个请求，全部符合，没有 500"


def main() -> None:
    """Runs all and prints a line each; fails where something was wrong, slow, or grew."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        assistant = Assistant.open(settings=Settings.from_env({}, home=home))
        expected = {assistant.state.name: _answers(assistant)}
        file = shipped_corpus() / f"{assistant.documents()[0].id}.yaml"
        assistant.remove(file.stem)
        expected[assistant.state.name] = _answers(assistant)
        assistant.add(file)
        expected[assistant.state.name] = _answers(assistant)
        never = threading.Event()
        with server(home) as (port, process):
            asked(port, expected, WARM_UP, CLIENTS, EVERY, never)
            before = resident_mb(process)
            steady = asked(port, expected, STEADY, CLIENTS, EVERY, never)
            grown = resident_mb(process) / before
            print(
                f"{CLIENTS} 个用户各每 {EVERY:.0f} 秒一问，{STEADY:.0f} 秒：{len(steady.seconds)} 个回答，错误 {len(steady.wrong)}，"
                f"中位数 {steady.p(0.5):.0f} 毫秒，p95 {steady.p(0.95):.0f} 毫秒，最长 {steady.p(1):.0f} 毫秒；内存 {before:.0f} MB，变为 {grown:.3f} 倍"
            )
            full = asked(port, expected, SATURATED, AT_ONCE, 0, never)
            print(
                f"{AT_ONCE} 个连接不停地问，{SATURATED:.0f} 秒：每秒 {len(full.seconds) / SATURATED:.0f} 个回答，错误 {len(full.wrong)}，"
                f"p95 {full.p(0.95):.0f} 毫秒；内存 {resident_mb(process):.0f} MB"
            )
            under, served = published(port, assistant, expected)
            print(
                f"同时发布 {PUBLICATIONS} 次（一半由另一进程），生效 {served} 次：{len(under.seconds)} 个回答，错误和混杂 {len(under.wrong)}，"
                f"p95 {under.p(0.95):.0f} 毫秒；出现过 {len(under.served)} 个索引；内存 {resident_mb(process):.0f} MB"
            )
            print(fuzzed(port, home))
        wrong = steady.wrong + full.wrong + under.wrong
    print(machine())
    if wrong or steady.p(0.95) > _SLOWEST * 1e3 or grown > _GROWTH or served != PUBLICATIONS:
        raise SystemExit("\n".join(wrong[:5]) or "没有达到要求")


if __name__ == "__main__":
    main()
