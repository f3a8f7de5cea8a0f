"""What hostile clients put on the wire of a running server: paths, targets, headers and uploads as no library sends them."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import pytest

from assistant.api.access import COOKIE, PEER
from tests.api.conftest import serving
from tests.api.stage import OF_DATA, Stage, with_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting"),
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning"
    ),  # a form that ends too soon stays open
]
DESK, FILES = "/desk", "/api/v1/audit"


@pytest.fixture(scope="module")
def strict(shown: Stage, who: Any) -> Iterator[str]:
    """A server on which one must sign in for anything."""
    with serving(with_settings(shown.assistant, sign_in="required", rate=100_000, max_file_mb=2)) as address:
        yield address


def said(address: str, *lines: str | bytes, body: bytes = b"") -> tuple[int, str]:
    """The status and text that a server gives to these very lines."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    head = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in (*lines, "Connection: close"))
    with closing(socket.create_connection((host, port), timeout=20)) as line:
        line.sendall(head + b"\r\n\r\n" + body)
        reply = b""
        while piece := line.recv(65536):
            reply += piece
    status = int(reply.split(b" ", 2)[1]) if reply.startswith(b"HTTP/") else 0
    return status, reply.decode(errors="replace")


@pytest.mark.parametrize(
    "path", ["/api/v1/documents", "/desk", "/config", "/ui/library", "/gradio_api/info", "/metrics"]
)
def test_no_way_of_writing_a_path_leads_past_the_gate(strict: str, path: str) -> None:
    first, rest = path[1], path[2:]
    ways = [
        *(f"/{path}", f"/.{path}", f"/x/..{path}", f"/x/%2e%2e{path}", f"/wz/..{path}", f"/wz/%2e%2e{path}", f"/static/..{path}"),
        *(f"{path}/", f"{path}//", f"{path}/.", f"{path}%2f", f"{path};a=b", f"{path}..;/", f"{path}%00", f"{path}%0a", f"{path}%20"),
        *(path.upper(), f"/%{ord(first):02x}{rest}", f"/%25{ord(first):02x}{rest}", path.replace("/", "%2f"), path.replace("/", "\\")),
        *(f"http://127.0.0.1{path}", f"http://evil.example{path}", f"//evil.example{path}", f"{path}?x=/healthz", f"/healthz{path}"),
        *(f"/healthz/..{path}", f"/svelte/..%2f..{path}", f"/signin{path}", f"{path}#/healthz", f"/wz{path}", f"/assets/%2e%2e%2f{path}"),
    ]  # fmt: skip
    for way in ways:
        for header in ("X-A: b", "X-Forwarded-Prefix: /wz", f"X-Original-URL: {path}", f"X-Rewrite-URL: {path}"):
            status, text = said(strict, f"GET {way} HTTP/1.1", "Host: 127.0.0.1", header)
            assert status in (301, 303, 400, 401, 403, 404, 405), (way, header, status)
            assert "wenzheng_" not in text and '"components"' not in text and OF_DATA.id not in text


def test_prefixes_and_methods(strict: str) -> None:
    for path in ("/wz/api/v1/documents", "/api/v1/documents"):
        for prefix in ("/wz", "/api", "/api/v1", "/wz/", "//evil.example", "/..", "/wz/../x", "http://evil"):
            status, text = said(strict, f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"X-Forwarded-Prefix: {prefix}")
            assert status in (401, 404) and "Traceback" not in text, (path, prefix, status)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        status, _ = said(strict, "GET /api/v1/documents/changde-2024 HTTP/1.1", "Host: 127.0.0.1", f"{name}: DELETE")
        assert status == 405
    for method in ("get", "GETT", "CONNECT", "TRACE", "PROPFIND", "OPTIONS", "PATCH"):
        status, _ = said(strict, f"{method} /api/v1/documents HTTP/1.1", "Host: 127.0.0.1")
        assert status in (400, 405), (method, status)
    location = httpx.get(f"{strict}{DESK}", headers={"X-Forwarded-Host": "evil.example"}).headers["location"]
    assert location == "./signin?next=/desk"


@pytest.mark.parametrize(
    "lines",
    [
        ["Host: 127.0.0.1", "X-Big: " + "x" * 70_000],
        ["Host: 127.0.0.1", *[f"X-{n}: y" for n in range(3000)]],
        ["Host: 127.0.0.1", "Host: evil.example"],
        ["Host: 127.0.0.1", "Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Host: 127.0.0.1", "Content-Length: 5", "Content-Length: 6"],
        ["Host: 127.0.0.1", "Content-Length: -1"],
        ["Host: 127.0.0.1", "Transfer-Encoding: xchunked"],
        ["Host: 127.0.0.1", f"{PEER}: 127.0.0.1"],
        ["Host: 127.0.0.1", b"Cookie: " + COOKIE.encode() + b"=\xff\xfe"],
        ["Host: 127.0.0.1", b"Authorization: Bearer \xe9\xff"],
        ["Host: 127.0.0.1", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"],
        ["X-No-Host: 1"],
        [" folded: x"],
    ],
)  # fmt: skip
def test_headers_that_are_none(strict: str, lines: list[str | bytes]) -> None:
    status, text = said(strict, f"GET {FILES} HTTP/1.1", *lines, body=b"0\r\n\r\n")
    assert status in (400, 401, 431) and "Traceback" not in text
    assert httpx.get(f"{strict}/healthz").status_code == 200


def _zip(name: str, size: int) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as bomb:
        bomb.writestr(name, b"<a>" * (size // 3))
    return stream.getvalue()


def test_uploads_that_are_none(strict: str, shown: Stage, who: Any) -> None:
    before = shown.assistant.state.name
    with httpx.Client(base_url=strict, headers=who["editor"], timeout=60) as client:

        def post(content: Any, kind: str = "multipart/form-data; boundary=b", **headers: str) -> httpx.Response:
            return client.post("/api/v1/documents", content=content, headers={"Content-Type": kind, **headers})

        part = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\nx\r\n'
        many = "".join(part.format(f"f{n}", "") for n in range(3000)) + "--b--\r\n"
        files = "".join(part.format("file", f'; filename="{n}.txt"') for n in range(3000)) + "--b--\r\n"
        bodies = [
            post(many),
            post(files),
            post(b"", "multipart/form-data"),
            post(b"x" * 1000),
            post(b"--b\r\n" + b"X" * 100_000),
            post(part.format("file", '; filename="a.txt"')),  # no end
            post(b"\xff" * 5000, "multipart/form-data; boundary=" + "b" * 300),
            post(b"x", "application/json"),
            post(part.format("file", "; filename*=UTF-8''%00%0a%e2%80%aea.txt") + "--b--\r\n"),
        ]
        assert [each.status_code for each in bodies if not 400 <= each.status_code < 500] == []
        for name, content in (
            ("bomb.docx", _zip("word/document.xml", 600_000_000)),
            ("bomb.xlsx", _zip("xl/workbook.xml", 600_000_000)),
            ("nul\0.docx", b"PK\x03\x04"),
            ("\u202etxt.exe", b"MZ"),
            ("=cmd|' /C calc'!A0.txt", b"x"),
            ("a\r\nX-Evil: 1.txt", b"x"),
            ("big.txt", b"x" * 2_200_000),
        ):
            started = time.monotonic()
            reply = client.post("/api/v1/documents", files={"file": (name, content)}, data={"publish": "false"})
            assert reply.status_code in (400, 413, 422), (name, reply.text)
            assert "x-evil" not in reply.headers and "Traceback" not in reply.text and time.monotonic() - started < 30
            assert "\u202e" not in reply.text and "\0" not in reply.text, name
        length = "Content-Length: 2000000"
        status, _ = said(strict, "POST /api/v1/documents HTTP/1.1", "Host: 127.0.0.1", length)
        assert status == 401  # who may not is told so before anything is read
    assert shown.assistant.state.name == before
    assert httpx.get(f"{strict}/healthz").status_code == 200
