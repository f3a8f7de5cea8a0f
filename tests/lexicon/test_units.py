"""The unit registry."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.lexicon import confusable
from assistant.lexicon.units import by_name, counterparts, departments, forms, identify, names_of, with_level


def test_no_name_stands_in_two_entries() -> None:
    names = Counter(name for department in departments() for name in department.names)
    assert [name for name, count in names.items() if count > 1] == []
    assert len(names) > 700


@pytest.mark.parametrize(
    ("printed", "place", "level", "department"),
    [
        ("州发改委", None, "州", "发改委"),
        ("省发展和改革委员会", None, "省", "发改委"),
        ("市市场监管局", None, "市", "市场监管局"),
        ("市场监管局", None, None, "市场监管局"),
        ("湘西州行政审批服务局", "湘西土家族苗族自治州", "州", "行政审批服务局"),
        ("娄底市发展和改革委员会", "娄底市", "市", "发改委"),
        ("州政府办（州大数据中心）", None, "州", "政府办"),
        ("县环保局", None, "县", "生态环境局"),
        ("市直相关单位", None, None, None),
        ("某某中心", None, None, None),
    ],
)
def test_a_name_taken_apart(printed: str, place: str | None, level: str | None, department: str | None) -> None:
    unit = identify(printed)
    found = unit.department.name if unit.department else None
    assert (unit.place, unit.level, found) == (place, level, department)


def test_forms() -> None:
    assert {"州发改委", "发改委", "州发展和改革委员会", "发展改革局"} <= forms("州发改委")
    assert "市发改委" not in forms("州发改委")
    assert {"州政府办", "州大数据中心", "大数据管理中心"} <= forms("州政府办（州大数据中心）")
    assert names_of("州政府办（州大数据中心）") == ("州政府办（州大数据中心）", "州政府办", "州大数据中心")


def test_counterparts_know_each_other() -> None:
    assert {d.name for d in counterparts("政务局")} == {"行政审批服务局", "政数局"}
    assert "政务局" in {d.name for d in counterparts("行政审批服务局")}
    assert counterparts("财政局") == ()


def test_levels_are_given_to_departments_only() -> None:
    assert with_level("发展改革委", "市") == "市发展改革委"
    for name in ("人民银行", "有关部门", "税务部门", "各县区人民政府", "某公司", "市民政局"):
        assert with_level(name, "市") == name


def test_former_names_are_names() -> None:
    former = [(name, department) for department in departments() for name in department.former]
    assert len(former) > 15 and all(by_name()[name] is department for name, department in former)


def test_confusable_characters_go_both_ways() -> None:
    table = confusable()
    assert "域" in table["城"] and "城" in table["域"]
    assert all(char not in others and char in table[other] for char, others in table.items() for other in others)
