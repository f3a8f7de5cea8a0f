"""A home folder that is full, or cannot be written: questions are answered, and what cannot be kept says so in one line."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.checks import check
from assistant.errors import AssistantError, InputError, StoreError
from assistant.service import Assistant
from assistant.store import Store
from tests.api.conftest import serving
from tests.conftest import settings_for
from tests.mounts import fill, free, tiny, unwritable
from tests.parse.documents import PROSE
from tests.test_service import open_at, state

pytestmark = pytest.mark.slow
QUESTION = "湘西州政策问答平台由谁牵头？"
PASSWORD = "correct horse 电池"


@pytest.fixture
def small(tmp_path: Path, shared_home: Path) -> Iterator[Path]:
    """A home folder with the shipped corpus indexed, on a file system of its own."""
    with tiny(tmp_path / "小", 40) as folder:
        yield shutil.copytree(shared_home, folder / "家")


def asked(client: httpx.Client) -> None:
    """Asks by both ways, and is answered."""
    answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert answer["answerable"] and answer["citations"], answer
    page = client.post("/ui/ask", json={"question": QUESTION, "key": "k", "history": []})
    assert page.status_code == 200 and "州政府办" in page.text and '"error"' not in page.text, page.text[:500]


def refused(assistant: Assistant, client: httpx.Client, said: str) -> None:
    """What must be kept is not, and says so in one line."""
    vote = {"question": QUESTION, "rows": [], "helpful": True, "reason": ""}
    for path in ("/api/v1/feedback", "/ui/vote"):
        reply = client.post(path, json=vote)
        error = reply.json()["error"]
        line = error if isinstance(error, str) else f"{error['message']}；{error['hint']}"
        assert reply.status_code == 503 and said in line and "\n" not in line, (path, reply.status_code, line)
    for password in (PASSWORD, "a wrong one"):
        with pytest.raises(StoreError, match=said):  # 503 as well, see ``assistant.api.errors``
            assistant.access.sign_in("管理员", password, "127.0.0.1")


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in caplog.records if "提问没有记下来" in each.message]


def test_a_full_disk(small: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assistant = open_at(small)
    assistant.access.add_user("管理员", PASSWORD, "admin")
    file = tmp_path / "常德.txt"
    file.write_text(PROSE, encoding="utf-8")
    with serving(assistant) as address, httpx.Client(base_url=address, timeout=60) as client:
        asked(client)
        kept, before = len(assistant.store.questions.entries()), state(small)
        fill(small.parent)
        caplog.clear()
        for _ in range(200):  # until the room that its files have left inside is used up
            assistant.keeper.keep(assistant.ask(QUESTION), "rest")
            if complaints(caplog):
                break
        asked(client)
        asked(client)
        assert len(complaints(caplog)) == 1 and "磁盘已满" in complaints(caplog)[0]
        refused(assistant, client, "磁盘已满")
        with pytest.raises(AssistantError, match="磁盘已满") as caught:
            assistant.add(file)
        assert "\n" not in str(caught.value)
        asked(client)
        assert state(small) == before and assistant.snapshot.documents == open_at(small).snapshot.documents
        free(small.parent)
        asked(client)
        assert assistant.access.sign_in("管理员", PASSWORD, "127.0.0.1")
        assistant.add(file)
        assert check(settings_for(small))["documents"] == 6
        assert len(assistant.store.questions.entries()) >= kept + 2
        assert not [path for path in (small / "index").iterdir() if path.name.startswith(".building")]


def test_a_full_disk_when_the_service_starts(small: Path) -> None:
    store = Store(small)
    store.feedback.vote("问", [], True)
    store.database.close()
    fill(small.parent)
    assistant = open_at(small)
    with serving(assistant) as address, httpx.Client(base_url=address, timeout=60) as client:
        asked(client)
        vote = {"question": QUESTION, "rows": [], "helpful": True}
        assert client.post("/api/v1/feedback", json=vote).status_code == 503
        free(small.parent)
        assert client.post("/api/v1/feedback", json=vote).status_code == 201
    assert len(assistant.store.feedback.entries()) == 2


@pytest.mark.parametrize("leave", [0, 4096, 16384, 40000, 70000])
def test_a_full_disk_and_no_database_yet(small: Path, leave: int) -> None:
    assistant = open_at(small)
    fill(small.parent, leave)
    with serving(assistant) as address, httpx.Client(base_url=address, timeout=60) as client:
        asked(client)
        asked(client)
        free(small.parent)
        asked(client)
    assert assistant.store.questions.entries() and check(settings_for(small))["feedback"] == 0


def test_publishing_where_only_the_index_has_no_room(small: Path, tmp_path: Path) -> None:
    assistant = open_at(small)
    assistant.store.feedback.vote("问", [], True)
    before = state(small)
    file = tmp_path / "常德.txt"
    file.write_text(PROSE, encoding="utf-8")
    fill(small.parent, 300_000)
    with pytest.raises(InputError, match="磁盘已满") as caught:
        assistant.add(file)
    assert "\n" not in str(caught.value) and state(small) == before
    assert [each.action for each in assistant.store.audit.entries()] == ["document.add", "document.add.failed"]
    free(small.parent)
    assert check(settings_for(small))["documents"] == 5


def test_a_home_that_cannot_be_written(small: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = open_at(small)
    first.access.add_user("管理员", PASSWORD, "admin")
    token = first.access.sign_in("管理员", PASSWORD, "127.0.0.1")
    first.store.database.close()
    with unwritable(small.parent):
        before = state(small)
        assistant = open_at(small)
        with serving(assistant) as address, httpx.Client(base_url=address, timeout=60) as client:
            asked(client)
            assert len(complaints(caplog)) == 1 and "只能读" in complaints(caplog)[0]
            client.cookies.set("wz_session", token)
            assert client.get("/api/v1/questions").status_code == 403  # known, but may not; 401 for others
            refused(assistant, client, "只能读")
        assert assistant.access.caller(token, None, True).name == "管理员"
        with pytest.raises(AssistantError, match="只能读"):
            assistant.remove(assistant.documents()[0].id)
        assert check(settings_for(small))["users"] == 1
        assert state(small) == before


def test_what_a_killed_process_left_is_seen(small: Path) -> None:
    """Rows that are only in the log beside the database, which an ``immutable`` reading passes over."""
    code = (
        "import os, signal, sys; from pathlib import Path; from assistant.store import Store\n"
        "store = Store(Path(sys.argv[1])); store.feedback.vote('在日志里', [], True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(small)], check=False)
    assert (small / "wenzheng.db-wal").stat().st_size
    for shared in (True, False):
        if not shared:
            (small / "wenzheng.db-shm").unlink()
        with unwritable(small.parent):
            store = Store(small)
            assert [each.question for each in store.feedback.entries()] == ["在日志里"]
            with pytest.raises(StoreError, match="只能读"):
                store.feedback.vote("问", [], True)
            store.database.close()
    store = Store(small)
    store.feedback.vote("又能写", [], True)
    assert [each.question for each in store.feedback.entries()] == ["在日志里", "又能写"]


def test_an_empty_home_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with tiny(tmp_path / "小", 40) as folder:
        (folder / "家").mkdir()
        with unwritable(folder):
            for home in (folder / "家", folder / "还没有"):
                caplog.clear()
                assistant = Assistant.open(settings=settings_for(home))
                warned = [each.message for each in caplog.records if each.levelno == logging.WARNING]
                assert len(warned) == 1 and "不能写" in warned[0] and len(assistant.rows()) == 291
                with serving(assistant) as address, httpx.Client(base_url=address, timeout=60) as client:
                    asked(client)
                    assert (
                        client.post(
                            "/api/v1/feedback", json={"question": "问", "rows": [], "helpful": True}
                        ).status_code
                        == 503
                    )
        assert list((folder / "家").iterdir()) == []


def test_an_earlier_feedback_file_in_a_home_that_cannot_be_written(small: Path) -> None:
    store = Store(small)
    store.audit.add("local", "x", "y")
    store.database.close()
    with sqlite3.connect(small / "feedback.db") as old:
        old.execute("CREATE TABLE feedback (id INTEGER PRIMARY KEY, at, kind, question, rows, reason)")
        old.execute("INSERT INTO feedback VALUES (1, '2026-01-02T03:04:05+00:00', 'helpful', '旧', '[]', '')")
    old.close()
    with unwritable(small.parent):
        assert Store(small).feedback.entries() == []  # there is no place for it yet, and nothing is lost
    assert [each.question for each in Store(small).feedback.entries()] == ["旧"]
