"""A running server as ``wenzheng serve`` starts it, and a real Chromium whose network is watched."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from assistant import Assistant
from tests.conftest import ROOT, TODAY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORD = "correct horse battery"
PLATFORM = "湘西州政策问答平台由谁牵头，什么时候完成？"


def accounts(assistant: Assistant) -> Assistant:
    """Gives an assistant one account of each role."""
    for name, role, unit in (
        ("boss", "admin", None),
        ("小编", "editor", "市信访局"),
        ("tel", "agent", "市信访局"),
        ("guest", "visitor", None),
    ):
        assistant.access.add_user(name, PASSWORD, role, unit)
    return assistant


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """The address of a server over a home folder."""
    port = free_port()
    environment = os.environ | {"WENZHENG_TODAY": TODAY}
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--home", str(home), *options]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        for _ in range(600):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, "the server stopped"
            time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def served_home(tmp_path_factory: pytest.TempPathFactory, shared_home: Path) -> Path:
    """The home folder of the module's server."""
    return shutil.copytree(shared_home, tmp_path_factory.mktemp("网页") / "家")


@pytest.fixture(scope="module")
def address(served_home: Path) -> Iterator[str]:
    with serving(served_home) as given:
        yield given


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=options)


@dataclass
class Visitor:
    """Opens pages; keeps what the browser asked for and what went wrong."""

    browser: Browser
    address: str
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(
        self,
        width: int = 1280,
        height: int = 800,
        *,
        dark: bool = False,
        elder: bool = False,
        bypass_csp: bool = False,
    ) -> Page:
        """An empty page in a context of its own."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="zh-CN",
            bypass_csp=bypass_csp,
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(15_000)
        context.set_default_navigation_timeout(60_000)  # a server that has just been started is still loading
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        if elder:
            page.add_init_script("localStorage.setItem('wenzheng.elder', 'true')")
            context.add_cookies([{"name": "wz_elder", "value": "1", "url": self.address}])
        return page

    def open(self, path: str = "/", **options: Any) -> Page:
        """A page, started."""
        page = self.page(**options)
        page.goto(self.address + path)
        page.wait_for_selector("#wz[data-started]")
        return page

    def plain(self, path: str, **options: Any) -> Page:
        """A page without a script."""
        page = self.page(**options)
        page.goto(self.address + path)
        return page

    def sign_in(self, name: str, path: str = "/", **options: Any) -> Page:
        """A page for an account, signed in by the form."""
        page = self.plain(f"/signin?next={quote(path)}", **options)
        page.fill("[name=account]", name)
        page.fill("[name=password]", PASSWORD)
        page.click(".wz-go")
        page.wait_for_selector("#wz[data-known]:not([data-page=plain]), .wz-mine")
        return page

    def ask(self, question: str, **options: Any) -> Page:
        """The chat with the answer to a question."""
        page = self.open(f"/?q={quote(question)}", **options)
        page.wait_for_selector(".wz-answer")
        return page


def close(visitor: Visitor) -> None:
    """Closes the pages of a visitor; nothing that a document or a question holds has run in them."""
    for context in visitor.contexts:
        for page in context.pages:
            if page.evaluate("window.__xss") is not None:
                visitor.problems.append(f"ran at {page.url}")
        context.close()


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Visitor]:
    """A visitor whose pages raise no error and load nothing from elsewhere."""
    given = Visitor(chromium, address)
    yield given
    close(given)
    web = [urlsplit(url) for url in given.requests]
    elsewhere = {url.netloc for url in web if url.scheme not in ("data", "blob")} - {urlsplit(address).netloc}
    assert elsewhere == set() and given.problems == []


def clipboard(page: Page) -> str:
    """What was copied."""
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text
