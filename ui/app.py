"""The web server: the chat page in FastAPI, nothing loaded from outside."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from assistant.errors import InputError
from assistant.service import Assistant

ASSETS = Path(__file__).parent / "assets"
# Gradio's page template points search engines and social networks to its own sites; nothing of that is ours.
_FOREIGN_META = re.compile(rb'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")


def create_app(assistant: Assistant) -> FastAPI:
    """The ASGI application that serves the chat at ``/``."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gradio as gr

    from ui.chat import Chat

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_own_page)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        Chat(assistant).page(),
        path="/",
        ssr_mode=False,
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
    if request.url.path != "/" or "text/html" not in response.headers.get("content-type", ""):
        return response
    body = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[attr-defined]
    body = _FOREIGN_META.sub(b"", body).replace(b'lang="en"', b'lang="zh-CN"', 1)
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    return Response(body, response.status_code, headers)


def serve(assistant: Assistant) -> None:
    """Serves until stopped.

    Raises:
        InputError: the address cannot be used.
    """
    host, port = assistant.settings.host, assistant.settings.port
    check_free(host, port)
    assistant.search("政务服务")  # loads the dictionary before the first question comes
    uvicorn.run(create_app(assistant), host=host, port=port, log_level="warning", timeout_graceful_shutdown=3)


def check_free(host: str, port: int) -> None:
    """Fails with a clear message where another program holds the port.

    Raises:
        InputError: the address is taken or not of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise InputError(f"无法使用地址 {host}:{port}（{error.strerror}）", hint="请用 --port 换一个端口") from None
