"""Adding and removing over REST: from this machine only, and what is published serves at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.requests import HTTPConnection

from assistant import Assistant
from assistant.api.access import is_local
from tests.api.conftest import serving
from tests.api.test_rest import error
from tests.conftest import settings_for
from tests.parse.documents import PROSE
from tests.test_service import open_at, state

pytestmark = pytest.mark.slow

NAME = "常德 要点😀.txt"
FILE = {"file": (NAME, PROSE.encode())}
PATH = "/api/v1/documents"


@pytest.fixture
def opened(home: Path) -> Assistant:
    return open_at(home)


@pytest.fixture
def here(opened: Assistant) -> Iterator[httpx.Client]:
    with serving(opened) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_upload_ask_remove(here: httpx.Client, opened: Assistant, home: Path) -> None:
    kept = state(home)
    looked = here.post(PATH, files=FILE, data={"publish": "false"})
    assert looked.status_code == 200 and looked.json()["outcome"] == "parsed"
    assert (looked.json()["rows"], looked.json()["report"]["level"]) == (3, "ok") and state(home) == kept
    before = here.get("/healthz").json()["snapshot"]
    added = here.post(PATH, files=FILE)
    assert added.status_code == 201
    assert added.json() == looked.json() | {"outcome": "added"}
    assert added.json()["document"]["id"] == "changde-2024"
    answer = here.post("/api/v1/ask", json={"question": "常德周末延时服务谁牵头？"})
    assert [each["row"] for each in answer.json()["citations"]] == ["changde-2024/1/1"]
    assert answer.json()["citations"][0]["locator"]["file"] == NAME
    assert answer.headers["x-wenzheng-snapshot"] == here.get("/healthz").json()["snapshot"] != before
    again = here.post(PATH, files=FILE)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    assert here.delete(f"{PATH}/changde-2024").status_code == 204
    assert here.get("/healthz").json()["snapshot"] == before and len(opened.rows()) == 291
    error(here.delete(f"{PATH}/changde-2024"), 404, "not_found")


def test_what_cannot_be_used_changes_nothing(here: httpx.Client, home: Path) -> None:
    kept = state(home)
    found = error(here.post(PATH, files={"file": ("空.txt", b"")}), 422, "unreadable_file")
    assert "空.txt" in found["message"]
    error(here.post(PATH, files={"file": ("坏.docx", b"PK\x03\x04")}), 422, "unreadable_file")
    error(here.post(PATH, files={"file": ("x.exe", b"MZ")}), 422, "unreadable_file")
    error(here.post(PATH, files={"file": ("无.txt", "没有任务".encode())}), 422, "unusable_file")
    taken = error(here.post(PATH, files=FILE, data={"id": "loudi-2023"}), 409, "conflict")
    assert "force=true" in taken["hint"] and "--" not in taken["hint"]
    error(here.post(PATH, files=FILE, data={"id": "../x"}), 400, "invalid_request")
    error(here.post(PATH, data={"id": "x"}), 422, "invalid_request")
    error(here.post(PATH, content=b"x", headers={"Content-Type": "multipart/form-data"}), 400, "invalid_request")
    assert state(home) == kept


@pytest.mark.parametrize("name", ["../../etc/x.txt", "..\\x.txt", f"{'长' * 300}.txt", "/abs.txt", "a\tb.txt"])
def test_names_of_files_lead_nowhere(here: httpx.Client, home: Path, name: str) -> None:
    added = here.post(PATH, files={"file": (name, PROSE.encode())}, data={"id": "t"})
    assert added.status_code == 201, added.text
    (kept,) = [path for path in (home / "documents").rglob("*") if path.is_file()]
    assert kept.parent.parent == home / "documents" and kept.name.endswith(".txt")


def test_too_large_is_cut_off_while_it_comes_in(home: Path) -> None:
    small = Assistant.open(settings=replace(settings_for(home), max_file_mb=1))
    kept = state(home)
    with serving(small) as address:
        error(httpx.post(f"{address}{PATH}", files={"file": ("大.txt", b"x" * 1_200_000)}), 413, "too_large")
        body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\n'
        pieces = (body if n == 0 else b"x" * 100_000 for n in range(40))
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        error(httpx.post(f"{address}{PATH}", content=pieces, headers=headers), 413, "too_large")
    assert state(home) == kept


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "10.0.0.8"},
        {"Forwarded": "for=10.0.0.8"},
        {"Via": "1.1 proxy"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example:7860"},
    ],
)
def test_proxies_and_foreign_pages_may_not_change(here: httpx.Client, home: Path, headers: dict[str, str]) -> None:
    kept = state(home)
    error(here.post(PATH, files=FILE, headers=headers), 403, "forbidden")
    error(here.delete(f"{PATH}/loudi-2023", headers=headers), 403, "forbidden")
    assert state(home) == kept
    assert here.get(PATH, headers=headers).status_code == 200  # reading is open


@pytest.mark.parametrize("changed", [{"host": "0.0.0.0"}, {"host": "::"}, {"root_path": "/wz"}])
def test_a_server_open_to_others_may_not_be_changed(home: Path, changed: dict[str, str]) -> None:
    opened = Assistant.open(settings=replace(settings_for(home), **changed))  # type: ignore[arg-type]
    with serving(opened) as address:
        error(httpx.post(f"{address}{PATH}", files=FILE), 403, "forbidden")
    assert len(opened.rows()) == 291


@pytest.mark.parametrize(("client", "allowed"), [("127.0.0.1", True), ("::1", True), ("10.0.0.8", False), ("", False)])
def test_who_is_on_this_machine(home: Path, client: str, allowed: bool) -> None:
    scope = {"type": "http", "headers": [(b"host", b"[::1]:7860")], "client": (client, 5000) if client else None}
    assert is_local(settings_for(home), HTTPConnection(scope)) is allowed
