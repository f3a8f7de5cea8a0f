"""Measures against values computed by hand."""

from __future__ import annotations

from math import log2
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError
from eval.measures import SEARCH, answer_values, broken, read_trec, search_values
from eval.question_set import Question


def question(**given: Any) -> Question:
    base = {"qid": "a", "category": "staff", "matter": "m", "question": "？", "answerable": True}
    return Question(**base | {"relevant": {"d/1/1": 2, "d/1/2": 2, "d/1/3": 1}} | given)


def answer(*cited: str, answerable: bool = True, text: str = "", **facts: Any) -> dict[str, Any]:
    return {"answerable": answerable, "text": text, "facts": facts, "citations": [{"row": row} for row in cited]}


def test_search_values_by_hand() -> None:
    relevant = {"q": {"a": 2, "b": 2, "c": 1}}
    found = {"q": ["x", "a", "c", "y", "z", "b"]}
    (values,) = search_values(relevant, found).values()
    gained = 2 / log2(3) + 1 / log2(4) + 2 / log2(7)
    ideal = 2 / log2(2) + 2 / log2(3) + 1 / log2(4)
    assert values == {
        "nDCG@10": round(gained / ideal, 6),
        "R@5": 0.5,
        "R@10": 1.0,
        "MRR@10": 0.5,
        "hit@1": 0.0,
        "hit@5": 1.0,
        "Judged@10": 0.5,
    }


def test_only_rows_that_answer_are_hits() -> None:
    values = search_values({"q": {"a": 2, "b": 1}}, {"q": ["b"]})["q"]
    assert values["hit@5"] == values["MRR@10"] == values["R@10"] == 0
    assert values["nDCG@10"] == round(1 / (2 + 1 / log2(3)), 6)


def test_a_question_without_results_counts_zero() -> None:
    values = search_values({"found": {"a": 2}, "missing": {"a": 2}, "empty": {"a": 2}}, {"found": ["a"], "empty": []})
    assert values["missing"] == values["empty"] == dict.fromkeys(SEARCH, 0.0)
    assert values["found"]["nDCG@10"] == 1


def test_a_question_without_relevant_rows_is_not_measured() -> None:
    assert search_values({"q": {}}, {"q": ["a"]}) == {}


def test_the_order_is_kept_whatever_the_ids() -> None:
    values = search_values({"q": {"a": 2}}, {"q": ["z", "y", "a"]})["q"]
    assert values["MRR@10"] == round(1 / 3, 6)


def test_citations_by_hand() -> None:
    values = answer_values(question(), answer("d/1/1", "d/1/3", "d/1/9", "d/1/1"))
    assert values == {"wrong refusal": 0.0, "precision": round(2 / 3, 6), "recall": 0.5}


@pytest.mark.parametrize("given", [None, answer("d/1/1", answerable=False, lead_units=["甲局"])])
def test_a_failed_or_refused_answer_counts_zero(given: dict[str, Any] | None) -> None:
    values = answer_values(question(expect={"lead_units": ["甲局"]}), given)
    assert (values["precision"], values["recall"], values["facts"]) == (0, 0, 0)
    assert values["wrong refusal"] == (given is not None)


def test_refusals() -> None:
    asked = question(answerable=False, relevant={}, expect={"must_not_contain": ["解锁"]})
    assert answer_values(asked, answer(answerable=False, text="没有依据")) == {"right refusal": 1.0}
    assert answer_values(asked, answer(answerable=False, text="解锁成功")) == {"right refusal": 0.0}
    assert answer_values(asked, answer("d/1/1")) == {"right refusal": 0.0}
    assert answer_values(asked, None) == {"right refusal": 0.0}


@pytest.mark.parametrize(
    ("expect", "given", "wrong"),
    [
        ({"lead_units": ["甲局", "乙局"]}, answer(lead_units=["乙局", "甲局"]), []),
        ({"lead_units": ["甲局"]}, answer(lead_units=["甲局", "乙局"]), ["lead_units"]),
        ({"lead_units": []}, answer(), []),
        ({"responsible_units": ["甲局"]}, answer(lead_units=["甲局"]), ["responsible_units"]),
        ({"count": 2, "rows": ["d/1/1", "d/1/2"]}, answer(count=2, rows=["d/1/2", "d/1/1"]), []),
        ({"count": 2, "rows": ["d/1/1", "d/1/2"]}, answer(count=3, rows=["d/1/1"]), ["count", "rows"]),
        ({"deadline": "6月底前"}, answer(deadlines=[{"row": "d/1/1", "text": "6月底前"}]), []),
        ({"deadline": "6月底前"}, answer(text="应在6月底前完成"), []),
        ({"deadline": "6月底前"}, answer(deadlines=[{"row": "d/1/1", "text": "年底前"}], text="年底前"), ["deadline"]),
        ({"numbers": ["30%"], "must_contain": ["小程序"]}, answer(text="小程序用户占30%"), []),
        ({"numbers": ["30%"], "must_contain": ["小程序"]}, answer(text="占三成"), ["numbers", "must_contain"]),
        ({"must_not_contain": ["甲局"]}, answer(text="由甲局牵头"), ["must_not_contain"]),
    ],
)
def test_expected_facts(expect: dict[str, Any], given: dict[str, Any], wrong: list[str]) -> None:
    assert broken(question(expect=expect), given) == wrong
    assert answer_values(question(expect=expect), given | {"citations": [{"row": "d/1/1"}]})["facts"] == (not wrong)


def test_a_trec_run_of_another_program(tmp_path: Path) -> None:
    file = tmp_path / "other.trec"
    file.write_text("q Q0 b 1 0.5 other\nq Q0 a 2 0.5 other\nq Q0 c 3 0.9 other\n")
    assert read_trec(file, {"q": {"a": 2}}, {"a", "b", "c"}) == {"q": ["c", "a", "b"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("p Q0 a 1 0.5 x\n", "没有问题 p a"),
        ("q Q0 z 1 0.5 x\n", "没有任务行 q z"),
        ("q Q0 a 1 x\n", "不是 TREC 格式"),
        ("q Q0 a 1 high x\n", "不是 TREC 格式"),
        ("\n", "没有检索结果"),
    ],
)
def test_a_run_that_does_not_match(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "other.trec"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        read_trec(file, {"q": {"a": 2}}, {"a"})
    with pytest.raises(InputError, match="不是 TREC 格式"):
        read_trec(tmp_path / "missing", {"q": {"a": 2}}, {"a"})
