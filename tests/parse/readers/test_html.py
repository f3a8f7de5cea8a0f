"""Saved pages: the article found, tables kept, nothing run."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ReadError
from assistant.parse.readers.html import read_html
from assistant.settings import Settings
from tests.parse.makers import blocks_text, html_of

LIMITS = Settings.from_env({}).limits


def read(folder: Path, page: str | bytes) -> list[object]:
    path = folder / "页.html"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    return blocks_text(read_html(path, LIMITS).blocks)


def test_article_without_navigation_tools_and_footer(tmp_path: Path) -> None:
    said = read(tmp_path, html_of(["要点标题", "一、办好窗口" * 20, "（一）延时服务。" * 20]))
    assert said[-3:] == ["要点标题", "一、办好窗口" * 20, "（一）延时服务。" * 20]
    whole = "".join(map(str, said))
    assert not any(word in whole for word in ("脚本", "看不见", "栏目", "备案号", "打印", "首页"))


def test_merged_cells_and_lines_in_cells(tmp_path: Path) -> None:
    page = """<body><h1>清单</h1><table><tr><th rowspan=2>任务</th><th colspan=2>分工</th></tr>
    <tr><th>牵头</th><th>责任</th></tr><tr><td rowspan="2">甲<br>事</td><td>A</td><td>B</td></tr>
    <tr><td>C</td><td>D</td></tr></table></body>"""
    assert read(tmp_path, page) == [
        "清单",
        [["任务", "分工", ""], ["任务", "牵头", "责任"], ["甲\n事", "A", "B"], ["甲\n事", "C", "D"]],
    ]


def test_layout_tables_are_opened(tmp_path: Path) -> None:
    inner = "<table><tr><td>序号</td><td>任务</td></tr><tr><td>1</td><td>办事</td></tr></table>"
    page = f"<body><table><tr><td>旁栏</td><td><p>正文一段很长很长很长</p>{inner}<p>末段</p></td></tr></table></body>"
    assert read(tmp_path, page)[-3:] == ["正文一段很长很长很长", [["序号", "任务"], ["1", "办事"]], "末段"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("meta", ['<meta charset="gb2312">', '<meta charset="utf-8">', "", '<meta charset="x-no">'])
def test_encodings_whatever_the_page_says(tmp_path: Path, encoding: str, meta: str) -> None:
    page = f"<html><head>{meta}<title>要点_某市</title></head><body><p>一、把窗口办好，𠮷祥</p></body></html>"
    assert read(tmp_path, page.encode(encoding)) == ["要点", "一、把窗口办好，𠮷祥"]


def test_inline_marks_do_not_break_lines_and_breaks_do(tmp_path: Path) -> None:
    page = "<body><div><p>（一）<b>办好</b><span>窗口</span>。&nbsp;好<br>新行</p>散文<ul><li>项</li></ul></div></body>"
    assert read(tmp_path, page) == ["（一）办好窗口。 好", "新行", "散文", "项"]


def test_deep_nesting_and_huge_spans_end(tmp_path: Path) -> None:
    deep = "<div>" * 20000 + "深" + "</div>" * 20000
    with pytest.raises(ReadError, match="嵌套过深"):
        read(tmp_path, f"<body>{deep}<p>浅</p></body>")
    with pytest.raises(ReadError, match="段落过长"):
        read(tmp_path, f"<body><p>{'办好窗口。' * 2_400_000}</p></body>")
    cell = '<td rowspan="999999999" colspan="99999999">甲</td><td>乙</td>'
    (table,) = read(tmp_path, f"<body><table><tr>{cell}</tr><tr>{cell}</tr></table></body>")
    assert isinstance(table, list) and len(table) == 2


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;">]><body><p>&b;文</p></body>'
    assert "哈" not in "".join(map(str, read(tmp_path, bomb)))


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="页"):
        read(tmp_path, "   ")
