"""PDF: ruled tables over page breaks, running heads, scans, columns, rotated pages."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from assistant.errors import ReadError
from assistant.parse import parse_file
from assistant.parse.readers import ocr
from assistant.parse.readers.pdf import read_pdf
from assistant.settings import Limits, Settings
from tests.parse.makers import FONTS, print_pdf

pytestmark = pytest.mark.slow
LIMITS = Settings.from_env({}).limits
HEADER = "<tr><th>序号</th><th>工作任务</th><th>工作要求</th><th>牵头单位</th><th>责任单位</th></tr>"


def table(rows: int, repeat: bool) -> str:
    """A long list with one requirement that runs over a page break; the header repeated where asked."""
    head = f"<thead>{HEADER}</thead>" if repeat else f"<tbody>{HEADER}</tbody>"
    body = []
    for n in range(1, rows + 1):
        long = "把这件事办得又快又好，" * (60 if n % 7 == 0 else 3) + f"共办{n}件。"
        body.append(
            f"<tr><td>{n}</td><td>（{n}）办好第{n}件事</td><td>{long}</td><td>市“{n}”号局</td><td>市民政局、市第{n}中心</td></tr>"
        )
    return f"<style>body{{{FONTS}}} td,th{{border:1px solid #000}} table{{border-collapse:collapse}}</style><p>永州市2024年任务清单</p><table>{head}<tbody>{''.join(body)}</tbody></table>"


@pytest.mark.parametrize("repeat", [False, True])
def test_rows_over_page_breaks(tmp_path: Path, repeat: bool) -> None:
    parsed = parse_file(print_pdf(table(30, repeat), tmp_path / "清单.pdf"))
    assert [row.printed_no for row in parsed.rows] == list(range(1, 31))
    assert [(row.label, row.heading) for row in parsed.rows] == [(f"（{n}）", f"办好第{n}件事") for n in range(1, 31)]
    assert [row.lead_units for row in parsed.rows] == [(f"市“{n}”号局",) for n in range(1, 31)]
    assert [row.responsible_units for row in parsed.rows] == [("市民政局", f"市第{n}中心") for n in range(1, 31)]
    assert all(row.text.count("又快又好") == (60 if n % 7 == 0 else 3) for n, row in enumerate(parsed.rows, 1))
    assert all(row.text.endswith(f"共办{n}件。") for n, row in enumerate(parsed.rows, 1))
    assert len({row.locator.page for row in parsed.rows}) > 2
    assert any("跨页" in finding.message for finding in parsed.report.findings)


def test_running_heads_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    texts = ["".join(f"做好第{100 * n + k}样事情，落到实处。" for k in range(100)) for n in range(9)]
    items = "".join(f"<p>（{'一二三四五六七八九'[n]}）办好事情{n}。{texts[n]}（市民政局牵头）</p>" for n in range(9))
    page = f"<meta charset='utf-8'><style>body{{{FONTS}}}</style><p>永州市2024年工作要点</p><p>一、总体</p>{items}"
    made = print_pdf(
        page,
        tmp_path / "要点.pdf",
        display_header_footer=True,
        header_template=f'<div style="font-size:9px;{FONTS[5:]}">某某市人民政府公报</div>',
        footer_template='<div style="font-size:9px">— <span class="pageNumber"></span> —</div>',
        margin=dict.fromkeys(("top", "bottom", "left", "right"), "25mm"),
    )
    rows = parse_file(made).rows
    assert [row.heading for row in rows] == [f"办好事情{n}" for n in range(9)]
    assert [row.text for row in rows] == [f"办好事情{n}。{texts[n]}" for n in range(9)]


def test_columns_and_rotated_pages_are_flagged(tmp_path: Path) -> None:
    import pypdf

    text = f"<style>body{{{FONTS};columns:2}}</style>" + "".join(
        f"<p>{escape('两栏排版的文字，' * 12)}</p>" for _ in range(20)
    )
    made = print_pdf(text, tmp_path / "两栏.pdf")
    writer = pypdf.PdfWriter(clone_from=made)
    writer.pages[0].rotate(90)
    writer.write(tmp_path / "转.pdf")
    assert [f.message for f in read_pdf(made, LIMITS).findings] == ["第1页页面分两栏，请核对语序"]
    assert any("旋转" in f.message for f in read_pdf(tmp_path / "转.pdf", LIMITS).findings)


def scanned(folder: Path, text_too: bool = False) -> Path:
    """A page as a picture, as a scanner makes it."""
    import pypdfium2

    items = "".join(
        f"<p>（{'一二三'[n]}）推行第{n}项周末延时服务。周六上午开放不少于10个窗口。（市行政审批服务局牵头）</p>"
        for n in range(3)
    )
    page = f"<style>body{{{FONTS};font-size:20px}}</style><p>永州市2024年工作要点</p><p>一、把窗口办好</p>{items}"
    printed = print_pdf(page, folder / "印.pdf")
    picture = pypdfium2.PdfDocument(printed)[0].render(scale=200 / 72).to_pil().convert("L")
    path = folder / "扫描.pdf"
    picture.save(path, resolution=200)
    if text_too:
        import pypdf

        writer = pypdf.PdfWriter(clone_from=path)
        writer.append(printed)
        writer.write(path)
    return path


def test_a_scan_is_recognised(tmp_path: Path) -> None:
    parsed = parse_file(scanned(tmp_path))
    assert [row.label for row in parsed.rows] == ["（一）", "（二）", "（三）"]
    assert [row.lead_units for row in parsed.rows] == [("市行政审批服务局",)] * 3
    assert {row.locator.page for row in parsed.rows} == {1}
    (finding,) = [finding for finding in parsed.report.findings if "扫描" in finding.message]
    assert finding.level == "check" and "置信度0.9" in finding.message


def test_a_scan_without_the_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(ReadError, match=r"wenzheng\[ocr\]"):
        read_pdf(scanned(tmp_path), LIMITS)
    reading = read_pdf(scanned(tmp_path, text_too=True), LIMITS)
    assert [f.level for f in reading.findings] == ["refuse"] and "第1页是扫描件" in reading.findings[0].message


def test_too_many_pages(tmp_path: Path) -> None:
    made = print_pdf("<p>一</p><p style='break-before:page'>二</p>", tmp_path / "两页.pdf")
    with pytest.raises(ReadError, match="共2页，超过1页"):
        read_pdf(made, Limits(50, 1, 400, 1000, 60, 4000))
