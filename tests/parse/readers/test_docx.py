"""Word: what its XML says and python-docx does not: automatic numbers, merged cells, text boxes, tracked changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from assistant.errors import ReadError
from assistant.parse import parse_file
from assistant.parse.blocks import Paragraph, Reading, Table
from assistant.parse.readers.docx import read_docx
from assistant.settings import Settings
from tests.parse.makers import blocks_text

LIMITS = Settings.from_env({}).limits
NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(document: Any, folder: Path) -> Reading:
    path = folder / "文件.docx"
    document.save(str(path))
    return read_docx(path, LIMITS)


def add(document: Any, xml: str) -> None:
    document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))


def define_list(document: Any, number: int, levels: list[tuple[str, str]]) -> None:
    """A numbered list: a level is its form and its text, such as ("chineseCounting", "（%1）")."""
    root = document.part.numbering_part.element
    shown = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    first = root.find(f"{{{root.nsmap['w']}}}num")
    abstract = parse_xml(f'<w:abstractNum {NS} w:abstractNumId="{number}">{shown}</w:abstractNum>')
    first.addprevious(abstract)
    root.append(parse_xml(f'<w:num {NS} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))


def numbered(text: str, number: int, level: int) -> str:
    mark = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f"<w:p {NS}>{mark}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_automatic_numbers_become_text(tmp_path: Path) -> None:
    document = docx.Document()
    define_list(document, 90, [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")])
    for text, level in [("甲", 0), ("子", 1), ("丑", 1), ("鼠", 2), ("乙", 0), ("寅", 1), ("虎", 2), ("兔", 2)]:
        add(document, numbered(text, 90, level))
    add(document, numbered("不编号", 0, 0))
    said = blocks_text(read(document, tmp_path).blocks)
    assert said == ["一、甲", "（一）子", "（二）丑", "1.鼠", "二、乙", "（一）寅", "1.虎", "2.兔", "不编号"]


def test_numbers_of_a_style_of_many_levels_and_bullets(tmp_path: Path) -> None:
    document = docx.Document()
    define_list(document, 91, [("decimal", "%1"), ("decimal", "%1.%2")])
    define_list(document, 92, [("bullet", "●")])
    document.styles["Heading 1"].element.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {NS}><w:numId w:val="91"/></w:numPr>')
    )
    document.add_paragraph("章", style="Heading 1")
    add(document, numbered("节", 91, 1))
    add(document, numbered("点", 92, 0))
    document.add_paragraph("章", style="Heading 1")
    assert blocks_text(read(document, tmp_path).blocks) == ["1章", "1.1节", "点", "2章"]


def test_a_restarted_list(tmp_path: Path) -> None:
    document = docx.Document()
    define_list(document, 93, [("decimal", "%1.")])
    root = document.part.numbering_part.element
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    root.append(parse_xml(f'<w:num {NS} w:numId="94"><w:abstractNumId w:val="93"/>{override}</w:num>'))
    for text, number in [("a", 93), ("b", 93), ("c", 94), ("d", 94)]:
        add(document, numbered(text, number, 0))
    assert blocks_text(read(document, tmp_path).blocks) == ["1.a", "2.b", "1.c", "2.d"]


def test_merged_cells(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(4, 4)
    for (row, column), text in {(0, 0): "标题行", (1, 0): "甲", (1, 1): "丙", (2, 1): "丁", (3, 0): "戊"}.items():
        table.cell(row, column).text = text
    table.cell(0, 0).merge(table.cell(0, 3))
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 2).merge(table.cell(2, 3)).text = "方块"
    reading = read(document, tmp_path)
    assert blocks_text(reading.blocks) == [
        "标题行",
        [["甲", "丙", "方块", ""], ["甲", "丁", "方块", ""], ["戊", "", "", ""]],
    ]
    (table_read,) = [block for block in reading.blocks if isinstance(block, Table)]
    assert [row.inherited for row in table_read.rows] == [(), (0, 2), ()]
    assert [str(row.locator) for row in table_read.rows] == [f"文件.docx 第1个表 第{n}行" for n in (2, 3, 4)]


def test_tracked_changes_and_fields(tmp_path: Path) -> None:
    document = docx.Document()
    run = "<w:r><w:t>{}</w:t></w:r>"
    deleted = '<w:del w:id="1" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>'
    added = f'<w:ins w:id="2" w:author="a">{run.format("新增")}</w:ins>'
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    add(document, f"<w:p {NS}>{run.format('原文')}{deleted}{added}{field}</w:p>")
    moved = f'<w:moveFrom w:id="3" w:author="a">{run.format("旧处")}</w:moveFrom><w:moveTo w:id="4" w:author="a">{run.format("新处")}</w:moveTo>'
    add(document, f"<w:p {NS}>{moved}</w:p>")
    assert blocks_text(read(document, tmp_path).blocks) == ["原文新增", "新处"]


def test_rows_deleted_by_a_tracked_change(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 2)
    for number, row in enumerate(table.rows):
        for cell in row.cells:
            cell.text = f"行{number}"
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {NS} w:id="1" w:author="a"/>'))
    assert blocks_text(read(document, tmp_path).blocks) == [[["行0", "行0"], ["行2", "行2"]]]


def test_text_boxes_content_controls_and_line_breaks(tmp_path: Path) -> None:
    document = docx.Document()
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
    both = f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>'
    add(document, f"<w:p {NS}><w:r><w:t>前</w:t>{both}<w:br/><w:t>后</w:t></w:r></w:p>")
    add(
        document,
        f"<w:sdt {NS}><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    reading = read(document, tmp_path)
    assert blocks_text(reading.blocks) == ["前", "后", "框内", "控件"]
    assert [b.locator.paragraph for b in reading.blocks if isinstance(b, Paragraph)] == [1, 1, 1, 2]


def test_headers_and_footers_are_left_out(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    document.add_paragraph("正文")
    assert blocks_text(read(document, tmp_path).blocks) == ["正文"]


def test_a_document_numbered_by_word(tmp_path: Path) -> None:
    document = docx.Document()
    define_list(document, 95, [("chineseCounting", "%1、"), ("chineseCounting", "（%2）")])
    document.add_paragraph("岳阳市2025年政务服务工作要点")
    add(document, numbered("办好窗口", 95, 0))
    add(document, numbered("开设夜间窗口。每周两晚开放。（市行政审批服务局牵头）", 95, 1))
    add(document, numbered("开设流动窗口。每月进山一次。（市交通运输局牵头）", 95, 1))
    path = tmp_path / "要点.docx"
    document.save(str(path))
    parsed = parse_file(path)
    assert [(row.label, row.heading, row.lead_units) for row in parsed.rows] == [
        ("（一）", "开设夜间窗口", ("市行政审批服务局",)),
        ("（二）", "开设流动窗口", ("市交通运输局",)),
    ]
    assert parsed.rows[0].section == ("一、办好窗口",) and parsed.rows[1].locator.paragraph == 4


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"text"])
def test_unusable(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "坏.docx"
    path.write_bytes(data)
    with pytest.raises(ReadError, match="坏"):
        read_docx(path, LIMITS)
