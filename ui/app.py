"""The application: the chat page and the open interfaces in one FastAPI, nothing loaded from outside."""

from __future__ import annotations

import os
import re
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from assistant import api
from assistant.service import Assistant

ASSETS = Path(__file__).parent / "assets"
# Gradio's page template points search engines and social networks to its own sites; nothing of that is ours.
_FOREIGN_META = re.compile(rb'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")


def create_app(assistant: Assistant) -> FastAPI:
    """The ASGI application that serves the chat at ``/`` and the interfaces of ``assistant.api``."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gradio as gr

    from ui.chat import Chat

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_own_page)
    app.state.serving = api.attach(app, assistant)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        Chat(assistant).page(),
        path="/",
        ssr_mode=False,
        root_path=assistant.settings.root_path or None,
        show_error=False,
        footer_links=[],
        enable_monitoring=False,
        max_file_size="1kb",  # nothing is uploaded here
        theme=gr.themes.Soft(primary_hue="blue", font=_FONTS, font_mono=("ui-monospace", "Consolas", "monospace")),
        css_paths=[ASSETS / "style.css"],
        favicon_path=str(ASSETS / "favicon.svg"),
    )
    return mounted


async def _own_page(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Makes the page say that it is Chinese and drops references to foreign sites."""
    response = await call_next(request)
    if request.url.path.removeprefix(
        request.scope.get("root_path", "")
    ) != "/" or "text/html" not in response.headers.get("content-type", ""):
        return response
    body = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[attr-defined]
    body = _FOREIGN_META.sub(b"", body).replace(b'lang="en"', b'lang="zh-CN"', 1)
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    return Response(body, response.status_code, headers)
