"""The server as people run it: processes, signals, both families of addresses, publishing under it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from assistant import Assistant
from assistant.errors import InputError
from tests.conftest import CORPUS, ROOT, TODAY, settings_for
from ui.server import listen

PLATFORM = "湘西州政策问答平台由谁牵头，什么时候完成？"
TRADE = "娄底政务云由谁牵头？"


@contextmanager
def serve(
    home: Path, *options: str, host: str = "127.0.0.1", **environment: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running ``wenzheng serve``: its address and process."""
    with listen(host, 0) as probe:
        port = str(probe.getsockname()[1])
    name = f"[{host}]" if ":" in host else host
    command = [
        sys.executable,
        "-m",
        "assistant",
        "serve",
        "--host",
        host,
        "--port",
        port,
        "--home",
        str(home),
        *options,
    ]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"WENZHENG_TODAY": TODAY} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        address = f"http://{name}:{port}"
        for _ in range(600):
            try:
                if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.1)
        try:
            yield address, process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=30)


def test_addresses() -> None:
    with listen("127.0.0.1", 0) as held, pytest.raises(InputError, match="--port"):
        listen("127.0.0.1", held.getsockname()[1])
    with pytest.raises(InputError, match="没有的"):
        listen("没有的.invalid", 7860)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_all_addresses_of_both_families() -> None:
    with listen("::", 0) as both:
        port = both.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=5).close()
    with listen("::1", 0) as six:
        assert six.family == socket.AF_INET6


@pytest.mark.slow
@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_ipv6_prefix_and_json_log(home: Path) -> None:
    with serve(home, "--root-path", "/wz", host="::1", WENZHENG_LOG="json") as (address, process):
        reply = httpx.post(f"{address}/wz/api/v1/ask", json={"question": TRADE}, headers={"X-Request-ID": "six"})
        assert reply.status_code == 200 and reply.json()["answerable"]
        process.terminate()
        _, said = process.communicate(timeout=30)
    lines = [json.loads(line) for line in said.splitlines()]
    answer, request = [line for line in lines if line.get("request_id") == "six"]
    assert (answer["message"], answer["outcome"], answer["intent"]) == ("answer", "answered", "responsible")
    assert (request["path"], request["status"], request["client"]) == ("/api/v1/ask", 200, "::1")
    assert TRADE not in said  # what people ask is not written to the log


@pytest.mark.slow
def test_stopping_finishes_running_requests_and_takes_no_more(home: Path) -> None:
    """A request that is half sent when the server is told to stop still gets its answer."""
    body = json.dumps({"question": TRADE}).encode()
    begun, told = threading.Event(), threading.Event()

    def halves() -> Iterator[bytes]:
        yield body[:10]
        begun.set()
        told.wait(30)
        yield body[10:]

    replies: list[httpx.Response] = []

    def ask(address: str) -> None:
        headers = {"Content-Type": "application/json"}
        replies.append(httpx.post(f"{address}/api/v1/ask", content=halves(), headers=headers, timeout=60))

    with serve(home) as (address, process):
        with httpx.stream("GET", f"{address}/gradio_api/heartbeat/abc", timeout=30) as page:
            alive = page.iter_raw()  # an open page must not hold it up
            assert next(alive)
            running = threading.Thread(target=ask, args=(address,))
            running.start()
            assert begun.wait(30)
            for _ in range(300):
                if _metric(address, "wenzheng_requests_running").endswith(" 3.0"):  # page, question, this one
                    break
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            for _ in range(300):
                if _refused(address):
                    break
                time.sleep(0.02)
            assert _refused(address) and process.poll() is None
            told.set()
            running.join(timeout=30)
            process.communicate(timeout=30)
        assert [reply.status_code for reply in replies] == [200]
        assert replies[0].json()["citations"][0]["row"] == "loudi-2023/1/6"


def _refused(address: str) -> bool:
    try:
        httpx.get(f"{address}/healthz", timeout=5)
    except httpx.TransportError:
        return True
    return False


def _metric(address: str, name: str) -> str:
    return next(line for line in httpx.get(f"{address}/metrics").text.splitlines() if line.startswith(f"{name} "))


@pytest.mark.slow
def test_several_processes_follow_what_another_one_publishes(home: Path) -> None:
    """No answer is dropped, none mixes two libraries, and in the end every process serves the new one."""
    other = Assistant.open(settings=settings_for(home))
    expected = {other.state.name: {question: other.ask(question).to_dict() for question in (PLATFORM, TRADE)}}
    with serve(home, "--workers", "2") as (address, _):
        stop = threading.Event()
        served: dict[str, int] = {}
        wrong: list[object] = []

        def ask() -> None:
            while not stop.is_set():
                for question in (PLATFORM, TRADE):  # a connection each, so that both processes are met
                    reply = httpx.post(f"{address}/api/v1/ask", json={"question": question}, timeout=30)
                    name = reply.headers.get("x-wenzheng-snapshot", "")
                    served[name] = served.get(name, 0) + 1
                    if reply.status_code != 200 or (name in expected and reply.json() != expected[name][question]):
                        wrong.append(reply.text)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        other.remove("loudi-2023")
        last = other.state.name
        expected[last] = {question: other.ask(question).to_dict() for question in (PLATFORM, TRADE)}
        following: set[str] = set()
        for _ in range(100):
            following = {httpx.get(f"{address}/healthz").json()["snapshot"] for _ in range(12)}
            if following == {last}:
                break
            time.sleep(0.1)
        stop.set()
        for thread in threads:
            thread.join()
        assert following == {last} and wrong == [] and set(served) == set(expected)
        total = sum(
            float(line.split()[-1])
            for line in httpx.get(f"{address}/metrics").text.splitlines()
            if 'route="/api/v1/ask"' in line and "requests_total" in line
        )
        assert total == sum(served.values())  # the processes count together
    other.add(CORPUS / "loudi-2023.yaml")


@pytest.mark.slow
def test_the_page_belongs_to_one_of_several_processes(home: Path) -> None:
    """What a page asks in one connection it gets in another, whichever process takes them; open pages end with it."""
    with serve(home, "--workers", "3") as (address, process):
        for _ in range(8):
            joined = httpx.post(f"{address}/gradio_api/call/ask", json={"data": [TRADE, []]}, timeout=30)
            event = joined.json()["event_id"]
            given = httpx.get(f"{address}/gradio_api/call/ask/{event}", timeout=30)
            assert given.status_code == 200 and "event: complete" in given.text, given.text
            assert "loudi-2023/1/6" in given.text
        for _ in range(8):  # whoever hands a page's request on says where it came from
            assert 'name="file"' in httpx.get(f"{address}/ui/library", timeout=30).text
        page = httpx.get(address, headers={"Accept-Encoding": "gzip"})
        assert page.status_code == 200 and 'lang="zh-CN"' in page.text
        assert httpx.get(f"{address}/nothing").status_code == 404
        streams = [httpx.Client(base_url=address, timeout=30) for _ in range(6)]
        opened = [
            client.send(client.build_request("GET", "/gradio_api/heartbeat/abc"), stream=True) for client in streams
        ]
        alive = [reply.iter_raw() for reply in opened]
        assert all(map(next, alive))
        process.terminate()
        process.communicate(timeout=30)
        for client in streams:
            client.close()
