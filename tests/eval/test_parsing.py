"""The documents of the parsing benchmark are what they claim to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.parse import parse_file
from eval import parsing
from tests.parse.makers import CHROMIUM

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("write", "suffix"), [(parsing.write_text, "txt"), (parsing.write_docx, "docx"), (parsing.write_pdf, "pdf")]
)
def test_every_row_is_parsed(write: object, suffix: str, tmp_path: Path) -> None:
    if suffix == "pdf" and CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    path = tmp_path / f"清单.{suffix}"
    assert callable(write)
    write(path, 25)
    parsed = parse_file(path)
    assert [row.printed_no for row in parsed.rows] == list(range(1, 26))
    assert [row.text for row in parsed.rows] == [parsing.cells(n)[2] for n in range(1, 26)]
    assert {row.responsible_units for row in parsed.rows} == {
        tuple(parsing.cells(1)[5].replace("，", "、").split("、"))
    }
    seconds, megabytes, status = parsing.measured(path)
    assert seconds > 0 and megabytes > 10 and status == 0
