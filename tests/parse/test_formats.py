"""The published documents, made anew in every format, give the same 291 rows; so do other layouts of tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ReadError
from assistant.parse import parse_file
from assistant.schema import TaskRow
from tests.conftest import COUNTS
from tests.parse import makers
from tests.parse.documents import FIVE_COLUMNS, LIST, PROSE

FORMATS = {"docx": makers.make_docx, "xlsx": makers.make_xlsx, "html": makers.make_html, "pdf": makers.make_pdf}
FIELDS = (
    "id label printed_no section heading lead_units responsible_units deadline dates targets doc_numbers text_kind"
).split()


def facts(rows: tuple[TaskRow, ...]) -> list[dict[str, object]]:
    """Rows without their place in a file, texts without white space."""
    return [{name: getattr(row, name) for name in FIELDS} | {"text": "".join(row.text.split())} for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("id", COUNTS)
def test_originals_in_every_format(id: str, suffix: str, originals: Path, tmp_path: Path) -> None:
    text = parse_file(originals / f"{id}.txt")
    items = makers.items_of((originals / f"{id}.txt").read_text(encoding="utf-8"))
    made = parse_file(FORMATS[suffix](items, tmp_path / f"{id}.{suffix}"))
    assert facts(made.rows) == facts(text.rows)
    assert len(made.rows) == sum(COUNTS[id])
    for name in ("title", "place", "level", "year", "doc_number", "issuer", "issued_on"):
        assert getattr(made.document, name) == getattr(text.document, name)
    assert [part.everyone_responsible for part in made.document.parts] == [
        part.everyone_responsible for part in text.document.parts
    ]


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "html"])
@pytest.mark.parametrize("text", [PROSE, LIST, FIVE_COLUMNS], ids=["prose", "list", "five columns"])
def test_invented_documents_in_every_format(text: str, suffix: str, tmp_path: Path) -> None:
    plain = tmp_path / "a.txt"
    plain.write_text(text, encoding="utf-8")
    made = FORMATS[suffix](makers.items_of(text), tmp_path / f"a.{suffix}")
    assert facts(parse_file(made).rows) == facts(parse_file(plain).rows)


def test_markdown_tables(tmp_path: Path) -> None:
    path = tmp_path / "清单.md"
    path.write_text(
        "# 永州市2024年任务清单\n\n| 序号 | 工作任务 | 工作要求 | 牵头单位 |\n|:-:|---|---|---|\n"
        "| 1 | 办好窗口 | 每周\\|每晚开放。<br>再开一处。 | 市民政局 |\n|2|办好网站|改版。|市数据局|\n",
        encoding="utf-8",
    )
    rows = parse_file(path).rows
    assert [(row.id, row.heading, row.text, row.lead_units) for row in rows] == [
        ("yongzhou-2024/1/1", "办好窗口", "每周|每晚开放。再开一处。", ("市民政局",)),
        ("yongzhou-2024/1/2", "办好网站", "改版。", ("市数据局",)),
    ]
    assert rows[1].locator.line == 6


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("旧.doc", ".docx"),
        ("旧.wps", ".docx"),
        ("表.xls", ".xlsx"),
        ("版.ofd", "PDF"),
        ("页.mht", "仅 HTML"),
        ("包.zip", "解压"),
    ],
)
def test_other_formats_say_how_to_convert(tmp_path: Path, name: str, hint: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(ReadError, match=hint):
        parse_file(path)
