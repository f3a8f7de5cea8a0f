"""A PDF printed by a real browser gives the rows of its text, with pages."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from assistant.errors import ReadError
from assistant.parse import parse_file
from tests.parse.documents import PROSE
from tests.parse.makers import print_pdf

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first, second = PROSE.replace("- 2 -\n", "").split("二、把热线接稳")
    pages = (first, f"二、把热线接稳{second}")
    paragraphs = ("".join(f"<p>{escape(line)}</p>" for line in page.splitlines() if line) for page in pages)
    html = '<body style="font: 16px serif">' + '<div style="break-before: page"></div>'.join(paragraphs)
    return print_pdf(html, tmp_path_factory.mktemp("pdf") / "常德要点.pdf")


def test_same_rows_as_the_text(printed: Path, tmp_path: Path) -> None:
    text = tmp_path / "常德要点.txt"
    text.write_text(PROSE, encoding="utf-8")
    from_pdf, from_text = parse_file(printed), parse_file(text)
    assert (from_pdf.document.id, from_pdf.document.doc_number) == ("changde-2024", "常政办函〔2024〕9号")
    for ours, theirs in zip(from_pdf.rows, from_text.rows, strict=True):
        names = ("id", "label", "heading", "text", "section", "lead_units", "responsible_units", "deadline", "targets")
        assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]
    assert [row.locator.page for row in from_pdf.rows] == [1, 1, 2]


def test_truncated_file(printed: Path, tmp_path: Path) -> None:
    path = tmp_path / "截断.pdf"
    path.write_bytes(printed.read_bytes()[:2000])
    with pytest.raises(ReadError, match="截断"):
        parse_file(path)
