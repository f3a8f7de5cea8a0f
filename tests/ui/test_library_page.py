"""The library in a browser: browse, filter, units, and a file that is looked at before it is published."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from assistant import Assistant
from assistant.schema import Scope
from tests.conftest import settings_for
from tests.ui.conftest import Visitor, serving

pytestmark = pytest.mark.slow
PLAN = """岳阳市2024年政务服务工作要点
一、优化服务
（一）推行周末延时服务。周六上午开放不少于10个窗口，2024年6月底前完成。（牵头单位：市行政审批服务局；责任单位：市直相关单位）
（二）建设智能客服。设置<b>专席</b>。（牵头单位：市数据局）
"""


def rows(page: Page) -> int:
    return page.locator(".wz-library tbody tr").count()


def test_documents_and_their_rows(visitor: Visitor, assistant: Assistant) -> None:
    held = len(assistant.rows(Scope(documents=("loudi-2023",), units=("市司法局",))))
    assert 0 < held < 43
    page = visitor.open("/library")
    page.wait_for_selector(".wz-table")
    assert rows(page) == 5 and "5份文件，291行任务" in page.inner_text(".wz-table caption")
    page.click("text=娄底市政务公开政务服务领导小组")
    page.wait_for_selector(".wz-meta")
    assert rows(page) == 43 and page.url.endswith("/library?document=loudi-2023")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.select_option("[name=unit]", "市司法局")
    page.wait_for_selector(f".wz-count >> text=找到{held}行")
    page.select_option("[name=unit]", "")
    page.wait_for_selector(".wz-count >> text=找到43行")
    page.fill("[name=q]", "政务云 小微机房")
    page.wait_for_selector(".wz-count >> text=找到1行")
    assert page.evaluate("document.activeElement.name") == "q"
    page.click(".wz-table summary")
    assert "政务云" in page.inner_text(".wz-words")
    with page.expect_download() as waiting:
        page.click(".wz-count a")
    lines = list(load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active.iter_rows(values_only=True))
    assert [line[7] for line in lines] == ["编号", "loudi-2023/1/6"]
    page.go_back()
    page.wait_for_selector("text=5份文件")


def test_deadline_filter_and_nothing_found(visitor: Visitor) -> None:
    page = visitor.open("/library?document=xiangxi-2022&due=undated")
    page.wait_for_selector(".wz-count")
    undated = int(re.findall(r"\d+", page.inner_text(".wz-count"))[0])
    page.select_option("[name=due]", "dated")
    page.wait_for_function(
        "undated => document.querySelector('.wz-count')?.innerText.includes(`${112 - undated}行`)", arg=undated
    )
    page.fill("[name=q]", "火星移民")
    page.wait_for_selector("text=没有符合条件的任务行")


def test_unit_page_and_row_from_an_answer(visitor: Visitor) -> None:
    page = visitor.open("/library?unit=州财政局")
    page.wait_for_selector(".wz-chart")
    assert "共8项，牵头7项，参与1项" in page.inner_text(".wz-lead") and rows(page) - 1 == 8
    page = visitor.ask("娄底政务云由谁牵头？")
    page.click("text=在文件库中打开")
    page.wait_for_selector("tr[id='loudi-2023/1/6'] details[open]")
    assert page.evaluate("document.activeElement.id") == "loudi-2023/1/6"


def test_unknown_document(visitor: Visitor) -> None:
    page = visitor.open("/library?document=<b>nowhere")
    page.wait_for_selector("[role=alert]")
    assert "没有编号为“<b>nowhere”的文件" in page.inner_text("[role=alert]")


def chosen(page: Page, name: str, content: bytes) -> None:
    page.wait_for_selector(".wz-upload form")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": content})
    page.click(".wz-upload form button")


def test_upload_is_looked_at_first(visitor: Visitor, served_home: Path) -> None:
    page = visitor.open("/library")
    chosen(page, "岳阳市2024年政务服务工作要点.txt", PLAN.encode())
    page.wait_for_selector(".wz-report h3")
    report = page.inner_text(".wz-report")
    assert "解析出2行任务" in report and "yueyang-2024" in report and "推行周末延时服务" in report
    assert "5份文件" in page.inner_text(".wz-library")
    page.click("[data-act=publish]")
    page.wait_for_selector("text=已收录")
    assert "6份文件，293行任务" in page.inner_text(".wz-library")
    page.click(".wz-report a")
    page.wait_for_selector(".wz-meta")
    page.click(".wz-table summary >> nth=1")
    assert "设置<b>专席</b>" in page.inner_text(".wz-library") and page.locator(".wz-words b").count() == 0
    kept = Assistant.open(settings=settings_for(served_home))
    assert kept.document("yueyang-2024").title == "岳阳市2024年政务服务工作要点"
    kept.remove("yueyang-2024")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("a.exe", b"MZ", "a.exe"), ("../../../坏.docx", b"PK\x03\x04", "坏.docx"), ("空.txt", b"", "请先选择文件")],
)
def test_bad_files_are_one_clear_line(visitor: Visitor, name: str, content: bytes, told: str) -> None:
    page = visitor.open("/library")
    chosen(page, Path(name).name, content)
    page.wait_for_selector(f".wz-step >> text={told}")
    assert "/tmp" not in page.inner_text(".wz-step")
    assert page.locator("[data-act=publish]").count() == 0


def test_no_upload_where_others_can_reach_the_page(visitor: Visitor, served_home: Path) -> None:
    with serving(served_home, "--host", "0.0.0.0", "--open") as address:
        page = visitor.contexts[0].new_page() if visitor.contexts else visitor.browser.new_page()
        page.goto(f"{address}/library")
        page.wait_for_selector(".wz-upload")
        assert "这里不能添加文件" in page.inner_text(".wz-upload") and page.locator(".wz-upload form").count() == 0
        page.close()
