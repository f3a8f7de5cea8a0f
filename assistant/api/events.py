"""Whose streams of Gradio's queue are: where one caller asks, under a name of the client's own making, no other listens."""

from __future__ import annotations

import json
from collections import OrderedDict
from urllib.parse import parse_qs

from starlette.types import Receive, Scope

from assistant.api.body import read_whole
from assistant.api.paths import path_of
from assistant.errors import NotFoundError

_GRADIO, _ALIVE = "/gradio_api/", "/gradio_api/heartbeat/"
_MOST = 10_000  # names remembered; the one used longest ago is forgotten


class Events:
    """The names in use (``session_hash``), each with the caller that used it first."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def claim(self, scope: Scope, receive: Receive, caller: str) -> Receive:
        """Takes the name that a request is under for its caller; what is read for that is there to be read again.

        Raises:
            NotFoundError: another caller's.
        """
        path = path_of(scope)
        if not path.startswith(_GRADIO):
            return receive
        if scope["method"] == "POST":
            body, receive = await read_whole(receive)
            self._take(_named(body), caller)
        elif path.startswith(_ALIVE):
            self._take(path.removeprefix(_ALIVE), caller)
        else:
            for name in parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", []):
                self._take(name, caller)
        return receive

    def _take(self, name: str, caller: str) -> None:
        if not name:
            return
        if self._owners.setdefault(name, caller) != caller:
            raise NotFoundError("没有这个会话", hint="请刷新网页后再试")
        self._owners.move_to_end(name)
        if len(self._owners) > _MOST:
            self._owners.popitem(last=False)


def _named(body: bytes) -> str:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return ""  # Gradio refuses it
    return str(given.get("session_hash") or "") if isinstance(given, dict) else ""
