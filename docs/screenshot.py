"""Takes docs/chat.png from a running page: ``make screenshot``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

PORT = "7898"
QUESTION = "湘西州政策问答平台由谁牵头，什么时候完成？"


def main() -> None:
    """Starts the server, asks, and saves the page."""
    out = Path(__file__).parent / "chat.png"
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "assistant", "serve", "--port", PORT, "--home", home]
        with subprocess.Popen(command) as server, sync_playwright() as playwright:
            address = f"http://127.0.0.1:{PORT}"
            _wait(address)
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 880}, locale="zh-CN")
            page.goto(address)
            page.fill("#wz-question textarea", QUESTION)
            page.press("#wz-question textarea", "Enter")
            page.wait_for_selector(".wz-card")
            page.wait_for_timeout(1000)
            page.screenshot(path=out)
            browser.close()
            server.terminate()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            urlopen(address).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
