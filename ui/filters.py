"""The filters that people set above an answer or for a shift, and what they mean for a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from assistant.schema import VISIBILITIES, PolicyDocument, Scope, TaskRow

_MOST = 20
_LONGEST = 200
_MOST_UNITS = 40  # offered beside an answer
Due = Literal["", "dated", "passed", "open", "undated"]
Names = list[str]


class Filters(BaseModel):
    """One list a kind: None leaves it as the question was understood, an empty list takes it away."""

    places: Names | None = Field(default=None, max_length=_MOST)
    years: list[int] | None = Field(default=None, max_length=_MOST)
    documents: Names | None = Field(default=None, max_length=_MOST)
    units: Names | None = Field(default=None, max_length=_MOST)

    def scope(self) -> Scope:
        """What the rows must be of."""
        return Scope(
            documents=tuple(self.documents) if self.documents else None,
            places=tuple(self.places) if self.places else None,
            years=tuple(self.years) if self.years else None,
            units=tuple(self.units) if self.units else None,
        )

    def slots(self) -> dict[str, Any]:
        """The fields of the query that the filters take the place of."""
        slots: dict[str, Any] = {}
        if self.places is not None:
            slots |= {"places": tuple(self.places), "unknown_places": ()}
        if self.years is not None:
            slots |= {"years": tuple(self.years), "unknown_years": ()}
        if self.documents is not None:
            slots |= {"parts": ()}
        if self.units is not None:
            units = tuple((unit,) for unit in self.units)
            slots |= {"units": units, "unknown_units": (), "equated": ()}
        return slots


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that a filter may take; documents as id and name."""

    places: tuple[str, ...]
    years: tuple[int, ...]
    documents: tuple[tuple[str, str], ...]
    units: tuple[str, ...]


def choices(documents: Sequence[PolicyDocument], rows: Iterable[TaskRow]) -> Choices:
    """What documents offer, the newest year first; of units only those of ``rows``, the most frequent first."""
    units = Counter(unit for row in rows for unit in (*row.lead_units, *row.responsible_units))
    return Choices(
        places=tuple(dict.fromkeys(document.place for document in documents if document.place)),
        years=tuple(sorted({document.year for document in documents if document.year}, reverse=True)),
        documents=tuple((document.id, _named(document)) for document in documents),
        units=tuple(unit for unit, _ in units.most_common(_MOST_UNITS)),
    )


def _named(document: PolicyDocument) -> str:
    word = VISIBILITIES[document.visibility]
    return document.title if document.visibility == "public" else f"{document.title}（{word}）"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the library is looked at; empty fields leave it open. ``q`` are words that a row's text holds."""

    document: Annotated[str, Query(max_length=_LONGEST)] = ""
    unit: Annotated[str, Query(max_length=_LONGEST)] = ""
    due: Due = ""
    q: Annotated[str, Query(max_length=_LONGEST)] = ""


@dataclass(frozen=True, slots=True)
class Pins:
    """The filters that an agent has pinned for the shift; empty ones leave it open."""

    place: Annotated[str, Query(max_length=_LONGEST)] = ""
    year: Annotated[int | None, Query()] = None

    @property
    def scope(self) -> Scope:
        """What the rows must be of."""
        return Scope(places=(self.place,) if self.place else None, years=(self.year,) if self.year else None)
