"""Proof: answers of every kind hold; whatever is changed in them is found; saved answers are checked by the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.answer import Prover
from assistant.cli import app
from assistant.schema import Answer
from assistant.service import Assistant

QUESTIONS = (
    "湘西州政策问答平台由谁牵头，什么时候完成？",
    "邵阳小程序用户数要达到多少",
    "湖南2022年政务管理服务要点里，市场主体纾困攻坚行动是哪个单位牵头？",
    "湘西附件1有多少项任务？",
    "湘西州政府办有关的任务有几项？",
    "湘西附件3第13项是什么？",
    "省里和娄底2023年的政务云有什么不同？",
    "湖南省2023年比2022年新增了哪些任务？",
    "湘西12345热线改革，下一步该找谁？",
    "湘西告知承诺制依据什么文件？",
    "娄底市政务局牵头哪些任务？",
    "2022年6月底前要完成的任务有哪些？",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_hold(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.answerable and answer.citations and assistant.faults(answer) == ()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_row_is_answered_with_proof(assistant: Assistant, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(assistant.rows()))
    document = assistant.document(row.document)
    asked = data.draw(st.sampled_from(["由谁牵头，什么时候完成", "要做什么", "依据什么文件", "下一步找谁"]))
    answer = assistant.ask(f"{document.place}{document.year}年{row.heading}{asked}？")
    assert assistant.faults(answer) == ()


def changed(answer: Answer, old: str, new: str) -> Answer:
    assert old in answer.text
    return replace(answer, text=answer.text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("question", "old", "new", "fault"),
    [
        ("湘西电子证照由谁牵头", "州行政审批服务局", "州教育局", "牵头单位不符"),
        ("湘西政策问答平台什么时候完成", "2022年11月底", "2022年12月底", "完成时限不符"),
        ("邵阳小程序用户数要达到多少", "30%", "35%", "没有依据的数字“35”"),
        ("湘西附件1第48项谁牵头", "牵头单位：**", "没有写明牵头单位，**", "“没有写明牵头单位”不符"),
        ("湘西附件1里州财政局牵头的任务有几项？", "**2项**", "**3项**", "没有依据的数量“3项”"),
        ("邵阳政策解读有什么要求", "“一政策一解读”", "“三政策一解读”", "没有依据的引文"),
        ("湘西电子证照由谁牵头", "[1]", "[9]", "引用编号超出范围"),
    ],
)
def test_a_changed_text_is_found(assistant: Assistant, question: str, old: str, new: str, fault: str) -> None:
    answer = changed(assistant.ask(question), old, new)
    assert any(fault in found for found in assistant.faults(answer)), assistant.faults(answer)


def test_changed_facts_tables_and_citations_are_found(assistant: Assistant) -> None:
    answer = assistant.ask("湘西州政策问答平台由谁牵头，什么时候完成？")
    first, *rest = answer.citations

    def faults(**values: Any) -> str:
        return " ".join(assistant.faults(replace(answer, **values)))

    assert "lead_units" in faults(facts=answer.facts | {"lead_units": ["州教育局"]})
    assert "deadlines" in faults(facts=answer.facts | {"deadlines": []})
    assert "everyone_responsible" in faults(facts=answer.facts | {"everyone_responsible": ["州教育局"]})
    assert "count" in faults(facts=answer.facts | {"count": 7})
    assert "引文不在" in faults(citations=(replace(first, quote="没有这句话"), *rest))
    assert "出处" in faults(citations=(replace(first, label="（九十九）"), *rest))
    assert "不连续" in faults(citations=(replace(first, n=2), *rest))
    assert "没有任务行 no/1/1" in faults(citations=(replace(first, row="no/1/1"), *rest))
    table = answer.blocks[-1]
    other = (table.cells[0][0], "别的任务", *table.cells[0][2:])
    assert "任务表中" in faults(blocks=(replace(table, cells=(other, *table.cells[1:])),))
    assert "行数" in faults(blocks=(replace(table, cells=table.cells[:1]),))


def test_an_abstention_claims_nothing(assistant: Assistant) -> None:
    refused, answered = assistant.ask("株洲的政务云由谁牵头"), assistant.ask("湘西电子证照由谁牵头")
    assert assistant.faults(refused) == ()
    assert assistant.faults(replace(refused, citations=answered.citations)) == ("没有回答，却有引用或事实",)


def test_an_unproved_answer_becomes_an_abstention(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    question = "湘西电子证照由谁牵头"
    wrong = changed(assistant.ask(question), "州行政审批服务局", "州教育局")
    monkeypatch.setattr("assistant.state.compose", lambda evidence: wrong)
    answer = assistant.ask(question)
    assert not answer.answerable and answer.citations == () and "没有通过核对" in answer.text
    assert "州教育局" not in answer.text and "牵头单位不符" in caplog.text


def test_no_units_no_rows() -> None:
    empty = Answer(question="", intent="content", answerable=True, text="")
    assert Prover([]).faults(empty, {}, {}) == ()
    assert Prover(["州教育局"]).sentence("州教育局来办，共3项。", [], "") == [
        "没有依据的单位“州教育局”：州教育局来办，共3项。",
        "没有依据的数字“3”：州教育局来办，共3项。",
    ]


def test_answers_there_and_back(assistant: Assistant) -> None:
    for question in QUESTIONS:
        answer = assistant.ask(question)
        assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))).to_dict() == answer.to_dict()


def test_the_command_checks_saved_answers(assistant: Assistant, shared_home: Path, tmp_path: Path) -> None:
    right = assistant.ask("湘西电子证照由谁牵头")
    wrong = changed(right, "州行政审批服务局", "州教育局")
    file = tmp_path / "answers.jsonl"

    def check(*answers: Answer) -> tuple[int, str]:
        lines = (json.dumps(answer.to_dict(), ensure_ascii=False) + "\n" for answer in answers)
        file.write_text("".join(lines), encoding="utf-8")
        done = CliRunner().invoke(app, ["check", "--answers", str(file), "--home", str(shared_home)])
        return done.exit_code, done.output

    code, said = check(right, right)
    assert code == 0 and "2 个回答" in said
    code, said = check(right, wrong)
    assert code == 1 and "第2个" in said and "牵头单位不符" in said
