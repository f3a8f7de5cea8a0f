"""How good a ranking is (by ir-measures) and how good an answer is (by what its question expects), per question.

Searching. nDCG takes the grades as gains and all graded rows; the others ask for rows that answer (grade 2). A
question for which nothing was found counts 0 and stays in the mean. Judged@10 is the share of the rows found that
have a grade: no row has one that says "not relevant", so it is a bound, and low where a question has few rows.

Answering. Citation precision: the share of cited rows that are graded; recall: the share of the rows that answer
which are cited; both 0 where an answerable question is refused. Facts: every expected fact is exact. Refusals are
right where no row can answer and wrong where one can.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import RR, Judged, Qrel, R, ScoredDoc, Success, nDCG

from assistant.errors import InputError
from eval.question_set import Question

SEARCH = {
    "nDCG@10": nDCG @ 10,
    "R@5": R(rel=2) @ 5,
    "R@10": R(rel=2) @ 10,
    "MRR@10": RR(rel=2) @ 10,
    "hit@1": Success(rel=2) @ 1,
    "hit@5": Success(rel=2) @ 5,
    "Judged@10": Judged @ 10,
}
ANSWER = ("precision", "recall", "facts", "right refusal", "wrong refusal")
_UNITS = ("lead_units", "responsible_units")
Values = dict[str, float]
_OTHER = "检索结果与问题不是一套，请检查 --corpus 和 --split"


def search_values(relevant: Mapping[str, Mapping[str, int]], found: Mapping[str, Sequence[str]]) -> dict[str, Values]:
    """The measures of each question that has relevant rows: qid → measure → value.

    Args:
        relevant: qid → row id → grade.
        found: qid → row ids, best first; a question that is missing found nothing.
    """
    qrels = [Qrel(qid, row, grade) for qid, rows in relevant.items() for row, grade in rows.items()]
    run = [ScoredDoc(qid, row, 1 / rank) for qid, rows in found.items() for rank, row in enumerate(rows, 1)]
    names = {measure: name for name, measure in SEARCH.items()}
    values: dict[str, Values] = {qid: dict.fromkeys(SEARCH, 0.0) for qid, rows in relevant.items() if rows}
    for metric in ir_measures.iter_calc(list(SEARCH.values()), qrels, run):
        values[metric.query_id][names[metric.measure]] = round(metric.value, 6)
    return values


def answer_values(question: Question, answer: Mapping[str, Any] | None) -> Values:
    """The measures that apply to the answer to one question; ``answer`` as JSON, None if it failed."""
    answered = answer is not None and bool(answer["answerable"])
    if not question.answerable:
        return {"right refusal": float(answer is not None and not answered and not broken(question, answer))}
    values = {"wrong refusal": float(answer is not None and not answered)}
    cited = {citation["row"] for citation in answer["citations"]} if answer is not None and answered else set()
    values["precision"] = sum(row in question.relevant for row in cited) / len(cited) if cited else 0.0
    values["recall"] = sum(row in cited for row in question.answers) / len(question.answers)
    if question.expect:
        values["facts"] = float(answer is not None and answered and not broken(question, answer))
    return {name: round(value, 6) for name, value in values.items()}


def broken(question: Question, answer: Mapping[str, Any]) -> list[str]:
    """The expected facts that an answer does not hold, by name."""
    facts, text, wrong = answer["facts"], answer["text"], []
    for name, wanted in question.expect.items():
        if name in _UNITS:
            right = sorted(facts.get(name) or ()) == sorted(wanted)
        elif name == "rows":
            right = sorted(facts.get("rows") or ()) == sorted(wanted)
        elif name == "count":
            right = facts.get("count") == wanted
        elif name == "deadline":
            right = any(each["text"] == wanted for each in facts.get("deadlines") or ()) or wanted in text
        elif name == "must_not_contain":
            right = not any(each in text for each in wanted)
        else:
            right = all(each in text for each in wanted)
        if not right:
            wrong.append(name)
    return wrong


def read_trec(path: Path, relevant: Mapping[str, Mapping[str, int]], rows: Collection[str]) -> dict[str, list[str]]:
    """A run in TREC format (qid Q0 row rank score tag): qid → row ids by score, ties by id.

    Raises:
        InputError: it cannot be read, answers none of the questions, or names one or a row that is not there.
    """
    found: dict[str, dict[str, float]] = {}
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                qid, _, row, _, score, _ = line.split()
                where = f"{path.name} 第{number}行"
                if qid not in relevant or row not in rows:
                    raise InputError(
                        f"没有{'问题' if qid not in relevant else '任务行'} {qid} {row}", where=where, hint=_OTHER
                    )
                found.setdefault(qid, {})[row] = float(score)
    except (OSError, ValueError):
        raise InputError(
            "不是 TREC 格式的检索结果", where=str(path), hint="每行：题号 Q0 行号 名次 得分 名称"
        ) from None
    if not found:
        raise InputError("没有检索结果", where=str(path))
    return {qid: sorted(scores, key=lambda row: (-scores[row], row)) for qid, scores in found.items()}
