"""The hotline desk by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.ui.conftest import Visitor, clipboard

pytestmark = pytest.mark.slow


def typed(visitor: Visitor, words: str) -> Page:
    page = visitor.open("/desk")
    page.wait_for_selector("[data-pin=year]")
    page.keyboard.type(words, delay=10)
    page.wait_for_selector(".wz-right")
    page.wait_for_function("words => document.querySelector('#wz-call').value === words", arg=words)
    page.wait_for_load_state("networkidle")
    return page


def test_results_while_typing_and_the_card(visitor: Visitor) -> None:
    page = typed(visitor, "12345热线改革 湘西")
    assert page.title() == "问政 · 坐席台"
    assert page.inner_text("[role=option][aria-selected=true] b").startswith("推进12345政务服务便民热线")
    assert page.inner_text(".wz-leading dd") == "州行政审批服务局"
    card = page.inner_text("#wz-card")
    for words in ("把握大", "2022年11月底", "已过", "编号 xiangxi-2022/1/58", "上级", "省政务局", "话术", "第二选择"):
        assert words in card, words
    assert page.get_attribute("#wz-call", "aria-activedescendant") == "wz-o0"
    assert page.inner_text("#wz-said").endswith("条结果")


def test_keys(visitor: Visitor) -> None:
    page = typed(visitor, "网站字太小")
    first = page.inner_text("#wz-card h2")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("first => document.querySelector('#wz-card h2').innerText !== first", arg=first)
    second = page.inner_text("#wz-card h2")
    assert page.get_attribute("#wz-o1", "aria-selected") == "true"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "wz-card"
    page.keyboard.press("1")
    page.wait_for_selector("text=已复制责任卡")
    assert clipboard(page).startswith(f"{second}\n牵头单位：")
    page.keyboard.press("2")
    page.wait_for_selector("text=已复制派单依据")
    assert clipboard(page).startswith("【派单依据】\n任务：" + second)
    page.keyboard.press("3")
    page.wait_for_selector("text=已复制答复")
    assert clipboard(page).startswith("您好！您反映的事属于")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("first => document.querySelector('#wz-card h2').innerText === first", arg=first)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "wz-call"
    page.keyboard.press("Escape")
    assert page.input_value("#wz-call") == "" and page.locator("[role=option]").count() == 0
    assert page.inner_text(".wz-recent button") == "网站字太小"
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "wz-call" and page.input_value("#wz-call") == ""


def test_single_keys_can_be_turned_off(visitor: Visitor) -> None:
    page = typed(visitor, "网站字太小")
    page.uncheck("#wz-single")
    page.focus("#wz-card")
    page.keyboard.press("/")
    page.keyboard.press("1")
    assert page.evaluate("document.activeElement.id") == "wz-card" and page.inner_text(".wz-toast") == ""


def test_in_no_document(visitor: Visitor) -> None:
    page = typed(visitor, "株洲的政务云谁牵头")
    assert page.inner_text(".wz-nowhere .wz-notice") == "不在任何文件中"
    assert "没有收录株洲市的文件" in page.inner_text("#wz-card")
    assert page.locator("[role=option][aria-selected=true]").count() == 0
    assert set(page.locator("[role=option] .wz-sure").all_inner_texts()) == {"只是接近"}


def test_pins_last(visitor: Visitor) -> None:
    page = typed(visitor, "政务云")
    page.select_option("[data-pin=place]", "娄底市")
    page.wait_for_function(
        "document.querySelectorAll('[role=option]').length && [...document.querySelectorAll('[role=option] .wz-where')].every(each => each.innerText.startsWith('娄底市2023年'))"
    )
    page.goto(f"{visitor.address}/desk")
    page.wait_for_selector(".wz-filter.set [data-pin=place]")
    assert page.input_value("[data-pin=place]") == "娄底市"


def test_hostile_words(visitor: Visitor) -> None:
    page = typed(visitor, "<img src=x onerror=alert(1)>")
    assert page.locator(".wz-found img").count() == 0
