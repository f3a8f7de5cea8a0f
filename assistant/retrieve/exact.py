"""Rows that a question names exactly: by ordinal, unit, section, time, cited number or words; complete, never a top-k."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from assistant.retrieve.table import Positions, RowTable, Shown
from assistant.schema import Ordinal, Query, TaskRow
from assistant.text import chinese_numeral

Holding = Callable[[str], Positions]


def named_rows(query: Query, table: RowTable, shown: Shown, holding: Holding) -> list[TaskRow]:
    """The rows, of those shown, that a lookup or list question names, in the order of the documents.

    A row is listed when it names every unit group of the question in the role asked for (州政府办和州司法局 → both),
    stands in one of the sections, cites one of the numbers, is due when it says, and holds every word of the topic.

    Args:
        holding: the rows that hold a text in their own words, ascending.
    """
    if query.ordinals:
        parts = table.by_part(shown).values()
        return [row for ordinal in query.ordinals for part in parts for row in at_ordinal(part, ordinal)]
    if query.intent != "list":
        return []
    conditions = [table.with_units(group, query.role) for group in query.units]
    if query.sections:
        conditions.append(table.with_sections(query.sections))
    if query.doc_numbers:
        conditions.append(table.with_numbers(query.doc_numbers))
    if query.due:
        conditions.append(table.with_due(query.due))
    if query.unled:
        conditions.append(table.without_lead())
    conditions += [holding(word) for word in query.topic.split()]
    found = np.flatnonzero(shown)
    for places in conditions:
        found = np.intersect1d(found, places, assume_unique=True)
    return [table.rows[place] for place in found.tolist()]


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
