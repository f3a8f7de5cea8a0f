"""Pictures of each page and state in build/screenshots, and the four of the README in docs: ``make screenshots``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
OUT = ROOT / "build" / "screenshots"
TODAY = "2023-08-01"
PLATFORM = "湘西州政策问答平台由谁牵头，什么时候完成？"


@dataclass(frozen=True, slots=True)
class Shot:
    """A page in a state: what is there once it has come, and how the browser is set."""

    path: str
    there: str
    width: int = 1440
    height: int = 900
    dark: bool = False
    elder: bool = False
    offline: bool = False
    readme: str = ""


def asked(question: str) -> str:
    """The address of a question."""
    return f"/?q={quote(question)}"


SHOTS = {
    "chat-empty": Shot("/", ".wz-examples li"),
    "chat-answer": Shot(asked(PLATFORM), ".wz-card", readme="chat.png"),
    "chat-list": Shot(asked("州政府办牵头哪些任务？"), ".wz-list"),
    "chat-comparison": Shot(asked("湘西和邵阳的12345热线谁牵头，对比一下"), ".wz-sides"),
    "chat-long": Shot(asked("我爷爷眼神不好，政府网站字太小"), ".wz-card"),
    "chat-no-evidence": Shot(asked("株洲的政务云谁牵头？"), ".wz-none"),
    "chat-related": Shot(asked("我想办理护照要多少钱"), ".wz-none"),
    "chat-offline": Shot("/", ".wz-failed", offline=True),
    "chat-dark": Shot(asked(PLATFORM), ".wz-card", dark=True),
    "chat-elder": Shot(asked(PLATFORM), ".wz-card", elder=True),
    "chat-phone": Shot(asked(PLATFORM), ".wz-card", 390, 844),
    "chat-phone-elder": Shot(asked(PLATFORM), ".wz-card", 390, 844, elder=True, readme="elder.png"),
    "chat-320": Shot(asked("州政府办牵头哪些任务？"), ".wz-list", 320, 700),
    "desk-empty": Shot("/desk", "[data-pin]"),
    "desk-card": Shot(f"/desk?q={quote('12345热线改革 湘西')}", ".wz-leading", readme="desk.png"),
    "desk-nowhere": Shot(f"/desk?q={quote('株洲的政务云')}", ".wz-nowhere"),
    "desk-dark": Shot(f"/desk?q={quote('网站字太小')}", ".wz-leading", dark=True),
    "desk-phone": Shot(f"/desk?q={quote('网站字太小')}", ".wz-leading", 390, 844),
    "library": Shot("/library", ".wz-upload", readme="library.png"),
    "library-document": Shot("/library?document=loudi-2023", ".wz-meta"),
    "library-unit": Shot(f"/library?unit={quote('市行政审批服务局')}", ".wz-chart"),
    "library-nothing": Shot("/library?q=zzzz", ".wz-notice"),
    "library-dark": Shot("/library", ".wz-upload", dark=True),
    "library-phone-elder": Shot("/library", ".wz-upload", 390, 844, elder=True),
}


def main() -> None:
    """Starts the server and saves each page and state, as it first shows and whole."""
    OUT.mkdir(parents=True, exist_ok=True)
    with _served() as address, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, shot in SHOTS.items():
            _take(browser, address, name, shot)
        browser.close()


def _take(browser: Browser, address: str, name: str, shot: Shot) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        locale="zh-CN",
    )
    page = context.new_page()
    if shot.elder:
        page.add_init_script("localStorage.setItem('wenzheng.elder', 'true')")
    page.goto(address + shot.path)
    page.wait_for_selector("#wz[data-started]")
    if shot.offline:
        page.wait_for_selector(".wz-examples li")
        context.set_offline(True)
        page.fill("#wz-question", PLATFORM)
        page.press("#wz-question", "Enter")
    page.wait_for_selector(shot.there)
    page.wait_for_timeout(300)
    page.screenshot(path=OUT / f"{name}.png")
    if shot.readme:
        page.screenshot(path=ROOT / "docs" / shot.readme)
    page.add_style_tag(content="#wz .wz-ask { position: static !important; }")  # else it stands across the picture
    page.screenshot(path=OUT / f"{name}-whole.png", full_page=True)
    context.close()


@contextmanager
def _served() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--home", home]
        with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"WENZHENG_TODAY": TODAY}) as server:
            for _ in range(600):
                with socket.socket() as client:
                    if client.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
