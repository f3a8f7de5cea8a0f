"""An application in this process with people and documents of several kinds, called with all that a client may choose."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from argon2 import PasswordHasher
from sqlalchemy import text

from assistant import Assistant
from assistant.api.access import COOKIE
from assistant.library.catalogue import Catalogue, shipped_corpus
from assistant.settings import Settings
from tests.conftest import settings_for
from ui.app import create_app

PASSWORD = "correct horse 电池"
FAR, HERE = ("203.0.113.9", 5000), ("127.0.0.1", 5000)
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
LETTERS, DATA = "市信访局", "市数据局"
_PLAN = """{place}人民政府办公室
{number}

{place}{year}年{name}要点

一、把{name}办好
（一）建立{name}平台。{detail}，{year}年9月底前完成。（{lead}牵头，{other}按职责分工负责）
（二）推行周末延时服务。开放不少于{count}个窗口。（市行政审批服务局牵头，{other}负责）
"""


@dataclass(frozen=True)
class Plan:
    """An invented document, each word of ``words`` in no other one."""

    id: str
    name: str
    place: str
    year: int
    number: str
    detail: str
    lead: str
    other: str
    visibility: Any
    owner: str | None = None
    count: int = 10

    @property
    def text(self) -> str:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _PLAN.format(**values)

    @property
    def words(self) -> tuple[str, ...]:
        return (self.id, self.name, self.place, self.number, self.detail, self.lead, self.other)


PLANS = (
    Plan("changde-2024", "窗口", "常德市", 2024, "常政办函〔2024〕9号", "每周六上午开门", "市行政审批服务局", "市人社局", "public"),
    Plan("nei-lingxi", "灵犀审签", "衡阳市", 2024, "衡内办〔2024〕5号", "七个环节不留白", "市低空督查办", "市灵犀中心", "internal", None, 37),
    Plan("xin-hongyan", "鸿雁回访", "郴州市", 2024, "郴信〔2024〕3号", "来信十五个时辰内答复", "市鸿雁办", "市回访中心", "unit", LETTERS, 41),
    Plan("shu-fengchao", "蜂巢归集", "株洲市", 2023, "株数〔2023〕2号", "清理僵尸接口八十八个", "市蜂巢办", "市归集中心", "unit", DATA, 53),
)  # fmt: skip
PUBLIC, INTERNAL, OF_LETTERS, OF_DATA = PLANS


def library(home: Path, plans: Sequence[Plan] = PLANS, **changed: Any) -> Assistant:
    """A library of these documents alone."""
    catalogue = Catalogue(home, shipped_corpus())
    home.mkdir(parents=True, exist_ok=True)
    shipped = tuple(source.id for source in catalogue.sources(catalogue.read()))
    catalogue.commit(replace(catalogue.read(), removed=shipped))
    assistant = Assistant.open(settings=replace(settings_for(home), **changed))
    for plan in plans:
        path = home / f"{plan.name}文件.txt"
        path.write_text(plan.text, encoding="utf-8")
        assistant.add(path, plan.id, visibility=plan.visibility, owner=plan.owner)
        path.unlink()
    return assistant


def people(assistant: Assistant) -> dict[str, dict[str, str]]:
    """Accounts of every kind; what each sends with its requests, by what the tests call them."""
    with patch("assistant.access.passwords._HASHER", PasswordHasher(1, 1024, 1)):  # quick, for the tests
        return _people(assistant)


def _people(assistant: Assistant) -> dict[str, dict[str, str]]:
    access = assistant.access
    for name, role, unit in (
        ("root", "admin", None),
        ("reader", "admin", None),
        ("guest", "visitor", LETTERS),
        ("agent", "agent", None),
        ("letters", "editor", LETTERS),
        ("data", "editor", DATA),
        ("gone", "agent", None),
    ):
        access.add_user(name, PASSWORD, role, unit)
    access.change_user("reader", reads_questions=True)
    tokens = {
        name: access.sign_in(name, PASSWORD, "") for name in ("root", "reader", "guest", "agent", "letters", "data")
    }
    ended = access.sign_in("gone", PASSWORD, "")
    with assistant.store.database.writing() as connection:
        wanted = text("UPDATE sessions SET expires_at = '2020-01-01T00:00:00+00:00' WHERE user_id = :id")
        connection.execute(wanted, {"id": access.user("gone").id})
    (_, reading), (key, revoked) = (
        access.add_key("data", "读", ["read"]),
        access.add_key("root", "旧", ["read", "manage"]),
    )
    access.revoke_key(key.id)
    sessions = {name: {"Cookie": f"{COOKIE}={token}", **OWN_PAGE} for name, token in tokens.items()}
    return {
        "anonymous": {},
        "visitor": sessions["guest"],
        "agent": sessions["agent"],
        "editor": sessions["letters"],
        "other editor": sessions["data"],
        "admin": sessions["root"],
        "admin who reads questions": sessions["reader"],
        "reading key": {"Authorization": f"Bearer {reading}"},
        "revoked key": {"X-API-Key": revoked},
        "expired session": {"Cookie": f"{COOKIE}={ended}", **OWN_PAGE},
    }


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @cached_property
    def fields(self) -> dict[str, str]:
        return dict(self.headers)

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def said(self) -> str:
        """The message of an error of ours."""
        error = self.json()["error"]
        return str(error if isinstance(error, str) else error["message"])


@dataclass
class Stage:
    """A running application. Requests go to it as a server would hand them over, several at a time where threads do."""

    assistant: Assistant
    loop: asyncio.AbstractEventLoop
    app: Any
    replies: list[Reply] = field(default_factory=list)

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: bytes | Sequence[bytes | float] = b"",
        client: tuple[str, int] | None = FAR,
        leave: bool = False,
        **more: Any,
    ) -> Reply:
        """The reply to a request. ``body``: as a whole, or pieces and the seconds between them; ``leave``: the client goes
        once something has come; ``more``: other entries of the scope, and ``json`` for a body.
        """
        given = list(headers.items() if isinstance(headers, Mapping) else headers)
        if "json" in more:
            body = json.dumps(more.pop("json")).encode()
            given.append(("Content-Type", "application/json"))
        path, _, query = target.partition("?")
        if not any(name.lower() == "host" for name, _ in given):
            given.append(("Host", "127.0.0.1:7860" if client == HERE else "gov.example"))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in given],
            "client": client,
            "server": ("127.0.0.1", 7860),
            "state": {},
        } | more
        pieces = [body] if isinstance(body, bytes) else list(body)
        reply = asyncio.run_coroutine_threadsafe(self._reply(scope, pieces, leave), self.loop).result(60)
        self.replies.append(reply)
        return reply

    async def _reply(self, scope: dict[str, Any], pieces: list[bytes | float], leave: bool) -> Reply:
        start: dict[str, Any] = {}
        body, left = bytearray(), asyncio.Event()

        async def receive() -> dict[str, Any]:
            while pieces and isinstance(pieces[0], float):
                await asyncio.sleep(pieces.pop(0))  # type: ignore[arg-type]
            if pieces:
                return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                assert not start, "a reply began twice"
                start.update(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False) or (leave and body):
                    left.set()

        await asyncio.wait_for(self.app(scope, receive, send), 30)
        headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in start["headers"]]
        return Reply(start["status"], tuple(headers), bytes(body))


@contextmanager
def stage(assistant: Assistant) -> Iterator[Stage]:
    """The application over an assistant, running."""
    made: list[Stage] = []
    ready, stop = threading.Event(), asyncio.Event()

    async def run() -> None:
        app = create_app(assistant)
        async with app.router.lifespan_context(app):
            made.append(Stage(assistant, asyncio.get_running_loop(), app))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    while not ready.wait(0.05):
        assert thread.is_alive()
    yield made[0]
    made[0].loop.call_soon_threadsafe(stop.set)
    thread.join(20)
    assert not thread.is_alive(), "something still runs"


def with_settings(assistant: Assistant, **changed: Any) -> Assistant:
    """The same library and accounts under other settings."""
    settings: Settings = replace(assistant.settings, **changed)
    return Assistant.open(settings=settings)
