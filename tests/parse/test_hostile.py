"""Hostile files: bounded time and memory, nothing executed, one clear line."""

from __future__ import annotations

import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest

from assistant.errors import AssistantError, ReadError
from assistant.parse import parse_file
from assistant.settings import Settings
from tests.parse.documents import PROSE
from tests.parse.makers import items_of, make_docx, make_html, make_xlsx

pytestmark = pytest.mark.slow
LIMITS = Settings.from_env({}).limits
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def failure(path: Path, limits: object = LIMITS) -> str:
    with pytest.raises(ReadError) as caught:
        parse_file(path, id="x", limits=limits)  # type: ignore[arg-type]
    line = str(caught.value)
    assert "\n" not in line and path.name in line and caught.value.hint
    return line


def with_part(source: Path, target: Path, name: str, data: bytes) -> Path:
    """A package with one of its parts replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry.filename))
        new.writestr(name, data)
    return target


@pytest.fixture
def word(tmp_path: Path) -> Path:
    return make_docx(items_of(PROSE), tmp_path / "好.docx")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["序号", "任务", "责任单位"])
    book.active.append([1, "办事", "市民政局"])
    path = tmp_path / "好.xlsx"
    book.save(path)
    return path


def test_a_bomb_is_refused_before_it_is_unpacked(word: Path, sheet: Path, tmp_path: Path) -> None:
    zeros = bytes(300_000_000)
    assert "解压后过大" in failure(with_part(word, tmp_path / "弹.docx", "word/media/x.bin", zeros))
    assert "解压后过大" in failure(with_part(sheet, tmp_path / "弹.xlsx", "xl/media/x.bin", zeros))
    small = replace(LIMITS, unpacked_mb=1)
    assert "解压后过大" in failure(with_part(word, tmp_path / "大.docx", "word/x.bin", bytes(range(256)) * 8000), small)


def body(word: Path, target: Path, xml: str, head: str = "") -> Path:
    data = f'<?xml version="1.0"?>{head}<w:document {W}><w:body>{xml}</w:body></w:document>'
    return with_part(word, target, "word/document.xml", data.encode())


def test_entities_are_neither_expanded_nor_fetched(word: Path, tmp_path: Path) -> None:
    (tmp_path / "秘密.txt").write_text("机密内容", encoding="utf-8")
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE d [<!ENTITY e0 "哈哈哈哈">{levels}]>'
    outside = f'<!DOCTYPE d [<!ENTITY s SYSTEM "{(tmp_path / "秘密.txt").as_uri()}">]>'
    for name, head, entity in (("弹", bomb, "&e11;"), ("外", outside, "&s;")):
        item = f"<w:p><w:r><w:t>（一）办好{entity}窗口。（市民政局牵头）</w:t></w:r></w:p>"
        path = body(word, tmp_path / f"{name}.docx", item, head)
        try:
            rows = parse_file(path, id="x", limits=LIMITS).rows
        except AssistantError:
            continue
        assert all("机密" not in row.text and len(row.text) < 100 for row in rows)


@pytest.mark.parametrize("value", ["999999999", "-5", "x", "", "1.5"])
def test_odd_numbers_in_word(word: Path, tmp_path: Path, value: str) -> None:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{value}"/><w:vMerge/></w:tcPr><w:p><w:r><w:t>格</w:t></w:r></w:p></w:tc>'
    listed = f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{value}"/><w:numId w:val="{value}"/></w:numPr></w:pPr></w:p>'
    item = "<w:p><w:r><w:t>（一）办好窗口。（市民政局牵头）</w:t></w:r></w:p>"
    path = body(
        word, tmp_path / "怪.docx", f"{listed}<w:tbl><w:tr>{cell}{cell}</w:tr><w:tr>{cell}</w:tr></w:tbl>{item}"
    )
    try:
        assert [row.heading for row in parse_file(path, id="x").rows] == ["办好窗口"]
    except ReadError as error:
        assert "怪.docx" in str(error) and error.hint


def test_deep_nesting_in_word(word: Path, tmp_path: Path) -> None:
    deep = "<w:ins>" * 3000 + "<w:r><w:t>深</w:t></w:r>" + "</w:ins>" * 3000
    assert "深.docx" in failure(body(word, tmp_path / "深.docx", f"<w:p>{deep}</w:p>"))


def test_missing_parts_of_word(word: Path, tmp_path: Path) -> None:
    for name in ("word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/styles.xml"):
        target = tmp_path / "缺.docx"
        with zipfile.ZipFile(word) as old, zipfile.ZipFile(target, "w") as new:
            for entry in old.infolist():
                if entry.filename != name:
                    new.writestr(entry, old.read(entry.filename))
        try:
            assert parse_file(target, id="x").rows
        except ReadError as error:
            assert "缺.docx" in str(error)


def test_a_wrong_suffix(word: Path, sheet: Path, tmp_path: Path) -> None:
    for source, suffix in (
        (word, "xlsx"),
        (sheet, "docx"),
        (word, "pdf"),
        (word, "txt"),
        (word, "csv"),
        (word, "html"),
    ):
        path = tmp_path / f"错.{suffix}"
        path.write_bytes(source.read_bytes())
        with pytest.raises(AssistantError, match=r"错"):
            parse_file(path, id="x")


def test_macros_are_not_looked_at(sheet: Path, tmp_path: Path) -> None:
    path = with_part(sheet, tmp_path / "宏.xlsx", "xl/vbaProject.bin", b'Sub Auto_Open()\nShell "touch /tmp/x"\n')
    assert [row.heading for row in parse_file(path, id="x").rows] == ["办事"]
    assert ".xlsx" in failure(path.rename(tmp_path / "宏.xlsm"))


def test_formulas_are_not_calculated(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["序号", "任务", "责任单位"])
    book.active.append([1, '=HYPERLINK("http://127.0.0.1/","办事")', "市民政局"])
    book.active.append([2, "办好事", "市民政局"])
    path = tmp_path / "式.xlsx"
    book.save(path)
    assert [row.heading for row in parse_file(path, id="x").rows][-1] == "办好事"


def test_a_huge_merged_range(sheet: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sheet) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    merged = xml.replace(
        "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="E1:XFD1048576"/></mergeCells>'
    )
    path = with_part(sheet, tmp_path / "并.xlsx", "xl/worksheets/sheet1.xml", merged.encode())
    assert "合并的单元格超过1000000格" in failure(path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")
def test_memory_is_bounded(tmp_path: Path) -> None:
    path = make_html(["永州市2025年要点", "一、办", *["（一）办好窗口。"] * 400_000], tmp_path / "大.html")
    assert "MB内存上限" in failure(path, replace(LIMITS, memory_mb=400))


def test_time_is_bounded(word: Path) -> None:
    assert "解析超出0秒上限" in failure(word, replace(LIMITS, seconds=0))


def test_size_is_bounded(word: Path) -> None:
    assert "超过0MB" in failure(word, replace(LIMITS, file_mb=0))


@pytest.mark.parametrize(
    "line",
    [
        "（" * 200_000,
        "）" * 200_000,
        "甲。（" + "市局等" * 60_000 + "负责）",
        "甲。责任单位：" * 30_000,
        "\n甲" * 50_000,
        "2025年" * 40_000,
    ],
    ids=["open", "close", "joined", "labels", "lines", "years"],
)
def test_long_lines_take_time_in_proportion(tmp_path: Path, line: str) -> None:
    path = tmp_path / "长.txt"
    path.write_text(f"永州市2025年工作要点\n一、办\n（一）{line}", encoding="utf-8")
    assert len(parse_file(path).rows) == 1


@pytest.mark.parametrize("make", [make_docx, make_xlsx, make_html])
def test_truncated_anywhere(make: object, tmp_path: Path) -> None:
    assert callable(make)
    suffix = make.__name__.removeprefix("make_")
    whole = make(items_of(PROSE), tmp_path / f"全.{suffix}").read_bytes()
    for share in (0.02, 0.3, 0.6, 0.95):
        path = tmp_path / f"断.{suffix}"
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            parse_file(path, id="x")
        except AssistantError as error:
            assert "断" in str(error)


def test_a_password(tmp_path: Path) -> None:
    path = tmp_path / "锁.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
    assert "去掉密码" in failure(path)


def test_a_document_of_pictures_only(tmp_path: Path) -> None:
    document = docx.Document()
    path = tmp_path / "图.docx"
    document.save(str(path))
    with pytest.raises(AssistantError, match="没有找到任务行"):
        parse_file(path, id="x")
