"""Filters as programs and pages set them → the list question that asks for the same rows, and corrections of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.errors import InputError
from assistant.index import Snapshot
from assistant.retrieve.query import Understander
from assistant.schema import Due, Query, RowFilter, Scope, UnitCondition
from assistant.text import compact

_WORD = 2  # characters that a word to filter by needs


def list_query(wanted: RowFilter, snapshot: Snapshot, understander: Understander) -> Query:
    """The list question that asks for the same rows.

    Raises:
        InputError: words too short to be searched for.
    """
    words = [word for text in wanted.words for word in text.split()]
    if short := next((word for word in words if len(compact(word)) < _WORD), None):
        raise InputError(f"“{short}”太短", hint=f"每个词至少{_WORD}个字")
    headings = dict.fromkeys(heading for row in snapshot.rows for heading in row.section)
    named = [compact(section) for section in wanted.sections]
    sections = tuple(heading for heading in headings if any(name in compact(heading) for name in named))
    units = tuple(_units_named(name, understander) for name in wanted.units)
    return Query(
        question="",
        intents=("list",),
        topic=" ".join(words),
        places=tuple(place_named(name, snapshot, understander) for name in wanted.places),
        years=wanted.years,
        parts=wanted.parts,
        sections=sections or wanted.sections,
        units=units,
        conditions=tuple(UnitCondition(group, wanted.role) for group in units),
        together=True,
        role=wanted.role,
        doc_numbers=wanted.doc_numbers,
        due=Due(text="", kind=wanted.due) if wanted.due else None,
        lead_count=(0, 0) if wanted.unled else None,
    )


def place_named(name: str, snapshot: Snapshot, understander: Understander) -> str:
    """The place of documents that a name is for (湘西 for 湘西州), else the name itself."""
    if any(document.place == name for document in snapshot.documents):
        return name
    return next(iter(understander.understand(name).places), name)


def _units_named(name: str, understander: Understander) -> tuple[str, ...]:
    """The printed names that a unit's name may stand for, else the name itself."""
    groups = understander.understand(name).units
    return tuple(dict.fromkeys(unit for group in groups for unit in group)) or (name,)


def within(documents: tuple[str, ...], scope: Scope | None) -> Scope | None:
    """A scope narrowed to some documents; none given: the scope as it is."""
    if not documents:
        return scope
    if scope is None or scope.documents is None:
        return replace(scope or Scope(), documents=documents)
    return replace(scope, documents=tuple(id for id in scope.documents if id in documents))


def corrected(query: Query, slots: Mapping[str, Any]) -> Query:
    """A query with some of its fields as the asker wants them; units in the role that was asked for."""
    changed = replace(query, **slots)
    if "units" not in slots:
        return changed
    return replace(changed, conditions=tuple(UnitCondition(group, query.role) for group in changed.units))
