"""Rules that hold for any question: lists are what a look at every row finds, comparisons have no first side, and a
document that is not asked about changes nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.lexicon.units import forms
from assistant.retrieve.align import Aligner
from assistant.schema import TaskRow
from assistant.service import Assistant
from assistant.text import compact
from tests.conftest import settings_for

PLACES = {"湖南": "湖南省", "湘西": "湘西州", "邵阳": "邵阳市", "娄底": "娄底市"}
MATTERS = ("政务云", "电子证照", "跨省通办", "好差评", "适老化改造", "营商环境评价", "12345热线", "政务数据共享")
UNRELATED = """
document: {id: changde-2021, title: 常德市2021年重点任务清单, place: 常德市, level: 市, year: 2021}
parts:
  - title: 常德市2021年重点任务清单
    rows:
      - heading: 推进电子证照应用
        text: 电子证照在全市窗口使用，2021年10月底前完成。
        lead_units: [市行政审批服务局]
        responsible_units: [市财政局]
      - heading: 开展营商环境评价
        text: 每半年开展一次营商环境评价。
        lead_units: [市发改委]
        responsible_units: []
"""


def _twice(unit: str, rows: list[TaskRow]) -> bool:
    """Whether rows print the office of a unit under another name as well: it answers to both."""
    named = {each for row in rows for each in row.lead_units + row.responsible_units}
    return len({each for each in named if forms(each) & forms(unit)}) > 1


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_combination_of_conditions_lists_what_a_look_at_every_row_finds(
    assistant: Assistant, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from([None, *PLACES]))
    year = data.draw(st.sampled_from([None, 2022, 2023]))
    role = data.draw(st.sampled_from(["牵头的", "作为责任单位的"]))
    word = data.draw(st.sampled_from([None, "电子证照", "园区", "公开", "数据", "热线"]))
    fitting = [
        row
        for row in assistant.rows()
        if (place is None or assistant.document(row.document).place == PLACES[place])
        and (year is None or assistant.document(row.document).year == year)
    ]
    units = sorted(
        {unit for row in fitting for unit in row.lead_units if "（" not in unit and not _twice(unit, fitting)}
    )
    if not units:
        return
    unit = data.draw(st.sampled_from(units))

    def wanted(row: TaskRow) -> bool:
        held = row.lead_units if role == "牵头的" else row.responsible_units
        said = compact("".join((row.heading, row.text)))
        return any(unit in (name, *name.rstrip("）").split("（")) for name in held) and (word is None or word in said)

    found = [row.id for row in fitting if wanted(row)]
    about = f"提到“{word}”的" if word else ""
    answer = assistant.ask(f"{place or ''}{f'{year}年' if year else ''}{unit}{role}{about}任务有几项？")
    assert answer.facts.get("rows", []) == found and answer.facts.get("count", 0) == len(found)
    assert answer.answerable == bool(found) and len(answer.citations) == len(found)


@given(st.sampled_from(MATTERS), st.permutations(list(PLACES)), st.sampled_from([2022, 2023]))
@settings(max_examples=40, deadline=None)
def test_comparing_has_no_first_side(assistant: Assistant, matter: str, places: list[str], year: int) -> None:
    first, second = places[:2]
    one = assistant.ask(f"{year}年{first}和{second}的{matter}有什么不同？")
    other = assistant.ask(f"{year}年{second}和{first}的{matter}有什么不同？")
    assert {citation.row for citation in one.citations} == {citation.row for citation in other.citations}
    assert one.refusal == other.refusal
    assert not one.answerable or one.text.split("：")[0] == other.text.split("：")[0]


def test_changes_are_the_same_from_either_side(assistant: Assistant) -> None:
    forward = assistant.ask("邵阳和湘西2022年的任务有什么不同？").facts
    backward = assistant.ask("湘西和邵阳2022年的任务有什么不同？").facts
    swapped = {"only_first": "only_second", "only_second": "only_first"}
    for name in ("only_first", "only_second", "other_units", "other_deadline", "other_targets"):
        theirs = {tuple(sorted(ids)) for ids in backward[swapped.get(name, name)]}
        assert {tuple(sorted(ids)) for ids in forward[name]} == theirs
    assert forward["both"] == backward["both"] > 30


def test_every_task_of_two_plans_stands_in_one_pair(assistant: Assistant) -> None:
    aligner = Aligner(assistant.rows(), assistant.snapshot.dense)
    one, other = ([r for r in assistant.rows() if r.document == id] for id in ("hunan-2022", "hunan-2023"))
    pairs = aligner.pairs(one, other)
    assert [pair.first for pair in pairs if pair.first] == one
    assert sorted(pair.second.id for pair in pairs if pair.second) == sorted(row.id for row in other)
    matched = {(p.first.id, p.second.id) for p in pairs if p.first and p.second}
    assert {("hunan-2022/1/11", "hunan-2023/1/9"), ("hunan-2022/1/16", "hunan-2023/1/3")} <= matched
    assert [pair.second for pair in aligner.pairs(one, [])] == [None] * len(one) and aligner.pairs([], []) == []
    same = aligner.pairs(one, one)
    assert all(pair.first == pair.second for pair in same)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_unrelated_document_changes_no_answer_that_names_its_own(
    assistant: Assistant, grown: Assistant, data: st.DataObject
) -> None:
    row = data.draw(st.sampled_from(assistant.rows()))
    document = assistant.document(row.document)
    asked = data.draw(st.sampled_from(["由谁牵头？", "什么时候完成？", "要做什么？"]))
    question = f"{document.place}{document.year}年{row.heading}{asked}"
    before, after = assistant.ask(question), grown.ask(question)
    assert [citation.row for citation in before.citations] == [citation.row for citation in after.citations]
    assert before.facts == after.facts


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The shipped documents and one more."""
    folder: Path = tmp_path_factory.mktemp("grown")
    (folder / "changde-2021.yaml").write_text(UNRELATED, encoding="utf-8")
    assistant = Assistant.open(settings=settings_for(folder / "家"))
    assistant.add(folder / "changde-2021.yaml")
    return assistant
