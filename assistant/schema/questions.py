"""Questions as understood, what they may see, and what search found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.schema.documents import TaskRow
from assistant.schema.record import Record

Intent = Literal[
    "responsible",
    "deadline",
    "content",
    "basis",
    "lookup",
    "list",
    "compare",
    "changes",
    "related",
    "help",
    "smalltalk",
    "refuse",
]
Role = Literal["lead", "responsible"]
Group = Literal["lead", "responsible", "place", "year", "document", "part", "section"]
DueKind = Literal["by", "in", "after", "some", "none"]


@dataclass(frozen=True, slots=True)
class Scope(Record):
    """What a read may see. Each field narrows; None leaves it open, an empty tuple lets nothing through.

    ``parts`` are ``<document>/<part>`` keys; ``units`` are unit names as printed.
    """

    documents: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    years: tuple[int, ...] | None = None
    parts: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RowFilter(Record):
    """Which rows are asked for, as a list question says it; an empty field asks nothing, and all that ask hold together.

    ``units``: rows that name each of them (as people call them) in ``role``; ``sections``, ``doc_numbers``, ``places``,
    ``years``, ``documents`` and ``parts``: any of those given, sections by words of the heading; ``words``: rows that
    hold each. ``due_from`` and ``due_to``: the last day of the deadline lies between these days, ISO 8601, both
    included; ``due``: there is a deadline ("some") or none. ``unled``: rows without a lead unit.
    """

    units: tuple[str, ...] = ()
    role: Role | None = None
    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    doc_numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    due_from: str | None = None
    due_to: str | None = None
    due: Literal["some", "none"] | None = None
    unled: bool = False


@dataclass(frozen=True, slots=True)
class Ordinal(Record):
    """第48项 (``label`` False), 第（十六）项 (True), 倒数第二项 or 最后一项 (``from_end``)."""

    number: int
    label: bool = False
    from_end: bool = False


@dataclass(frozen=True, slots=True)
class Due(Record):
    """When the tasks asked for are due: ``by`` the end of a month of the year (6月底前), ``in`` a span of months (第三季度), ``after``
    one, at ``some`` time or at ``none`` that is stated; with ``excluded`` at any other stated time. Months 1 to 12, of the document's own year unless ``year`` is set.
    """

    text: str
    kind: DueKind
    first: int = 1
    last: int = 12
    year: int | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class UnitCondition(Record):
    """Rows that name any of the units in a role (None: in any), or with ``excluded`` all other rows."""

    units: tuple[str, ...]
    role: Role | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Equated(Record):
    """A unit asked for by a name that no row prints: a former name, or that of its counterpart at another level."""

    said: str
    units: tuple[str, ...]
    relation: Literal["former", "counterpart"]


@dataclass(frozen=True, slots=True)
class Expansion(Record):
    """Words of daily life in a question, and the official terms that it is searched with beside them."""

    said: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction(Record):
    """A slip in a question, and the word that it was read as."""

    written: str
    meant: str


@dataclass(frozen=True, slots=True)
class Query(Record):
    """A question as understood: its intents in the order asked, and the slots recognised in it.

    ``topic`` is what is left when slots and phrases of asking are taken out; in a list question what its rows speak of. ``places`` and ``years`` are those
    that documents cover; what none covers stands in ``unknown_places``, ``unknown_years`` and ``unknown_parts``. ``units`` holds, for
    each unit named, the printed names that it may be (``unknown_units``: none); ``parts`` are ``<document>/<part>``
    keys; ``sections`` printed headings. What a list asks of its rows: ``conditions`` on units, all of them in one row where
    ``together`` is set; ``role`` is the role that they have in common; ``lead_count`` the least and most lead units, ``only``:
    no lead units but those; ``citing``: that they cite any document; ``group``: what they are counted by; ``beyond``:
    items that were listed before. ``pick``: the n-th of the rows listed before (-1: the last).
    ``matter``: the stretches of the question that are more than asking. ``corrected`` are slips that were read as known words, ``expanded`` words of daily life with their official terms.
    """

    question: str
    intents: tuple[Intent, ...]
    topic: str
    places: tuple[str, ...] = ()
    unknown_places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    unknown_years: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    unknown_parts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    units: tuple[tuple[str, ...], ...] = ()
    unknown_units: tuple[str, ...] = ()
    equated: tuple[Equated, ...] = ()
    role: Role | None = None
    ordinals: tuple[Ordinal, ...] = ()
    doc_numbers: tuple[str, ...] = ()
    due: Due | None = None
    conditions: tuple[UnitCondition, ...] = ()
    together: bool = False
    lead_count: tuple[int, int] | None = None
    only: bool = False
    citing: bool = False
    in_heading: bool = False
    without_words: tuple[str, ...] = ()
    group: Group | None = None
    beyond: tuple[Ordinal, ...] = ()
    pick: int | None = None
    corrected: tuple[Correction, ...] = ()
    expanded: tuple[Expansion, ...] = ()
    matter: tuple[str, ...] = ()

    @property
    def intent(self) -> Intent:
        """The first thing asked."""
        return self.intents[0]

    def understood(self) -> dict[str, Any]:
        """The slots that hold something, for people to see and correct."""
        return {name: value for name, value in self.to_dict().items() if value and name != "question"}


@dataclass(frozen=True, slots=True)
class Hit(Record):
    """A row found for a query. ``score`` orders hits; ``evidence`` is the probability that the row is about what was asked,
    ``agreement`` in [0, 1] how much of it the row holds.
    """

    row: TaskRow
    score: float
    rank: int
    evidence: float
    agreement: float
    explain: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, keys in declared order."""
        return {
            "rank": self.rank,
            "score": round(self.score, 6),
            "evidence": round(self.evidence, 4),
            "agreement": round(self.agreement, 4),
            "explain": {name: round(value, 6) for name, value in self.explain.items()},
            "row": self.row.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Pair(Record):
    """One task in two plans that are compared; None where only the other has it."""

    first: TaskRow | None
    second: TaskRow | None
