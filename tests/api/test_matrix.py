"""Every address × everyone who may call it, from the routes themselves: none without a decision, each as decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Mount

from assistant.api.decisions import DECISIONS, Decision, decided
from tests.api.stage import FAR, HERE, OWN_PAGE, Reply, Stage, stage, with_settings

pytestmark = [
    pytest.mark.filterwarnings(f"ignore:.*{said}") for said in ("no_silent_downcasting", "copy keyword")
]  # Gradio
SESSIONS = ("visitor", "agent", "editor", "other editor", "admin", "admin who reads questions")
NOTHING, WRONG_METHOD = "没有这个地址", "这个地址不支持这种请求方法"
MAY: dict[str, set[str]] = {
    "anonymous": {"read"},
    "visitor": {"read"},
    "agent": {"read", "desk"},
    "editor": {"read", "desk", "edit"},
    "other editor": {"read", "desk", "edit"},
    "admin": {"read", "desk", "edit", "manage", "metrics"},
    "admin who reads questions": {"read", "desk", "edit", "manage", "metrics", "questions"},
    "reading key": {"read"},
    "revoked key": set(),
    "expired session": {"read"},
    "here before there are accounts": {"read", "desk", "edit", "manage", "metrics", "questions"},
    "far before there are accounts": {"read", "desk"},
    "anonymous where all must sign in": set(),
}
TO_SIGN_IN = ("anonymous", "revoked key", "expired session", "anonymous where all must sign in")
PAGES = ("/", "/desk", "/desk/", "/library", "/library/", "/account")
ASKED: dict[str, Any] = {"json": {"question": "周末延时服务谁牵头"}}
CALLED: dict[str, Any] = {"json": {"data": ["周末延时服务谁牵头", []]}}
LIST: dict[str, Any] = {
    "json": {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}},
    "headers": {"Accept": "application/json, text/event-stream"},
}
# What each address is sent and then answers to those who may; nothing of it changes the library.
SAMPLES: dict[str, tuple[str, int | tuple[int, ...], dict[str, Any]]] = {
    "GET /signin": ("", (200, 303), {}),
    "POST /signin": ("", (401, 429), {}),
    "POST /signout": ("", 303, {}),
    "GET /account": ("", (200, 303), {}),
    "POST /account": ("", (303, 400, 401, 429), {}),
    "POST /ui/visibility": ("", 422, {}),
    "POST /api/v1/ask": ("", 200, ASKED),
    "POST /api/v1/compare": ("", 400, {"json": {"topic": "延时服务"}}),
    "POST /api/v1/feedback": ("", 201, {"json": {"question": "问", "helpful": True}}),
    "GET /api/v1/search": ("?q=延时服务", 200, {}),
    "GET /api/v1/rows/{document}/{part}/{item}": ("/api/v1/rows/changde-2024/1/1", 200, {}),
    "POST /api/v1/documents": ("", 422, {}),
    "DELETE /api/v1/documents/{id}": ("/api/v1/documents/nowhere", 404, {}),
    "PUT /api/v1/documents/{id}/visibility": (
        "/api/v1/documents/nowhere/visibility",
        404,
        {"json": {"visibility": "internal"}},
    ),
    "POST /v1/chat/completions": ("", 200, {"json": {"messages": [{"role": "user", "content": "谁牵头"}]}}),
    "GET /v1/models/{id}": ("/v1/models/wenzheng", 200, {}),
    "POST /mcp": ("", 200, LIST | {"headers": LIST["headers"] | {"Host": "127.0.0.1:7860"}}),
    "POST /ui/ask": ("", 200, ASKED),
    "GET /ui/context": ("?row=changde-2024/1/1", 200, {}),
    "POST /ui/export/{kind}": ("/ui/export/excel", 200, ASKED),
    "POST /ui/vote": ("", 200, {"json": {"question": "问", "helpful": True}}),
    "GET /ui/desk/search": ("?q=延时服务", 200, {}),
    "GET /ui/desk/card": ("?row=changde-2024/1/1", 200, {}),
    "POST /ui/upload/parse": ("?name=a.txt&size=5", 400, {}),
    "POST /ui/upload/publish": ("?name=a.txt&size=5", 400, {}),
    "GET /wz/{path:path}": ("/wz/style.css", 200, {}),
    "GET /svelte/{path:path}": ("/svelte/nothing.js", 404, {}),
    "GET /static/{path:path}": ("/static/img/logo.svg", 200, {}),
    "GET /assets/{path:path}": ("/assets/nothing.js", 404, {}),
    "GET /library/": ("", 307, {}),
    "GET /desk/": ("", 307, {}),
    "GET /gradio_api/heartbeat/{session_hash}": ("/gradio_api/heartbeat/{who}", 200, {"leave": True}),
    "GET /gradio_api/startup-events": ("", 200, {}),
    "GET /gradio_api/call/{api_name}/{event_id}": ("/gradio_api/call/ask/nothing", 200, {"leave": True}),
    "GET /gradio_api/call/v2/{api_name}/{event_id}": ("/gradio_api/call/v2/ask/nothing", 200, {"leave": True}),
    "GET /gradio_api/queue/data": ("?session_hash=x{who}", 200, {"leave": True}),
    "POST /gradio_api/queue/join": ("", 200, {"json": CALLED["json"] | {"fn_index": 0, "session_hash": "join {who}"}}),
    "POST /gradio_api/reset": ("", 200, {"json": {"event_id": "none"}}),
    "POST /gradio_api/reset/": ("", 200, {"json": {"event_id": "none"}}),
    "POST /gradio_api/cancel": ("", 200, {"json": {"session_hash": "cancel {who}", "fn_index": 0, "event_id": "none"}}),
    **{
        f"POST /gradio_api/{kind}/{{api_name}}{end}": (f"/gradio_api/{kind}/ask{end}", 200, CALLED)
        for kind in ("run", "api", "call")
        for end in ("", "/")
    },
    **{
        f"POST /gradio_api/call/v2/{{api_name}}{end}": (f"/gradio_api/call/v2/ask{end}", 200, {"json": {"question": "谁牵头", "history": []}})
        for end in ("", "/")
    },
}  # fmt: skip


def routes_of(routes: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each (method, path) that routes serve, of included routers and mounted applications as well."""
    for route in routes:
        if inner := getattr(route, "original_router", None):
            yield from routes_of(inner.routes, prefix + getattr(route.include_context, "prefix", ""))
        elif isinstance(route, Mount):
            inner = getattr(route.app, "routes", None)
            yield from (
                routes_of(inner, prefix + route.path) if inner else [("GET", f"{prefix}{route.path}/{{path:path}}")]
            )
        else:
            for method in route.methods or {"POST"}:
                yield method, prefix + route.path


def faults_of(app: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The routes without a decision, and the decisions without a route."""
    routes = set(routes_of(app.routes))
    known = {(each.method, each.path) for each in DECISIONS}
    return sorted(routes - known), sorted(known - routes)


@pytest.fixture(scope="module")
def everyone(
    shown: Stage, who: dict[str, dict[str, str]], bare: Stage
) -> Iterator[dict[str, tuple[Stage, dict[str, str], tuple[str, int]]]]:
    with stage(with_settings(shown.assistant, sign_in="required", rate=100_000)) as closed:
        yield {name: (shown, headers, FAR) for name, headers in who.items()} | {
            "here before there are accounts": (bare, OWN_PAGE, HERE),
            "far before there are accounts": (bare, {}, FAR),
            "anonymous where all must sign in": (closed, {}, FAR),
        }


def test_every_route_has_one_decision_and_every_decision_a_route(shown: Stage) -> None:
    undecided, idle = faults_of(shown.app)
    assert undecided == [] and idle == []
    pairs = [(each.method, each.path) for each in DECISIONS]
    assert len(pairs) == len(set(pairs)) and len(pairs) > 120
    # Where two patterns fit one path, both must say the same, since which of them counts is the router's to say.
    for each in DECISIONS:
        found = decided(each.method, re.sub(r"{[^}]*}", "x", each.path))
        assert (
            found
            and found.method == each.method
            and (found.need, found.never, found.counts) == (each.need, each.never, each.counts)
        ), each
    assert decided("HEAD", "/desk") == decided("GET", "/desk") and decided("HEAD", "/api/v1/ask") is None


def test_a_new_route_without_a_decision_is_found_and_not_served(bare: Stage) -> None:
    async def extra() -> str:
        return "a new page"

    bare.app.get("/extra")(extra)
    bare.app.router.routes.insert(0, bare.app.router.routes.pop())  # before Gradio, which takes all that is left
    try:
        assert faults_of(bare.app)[0] == [("GET", "/extra")]
        assert bare.send("GET", "/extra", OWN_PAGE, client=HERE).said == NOTHING
    finally:
        bare.app.router.routes.pop(0)


def named(status: int) -> str:
    return {401: "sign in", 403: "forbidden"}.get(status, str(status))


def outcome(reply: Reply) -> str:
    """What became of a request, as far as the gate decides."""
    if reply.status == 303:
        where = reply.fields["location"].lstrip("./")
        known = {"signin?next=/": "to the page for signing in", "account?refused": "forbidden"}
        return next((said for start, said in known.items() if where.startswith(start)), "303")
    if reply.status in (404, 405) and b"error" in reply.body and reply.said in (NOTHING, WRONG_METHOD):
        return "nothing"
    return named(reply.status)


def wanted(decision: Decision, name: str, status: int | tuple[int, ...]) -> set[str]:
    """What the table says of a caller."""
    if decision.never:
        return {"nothing"}
    page = decision.path in PAGES and decision.method in ("GET", "HEAD")
    refused = {"to the page for signing in" if page else "sign in"}
    if name == "revoked key" and (decision.need or decision.counts):
        return refused
    if decision.need is None or decision.need in MAY[name]:
        given = set(map(named, status if isinstance(status, tuple) else (status,)))
        return given | {"to the page for signing in"} if decision.path == "/account" and name not in SESSIONS else given
    return refused if name in TO_SIGN_IN else {"forbidden"}


def sample(decision: Decision, name: str) -> tuple[str, int | tuple[int, ...], dict[str, Any]]:
    """What to send to an address, and the status that it then has for those who may."""
    key = f"{decision.method} {decision.path}"
    if decision.never:
        return re.sub(r"{[^}]*}", "x", decision.path), 404, {}
    target, status, more = SAMPLES.get(key, ("", 200, {}))
    assert "{" not in decision.path or target, f"no sample for {key}"
    who = name.replace(" ", "-")
    more = (
        {**more, "json": {k: v.replace("{who}", who) if isinstance(v, str) else v for k, v in more["json"].items()}}
        if "json" in more
        else more
    )
    target = target.replace("{who}", who)
    return target if target.startswith("/") else decision.path + target, status, more


@pytest.mark.parametrize("name", MAY)
def test_each_is_answered_as_decided(everyone: Any, name: str) -> None:
    at, headers, client = everyone[name]
    wrong = []
    for decision in DECISIONS:
        target, status, more = sample(decision, name)
        sent = (
            OWN_PAGE if decision.path == "/signout" and "Cookie" in headers else headers
        )  # the session is still wanted
        given = {**more, "headers": sent | more.get("headers", {})}
        reply = at.send(decision.method, target, client=client, **given)
        if outcome(reply) not in wanted(decision, name, status):
            wrong.append((decision.method, target, outcome(reply), wanted(decision, name, status), reply.text[:200]))
        if any(
            word in reply.text for word in ("Traceback", 'File "', "site-packages", str(at.assistant.settings.home))
        ):
            wrong.append((decision.method, target, "insides", "", reply.text[:500]))
    assert not wrong, "\n".join(map(str, wrong))
