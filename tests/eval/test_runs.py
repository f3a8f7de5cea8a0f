"""Runs: what is stored, that a second one is the same, that a fault costs one question, and the tables."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest
from ir_measures import nDCG
from typer.testing import CliRunner

from assistant.errors import InputError
from assistant.service import Assistant
from eval import report, runs
from eval.__main__ import app
from eval.collection import Collection, open_collection
from eval.question_set import Question
from eval.systems import MODES, best, open_search

QUESTIONS = (
    Question("re-1", "responsible", "hotline", "湘西12345热线“一呼即应”改革谁牵头？", {"xiangxi-2022/1/58": 2}, True, {"lead_units": ["州行政审批服务局"]}),
    Question("ev-1", "everyday", "app-alliance", "量子纠缠与红烧肉", {"hunan-2022/1/35": 2, "hunan-2023/1/17": 1}, True),
    Question("un-1", "unanswerable", "none:fax", "省政务局的传真号码是多少", {}, False),
)  # fmt: skip


@pytest.fixture(scope="module")
def collection(assistant: Assistant) -> Collection:
    return Collection("shipped", "all", assistant, QUESTIONS, "0123")


@pytest.mark.slow
def test_every_mode_searches_in_a_stable_order(collection: Collection) -> None:
    for mode in MODES:
        first, second = (open_search(mode, collection.assistant) for _ in range(2))
        for question in QUESTIONS:
            found = first(question)
            assert found == second(question) and len(found) == len(set(found)) <= 10
    assert open_search("full", collection.assistant)(QUESTIONS[0])[0] == "xiangxi-2022/1/58"
    assert open_search("rank_bm25", collection.assistant)(QUESTIONS[0])


def test_ties_are_broken_by_id() -> None:
    assert best(["b", "a", "c", "d"], [1.0, 1.0, 2.0, 0.0]) == ["c", "a", "b"]


def test_the_same_run_is_stored_the_same(collection: Collection, tmp_path: Path) -> None:
    places = [runs.save(runs.run("full", collection), tmp_path / name) for name in "ab"]
    assert [path.name for path in places] == ["full_shipped_all"] * 2
    for name in ("questions.jsonl", "run.trec", "qrels.trec"):
        assert (places[0] / name).read_bytes() == (places[1] / name).read_bytes()
    first, second = (json.loads((place / "run.json").read_text(encoding="utf-8")) for place in places)
    assert first.pop("time") and second.pop("time") and first == second
    assert {"version", "snapshot", "encoder", "analyser", "settings", "qrels", "means"} <= first.keys()
    assert "home" not in first["settings"] and str(tmp_path) not in json.dumps(first)


def test_the_trec_files_give_the_stored_measures(collection: Collection, tmp_path: Path) -> None:
    run = runs.run("full", collection)
    place = runs.save(run, tmp_path)
    qrels, found = (
        ir_measures.read_trec_qrels(str(place / "qrels.trec")),
        ir_measures.read_trec_run(str(place / "run.trec")),
    )
    by_file = {m.query_id: round(m.value, 6) for m in ir_measures.iter_calc([nDCG @ 10], qrels, found)}
    assert by_file == {each.qid: each.values["nDCG@10"] for each in run.asked if "nDCG@10" in each.values}


def test_a_stored_run_is_read_back_and_replaced(collection: Collection, tmp_path: Path) -> None:
    run = runs.run("full", collection)
    place = runs.save(run, tmp_path)
    runs.save(replace(run, time="later"), tmp_path)
    assert runs.load(place) == replace(run, time="later")
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


def test_means_by_hand(collection: Collection) -> None:
    means = runs.run("full", collection).means()
    assert means["responsible"]["n"] == 1 and means["responsible"]["facts"] == means["responsible"]["precision"] == 1
    assert means["everyday"]["nDCG@10"] == 0 and means["everyday"]["wrong refusal"] == 1
    assert means["unanswerable"] == {"n": 1, "right refusal": 1}
    assert (means["all"]["n"], means["all"]["hit@1"], means["all"]["recall"]) == (3, 0.5, 0.5)
    assert list(means) == ["everyday", "responsible", "unanswerable", "all"]


def test_a_fault_costs_one_question(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = Assistant.ask

    def fail(self: Assistant, question: str, *rest: object) -> object:
        if question == QUESTIONS[0].question:
            raise ValueError("broken")
        return asked(self, question, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Assistant, "ask", fail)
    run = runs.run("full", collection)
    assert [each.error for each in run.asked] == ["ValueError: broken", "", ""]
    assert (run.asked[0].values["recall"], run.asked[0].values["facts"], run.means()["all"]["n"]) == (0, 0, 3)
    assert "broken" in caplog.text


@pytest.mark.parametrize(("name", "content"), [("run.json", "{"), ("run.json", "{}"), ("questions.jsonl", "{}")])
def test_a_damaged_run_is_refused(name: str, content: str, collection: Collection, tmp_path: Path) -> None:
    place = runs.save(runs.run("bigram", collection), tmp_path)
    (place / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="运行记录已损坏"):
        runs.load(place)
    with pytest.raises(InputError, match="没有这次运行"):
        runs.load(tmp_path / "missing")


def test_the_report_and_its_chart(collection: Collection, tmp_path: Path) -> None:
    made = [runs.run(mode, collection) for mode in ("full", "bigram")]
    text = report.markdown(made)
    lines = text.splitlines()
    assert "|  | 日常说法（1） | 谁负责（1） | 全部（2） |" in lines
    assert (
        next(line for line in lines if line.startswith("| 全部："))
        == f"| {report.MEANING['full']} | 0.000 | 1.000 | 0.500 |"
    )
    assert "| 不能回答（1） |  |  |  | 1.000 |  |" in lines
    for name in ("a.svg", "b.svg"):
        report.chart(made, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert ET.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")


@pytest.fixture
def stored(collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    for mode in ("bigram", "full"):
        runs.save(runs.run(mode, collection), tmp_path)  # type: ignore[arg-type]
    return tmp_path


def test_the_command_line(stored: Path) -> None:
    told = CliRunner().invoke(app, ["compare", "bigram_shipped_all", "full_shipped_all"])
    assert told.exit_code == 0, told.output
    assert "| 全部 | 2 |" in told.output
    reported = CliRunner().invoke(app, ["report", "--chart", str(stored / "chart.svg")])
    assert reported.exit_code == 0 and "## 自带文件" in reported.output and (stored / "chart.svg").stat().st_size > 1000
    unknown = CliRunner().invoke(app, ["run", "--corpus", str(stored)])
    assert isinstance(unknown.exception, InputError) and "可用：shipped" in str(unknown.exception)
    other = CliRunner().invoke(app, ["compare", "bigram_shipped_all", "full_shipped_all", "--measure", "facts"])
    assert isinstance(other.exception, InputError)


def test_no_runs_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path / "none")
    assert isinstance(CliRunner().invoke(app, ["report"]).exception, InputError)


@pytest.mark.slow
def test_the_whole_evaluation_of_an_unseen_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    collection = open_collection("unseen-2023", "test")
    assert {row.document.rsplit("-", 1)[1] for row in collection.assistant.rows()} == {"2023"}
    assert (
        collection.assistant.snapshot.encoder.fingerprint
        != open_collection("shipped", "test").assistant.snapshot.encoder.fingerprint
    )
    rows = {row.id for row in collection.assistant.rows()}
    assert all(question.answers and rows >= question.relevant.keys() for question in collection.questions)
    told = CliRunner().invoke(app, ["run", "--corpus", "cities", "--mode", "all"])
    assert told.exit_code == 0, told.output
    assert [path.name for path in sorted(tmp_path.iterdir())] == sorted(f"{mode}_cities_test" for mode in MODES)


def test_a_home_folder(shared_home: Path) -> None:
    collection = open_collection(str(shared_home), "tune")
    assert len(collection.assistant.rows()) == 291 and collection.questions
