"""Question files: what is accepted, what is refused in one line, and what the committed ones hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError
from assistant.schema import TaskRow
from assistant.service import Assistant
from eval import texts
from eval.collection import CITIES, names, open_collection, shipped_questions
from eval.question_set import CATEGORIES, FOLDER, load_matters, load_questions, select, split_of

ROWS = {"d/1/1", "d/1/2", "d/1/3"}
TUNE, TEST = (
    sorted((f"m{n}" for n in range(20)), key=split_of)[-1],
    sorted((f"m{n}" for n in range(20)), key=split_of)[0],
)
MATTERS = {TUNE: ("d/1/1",), TEST: ("d/1/2", "d/1/3")}


def line(**given: Any) -> str:
    base = {"qid": "st-1", "category": "staff", "matter": TUNE, "question": "问？", "relevant": {"d/1/1": 2}}
    return json.dumps(base | {"answerable": True, "expect": {}} | given, ensure_ascii=False)


def write(folder: Path, *lines: str) -> Path:
    path = folder / "q.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_question_is_read(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "前一问"}]
    (read,) = load_questions([write(tmp_path, "", line(history=turns, note="说明"), " ")], ROWS, MATTERS)
    assert (read.qid, read.answers, read.history, read.note) == ("st-1", ["d/1/1"], tuple(turns), "说明")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "第1行：不是一条问题"),
        ("[]", "第1行：不是一条问题"),
        (line(surprise=1), "第1行：不是一条问题"),
        (line(relevant={"d/9/9": 2}), "st-1：没有任务行 d/9/9"),
        (line(expect={"rows": ["d/9/9"]}), "没有任务行 d/9/9"),
        (line(relevant={"d/1/1": 3}), "等级应为 1 或 2"),
        (line(relevant={"d/1/1": 0}), "等级应为 1 或 2"),
        (line(relevant={"d/1/1": 1}), "等级为 2"),
        (line(answerable=False), "不能回答的不应有"),
        (line(category="quiz"), "没有“quiz”这一类"),
        (line(question=" "), "问题是空的"),
        (line(relevant=[]), "应为对象"),
        (line(expect={"who": 1}), "“who”不对"),
        (line(expect={"count": "2"}), "“count”不对"),
        (line(matter="unheard"), "没有事项 unheard"),
        (line(relevant={"d/1/2": 2}), "在另一部分"),
        (f"{line()}\n{line()}", "第2行：编号 st-1 已用于 q.jsonl 第1行"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as raised:
        load_questions([write(tmp_path, text)], ROWS, MATTERS)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_bytes(b"\xff\xfe\xfd")
    for path in (tmp_path / "q.jsonl", tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(InputError, match="无法读取问题文件"):
            load_questions([path], ROWS)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["d/1/1", "d/1/2", "d/1/3", "d/9/9"]], "没有任务行 d/9/9"),
        ([["d/1/1", "d/1/2", "d/1/3"], ["d/1/1"]], "d/1/1 出现两次"),
        ([["d/1/1", "d/1/3"]], "d/1/2 等1行不属于任何事项"),
    ],
)
def test_matters_are_a_partition(rows: list[list[str]], said: str, tmp_path: Path) -> None:
    path = tmp_path / "matters.yaml"
    path.write_text(json.dumps([{"id": f"m{n}", "rows": each} for n, each in enumerate(rows)]), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_matters(path, ROWS)


def test_an_empty_split_is_refused(tmp_path: Path) -> None:
    questions = load_questions([write(tmp_path, line())], ROWS, MATTERS)
    assert select(questions, "tune") == select(questions, "all") == questions
    with pytest.raises(InputError, match="“test”部分没有问题"):
        select(questions, "test")
    with pytest.raises(InputError, match="从不用于调整"):
        open_collection("cities", "tune")


def test_the_split_of_a_matter_never_moves() -> None:
    assert [split_of(matter) for matter in ("hotline", "e-licences", "parks", "data-sharing")] == [
        "test",
        "tune",
        "test",
        "tune",
    ]


# -- the committed questions --


def test_there_are_enough_of_every_kind() -> None:
    counts = Counter(question.category for question in shipped_questions("all"))
    assert sum(counts.values()) >= 400
    assert counts.keys() == set(CATEGORIES) and min(counts.values()) >= 20
    for split in ("tune", "test"):
        assert min(Counter(q.category for q in shipped_questions(split)).values()) >= 8  # type: ignore[arg-type]


def test_no_matter_is_tuned_on_and_tested_on() -> None:
    tune, test = shipped_questions("tune"), shipped_questions("test")
    assert not {question.matter for question in tune} & {question.matter for question in test}
    topical = ("list", "unanswerable")
    answered = [{row for q in part if q.category not in topical for row in q.answers} for part in (tune, test)]
    assert not answered[0] & answered[1]


def test_every_section_is_asked_about(assistant: Assistant) -> None:
    def section(row: TaskRow) -> tuple[object, ...]:
        return row.document, row.part, row.section

    asked = {row for question in shipped_questions("all") if question.category != "list" for row in question.answers}
    missing = {section(row) for row in assistant.rows()} - {section(row) for row in assistant.rows() if row.id in asked}
    assert missing == set()


def test_the_lists_are_what_their_facts_say() -> None:
    for question in shipped_questions("all"):
        if question.category == "list":
            assert question.expect["count"] == len(question.expect["rows"]), question.qid
            assert sorted(question.expect["rows"]) == question.answers, question.qid


def test_expected_units_are_printed_in_the_rows_that_answer(assistant: Assistant) -> None:
    rows = {row.id: row for row in assistant.rows()}
    for question in shipped_questions("all"):
        for name in ("lead_units", "responsible_units"):
            printed = {unit for id in question.answers for unit in getattr(rows[id], name)}
            wanted = set(question.expect.get(name, printed))
            assert wanted <= printed, (question.qid, name, wanted - printed)


def test_the_questions_are_not_alike() -> None:
    found = texts.sameness(
        [question.question for question in shipped_questions("all") if question.category != "followup"]
    )
    assert found.pairs == () and found.framed < 0.1
    assert found.openings > 0.6 * found.texts


def test_the_samples_are_not_copied() -> None:
    sample = Path(__file__).parents[3] / "shared" / "questions" / "sample.jsonl"
    if not sample.is_file():
        pytest.skip("the sample questions are not beside this checkout (../shared/questions)")
    samples = texts.read_texts(sample, "question")
    ours = [question.question for question in shipped_questions("all")]
    found = texts.near_duplicates(samples + ours)
    long = [(a, b) for a, b, _ in found if a < len(samples) <= b and len(samples[a]) > 8]
    assert [(samples[a], ours[b - len(samples)]) for a, b in long] == []


# -- the invented cities --


def test_the_cities_have_rows_and_questions() -> None:
    collection = open_collection("cities", "test")
    rows = Counter(row.document for row in collection.assistant.rows())
    asked = Counter(path.stem for path in CITIES.glob("*.jsonl") for _ in path.read_text(encoding="utf-8").splitlines())
    assert len(rows) == 3 and rows.keys() == asked.keys()
    assert min(rows.values()) >= 23 and min(asked.values()) >= 25
    assert sum(asked.values()) == len(collection.questions)


def test_names() -> None:
    assert names() == ("shipped", "second", "unseen-2022", "unseen-2023", "cities")
    assert FOLDER.is_dir()
