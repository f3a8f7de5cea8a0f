"""The responsible card: every word of it is of its row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant import Assistant
from assistant.answer import Prover
from assistant.desk import confidence, make_card
from assistant.errors import NotFoundError
from assistant.schema import Deadline, Hit


def test_what_may_be_said_is_proved_for_every_row(assistant: Assistant) -> None:
    prover, documents = Prover(assistant.units()), {each.id: each for each in assistant.documents()}
    for row in assistant.rows():
        card = make_card(row, (), documents, assistant.settings.today)
        for said in (card.say, card.reply, *card.dispatch.splitlines()):
            free = " ".join((card.source, card.item, *card.everyone, row.id, documents[row.document].issued_on or "", documents[row.document].doc_number or ""))  # fmt: skip
            assert prover.sentence(said, [row], free) == [], row.id


def test_a_card(assistant: Assistant) -> None:
    card = assistant.card("xiangxi-2022/1/58")
    row = card.row
    assert card.say == (
        f"这件事由{row.lead_units[0]}牵头，责任单位：{'、'.join(row.responsible_units)}；"
        f"完成时限：2022年11月底（已过）。依据是{card.source}第58项。"
    )
    assert row.lead_units == ("州行政审批服务局",) and card.source.startswith("湘西州2022年·")
    assert card.overdue and card.level == "州"
    relations = {(each.row.document, each.relation) for each in card.counterparts}
    assert {("hunan-2022", "上级"), ("shaoyang-2022", "同级")} <= relations
    assert "编号 xiangxi-2022/1/58" in card.text and card.dispatch.endswith("编号：xiangxi-2022/1/58")


def test_levels(assistant: Assistant) -> None:
    documents = {each.id: each for each in assistant.documents()}
    row, other = assistant.row("hunan-2022/1/39"), assistant.row("loudi-2023/1/6")
    (down,) = make_card(row, [other], documents, date(2023, 8, 1)).counterparts
    (up,) = make_card(other, [row], documents, date(2023, 8, 1)).counterparts
    documents["loudi-2023"] = replace(documents["loudi-2023"], level=None)
    (unknown,) = make_card(other, [row], documents, date(2023, 8, 1)).counterparts
    assert (down.relation, up.relation, unknown.relation) == ("下级", "上级", "同级")


def test_what_a_row_does_not_state(assistant: Assistant) -> None:
    documents = {each.id: each for each in assistant.documents()}
    row = replace(assistant.row("xiangxi-2022/1/58"), lead_units=(), responsible_units=(), deadline=None)
    card = make_card(row, (), documents, date(2023, 8, 1))
    assert (
        "没有写明由谁负责；没有写明完成时限" in card.say
        and "没有写明牵头单位\n没有写明责任单位\n没有写明完成时限" in card.dispatch
    )
    later = replace(row, deadline=Deadline("2023年底", None, "2023-12-31"), responsible_units=("甲",))
    card = make_card(later, (), documents, date(2023, 8, 1))
    assert "没有写明牵头单位，责任单位：甲；完成时限：2023年底。" in card.say and not card.overdue


def test_confidence_follows_the_evidence(assistant: Assistant) -> None:
    row = assistant.row("loudi-2023/1/6")
    given = [confidence(Hit(row, 1.0, 1, evidence, 1.0)) for evidence in (1.0, 0.35, 0.05)]
    assert given == ["high", "middle", "low"]


def test_unknown_row(assistant: Assistant) -> None:
    with pytest.raises(NotFoundError):
        assistant.card("nowhere/1/1")


def test_corrected_slots_take_the_place_of_what_was_understood(assistant: Assistant) -> None:
    question = "株洲的政务云谁牵头？"
    assert assistant.ask(question).refusal == "not_held"
    (answer,) = assistant.ask_in_steps(question, slots={"places": ("娄底市",), "unknown_places": ()})
    assert answer.facts["rows"] == ["loudi-2023/1/6"] and answer.understood["places"] == ["娄底市"]
