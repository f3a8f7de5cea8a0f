"""Accounts in a browser: signing in, what the pages show to whom, who may see a document, sessions that end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from assistant import Assistant
from assistant.schema import Concern
from tests.api.conftest import serving
from tests.conftest import settings_for
from tests.ui.conftest import PASSWORD, Visitor, accounts, close
from tests.ui.test_accessibility import MODES, violations
from tests.ui.test_library_page import PLAN, chosen

pytestmark = pytest.mark.slow
TRADE = "/?q=%E5%A8%84%E5%BA%95%E6%94%BF%E5%8A%A1%E4%BA%91%E7%94%B1%E8%B0%81%E7%89%B5%E5%A4%B4"  # 娄底政务云由谁牵头


@pytest.fixture(scope="module")
def staffed(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant with accounts and a document that is internal."""
    home = shutil.copytree(shared_home, tmp_path_factory.mktemp("accounts") / "home")
    assistant = accounts(Assistant.open(settings=settings_for(home)))
    assistant.set_visibility("loudi-2023", "internal")
    return assistant


@pytest.fixture(scope="module")
def address(staffed: Assistant) -> Iterator[str]:
    with serving(staffed) as given:
        yield given


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Visitor]:
    given = Visitor(chromium, address)
    yield given
    close(given)
    assert given.problems == []


def navigation(page: Page) -> list[str]:
    page.wait_for_selector("#wz[data-known]")
    return page.locator(".wz-top nav a").all_inner_texts()


def test_the_frame_knows_who_has_opened_it(visitor: Visitor) -> None:
    page = visitor.open("/")
    assert navigation(page) == ["问答", "文件库"] and page.inner_text(".wz-me") == "登录"
    page.goto(f"{visitor.address}/library?unit=x")
    page.wait_for_selector("#wz[data-known]")
    page.click(".wz-me")
    page.fill("[name=account]", "tel")
    page.fill("[name=password]", "not the password")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.inner_text("[role=alert]").startswith("账号或密码不对") and page.input_value("[name=account]") == "tel"
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/library?unit=x")
    assert navigation(page) == ["问答", "坐席台", "文件库"]
    assert page.inner_text(".wz-me") == "tel" and page.get_attribute(".wz-me", "aria-label") == "我的账号：tel"
    page.click(".wz-me")
    page.wait_for_url("**/account")
    assert page.locator(".wz-top nav a:visible").all_inner_texts() == ["问答", "坐席台", "文件库"]
    assert "坐席" in page.inner_text(".wz-mine") and "市信访局" in page.inner_text(".wz-mine")
    page.click("text=退出登录")
    page.wait_for_url("**/signin")
    page.goto(f"{visitor.address}/desk?q=a%20b")
    assert page.url == f"{visitor.address}/signin?next=/desk%3Fq%3Da%2520b"
    assert page.get_attribute("[name=next]", "value") == "/desk?q=a%20b"


def test_a_visitor_account_has_no_desk(visitor: Visitor) -> None:
    assert navigation(visitor.sign_in("guest")) == ["问答", "文件库"]


def test_an_internal_citation(visitor: Visitor) -> None:
    page = visitor.sign_in("tel", TRADE)
    page.wait_for_selector(".wz-card")
    assert page.inner_text(".wz-card .wz-seen") == "内部"
    page = visitor.open(TRADE)
    page.wait_for_selector(".wz-none")
    assert "loudi-2023" not in page.inner_text("#wz")


def test_a_session_that_ends_is_told_once_and_goes_on(visitor: Visitor, staffed: Assistant) -> None:
    page = visitor.sign_in("tel")
    page.wait_for_selector(".wz-examples li")
    page.context.clear_cookies()
    page.fill("#wz-question", "娄底政务云由谁牵头")
    page.press("#wz-question", "Enter")
    page.wait_for_selector(".wz-ended a")
    assert page.inner_text(".wz-ended") == "登录已结束，写好的内容还在。 在新窗口登录，再回到这里"
    assert page.inner_text(".wz-turn h2") == "娄底政务云由谁牵头" and page.locator(".wz-ended[role=alert]").count() == 1
    with page.expect_popup() as popup:
        page.click(".wz-ended a")
    other = popup.value
    other.fill("[name=account]", "tel")
    other.fill("[name=password]", PASSWORD)
    other.click(".wz-go")
    other.wait_for_selector("#wz[data-known]")
    other.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_selector(".wz-ended", state="hidden")
    page.click("[data-act=retry]")
    page.wait_for_selector("text=编号 loudi-2023/1/6")


def test_an_editor_changes_who_may_see_a_document(visitor: Visitor, staffed: Assistant) -> None:
    page = visitor.sign_in("小编", "/library?document=hunan-2022")
    page.click(".wz-editing summary")
    assert page.locator(".wz-owner:visible").count() == 0
    page.select_option(".wz-seeing select", "unit")
    page.fill(".wz-owner input", "市财政局")
    page.click(".wz-seeing > button")
    assert "只有账号属于这个单位的工作人员" in page.inner_text(".wz-confirm")
    assert page.evaluate("document.activeElement.innerText") == "确定改为“仅本单位”"
    page.keyboard.press("Enter")
    page.wait_for_selector(".wz-seeing .wz-step >> text=不能设成自己看不到的范围")
    page.select_option(".wz-seeing select", "internal")
    page.click(".wz-seeing > button")
    assert "没有登录的人和访客账号看不到" in page.inner_text(".wz-confirm")
    page.click("text=取消")
    assert staffed.document("hunan-2022").visibility == "public"
    page.click(".wz-seeing > button")
    page.click("[data-act=see]")
    page.wait_for_selector(".wz-toast >> text=已改为“内部”，马上生效。")
    assert "内部" in page.inner_text(".wz-meta") and staffed.document("hunan-2022").visibility == "internal"
    staffed.set_visibility("hunan-2022", "public")


def test_what_screening_found_needs_a_reason(
    visitor: Visitor, staffed: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = (Concern("mobile", "第3行", "联系人〔手机号〕", 2), Concern("mobile", "第4行", "〔手机号〕"))
    import assistant.library.intake as intake
    import assistant.service as service

    parse_file = service.parse_file

    def parsed(*given: Any, **more: Any) -> Any:
        return replace(parse_file(*given, **more), concerns=found)

    for module in (intake, service):
        monkeypatch.setattr(module, "parse_file", parsed)
    for name in ("assistant.library.intake.SAID", "ui.views.editing.SAID"):
        monkeypatch.setattr(name, {"mobile": "有手机号，请确认可以公开"})
    page = visitor.sign_in("小编", "/library")
    page.wait_for_selector(".wz-upload form")
    page.select_option(".wz-upload select", "unit")
    assert page.input_value(".wz-upload .wz-owner input") == "市信访局"
    chosen(page, "岳阳市2024年政务服务工作要点.txt", PLAN.encode())
    page.wait_for_selector(".wz-concerns")
    concerns = page.inner_text(".wz-concerns")
    assert "有手机号，请确认可以公开（3处）" in concerns and "第3行 联系人〔手机号〕" in concerns
    page.click("[data-act=publish]")
    page.wait_for_selector(".wz-upload .wz-step >> text=请先写明为什么可以发布")
    assert page.evaluate("document.activeElement.name") == "reviewed"
    page.evaluate("document.querySelector('[name=reviewed]').value = '值班电话'")
    page.click("[data-act=publish]")
    page.wait_for_selector("text=已收录")
    assert staffed.document("yueyang-2024").owner == "市信访局"
    (deed,) = [each.details for each in staffed.store.audit.entries() if each.action == "document.add"]
    assert (deed["reviewed"], deed["concerns"]) == ("值班电话", {"mobile": 2})
    staffed.remove("yueyang-2024")


def test_the_server_refuses_without_a_reason(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    import assistant.library.intake as intake

    parse_file = intake.parse_file
    found = (Concern("mobile", "第3行", "〔手机号〕"),)
    monkeypatch.setattr(intake, "parse_file", lambda *a, **k: replace(parse_file(*a, **k), concerns=found))
    monkeypatch.setattr("assistant.library.intake.SAID", {"mobile": "有手机号，请确认可以公开"})
    page = visitor.sign_in("小编", "/library")
    chosen(page, "岳阳市2024年政务服务工作要点.txt", PLAN.encode())
    page.click("[data-act=publish]")
    page.wait_for_selector(".wz-upload .wz-step >> text=发布前的保密审查发现：有手机号，请确认可以公开（第3行）")
    assert "请先写明为什么可以发布" in page.inner_text(".wz-upload .wz-step")


@pytest.mark.parametrize("mode", MODES)
def test_plain_pages_have_no_violation(visitor: Visitor, mode: str) -> None:
    page = visitor.plain("/signin", bypass_csp=True, **MODES[mode])
    page.fill("[name=account]", "a")
    page.fill("[name=password]", "b")
    page.click(".wz-go")
    page.wait_for_selector("[role=alert]")
    assert page.evaluate("document.documentElement.scrollWidth") <= MODES[mode]["width"]
    assert violations(page) == []
    page = visitor.sign_in("小编", "/account", bypass_csp=True, **MODES[mode])
    assert page.evaluate("document.documentElement.scrollWidth") <= MODES[mode]["width"]
    assert violations(page) == []


@pytest.mark.parametrize("mode", MODES)
def test_what_editors_see_has_no_violation(visitor: Visitor, mode: str) -> None:
    page = visitor.sign_in("小编", "/library?document=loudi-2023", bypass_csp=True, **MODES[mode])
    page.click(".wz-editing summary")
    page.select_option(".wz-seeing select", "unit")
    page.click(".wz-seeing > button")
    assert page.evaluate("document.documentElement.scrollWidth") <= MODES[mode]["width"]
    assert violations(page) == []


def test_elder_mode_is_one_for_all_pages(visitor: Visitor) -> None:
    page = visitor.plain("/signin", bypass_csp=True)
    page.click("text=长辈模式")
    assert page.get_attribute("html", "class") == "wz-elder-mode" and page.inner_text(".wz-elder") == "关闭长辈模式"
    page.click(".wz-name")
    page.wait_for_selector("#wz[data-started]")
    assert page.get_attribute("[data-act=elder]", "aria-pressed") == "true"
    page.click("[data-act=elder]")
    page.goto(f"{visitor.address}/signin")
    assert page.get_attribute("html", "class") is None
