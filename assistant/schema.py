"""The values that travel through the house: frozen, typed, importing nothing of ours.

Fields may be added, never renamed: JSON files, the API and other systems rely on them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

TextKind = Literal["verbatim", "digest"]
Level = Literal["ok", "check", "refuse"]
Intent = Literal["responsible", "deadline", "content", "lookup", "list", "smalltalk", "refuse"]
Vectors = npt.NDArray[np.float32]


def plain(value: Any) -> Any:
    """A record, tuple or mapping as JSON-ready lists and dicts."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


class Record:
    """A value with a JSON form."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON, keys in declared order."""
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Locator(Record):
    """Where something stands in its file; only what the format has is set. Lines and pages count from 1."""

    file: str
    line: int | None = None
    page: int | None = None
    sheet: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without what is not set."""
        found = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {name: value for name, value in found.items() if value is not None}

    def __str__(self) -> str:
        words = [self.file]
        words += [f"表“{self.sheet}”"] if self.sheet else []
        words += [f"第{self.page}页"] if self.page else []
        words += [f"第{self.line}行"] if self.line else []
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Deadline(Record):
    """A date or period as printed (``text``) and the days it spans, ISO 8601; None where it is open."""

    text: str
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class TaskRow(Record):
    """One task of one document, the unit of citation. ``id`` is ``<document>/<part>/<item>`` by position."""

    id: str
    document: str
    part: int
    item: int
    label: str | None
    printed_no: int | None
    section: tuple[str, ...]
    heading: str
    text: str
    text_kind: TextKind
    lead_units: tuple[str, ...]
    responsible_units: tuple[str, ...]
    deadline: Deadline | None
    dates: tuple[Deadline, ...]
    targets: tuple[str, ...]
    doc_numbers: tuple[str, ...]
    locator: Locator

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TaskRow:
        """The inverse of ``to_dict``."""
        lists = ("section", "lead_units", "responsible_units", "targets", "doc_numbers")
        values = data | {name: tuple(data[name]) for name in lists}
        values["deadline"] = Deadline(**data["deadline"]) if data["deadline"] else None
        values["dates"] = tuple(Deadline(**each) for each in data["dates"])
        values["locator"] = Locator(**data["locator"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Part(Record):
    """A part of a document: 附件1, or one of the plans that a notice prints. ``part`` counts from 1."""

    part: int
    title: str
    everyone_responsible: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Part:
        """The inverse of ``to_dict``."""
        return cls(data["part"], data["title"], tuple(data["everyone_responsible"]))


@dataclass(frozen=True, slots=True)
class PolicyDocument(Record):
    """What a document says of itself; None where it does not say. ``converted``: Traditional made Simplified."""

    id: str
    title: str
    place: str | None
    level: str | None
    year: int | None
    doc_number: str | None
    issuer: str | None
    issued_on: str | None
    converted: bool
    file: str
    parts: tuple[Part, ...]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PolicyDocument:
        """The inverse of ``to_dict``."""
        return cls(**(data | {"parts": tuple(Part.from_dict(each) for each in data["parts"])}))

    def part_title(self, part: int) -> str:
        """The title of a part, or of the document where the part has none."""
        return next((each.title for each in self.parts if each.part == part and each.title), self.title)


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """One remark of the parser: what was doubtful, and where."""

    level: Level
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class ParseReport(Record):
    """What the parser was unsure of."""

    findings: tuple[Finding, ...] = ()

    @property
    def level(self) -> Level:
        """The worst level among the findings."""
        levels = {finding.level for finding in self.findings}
        return "refuse" if "refuse" in levels else "check" if "check" in levels else "ok"

    def to_dict(self) -> dict[str, Any]:
        """As JSON, keys in declared order."""
        return {"level": self.level, "findings": plain(self.findings)}


@dataclass(frozen=True, slots=True)
class ParsedDocument(Record):
    """What one file gave."""

    document: PolicyDocument
    rows: tuple[TaskRow, ...]
    report: ParseReport


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
class Ordinal(Record):
    """第48项 (``label`` False), 第（十六）项 (True) or 倒数第二项 (``from_end``)."""

    number: int
    label: bool = False
    from_end: bool = False


@dataclass(frozen=True, slots=True)
class Query(Record):
    """A question as understood: its intents in the order asked, and the slots recognised in it.

    ``topic`` is what is left when slots and phrases of asking are taken out. ``places`` and ``years`` are those
    that documents cover; what none covers stands in ``unknown_places`` and ``unknown_years``. ``units`` holds, for
    each unit named, the printed names that it may be (``unknown_units``: none); ``parts`` are ``<document>/<part>``
    keys; ``sections`` printed headings; ``due`` a time (6月底前). ``pick``: the n-th of the rows listed before.
    """

    question: str
    intents: tuple[Intent, ...]
    topic: str
    places: tuple[str, ...] = ()
    unknown_places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    unknown_years: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    units: tuple[tuple[str, ...], ...] = ()
    unknown_units: tuple[str, ...] = ()
    lead_only: bool = False
    ordinals: tuple[Ordinal, ...] = ()
    doc_numbers: tuple[str, ...] = ()
    due: str = ""
    pick: int | None = None

    @property
    def intent(self) -> Intent:
        """The first thing asked."""
        return self.intents[0]

    def understood(self) -> dict[str, Any]:
        """The slots that hold something, for people to see and correct."""
        return {name: value for name, value in self.to_dict().items() if value and name != "question"}


@dataclass(frozen=True, slots=True)
class Hit(Record):
    """A row found for a query. ``score`` orders hits; ``evidence`` in [0, 1] says how well the row covers the topic."""

    row: TaskRow
    score: float
    rank: int
    evidence: float
    explain: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, keys in declared order."""
        return {
            "rank": self.rank,
            "score": round(self.score, 6),
            "evidence": round(self.evidence, 4),
            "explain": {name: round(value, 6) for name, value in self.explain.items()},
            "row": self.row.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Citation(Record):
    """Citation ``[n]`` of an answer: the row, and the words of it that support the answer."""

    n: int
    row: str
    document: str
    title: str
    part: int
    label: str | None
    quote: str
    text_kind: TextKind
    locator: Locator


BlockKind = Literal["sentence", "list", "table", "comparison", "chart"]


@dataclass(frozen=True, slots=True)
class Block(Record):
    """A typed part of an answer. Tables carry ``columns`` and ``cells``; all name the ``rows`` they rest on."""

    kind: BlockKind
    rows: tuple[str, ...]
    text: str = ""
    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer(Record):
    """One answer, rendered by chat, terminal, JSON and scores alike. ``text`` is Markdown with [n]."""

    question: str
    intent: Intent
    answerable: bool
    text: str
    citations: tuple[Citation, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    understood: dict[str, Any] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    suggestions: tuple[str, ...] = ()
    reason: str | None = None


class Encoder(Protocol):
    """Turns analysed or raw texts into unit vectors, shape (len(texts), dims), float32."""

    @property
    def fingerprint(self) -> str:
        """A name that changes whenever the vectors would."""

    @property
    def dims(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text; a text without a known token gives zeros."""
