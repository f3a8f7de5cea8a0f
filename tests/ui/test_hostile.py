"""Nothing that a document, a question or an address holds becomes an element or runs."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import yaml
from playwright.sync_api import Browser, Page

from assistant import Assistant
from tests.conftest import settings_for
from tests.ui.conftest import Visitor, accounts, close, serving
from tests.ui.test_served_pages import fetched

pytestmark = pytest.mark.slow
RUN = "window.__xss=1"
EVIL = (
    f"\"><script>{RUN}</script><img src=x onerror={RUN}>' onfocus={RUN} autofocus [点这里](javascript:{RUN}) "
    "![图](//evil.example/a.png) {{7*7}} ${7*7} <b>粗</b>\u202e\u200b\u2066"
)
SHORT = f"<img src=x onerror={RUN}>"
ELEMENTS = (
    ":is(script, img, iframe, object, embed, base, form[action*=evil], a[href^=javascript], [onerror], [onfocus])"
)


@pytest.fixture(scope="module")
def address(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose library holds a document of nothing but markup."""
    home = shutil.copytree(shared_home, tmp_path_factory.mktemp("hostile") / "home")
    assistant = accounts(Assistant.open(settings=settings_for(home)))
    row = {
        "label": "（一）",
        "printed_no": None,
        "section": [EVIL],
        "heading": f"政务云{SHORT}",
        "summary": f"政务云 {EVIL}",
    }
    row |= {
        "lead_units": [f"市数据局{SHORT}"],
        "responsible_units": [f"市财政局{SHORT}"],
        "deadline": "2024年底",
        "dates": [],
    }
    row |= {"targets": [EVIL], "doc_numbers": [], "asked_as": [EVIL]}
    about = {"id": "evil-2024", "title": f"岳阳市文件{EVIL}", "place": "岳阳市", "level": "市", "year": 2024}
    about |= {"doc_number": EVIL, "issuer": EVIL, "issued_on": None, "converted": False}
    part = {"title": f"附件{EVIL}", "everyone_responsible": [EVIL], "rows": [row, row | {"label": "（二）"}]}
    file = tmp_path_factory.mktemp("in") / "f<img src=x onerror=window.__xss=1>.yaml"
    file.write_text(yaml.safe_dump({"document": about, "parts": [part]}, allow_unicode=True), encoding="utf-8")
    assistant.add(file, force=True, reviewed="测试")
    assistant.set_visibility("evil-2024", "internal")
    with serving(home) as given:
        yield given


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Visitor]:
    given = Visitor(chromium, address)
    yield given
    close(given)
    assert given.problems == [] and not any("evil" in urlsplit(url).netloc for url in given.requests)


def harmless(page: Page, within: str = "#wz") -> None:
    page.wait_for_timeout(150)
    assert page.locator(f"{within} {ELEMENTS}").count() == 0
    assert page.evaluate("window.__xss") is None
    assert page.evaluate("document.querySelectorAll('[onerror],[onfocus],[autofocus]').length") == 0


def test_chat(visitor: Visitor) -> None:
    page = visitor.sign_in("tel", f"/?q={quote('岳阳市2024年政务云由谁牵头？')}")
    page.wait_for_selector(".wz-card")
    assert SHORT in page.inner_text(".wz-card h4") and "内部" in page.inner_text(".wz-card .wz-seen")
    harmless(page)
    page.click("[data-act=context]")
    page.wait_for_selector(".wz-neighbours")
    harmless(page)
    page.click("[data-act=bad]")
    page.keyboard.type(EVIL)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=已记下")
    for question in (EVIL, "岳阳市2024年有哪些任务？", f"岳阳市2024年{SHORT}牵头哪些任务？"):
        page.fill("#wz-question", question)
        page.press("#wz-question", "Enter")
        page.wait_for_selector(".wz-turn[aria-busy]", state="detached")
        harmless(page)
    with page.expect_download() as waiting:
        page.click("[data-act=markdown] >> nth=0")
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    sources = text[text.index("## 依据") :]
    assert "\\<img src=x" in sources and not re.search(r"(?<!\\)<img|(?<!\\)\]\(", sources)
    page.goto(f"{visitor.address}/")
    page.wait_for_selector("#wz[data-started]")
    page.click(".wz-past summary")
    harmless(page)
    page.click(".wz-past li button >> nth=0")
    page.wait_for_selector(".wz-turn")
    harmless(page)


def test_desk(visitor: Visitor) -> None:
    page = visitor.sign_in("tel", f"/desk?q={quote('岳阳市2024年政务云')}")
    page.wait_for_selector(".wz-leading")
    assert SHORT in page.inner_text("#wz-card h2") and page.inner_text("#wz-card .wz-seen") == "内部"
    harmless(page)
    page.goto(f"{visitor.address}/desk?q={quote(EVIL)}")
    page.wait_for_selector(".wz-right")
    harmless(page)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "document=evil-2024",
        f"unit={quote(EVIL)}",
        f"unit={quote(f'市数据局{SHORT}')}",
        f"q={quote('<img src=x')}",
        f"document={quote(EVIL)}",
        f"due={quote(EVIL)}",
    ],
)
def test_library(visitor: Visitor, query: str) -> None:
    page = visitor.sign_in("小编", f"/library?{query}")
    page.wait_for_selector(".wz-library:not([aria-busy]), .wz-failed")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    harmless(page)


def test_a_hostile_file(visitor: Visitor) -> None:
    page = visitor.sign_in("小编", "/library")
    page.wait_for_selector(".wz-upload form")
    text = f"益阳市2024年工作要点{SHORT}\n一、优化{SHORT}\n（一）推行{SHORT}服务。{EVIL}（牵头单位：市局{SHORT}）\n"
    page.set_input_files(
        "input[type=file]", {"name": f"益阳市2024年{SHORT}.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    page.click(".wz-upload form button")
    page.wait_for_selector(".wz-report h3")
    assert SHORT in page.inner_text(".wz-report")
    harmless(page)


def test_signing_in(visitor: Visitor) -> None:
    page = visitor.plain(f"/signin?next={quote(EVIL)}")
    assert page.get_attribute("[name=next]", "value") == "/"
    page.fill("[name=account]", EVIL)
    page.fill("[name=password]", EVIL)
    page.click(".wz-go")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("[name=account]") == EVIL[:100] and page.input_value("[name=password]") == ""
    harmless(page)


def test_what_a_turn_keeps_in_the_browser_cannot_run(visitor: Visitor) -> None:
    """Even markup that got into the page runs nothing: the policy of the page holds no inline script."""
    page = visitor.open("/")
    page.evaluate("""() => {
        const box = document.createElement('div');
        box.innerHTML = '<img src=x onerror="window.__xss=1"><a id="bad" href="javascript:window.__xss=1">x</a>';
        document.querySelector('#wz-content').append(box);
        const script = document.createElement('script');
        script.textContent = 'window.__xss=1';
        document.body.append(script);
        document.querySelector('#bad').click();
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate("window.__xss") is None


def test_the_policy_of_the_pages(address: str) -> None:
    nonces = set()
    for path in ("/", "/library", "/"):
        status, headers, page = fetched(address, path)
        rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
        nonce = re.fullmatch(r"'self' 'nonce-([\w-]{22})' 'unsafe-eval'", rules["script-src"])
        assert status == 200 and nonce and nonce[1] not in nonces
        nonces.add(nonce[1])
        assert re.findall(r"<script(?![^>]*(?:nonce=|src=))", page) == []
        assert page.count(f'nonce="{nonce[1]}"') == len(re.findall(r"<script(?![^>]*src=)", page)) == 4
        assert rules["default-src"] == "'none'" == rules["object-src"] and rules["base-uri"] == "'self'"
        assert rules["form-action"] == rules["connect-src"] == rules["frame-ancestors"] == "'self'"
    assert json.loads(fetched(address, "/api/v1/me")[2])["via"] == "anonymous"


def test_addresses_with_a_slash_at_the_end(address: str) -> None:
    status, headers, _ = fetched(address, "/library/?q=a%20b")
    assert (status, headers["location"]) == (307, "../library?q=a%20b")
