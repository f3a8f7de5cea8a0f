"""WCAG 2.2 AA by the rules of axe, on every page and state, in light, dark and elder mode; no sideways scrolling."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.ui.conftest import PLATFORM, Visitor

pytestmark = pytest.mark.slow
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Each page and state, and what is there once it has come.
STATES = {
    "empty": ("/", ".wz-examples li"),
    "answer": (f"/?q={quote(PLATFORM)}", ".wz-card"),
    "list": (f"/?q={quote('州政府办牵头哪些任务？')}", ".wz-list"),
    "comparison": (f"/?q={quote('湘西和邵阳的12345热线谁牵头，对比一下')}", ".wz-sides"),
    "no evidence": (f"/?q={quote('株洲的政务云谁牵头？')}", ".wz-none"),
    "related": (f"/?q={quote('我想办理护照要多少钱')}", ".wz-evidence .wz-hint"),
    "desk": ("/desk", "[data-pin]"),
    "card": (f"/desk?q={quote('网站字太小')}", ".wz-leading"),
    "nowhere": (f"/desk?q={quote('株洲的政务云')}", ".wz-nowhere"),
    "library": ("/library", ".wz-upload"),
    "document": ("/library?document=loudi-2023", ".wz-meta"),
    "unit": (f"/library?unit={quote('州财政局')}", ".wz-chart"),
    "nothing found": ("/library?q=zzzz", ".wz-notice"),
}
MODES = {
    "light": {"width": 1280},
    "dark": {"width": 1280, "dark": True},
    "elder": {"width": 1280, "elder": True},
    "phone": {"width": 320, "height": 640},
    "elder dark phone": {"width": 320, "height": 640, "elder": True, "dark": True},
}


def violations(page: Page) -> list[str]:
    """The faults that axe finds, one line each."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm install in tests/ui)")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", TAGS)
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


def shown(visitor: Visitor, state: str, mode: str) -> Page:
    path, there = STATES[state]
    page = visitor.open(path, bypass_csp=True, **MODES[mode])
    page.wait_for_selector(there)
    return page


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("state", STATES)
def test_no_violation_and_no_sideways_scrolling(visitor: Visitor, state: str, mode: str) -> None:
    page = shown(visitor, state, mode)
    assert page.evaluate("document.documentElement.scrollWidth") <= MODES[mode]["width"]
    assert violations(page) == []


def test_failures_and_opened_parts_have_no_violation(visitor: Visitor) -> None:
    page = visitor.ask(PLATFORM, bypass_csp=True)
    page.click("[data-act=bad]")
    page.click("[data-act=context] >> nth=0")
    page.wait_for_selector(".wz-neighbours")
    page.click(".wz-past summary")
    assert violations(page) == []
    page.context.set_offline(True)
    page.fill("#wz-question", PLATFORM)
    page.press("#wz-question", "Enter")
    page.wait_for_selector(".wz-failed")
    assert violations(page) == []


def test_elder_mode_is_kept_and_offers_less(visitor: Visitor) -> None:
    page = visitor.ask(PLATFORM)
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.wz-body')).fontSize)")
    assert page.is_visible("[data-act=markdown]") and page.is_visible(".wz-understood")
    page.click("[data-act=elder]")
    after = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.wz-body')).fontSize)")
    assert after == before * 1.5
    assert not page.is_visible("[data-act=markdown]") and not page.is_visible(".wz-understood")
    assert page.is_visible("[data-act=speak]")
    page.goto(f"{visitor.address}/library")
    page.wait_for_selector("#wz[data-started]")
    assert page.get_attribute("[data-act=elder]", "aria-pressed") == "true"


def test_zoomed_to_400_percent(visitor: Visitor) -> None:
    page = visitor.ask(PLATFORM, width=320, height=256)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.focus(".wz-card a >> nth=0")
    hidden = page.evaluate(
        """() => { const box = document.activeElement.getBoundingClientRect();
                   return document.elementFromPoint(box.x + 4, box.y + 4) !== document.activeElement; }"""
    )
    assert not hidden  # WCAG 2.2, 2.4.11 focus not obscured


def test_every_step_of_the_keyboard_is_seen(visitor: Visitor) -> None:
    page = visitor.ask(PLATFORM)
    page.focus(".wz-name")
    for _ in range(40):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            """() => { const focused = document.activeElement, around = focused.closest('.wz-ask, .wz-file');
                       return focused === document.body || [focused, around].filter(Boolean).some(each => {
                         const style = getComputedStyle(each);
                         return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2; }); }"""
        )
        assert ring, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_tables_name_their_headers(visitor: Visitor) -> None:
    page = shown(visitor, "list", "phone")
    tree = page.locator(".wz-list table").aria_snapshot()
    assert "columnheader" in tree and "rowheader" in tree and "cell" in tree


def test_motion_and_colours_follow_the_system(visitor: Visitor) -> None:
    dark, light = (visitor.ask(PLATFORM, dark=dark) for dark in (True, False))
    name = "getComputedStyle(document.querySelector('.wz-answer')).animationName"
    assert light.evaluate(name) == "none"
    light.emulate_media(reduced_motion="no-preference")
    assert light.evaluate(name) == "wz-in"
    ground = "getComputedStyle(document.querySelector('#wz')).backgroundColor"
    assert (light.evaluate(ground), dark.evaluate(ground)) == ("rgb(244, 246, 248)", "rgb(16, 21, 28)")
