"""The five published documents parse to exactly 291 rows, equal to rows read by eye and to the shipped corpus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assistant.parse import parse_file
from assistant.schema import ParsedDocument, TaskRow
from tests.conftest import CORPUS, COUNTS

GOLD = yaml.safe_load((Path(__file__).parent / "gold.yaml").read_text(encoding="utf-8"))
FIELDS = ("label", "printed_no", "section", "heading", "lead_units", "responsible_units")


@pytest.fixture(scope="module")
def parsed(originals: Path) -> dict[str, ParsedDocument]:
    return {path.stem: parse_file(path) for path in sorted(originals.glob("*.txt"))}


@pytest.fixture(scope="module")
def rows(parsed: dict[str, ParsedDocument]) -> dict[str, TaskRow]:
    return {row.id: row for document in parsed.values() for row in document.rows}


def test_ids_and_counts(parsed: dict[str, ParsedDocument]) -> None:
    expected = [
        f"{document}/{part}/{item}"
        for document, counts in COUNTS.items()
        for part, count in enumerate(counts, 1)
        for item in range(1, count + 1)
    ]
    assert [row.id for document in parsed.values() for row in document.rows] == expected
    assert len(expected) == 291


def test_every_row_is_whole(rows: dict[str, TaskRow], originals: Path) -> None:
    for row in rows.values():
        assert row.heading and row.text and row.section and row.text_kind == "verbatim"
        assert row.locator.file == f"{row.document}.txt"
        lines = (originals / row.locator.file).read_text(encoding="utf-8").splitlines()
        assert row.locator.line is not None and 1 <= row.locator.line <= len(lines)
        assert not any(mark in row.text for mark in "\t\n")


def test_locator_points_to_the_label(rows: dict[str, TaskRow], originals: Path) -> None:
    for document in ("shaoyang-2022", "loudi-2023", "hunan-2023"):
        lines = (originals / f"{document}.txt").read_text(encoding="utf-8").splitlines()
        for row in (row for row in rows.values() if row.document == document):
            line = lines[(row.locator.line or 0) - 1].replace("(", "（").replace(")", "）")
            assert (row.label or "") in "".join(line.split())


def test_gold_covers_all_documents() -> None:
    assert len(GOLD) == 191
    assert {row["id"].split("/")[0] for row in GOLD} == set(COUNTS)


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold["id"])
def test_equal_to_rows_read_by_eye(gold: dict[str, object], rows: dict[str, TaskRow]) -> None:
    row = rows[str(gold["id"])].to_dict()
    assert {name: row[name] for name in FIELDS} == {name: gold[name] for name in FIELDS}
    if gold["deadline"] is not None:
        assert row["deadline"]["text"] == gold["deadline"]


def test_lead_units_are_never_guessed(rows: dict[str, TaskRow]) -> None:
    without = [row for row in rows.values() if not row.lead_units]
    assert {row.document for row in without} == {"hunan-2022", "hunan-2023", "loudi-2023", "shaoyang-2022"}
    assert all(row.responsible_units for row in without)
    assert rows["hunan-2022/1/5"].lead_units == ()
    assert len(without) == 31


@pytest.mark.parametrize(
    ("row_id", "text", "start", "end"),
    [
        ("xiangxi-2022/1/61", "2022年6月底", None, "2022-06-30"),
        ("xiangxi-2022/2/20", "2022年11月底", None, "2022-11-30"),
        ("hunan-2022/1/16", "2022年底", None, "2022-12-31"),
        ("loudi-2023/1/1", "年底前", None, "2023-12-31"),
        ("hunan-2023/1/20", "年底前", None, "2023-12-31"),
        ("hunan-2023/1/24", "6月份前", None, "2023-05-31"),
    ],
)
def test_deadlines(rows: dict[str, TaskRow], row_id: str, text: str, start: str | None, end: str) -> None:
    deadline = rows[row_id].deadline
    assert deadline is not None
    assert (deadline.text, deadline.start, deadline.end) == (text, start, end)


def test_a_deadline_cell_wins_over_the_text(rows: dict[str, TaskRow]) -> None:
    row = rows["xiangxi-2022/1/42"]
    assert row.deadline is not None and row.deadline.text == "2022年11月底"
    assert [each.text for each in row.dates] == ["2022年底前"]


@pytest.mark.parametrize(
    ("row_id", "targets"),
    [
        ("shaoyang-2022/1/1", ("30%以上",)),
        ("loudi-2023/1/1", ("700项以上", "350项以上", "超过80类", "突破170万")),
        ("hunan-2023/1/1", ("10000项", "5000项", "超过200类", "突破3000万")),
        ("xiangxi-2022/2/30", ("1次以上",)),
    ],
)
def test_targets(rows: dict[str, TaskRow], row_id: str, targets: tuple[str, ...]) -> None:
    assert rows[row_id].targets == targets


@pytest.mark.parametrize(
    ("row_id", "numbers"),
    [
        ("xiangxi-2022/1/12", ("湘政办发〔2021〕25号", "湘政办发〔2021〕8号")),
        ("hunan-2022/1/8", ("湘政办发〔2021〕25号", "湘政办发〔2021〕3号")),
        ("loudi-2023/2/13", ("国办函〔2021〕132号",)),
        ("xiangxi-2022/1/62", ("湘政办函〔2022〕19号", "湘政务发〔2022〕4号")),
    ],
)
def test_document_numbers(rows: dict[str, TaskRow], row_id: str, numbers: tuple[str, ...]) -> None:
    assert rows[row_id].doc_numbers == numbers


def test_documents_know_themselves(parsed: dict[str, ParsedDocument]) -> None:
    known = {
        id: (p.document.place, p.document.level, p.document.year, p.document.doc_number) for id, p in parsed.items()
    }
    assert known == {
        "hunan-2022": ("湖南省", "省", 2022, None),
        "hunan-2023": ("湖南省", "省", 2023, "湘政办发〔2023〕11号"),
        "loudi-2023": ("娄底市", "市", 2023, None),
        "shaoyang-2022": ("邵阳市", "市", 2022, "邵放组办字〔2022〕7号"),
        "xiangxi-2022": ("湘西州", "州", 2022, None),
    }


def test_units_responsible_for_everything_stand_at_the_part(parsed: dict[str, ParsedDocument]) -> None:
    assert [part.everyone_responsible for part in parsed["shaoyang-2022"].document.parts] == [
        ("各县市区人民政府",),
        ("各县市区人民政府", "邵阳经济技术开发区管委会"),
    ]
    assert {part.everyone_responsible for part in parsed["xiangxi-2022"].document.parts} == {()}


def test_traditional_text_is_converted_and_said(parsed: dict[str, ParsedDocument]) -> None:
    report = parsed["hunan-2022"].report
    assert parsed["hunan-2022"].document.converted and report.level == "check"
    assert any("繁体" in finding.message for finding in report.findings)
    assert not any(parsed[id].document.converted for id in COUNTS if id != "hunan-2022")


@pytest.mark.parametrize("id", COUNTS)
def test_corpus_equals_the_original(id: str, parsed: dict[str, ParsedDocument]) -> None:
    corpus, original = parse_file(CORPUS / f"{id}.yaml"), parsed[id]
    assert replace(corpus.document, file="") == replace(original.document, file="", report_level="ok")
    assert len(corpus.rows) == len(original.rows)
    for ours, theirs in zip(corpus.rows, original.rows, strict=True):
        assert ours.text_kind == "digest" and ours.text != theirs.text
        assert replace(ours, text="", text_kind="verbatim", locator=theirs.locator, asked_as=()) == replace(
            theirs, text=""
        )
