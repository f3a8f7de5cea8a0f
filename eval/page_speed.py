"""From Enter to the painted answer, in Chromium on the shipped corpus: ``make soak``."""

from __future__ import annotations

import shutil
import statistics

from playwright.sync_api import Page, sync_playwright

from eval.bench import QUESTIONS, machine
from eval.serving import served

ROUNDS = 5
_MOST = 0.3  # seconds, of the median
# Milliseconds from the key to the second frame after the answer stands in the page.
_WATCH = """() => new Promise(done => {
  let start;
  document.querySelector('#wz-question').addEventListener('keydown', event => {
    if (event.key === 'Enter') start = performance.now();
  }, { capture: true, once: true });
  const before = document.querySelectorAll('.wz-answer').length;
  new MutationObserver((_, observer) => {
    if (document.querySelectorAll('.wz-answer').length === before) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  }).observe(document.querySelector('.wz-talk'), { childList: true, subtree: true });
})"""


def main() -> None:
    """Asks each question some times and prints the median; fails where it is too long."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("没有找到 chromium，不能测量网页")
    with served() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="zh-CN")
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#wz[data-started]")
        taken = [_asked(page, question) for _ in range(ROUNDS) for question in QUESTIONS]
        browser.close()
    ordered = sorted(taken)
    median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(
        f"{machine()}；从按下回车到画出回答，{len(taken)}次：中位数 {median * 1e3:.0f} 毫秒，95% 在 {late * 1e3:.0f} 毫秒内"
    )
    if median > _MOST:
        raise SystemExit(1)


def _asked(page: Page, question: str) -> float:
    """Seconds for one question in a new conversation."""
    if page.is_visible("[data-act=new]"):
        page.click("[data-act=new]")
    page.fill("#wz-question", question)
    page.evaluate(f"() => {{ window.painted = ({_WATCH})(); }}")
    page.press("#wz-question", "Enter")
    return float(page.evaluate("window.painted")) / 1e3


if __name__ == "__main__":
    main()
