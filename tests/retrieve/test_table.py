"""The columns of rows: equal to looking at every row, for any scope."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieve.table import RowTable
from assistant.schema import Due, DueKind, Scope, TaskRow
from assistant.service import Assistant
from assistant.text import compact


@pytest.fixture(scope="module")
def table(assistant: Assistant) -> RowTable:
    return RowTable(assistant.snapshot.rows, assistant.snapshot.documents)


def named(row: TaskRow) -> set[str]:
    return {*row.lead_units, *row.responsible_units}


def test_scopes_equal_a_look_at_every_row(assistant: Assistant, table: RowTable) -> None:
    places, years = (None, (), ("娄底市",), ("湖南省", "邵阳市")), (None, (2022,), (2023, 1999))
    units, parts = (None, ("州财政局", "省财政厅"), ()), (None, ("xiangxi-2022/1", "loudi-2023/2"))
    documents = {document.id: document for document in assistant.snapshot.documents}
    for place, year, unit, part in product(places, years, units, parts):
        scope = Scope(places=place, years=year, units=unit, parts=part)
        expected = [
            (place is None or documents[row.document].place in place)
            and (year is None or documents[row.document].year in year)
            and (unit is None or bool(named(row) & set(unit)))
            and (part is None or f"{row.document}/{row.part}" in part)
            for row in table.rows
        ]
        shown = table.shown(scope)
        assert shown.tolist() == expected
        grouped = table.by_part(shown)
        assert [row for rows in grouped.values() for row in rows] == [
            row for row, kept in zip(table.rows, expected, strict=True) if kept
        ]
        assert all((row.document, row.part) == key for key, rows in grouped.items() for row in rows)
        assert table.documents(shown) == {document for document, _ in grouped}


def test_two_scopes_let_through_what_both_do(table: RowTable) -> None:
    first, second = Scope(places=("娄底市",)), Scope(years=(2022,))
    assert not table.shown(first, second).any() and table.shown(first, None, Scope()).sum() == 43


@given(st.data())
def test_units_equal_a_look_at_every_row(assistant: Assistant, table: RowTable, data: st.DataObject) -> None:
    units = data.draw(st.lists(st.sampled_from([*assistant.units(), "没有的局"]), max_size=4))
    wanted = set(units)
    assert table.with_units(units).tolist() == [n for n, row in enumerate(table.rows) if named(row) & wanted]
    leads = [n for n, row in enumerate(table.rows) if set(row.lead_units) & wanted]
    assert table.with_units(units, "lead").tolist() == leads
    others = [n for n, row in enumerate(table.rows) if set(row.responsible_units) & wanted]
    assert table.with_units(units, "responsible").tolist() == others


def test_numbers_and_sections(table: RowTable) -> None:
    numbers = sorted({number for row in table.rows for number in row.doc_numbers})
    for number in numbers:
        expected = [n for n, row in enumerate(table.rows) if compact(number) in map(compact, row.doc_numbers)]
        assert table.with_numbers([number]).tolist() == expected != []
    assert table.with_numbers(["国办发[2022]2号"]).tolist() == table.with_numbers(["国办发〔2022〕2号"]).tolist()
    heading = table.rows[0].section[-1]
    assert table.with_sections([heading]).tolist() == [n for n, r in enumerate(table.rows) if heading in r.section]


KINDS: tuple[DueKind, ...] = ("by", "in", "after", "some", "none")


@given(st.sampled_from(KINDS), st.integers(1, 12), st.integers(0, 11), st.sampled_from([None, 2021, 2022, 2023]))
def test_due_equals_a_look_at_every_deadline(
    assistant: Assistant, table: RowTable, kind: DueKind, first: int, more: int, year: int | None
) -> None:
    last = min(12, first + more)
    found = table.with_due(Due("", kind, first, last, year)).tolist()

    def due(row: TaskRow) -> bool:
        if kind in ("some", "none"):
            return (row.deadline is not None) == (kind == "some")
        if row.deadline is None or row.deadline.end is None:
            return False
        of = year or assistant.document(row.document).year or 0
        end_year, end_month = int(row.deadline.end[:4]), int(row.deadline.end[5:7])
        if kind == "by":
            return end_year == of and end_month <= last
        if kind == "after":
            return (end_year, end_month) > (of, last)
        return end_year == of and first <= end_month <= last

    assert found == [n for n, row in enumerate(table.rows) if due(row)]


def test_no_rows() -> None:
    table = RowTable((), ())
    shown = table.shown(Scope(places=("娄底市",), units=("甲",)))
    assert shown.shape == (0,) and table.by_part(shown) == {} and table.documents(shown) == set()
    assert table.with_units(["甲"]).dtype == np.int64
