"""The chat in a real browser: ask, cite, filter, follow up, copy, export, vote, come back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from assistant.store import Store
from tests.ui.conftest import PLATFORM, Visitor, clipboard

pytestmark = pytest.mark.slow


def type_question(page: Page, question: str) -> None:
    page.fill("#wz-question", question)
    page.press("#wz-question", "Enter")


def test_a_question_and_its_evidence(visitor: Visitor) -> None:
    page = visitor.open()
    assert page.title() == "问政 · 问答" and page.get_attribute("html", "lang") == "zh-CN"
    assert page.locator("footer:visible").count() == 0
    type_question(page, PLATFORM)
    page.wait_for_selector(".wz-card >> nth=1")
    answer, evidence = page.inner_text(".wz-body"), page.inner_text(".wz-evidence")
    assert "州政府办（州大数据中心）" in answer and "2022年11月底" in answer and "**" not in answer
    assert "xiangxi-2022/2/20" in evidence and "xiangxi-2022/3/10" in evidence and "摘要" in evidence
    assert page.inner_text(".wz-card >> nth=0 >> mark").startswith("政策文件集中公开")
    assert page.input_value("#wz-question") == ""
    page.wait_for_selector("#wz-said >> text=回答：写到这件事的有2项任务")


def test_mark_and_card_light_up_together(visitor: Visitor) -> None:
    page = visitor.ask(PLATFORM)
    page.hover(".wz-body .wz-ref >> nth=1")
    assert "wz-lit" in (page.get_attribute(".wz-card >> nth=1", "class") or "")
    assert "wz-lit" not in (page.get_attribute(".wz-card >> nth=0", "class") or "")
    page.click(".wz-body .wz-ref >> nth=0")
    assert page.evaluate("document.activeElement.dataset.n") == "1"
    assert "wz-lit" in (page.get_attribute(".wz-body .wz-ref >> nth=0", "class") or "")


def test_context_of_a_row(visitor: Visitor) -> None:
    page = visitor.ask("湘西附件1第36项是什么？")
    page.click("[data-act=context]")
    page.wait_for_selector(".wz-neighbours li >> nth=2")
    assert page.locator(".wz-neighbours li[aria-current]").count() == 1
    assert [text.split()[0] for text in page.locator(".wz-neighbours b").all_inner_texts()] == [
        "第35项（二十）", "第36项（二十一）", "第37项（二十一）"
    ]  # fmt: skip
    page.click("[data-act=context]")
    assert not page.is_visible(".wz-neighbours")


def test_filters_are_changed_and_taken_away(visitor: Visitor) -> None:
    page = visitor.ask("株洲的政务云谁牵头？")
    assert "没有收录株洲市的文件" in page.inner_text(".wz-none")
    page.select_option("select[data-filter=places]", "娄底市")
    page.wait_for_selector("text=编号 loudi-2023/1/6")
    assert "市行政审批服务局" in page.inner_text(".wz-body")
    page.click("[data-act=unfilter][data-filter=places]")
    page.wait_for_selector("text=编号 hunan-2023/1/5")
    assert page.input_value("select[data-filter=places]") == ""
    page.select_option("select[data-filter=years]", "2022")
    page.wait_for_selector("select[data-filter=years] >> nth=0")
    page.wait_for_function("!document.querySelector('.wz-turn').innerText.includes('hunan-2023/1/5')")


def test_follow_ups(visitor: Visitor) -> None:
    page = visitor.open()
    page.click(".wz-examples button >> nth=0")
    page.wait_for_selector(".wz-card")
    page.click(".wz-next button >> nth=0")
    page.wait_for_selector(".wz-turn >> nth=1 >> .wz-answer")
    type_question(page, "湘西附件1第36项是什么？")
    page.wait_for_selector("text=编号 xiangxi-2022/1/36")
    type_question(page, "下一项呢？")
    page.wait_for_selector("text=编号 xiangxi-2022/1/37")
    assert page.locator(".wz-turn").count() == 4


def test_list_sorts_unfolds_and_exports(visitor: Visitor) -> None:
    page = visitor.ask("州政府办牵头哪些任务？")
    assert page.locator(".wz-list tbody tr:visible").count() == 15
    assert "22项" in page.inner_text(".wz-chart")
    page.click("[data-act=unfold]")
    page.click(".wz-body .wz-ref >> text=[20]")
    assert page.evaluate("document.activeElement.id").endswith("-r20")
    assert page.locator(".wz-list tbody tr:visible").count() == 43
    page.click(".wz-list th >> text=完成时限")
    assert page.get_attribute(".wz-list th:nth-child(5)", "aria-sort") == "ascending"
    page.click(".wz-list th >> text=完成时限")
    assert page.inner_text(".wz-list tbody tr:first-child td:nth-child(5)") == "—"
    with page.expect_download() as waiting:
        page.click("[data-act=excel]")
    assert waiting.value.suggested_filename == "州政府办牵头哪些任务.xlsx"
    lines = list(load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active.iter_rows(values_only=True))
    assert len(lines) == 44 and lines[0][0] == "序号" and lines[1][7] == "xiangxi-2022/1/22"


def test_copies_and_link(visitor: Visitor) -> None:
    page = visitor.ask(PLATFORM)
    page.click("[data-act=copy]")
    page.wait_for_selector("text=已复制")
    assert clipboard(page).startswith("写到这件事的有2项任务") and "[1]" in clipboard(page)
    page.click("[data-act=sourced]")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('编号 xiangxi-2022/3/10'))")
    page.click("[data-act=link]")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('http'))")
    link = clipboard(page)
    other = visitor.open(link.removeprefix(visitor.address))
    other.wait_for_selector("text=编号 xiangxi-2022/2/20")
    with page.expect_download() as waiting:
        page.click("[data-act=markdown]")
    saved = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert saved.startswith(f"# {PLATFORM}") and "| 20 | 优化政策解读和咨询服务 |" in saved and "## 依据" in saved


def test_comparison_stands_in_columns(visitor: Visitor) -> None:
    page = visitor.ask("湘西和邵阳的12345热线谁牵头，对比一下")
    assert page.locator(".wz-sides thead th").all_inner_texts() == ["邵阳市2022年", "湘西州2022年"]
    assert page.inner_text(".wz-sides tbody tr:nth-child(2)").split("\t") == [
        "牵头单位",
        "市行政审批服务局",
        "州行政审批服务局",
    ]


def test_votes_and_unanswered_questions_are_kept(visitor: Visitor, served_home: Path) -> None:
    page = visitor.ask(PLATFORM)
    page.click("[data-act=good]")
    page.wait_for_selector("text=已记下")
    page = visitor.ask("株洲的政务云谁牵头？")
    page.click("[data-act=bad]")
    page.keyboard.type("应当收录株洲")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=已记下")
    entries = [(e.kind, e.question, e.rows, e.reason) for e in Store(served_home).feedback.entries()]
    assert ("helpful", PLATFORM, ("xiangxi-2022/2/20", "xiangxi-2022/3/10"), "") in entries
    assert ("unanswered", "株洲的政务云谁牵头？", (), "没有收录株洲市的文件") in entries
    assert ("unhelpful", "株洲的政务云谁牵头？", (), "应当收录株洲") in entries


def test_conversations_stay_in_the_browser(visitor: Visitor) -> None:
    page = visitor.ask(PLATFORM)
    type_question(page, "娄底政务云由谁牵头？")
    page.wait_for_selector("text=编号 loudi-2023/1/6")
    page.click("[data-act=new]")
    assert page.locator(".wz-turn").count() == 0 and page.is_visible(".wz-examples")
    page.goto(visitor.address)
    page.wait_for_selector("#wz[data-started]")
    page.click(".wz-past summary")
    page.click(f".wz-past li button >> text={PLATFORM}")
    assert page.locator(".wz-turn").count() == 2 and page.locator(".wz-card").count() == 3
    page.hover(".wz-body .wz-ref >> nth=0")
    assert page.locator(".wz-card.wz-lit").count() == 1
    type_question(page, "那责任单位呢？")
    page.wait_for_selector(".wz-turn >> nth=2 >> .wz-answer")
    assert "市直相关单位" in page.inner_text(".wz-turn >> nth=2 >> .wz-answer")
    page.click(".wz-past summary")
    page.click("[data-act=forget]")
    assert page.evaluate("localStorage.getItem('wenzheng.conversations')") is None


def test_offline_and_again(visitor: Visitor) -> None:
    page = visitor.open()
    page.context.set_offline(True)
    assert page.inner_text(".wz-offline") == "现在没有连上网络，连上后再试。"
    type_question(page, PLATFORM)
    page.wait_for_selector(".wz-failed[role=alert]")
    page.context.set_offline(False)
    page.wait_for_selector(".wz-offline", state="hidden")
    page.click("[data-act=retry]")
    page.wait_for_selector(".wz-card")


def test_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.open()
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.id === 'wz-send' || document.activeElement.id === 'wz-question'")
    page.focus("#wz-question")
    page.keyboard.type("娄底政务云")
    page.keyboard.press("Shift+Enter")
    assert page.locator(".wz-turn").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "wz-send"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=编号 loudi-2023/1/6")


@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script>", "？", "政" * 499, "**[1](javascript:alert(1))** <img src=x onerror=alert(1)>"],
)
def test_hostile_questions(visitor: Visitor, question: str) -> None:
    page = visitor.open()
    type_question(page, question)
    page.wait_for_selector(".wz-answer")
    assert page.locator(".wz-turn :is(script, img, a[href^=javascript])").count() == 0


def test_read_aloud(visitor: Visitor) -> None:
    page = visitor.open(elder=True)
    page.evaluate(
        "() => { window.spoken = []; speechSynthesis.speak = words => window.spoken.push([words.lang, words.text]); }"
    )
    type_question(page, "娄底政务云由谁牵头？")
    page.click("[data-act=speak]")
    ((lang, text),) = page.evaluate("window.spoken")
    assert lang == "zh-CN" and text.startswith("牵头单位：市行政审批服务局") and "[1]" not in text
