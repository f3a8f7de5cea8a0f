"""Rows by filters, and comparisons by their sides: the same rows and answers that questions give."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.errors import InputError, NotFoundError
from assistant.schema import RowFilter, Scope


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("湘西州财政局牵头哪些任务？", RowFilter(units=("州财政局",), role="lead", places=("湘西",))),
        (
            "湘西州2022年6月底前要完成的任务有哪些？",
            RowFilter(places=("湘西州",), due_from="2022-01-01", due_to="2022-06-30"),
        ),
        ("没有写完成时限的任务有哪些？", RowFilter(due="none")),
        ("写了完成时限的任务有哪些？", RowFilter(due="some")),
        ("没有牵头单位的任务有哪些？", RowFilter(unled=True)),
    ],
)
def test_a_filter_gives_what_the_list_question_gives(assistant: Assistant, question: str, wanted: RowFilter) -> None:
    asked = assistant.ask(question)
    assert asked.intent == "list" and asked.facts["rows"]
    assert [row.id for row in assistant.select(wanted)] == asked.facts["rows"]


def test_filters_hold_together(assistant: Assistant) -> None:
    rows = assistant.select(RowFilter(words=("适老化",), years=(2022,)))
    assert rows and all("适老" in row.heading + row.text for row in rows)
    assert {row.document for row in rows} <= {"hunan-2022", "shaoyang-2022", "xiangxi-2022"}
    both = assistant.select(RowFilter(units=("州政府办", "州司法局")))
    for row in both:
        named = row.lead_units + row.responsible_units
        assert any("州政府办" in unit for unit in named) and "州司法局" in named
    assert assistant.select(RowFilter(documents=("loudi-2023",), parts=("loudi-2023/2",))) == [
        row for row in assistant.rows() if row.id.startswith("loudi-2023/2/")
    ]
    scope = Scope(documents=("loudi-2023",))
    assert assistant.select(RowFilter(documents=("xiangxi-2022",)), scope) == []
    heading = next(row.section[0] for row in assistant.rows() if row.section)
    assert assistant.select(RowFilter(sections=(heading[2:],)))
    for nothing in (RowFilter(units=("月球局",)), RowFilter(places=("株洲",)), RowFilter(sections=("没有的",))):
        assert assistant.select(nothing) == []
    with pytest.raises(InputError, match="政"):
        assistant.select(RowFilter(words=("政",)))


def test_days_count_to_the_day(assistant: Assistant) -> None:
    dated = [row for row in assistant.rows() if row.deadline and row.deadline.end]
    day = sorted(row.deadline.end for row in dated if row.deadline and row.deadline.end)[len(dated) // 2]
    on = [row.id for row in dated if row.deadline and row.deadline.end == day]
    assert on and [row.id for row in assistant.select(RowFilter(due_from=day, due_to=day))] == on
    upto, later = assistant.select(RowFilter(due_to=day)), assistant.select(RowFilter(due_from=day))
    assert len(upto) + len(later) - len(on) == len(dated)


def test_compare(assistant: Assistant) -> None:
    answer = assistant.compare("12345热线", places=["湘西", "邵阳市"])
    assert answer.answerable and answer.intent == "compare"
    assert {citation.document for citation in answer.citations} == {"xiangxi-2022", "shaoyang-2022"}
    assert "comparison" in {block.kind for block in answer.blocks} and assistant.faults(answer) == ()
    changes = assistant.compare("", places=["湖南省"], years=[2022, 2023])
    assert (
        changes.intent == "changes" and changes.facts == assistant.ask("湖南省2022年和2023年的任务有什么变化？").facts
    )


def test_comparisons_that_cannot_be(assistant: Assistant) -> None:
    with pytest.raises(InputError, match="不到两方"):
        assistant.compare("政务云", places=["湘西州", "湘西"])
    with pytest.raises(InputError, match="两方"):
        assistant.compare("", places=["湘西州", "邵阳市", "娄底市"])
    with pytest.raises(NotFoundError, match="株洲"):
        assistant.compare("政务云", places=["湘西州", "株洲市"])
    with pytest.raises(NotFoundError, match="1999年"):
        assistant.compare("政务云", years=[2022, 1999])
    with pytest.raises(InputError, match="太长"):
        assistant.compare("政" * 501, years=[2022, 2023])
