"""The running server: its pages, its assets, a proxy that shows it under a path."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.ui.conftest import PLATFORM, Visitor

pytestmark = pytest.mark.slow


def fetched(
    address: str, path: str, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    given = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()
    connection.close()
    return given


def test_pages_are_ours(address: str) -> None:
    for path, title in (("/", "问政 · 问答"), ("/desk", "问政 · 坐席台"), ("/library", "问政 · 文件库")):
        status, headers, page = fetched(address, path)
        head = page.split("window.gradio_config", 1)[0]
        assert status == 200 and 'lang="zh-CN"' in head and "https://" not in head
        assert f"<title>{title}</title>" in page and 'rel="manifest"' not in page
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert fetched(address, "/wz/style.css")[0] == 200 and fetched(address, "/wz/%2e%2e/app.py")[0] == 404
    assert fetched(address, "/favicon.ico")[1]["content-type"].startswith("image/svg")


def test_programs_ask_by_gradio(address: str) -> None:
    body = json.dumps({"data": ["娄底政务云由谁牵头", []]}).encode()
    _, _, told = fetched(address, "/gradio_api/run/ask", "POST", body, {"Content-Type": "application/json"})
    assert json.loads(told)["data"][0]["facts"]["lead_units"] == ["市行政审批服务局"]


def test_prefix_that_a_proxy_names(address: str) -> None:
    status, _, page = fetched(address, "/desk", headers={"X-Forwarded-Prefix": "/gov/wenzheng"})
    assert status == 200 and f'"root":"{address}/gov/wenzheng"' in page
    status, _, page = fetched(address, "/desk", headers={"X-Forwarded-Prefix": '"><script>x</script>'})
    assert status == 200 and "<script>x" not in page


@pytest.fixture
def proxied(address: str) -> Iterator[str]:
    """The server under /gov/wenzheng/ of a proxy that strips the path and says nothing of it."""
    prefix = "/gov/wenzheng"

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(prefix + "/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
            connection.request(self.command, self.path.removeprefix(prefix), body, dict(self.headers))
            response = connection.getresponse()
            content = response.read()
            self.send_response(response.status)
            for name, value in response.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()


def test_under_a_path_of_a_proxy(chromium: Browser, proxied: str) -> None:
    visitor = Visitor(chromium, proxied)
    page = visitor.ask(PLATFORM)
    page.wait_for_selector(".wz-card")
    page.click(".wz-top nav >> text=坐席台")
    page.wait_for_selector("[data-pin]")
    page.keyboard.type("政务云")
    page.wait_for_selector(".wz-leading")
    page.click(".wz-top nav >> text=文件库")
    page.wait_for_selector(".wz-table")
    page.click(".wz-table a >> nth=0")
    page.wait_for_selector(".wz-meta")
    assert page.url.startswith(f"{proxied}/library?document=") and visitor.problems == []
    assert [url for url in visitor.requests if url.startswith("http") and not url.startswith(proxied)] == []
    page.context.close()
