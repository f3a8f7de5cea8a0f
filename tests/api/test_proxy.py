"""Behind a real nginx with the lines of docs/operations.md: page, interfaces, streams, and no changes from outside."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from openai import OpenAI

from assistant import Assistant
from tests.api.conftest import serving
from tests.api.test_mcp import talk
from tests.api.test_rest import error
from tests.conftest import ROOT, settings_for
from ui.server import listen

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
QUESTION = "娄底政务云由谁牵头？"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="no nginx on this machine")]


@contextmanager
def proxied(server: str, location: str, folder: Path) -> Iterator[str]:
    """The address of an nginx in front of a server, with the location that the documentation shows."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    shown = re.search(r"    location / \{\n(.*?)    \}", page, re.S)
    assert shown is not None
    lines = shown.group(1).replace("http://127.0.0.1:7860", server)
    with listen("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    paths = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; {paths}\nserver {{ listen 127.0.0.1:{port}; location {location} {{\n{lines}}} }} }}\n",
        encoding="utf-8",
    )
    with subprocess.Popen([str(NGINX), "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                try:
                    httpx.get(f"http://127.0.0.1:{port}{location}healthz")
                    break
                except httpx.TransportError:
                    assert process.poll() is None, (folder / "error.log").read_text()
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}{location}".rstrip("/")
        finally:
            process.terminate()


@pytest.mark.parametrize("location", ["/", "/wenzheng/"])
def test_page_and_interfaces(home: Path, tmp_path: Path, location: str) -> None:
    settings = replace(settings_for(home), root_path=location.rstrip("/"))
    opened = Assistant.open(settings=settings)
    expected = opened.ask(QUESTION)
    with serving(opened) as server, proxied(server, location, tmp_path) as address:
        page = httpx.get(f"{address}/")
        assert page.status_code == 200 and 'lang="zh-CN"' in page.text
        assert httpx.get(f"{address}/config").json()["root"] == address
        joined = httpx.post(f"{address}/gradio_api/call/ask", json={"data": [QUESTION, []]}).json()
        assert "loudi-2023/1/6" in httpx.get(f"{address}/gradio_api/call/ask/{joined['event_id']}", timeout=30).text
        reply = httpx.post(f"{address}/api/v1/ask", json={"question": QUESTION})
        assert reply.json() == expected.to_dict() and reply.headers["x-request-id"]
        with OpenAI(base_url=f"{address}/v1", api_key="-", max_retries=0) as chat:
            stream = chat.chat.completions.create(
                model="wenzheng", messages=[{"role": "user", "content": QUESTION}], stream=True
            )
            assert expected.text in "".join(chunk.choices[0].delta.content or "" for chunk in stream)

        async def work(client: object) -> None:
            asked = await client.call_tool("ask_policy", {"question": QUESTION})  # type: ignore[attr-defined]
            assert asked.structured_content == expected.to_dict()

        talk(f"{address}/mcp", work)
        files = {"file": ("x.txt", b"x")}
        error(httpx.post(f"{address}/api/v1/documents", files=files), 403, "forbidden")
