"""The chat in a real browser, with the network of the page watched."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from assistant.store.feedback import Feedback
from tests.conftest import ROOT, TODAY

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PLATFORM = "湘西州政策问答平台由谁牵头，什么时候完成？"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("网页")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """A running server, as ``wenzheng serve`` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = os.environ | {"WENZHENG_TODAY": TODAY}
    command = [sys.executable, "-m", "assistant", "serve", "--port", port, "--home", str(home)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        for _ in range(600):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", int(port))) == 0:
                    break
            assert server.poll() is None, "the server stopped"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=options)


def opened(browser: Browser, address: str, width: int = 1280, dark: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", locale="zh-CN"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#wz-question textarea")
    return page


def ask(page: Page, question: str) -> None:
    page.fill("#wz-question textarea", question)
    page.press("#wz-question textarea", "Enter")


def test_a_question_and_its_rows(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    assert page.title() == "问政" and page.get_attribute("html", "lang") == "zh-CN"
    ask(page, PLATFORM)
    page.wait_for_selector(".wz-card >> nth=1")
    chat, cards = page.inner_text("#wz-chat"), page.inner_text("#wz-evidence")
    assert "州政府办（州大数据中心）" in chat and "2022年11月底" in chat and "**" not in chat
    assert "xiangxi-2022/2/20" in cards and "xiangxi-2022/3/10" in cards
    assert page.input_value("#wz-question textarea") == ""
    page.context.close()


def test_follow_up_example_and_suggestion(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.click("#wz-chat button.example >> nth=0")
    page.wait_for_selector(".wz-card")
    page.click("button.wz-next >> nth=0")
    page.wait_for_selector("#wz-chat .user.message >> nth=1")
    ask(page, "湘西附件1第36项是什么？")
    page.wait_for_selector("text=编号 xiangxi-2022/1/36")
    ask(page, "下一项呢？")
    page.wait_for_selector("text=编号 xiangxi-2022/1/37")
    page.context.close()


def test_nothing_leaves_the_machine(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#wz-question textarea")
    ask(page, PLATFORM)
    page.wait_for_selector(".wz-card")
    hosts = {urlsplit(url).netloc for url in requests if urlsplit(url).scheme in ("http", "https", "ws", "wss")}
    assert hosts == {urlsplit(address).netloc} and problems == []
    assert "https://" not in (page.evaluate("fetch('/').then(page => page.text())").split("<script")[0])
    context.close()


def test_votes_and_unanswered_questions_are_kept(browser: Browser, address: str, home: Path) -> None:
    page = opened(browser, address)
    assert not page.is_visible("#wz-good")
    ask(page, PLATFORM)
    page.wait_for_selector("#wz-good", state="visible")
    page.click("#wz-good")
    page.wait_for_selector("text=已记下")
    ask(page, "株洲的政务云谁牵头？")
    page.wait_for_selector("text=没有收录株洲市的文件")
    page.wait_for_selector("#wz-bad", state="visible")
    page.click("#wz-bad")
    page.fill("#wz-reason textarea", "应当收录株洲")
    page.click("#wz-submit")
    page.wait_for_selector("text=已记下")
    entries = [(e.kind, e.question, e.rows, e.reason) for e in Feedback(home / "feedback.db").entries()]
    assert ("helpful", PLATFORM, ("xiangxi-2022/2/20", "xiangxi-2022/3/10"), "") in entries
    assert ("unanswered", "株洲的政务云谁牵头？", (), "没有收录株洲市的文件") in entries
    assert ("unhelpful", "株洲的政务云谁牵头？", (), "应当收录株洲") in entries
    page.context.close()


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (1280, True)])
def test_fits_the_window_and_can_be_read(browser: Browser, address: str, width: int, dark: bool) -> None:
    page = opened(browser, address, width, dark)
    ask(page, PLATFORM)
    page.wait_for_selector(".wz-card")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ratio = page.evaluate(
        """() => {
          const light = rgb => rgb.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const rgb = (element, name) => getComputedStyle(element)[name].match(/[\\d.]+/g).slice(0, 3).map(Number);
          const card = document.querySelector('.wz-card'), words = card.querySelector('.wz-place');
          const [a, b] = [light(rgb(words, 'color')), light(rgb(card, 'backgroundColor'))].sort((x, y) => y - x);
          return (a + .05) / (b + .05);
        }"""
    )
    assert ratio >= 4.5  # WCAG 2.2, 1.4.3 contrast (minimum)
    page.context.close()


def test_keyboard_alone(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    page.keyboard.type("娄底政务云")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "wz-send"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=编号 loudi-2023/1/6")
    page.context.close()


@pytest.mark.parametrize("question", ["<script>alert(1)</script>", "？", "政" * 499])
def test_hostile_questions(browser: Browser, address: str, question: str) -> None:
    page = opened(browser, address)
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    ask(page, question)
    page.wait_for_selector("#wz-chat .bot.message")
    assert alerts == []
    page.context.close()
