"""Rows that a question names exactly: by ordinal, unit, section, time, cited number or words; complete, never a top-k."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from assistant.retrieve.table import Positions, RowTable, Shown
from assistant.schema import Ordinal, Query, TaskRow
from assistant.text import chinese_numeral

Holding = Callable[[str, bool], Positions]


def named_rows(query: Query, table: RowTable, shown: Shown, holding: Holding) -> list[TaskRow]:
    """The rows, of those shown, that a lookup or list question names, in the order of the documents.

    A row is listed when it meets every condition on units (州政府办和州司法局 → both), stands in one of the sections, cites
    one of the numbers, is due when the question says, and holds every word of the topic.

    Args:
        holding: the rows that hold a text in their own words, or in their names alone; ascending.
    """
    if query.ordinals:
        parts = [_in_sections(part, query.sections) for part in table.by_part(shown).values()]
        return [row for ordinal in query.ordinals for part in parts for row in at_ordinal(part, ordinal)]
    if query.intent != "list":
        return []
    found = np.flatnonzero(shown)
    for places in _conditions(query, table, shown, holding):
        found = np.intersect1d(found, places, assume_unique=True)
    before = {
        row.id
        for ordinal in query.beyond
        for part in table.by_part(shown).values()
        for row in at_ordinal(part, ordinal)
    }
    rows = [table.rows[place] for place in found.tolist()]
    return [row for row in rows if row.id not in before] or rows


def _conditions(query: Query, table: RowTable, shown: Shown, holding: Holding) -> list[Positions]:
    """The rows that meet each condition of a list, ascending."""
    conditions = _by_units(query, table, shown)
    if query.sections:
        conditions.append(table.with_sections(query.sections))
    if query.doc_numbers:
        each = [table.with_numbers([number]) for number in query.doc_numbers]
        conditions += each if query.together else [reduce(np.union1d, each)]
    if query.citing:
        conditions.append(table.citing())
    if query.due:
        conditions.append(table.with_due(query.due))
    if query.lead_count:
        conditions.append(table.with_leads(*query.lead_count))
    conditions += [np.setdiff1d(np.arange(len(table.rows)), holding(word, False)) for word in query.without_words]
    return conditions + [holding(word, query.in_heading) for word in query.topic.split()]


def _in_sections(part: Sequence[TaskRow], sections: Sequence[str]) -> Sequence[TaskRow]:
    """The rows of a part under the headings named: 第三章的第2个任务 counts within them."""
    return [row for row in part if not sections or set(sections) & set(row.section)]


def _by_units(query: Query, table: RowTable, shown: Shown) -> list[Positions]:
    """The rows that meet each condition on units. Where no row names all of them and none must, any of them will do."""
    found = [table.with_units(each.units, each.role) for each in query.conditions if not each.excluded]
    together = reduce(np.intersect1d, found) if found else None
    if len(found) > 1 and not query.together and not shown[together].any():
        found = [reduce(np.union1d, found)]
    if query.only:
        found.append(
            table.led_only_by({unit for each in query.conditions for unit in each.units}, len(query.conditions))
        )
    excluded = [table.with_units(each.units, each.role) for each in query.conditions if each.excluded]
    return found + [np.setdiff1d(table.beside(each), each) for each in excluded]


def at_ordinal(part: Sequence[TaskRow], ordinal: Ordinal) -> list[TaskRow]:
    """The rows of one part that an ordinal means; two where printed number and position differ.

    （N） is always the label. 第N项 is the printed number where every row has one, else the position and, where
    another row prints that number, that row as well.
    """
    if ordinal.number < 1:
        return []
    if ordinal.from_end:
        return [part[-ordinal.number]] if ordinal.number <= len(part) else []
    if ordinal.label:
        mark = f"（{chinese_numeral(ordinal.number)}）"
        return [row for row in part if row.label == mark]
    printed = [row for row in part if row.printed_no == ordinal.number]
    if all(row.printed_no is not None for row in part):
        return printed
    return list(dict.fromkeys([*part[ordinal.number - 1 : ordinal.number], *printed]))
