"""The application: three pages of one Gradio app and the open interfaces in one FastAPI, nothing loaded from outside."""

from __future__ import annotations

import os
import re
import secrets
import warnings
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import RequestResponseEndpoint

from assistant import api
from assistant.api.access import caller_of
from assistant.api.paths import path_of
from assistant.api.serving import Serving
from assistant.service import Assistant
from ui import chat, desk, library, signin, texts
from ui.files import ASSETS, version

# Gradio's page template points search engines and social networks to its own sites; nothing of that is ours.
_FOREIGN_META = re.compile(rb'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')
_VIEWPORT = re.compile(rb'<meta\s+name="viewport"[^>]*>')
_MANIFEST = re.compile(rb'\s*<link rel="manifest"[^>]*>')  # of an app to install, which is not served
# A script for pages inside pages of other sites.
_RESIZER = re.compile(
    rb"<script>\s*\(\(\) => \{\s*const root = (?:(?!</script>).)*iframeResizer(?:(?!</script>).)*</script>", re.DOTALL
)
PAGES = (chat, desk, library)
_NAMES = {"/": "chat", "/desk": "desk", "/library": "library"}
# The page asks the server that it came from, under whatever path a proxy shows it.
_ROOT = "window.gradio_config.root = new URL('.', document.baseURI).href.replace(/[/]$/, '');"
# Only files of ours and the inline scripts named here run: nothing that stands in an answer or a document can.
# 'unsafe-eval' stays, since Gradio makes functions of the templates of its HTML parts; styles stay inline, since its
# parts and the bars of our charts carry them as attributes.
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
# The inline scripts of Gradio's template. Each is marked once where it begins, and no other is.
_INLINE = re.compile(
    rb"<script(?: data-gradio-mode)?>(?=window\.gradio_config = |window\.gradio_api_info = |\s*window\.__gradio_mode__ = "
    rb"|\s*const ce = document\.getElementsByTagName)"
)


def create_app(assistant: Assistant) -> FastAPI:
    """The ASGI application that serves the chat at ``/``, the desk at ``/desk``, the library at ``/library`` and the
    interfaces of ``assistant.api``.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gradio as gr

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_own_page)
    app.state.serving = serving = api.attach(app, assistant)
    app.mount("/wz", StaticFiles(directory=ASSETS))
    for page in (*PAGES, signin):
        app.include_router(page.router(serving))
    with warnings.catch_warnings():
        # Said of every app of several pages, even with ssr_mode=False.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        mounted: FastAPI = gr.mount_gradio_app(
            app,
            _pages(serving),
            path="/",
            ssr_mode=False,
            root_path=assistant.settings.root_path or None,
            show_error=False,
            footer_links=[],
            enable_monitoring=False,
            max_file_size="1kb",  # files come by a route of our own
            favicon_path=str(ASSETS / "favicon.svg"),
        )
    return mounted


def _pages(serving: Serving) -> Any:
    """The pages as Gradio blocks, and the chat as a function that programs call (``/gradio_api/run/ask``)."""
    import gradio as gr

    assistant = serving.assistant

    async def ask(question: str, history: list[dict[str, str]], request: gr.Request) -> dict[str, Any]:
        if request.request is None:
            raise RuntimeError("a call without the request that made it")
        caller = caller_of(request.request)
        # Gradio does not look at what it is given: what is no text or turn is passed over, as if nothing were said.
        said = question if isinstance(question, str) else ""
        turns = list(filter(_is_turn, history)) if isinstance(history, list) else []
        answer, _ = await serving.ask(caller, "gradio", said, turns)
        return answer.to_dict()

    # Gradio reads them when it looks for its request, and cannot see names that are local here.
    ask.__annotations__ |= {
        "request": gr.Request,
        "history": list[dict[str, str]],
        "return": dict[str, Any],
        "question": str,
    }

    def html(content: str) -> None:
        gr.HTML(content, js_on_load="window.wenzheng.start(element)", apply_default_css=False)

    with gr.Blocks(title=texts.NAME, analytics_enabled=False, fill_width=True) as blocks:
        html(chat.page(assistant))
        gr.api(ask, api_name="ask", queue=False)  # type: ignore[attr-defined]
    with blocks.route(texts.NAVIGATION["desk"], "/desk", show_in_navbar=False):
        html(desk.page(assistant))
    with blocks.route(texts.NAVIGATION["library"], "/library", show_in_navbar=False):
        html(library.page(assistant))
    return blocks


def _is_turn(said: object) -> bool:
    """Whether it is a turn of a conversation."""
    return isinstance(said, dict) and all(isinstance(said.get(name), str) for name in ("role", "content"))


async def _own_page(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Makes the page ours: language, title, style and script, and no references to foreign sites."""
    response = await call_next(request)
    path = path_of(request.scope)
    if path in ("/desk/", "/library/"):  # files are found relative to the page
        return RedirectResponse(f"..{path.rstrip('/')}{'?' if request.url.query else ''}{request.url.query}")
    page = _NAMES.get(path)
    if page is None or "text/html" not in response.headers.get("content-type", ""):
        return response
    body = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[attr-defined]
    nonce = secrets.token_urlsafe(16)
    return Response(_dressed(body, page, nonce), response.status_code, _headers(response.headers, nonce))


def _dressed(body: bytes, page: str, nonce: str) -> bytes:
    files = version()
    head = (
        f'<title>{texts.TITLES[page]}</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="wz/style.css?{files}">'
        f'<script src="wz/common.js?{files}"></script><script src="wz/{page}.js?{files}"></script>'
    ).encode()
    body = _VIEWPORT.sub(head, _FOREIGN_META.sub(b"", body), count=1)
    body = _MANIFEST.sub(b"", _RESIZER.sub(b"", body, count=1), count=1)
    body = body.replace(b'lang="en"', b'lang="zh-CN"', 1)
    body = _INLINE.sub(f'<script nonce="{nonce}">'.encode(), body)
    body = body.replace(b"window.__gradio_mode__", f"{_ROOT} window.__gradio_mode__".encode(), 1)
    waiting = f'<noscript>{texts.NO_SCRIPT}</noscript><p class="wz-opening" role="status">{texts.LOADING}</p>'
    return body.replace(b"<gradio-app", f"{waiting}<gradio-app".encode(), 1)


def _headers(given: Mapping[str, str], nonce: str) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if name.lower() != "content-length"}
    return kept | {"content-security-policy": _POLICY.format(nonce=nonce)}
