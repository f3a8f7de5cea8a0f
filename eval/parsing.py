"""How fast large documents are parsed, and how much memory it takes: lines of ``make bench``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from html import escape
from pathlib import Path

from assistant.text import chinese_numeral

ROWS = 3000
PAGES = 300
_HEADER = ("序号", "工作任务", "工作要求", "完成时限", "牵头单位", "责任单位")
_TITLE = "永州市2025年政务服务重点任务清单"
_ROWS_A_PAGE = 10
Line = tuple[str, str, str]


def cells(number: int) -> tuple[str, ...]:
    """One invented task of a large list."""
    label = chinese_numeral(number % 99 + 1)
    text = (
        f"完善第{number}类事项的办理流程，压减材料和时限，线上线下同标准办理，让群众少跑腿，全年办理不少于{number}件。"
    )
    units = "市发改委、市财政局、市人社局、市直相关单位，各县区人民政府"
    return str(number), f"（{label}）办好第{number}类事项", text, "2025年11月底", "市行政审批服务局", units


def write_text(path: Path, rows: int) -> None:
    """A list as tabs."""
    lines = [_TITLE, "", "\t".join(_HEADER), *("\t".join(cells(n)) for n in range(1, rows + 1))]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_docx(path: Path, rows: int) -> None:
    """A Word table, its XML written at once (python-docx needs minutes for as many cells)."""
    import docx
    from docx.oxml import parse_xml

    def row(texts: tuple[str, ...]) -> str:
        return f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>' for text in texts)}</w:tr>"

    document = docx.Document()
    document.add_paragraph(_TITLE)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(row(texts) for texts in (_HEADER, *(cells(n) for n in range(1, rows + 1))))
    document.element.body.insert(1, parse_xml(f"<w:tbl {space}>{body}</w:tbl>"))
    document.save(str(path))


def write_pdf(path: Path, rows: int) -> None:
    """A ruled table of ``_ROWS_A_PAGE`` rows a page, printed by Chromium."""
    from playwright.sync_api import sync_playwright

    def table(first: int) -> str:
        numbers = range(first, min(first + _ROWS_A_PAGE, rows + 1))
        body = "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in cells(n))}</tr>" for n in numbers)
        head = f"<tr>{''.join(f'<th>{name}</th>' for name in _HEADER)}</tr>"
        return f'<table style="break-after: page">{head}{body}</table>'

    style = "<style>body{font:11px sans-serif} td,th{border:1px solid #000} table{border-collapse:collapse}</style>"
    page = f"<meta charset='utf-8'>{style}<p>{_TITLE}</p>{''.join(table(n) for n in range(1, rows + 1, _ROWS_A_PAGE))}"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        tab.set_content(page)
        tab.pdf(path=path, format="A4", landscape=True)
        browser.close()


def measured(path: Path) -> tuple[float, int, int]:
    """Seconds, peak megabytes and exit status of ``wenzheng parse`` as a process, with those that it starts."""
    command = [sys.executable, "-m", "assistant", "parse", str(path), "--json", "--home", str(path.parent / "home")]
    start = time.perf_counter()
    with (path.parent / "rows.json").open("wb") as out:
        process = os.posix_spawn(
            sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        )
        _, status, usage = os.wait4(process, 0)
    return time.perf_counter() - start, usage.ru_maxrss // 1024, os.waitstatus_to_exitcode(status)


def lines() -> list[Line]:
    """Parsing a long list as text, as Word and as a PDF of ``PAGES`` pages."""
    writers: tuple[tuple[str, str, Callable[[Path, int], None]], ...] = (
        ("文本", "txt", write_text),
        ("Word", "docx", write_docx),
        (f"PDF（{PAGES}页画线表格）", "pdf", write_pdf),
    )
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, suffix, write in writers:
            path = Path(folder) / f"清单.{suffix}"
            write(path, ROWS)
            seconds, megabytes, status = measured(path)
            rows = (Path(folder) / "rows.json").read_text(encoding="utf-8").count('"printed_no": ')
            if status or rows != ROWS:
                raise SystemExit(f"{name}：应有{ROWS}行，解析出{rows}行（退出码{status}）")
            found.append(
                (
                    f"解析 {ROWS:,} 行：{name}",
                    f"{seconds:.1f} 秒",
                    f"{ROWS / seconds:.0f} 行/秒，内存最多 {megabytes} MB",
                )
            )
    return found


def in_fresh_process() -> list[Line]:
    """``lines`` from a process of its own: a child counts the memory that the process it was forked from held."""
    command = [sys.executable, "-m", "eval.parsing"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    return [(name, taken, rate) for name, taken, rate in json.loads(done.stdout)]


if __name__ == "__main__":
    print(json.dumps(lines(), ensure_ascii=False))
