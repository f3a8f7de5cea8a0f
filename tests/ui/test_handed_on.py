"""Where several processes serve, the one that has the page knows of each request who sent it, from where, and if from here."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

import httpx
import pytest

from assistant import Assistant
from assistant.access import OWNER
from assistant.api.access import COOKIE, PEER
from tests.api.stage import INTERNAL, LETTERS, OF_LETTERS, PASSWORD, PUBLIC, library
from tests.ui.test_server import serve

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets")]
TRIES = 6  # connections, so that both processes are met
ASK = {"data": [f"{INTERNAL.name}平台谁牵头", []]}
FORGED = {PEER: "127.0.0.1", "X-Forwarded-For": "127.0.0.1"}


def asked(address: str, headers: dict[str, str]) -> list[httpx.Response]:
    """The answers of the page's process to one question, by as many connections."""
    return [httpx.post(f"{address}/gradio_api/run/ask", json=ASK, headers=headers, timeout=60) for _ in range(TRIES)]


def test_the_caller_is_handed_on(tmp_path: Path) -> None:
    assistant = library(tmp_path / "家", (PUBLIC, INTERNAL, OF_LETTERS))
    for name, role in (("root", "admin"), ("letters", "editor"), ("guest", "visitor")):
        assistant.access.add_user(name, PASSWORD, role, LETTERS)
    tokens = {name: assistant.access.sign_in(name, PASSWORD, "") for name in ("letters", "guest")}
    _, key = assistant.access.add_key("root", "页", ["read"], by=OWNER)
    assistant.store.database.close()
    with serve(tmp_path / "家", "--workers", "2") as (address, _):
        for headers, sees in (
            ({"Cookie": f"{COOKIE}={tokens['letters']}"}, True),
            ({"Authorization": f"Bearer {key}"}, True),
            ({"Cookie": f"{COOKIE}={tokens['guest']}"}, False),
            ({}, False),
            (FORGED, False),
        ):
            for reply in asked(address, headers):
                assert reply.status_code == 200 and (INTERNAL.lead in reply.json()["data"][0]["text"]) is sees
        for _ in range(TRIES):
            page = httpx.get(f"{address}/desk", timeout=60)
            assert page.status_code == 303 and page.headers["location"] == "./signin?next=/desk"


def test_this_machine_and_others_before_there_are_accounts(tmp_path: Path) -> None:
    """A forged word about where a request comes from makes nobody local, in whichever process it arrives."""
    assistant: Assistant = library(tmp_path / "家", (PUBLIC, INTERNAL))
    assistant.store.database.close()
    with serve(tmp_path / "家", "--workers", "2") as (address, _):

        def seen(headers: dict[str, str]) -> set[bool]:
            return {INTERNAL.lead in reply.json()["data"][0]["text"] for reply in asked(address, headers)}

        assert seen({}) == {True}  # straight from this machine, also through the other process
        assert seen({PEER: "203.0.113.9"}) == {True}  # what a client says of itself is dropped
        assert seen({"X-Forwarded-For": "203.0.113.9"}) == {False}
        assert seen({"X-Forwarded-For": "203.0.113.9"} | {PEER: "127.0.0.1"}) == {False}
    with serve(tmp_path / "家", "--workers", "2", "--open", host=_other_address()) as (address, _):
        for headers in ({}, {PEER: "127.0.0.1", "Host": "127.0.0.1"}, {"Host": "localhost", "X-Real-IP": "::1"}):
            replies = asked(address, headers)
            assert all(INTERNAL.lead not in reply.json()["data"][0]["text"] for reply in replies)
            for _ in range(TRIES):
                assert httpx.delete(f"{address}/api/v1/documents/{PUBLIC.id}", headers=headers).status_code == 403
                form = {"name": "a.txt", "size": "1"}
                assert (
                    httpx.post(f"{address}/ui/upload/publish", params=form, content=b"x", headers=headers).status_code
                    == 403
                )


def test_a_silent_proxy_is_not_this_machine_in_either_process(tmp_path: Path) -> None:
    """A request in HTTP/1.0 stays one of a proxy when it is handed on."""
    library(tmp_path / "家", (PUBLIC, INTERNAL)).store.database.close()
    body = json.dumps(ASK).encode()
    head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serve(tmp_path / "家", "--workers", "2") as (address, _):
        port = int(address.rpartition(":")[2])
        for version, sees in ((b"1.0", False), (b"1.1", True)):
            for _ in range(TRIES):
                with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
                    line = b"POST /gradio_api/run/ask HTTP/" + version + b"\r\nHost: localhost\r\nConnection: close\r\n"
                    one.sendall(line + head + body)
                    reply = b"".join(iter(lambda: one.recv(65536), b"")).decode()
                assert " 200 " in reply.splitlines()[0] and (INTERNAL.lead in reply) is sees


def test_the_page_is_made_and_counted_once(home: Path) -> None:
    """The header names the nonce of the body, whichever process takes the request, also below a prefix."""
    with serve(home, "--workers", "2") as (address, _):
        below = {"X-Forwarded-Prefix": "/gov"}
        for path, headers in (("/", {}), ("/gov/", below), ("/desk", below), ("/gov/library", below)):
            for _ in range(TRIES):
                page = httpx.get(f"{address}{path}", headers=headers, timeout=60)
                nonces = set(re.findall(r'<script nonce="([^"]+)">', page.text))
                assert page.status_code == 200 and len(page.headers.get_list("x-request-id")) == 1
                assert [f"'nonce-{nonce}'" in page.headers["content-security-policy"] for nonce in nonces] == [True]
        assert httpx.get(f"{address}/gov/api/v1/me", headers=below).json()["via"] == "open"
        lines = httpx.get(f"{address}/metrics").text.splitlines()
        counted = [line for line in lines if "requests_total{" in line and 'route="page"' in line]
        assert sum(float(line.split()[-1]) for line in counted) == 4 * TRIES, counted


def _other_address() -> str:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found = str(probe.getsockname()[0])
        except OSError:
            found = "127.0.0.1"
    if found.startswith("127.") or os.name != "posix":
        pytest.skip("this machine has no other address")
    return found
