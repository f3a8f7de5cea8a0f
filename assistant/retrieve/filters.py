"""Which rows a query and a scope let through; exact, over all rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.schema import PolicyDocument, Query, Scope, TaskRow


def allowed(rows: Sequence[TaskRow], documents: Sequence[PolicyDocument], scope: Scope) -> npt.NDArray[np.bool_]:
    """True for each row that a scope shows, shape (rows,)."""
    known = {document.id: document for document in documents}
    return np.fromiter((_shown(row, known[row.document], scope) for row in rows), dtype=bool, count=len(rows))


def _shown(row: TaskRow, document: PolicyDocument, scope: Scope) -> bool:
    return (
        (scope.documents is None or document.id in scope.documents)
        and (scope.places is None or document.place in scope.places)
        and (scope.years is None or document.year in scope.years)
        and (scope.parts is None or f"{row.document}/{row.part}" in scope.parts)
        and (scope.units is None or bool(set(scope.units) & {*row.lead_units, *row.responsible_units}))
    )


def query_scope(query: Query) -> Scope:
    """The places, years and parts that a question names, as a scope."""
    years = query.years + query.unknown_years
    return Scope(places=query.places or None, years=years or None, parts=query.parts or None)


def has_unit(row: TaskRow, units: Sequence[str], lead_only: bool = False) -> bool:
    """Whether a row names any of the units, in its lead only if so asked."""
    named = row.lead_units if lead_only else row.lead_units + row.responsible_units
    return bool(set(units) & set(named))
