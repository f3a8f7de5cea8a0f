"""Documents as parsed: parts, task rows, and the report of what was doubtful."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from assistant.schema.record import Record, plain

TextKind = Literal["verbatim", "digest"]
Level = Literal["ok", "check", "refuse"]
Visibility = Literal["public", "internal", "unit"]  # 公开, 内部, 仅本单位
ConcernKind = Literal[
    "secret_mark", "internal_mark", "id_number", "bank_card", "mobile", "address", "plate", "email"
]  # gravest first


@dataclass(frozen=True, slots=True)
class Locator(Record):
    """Where something stands in its file; only what the format has is set, all counted from 1.

    ``line`` is a line of text or, with ``table`` or ``sheet``, a row of it.
    """

    file: str
    line: int | None = None
    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    paragraph: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without what is not set."""
        found = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {name: value for name, value in found.items() if value is not None}

    def __str__(self) -> str:
        words = [self.file]
        words += [f"表“{self.sheet}”"] if self.sheet else []
        words += [f"第{self.page}页"] if self.page else []
        words += [f"第{self.table}个表"] if self.table else []
        words += [f"第{self.paragraph}段"] if self.paragraph else []
        words += [f"第{self.line}行"] if self.line else []
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Deadline(Record):
    """A date or period as printed (``text``) and the days it spans, ISO 8601; None where it is open."""

    text: str
    start: str | None = None
    end: str | None = None


Comparator = Literal["=", ">=", ">", "<=", "<", "~"]


@dataclass(frozen=True, slots=True)
class Quantity(Record):
    """A target as a figure: 不少于2000项 is >= 2000 项, 95%以上 is >= 95 %."""

    comparator: Comparator
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class TaskRow(Record):
    """One task of one document, the unit of citation. ``id`` is ``<document>/<part>/<item>`` by position;
    ``quantities`` are the ``targets`` as figures, in their order. ``asked_as`` are ways in which people ask for it,
    written by editors: they are searched and never shown as what the document says.
    """

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
    quantities: tuple[Quantity, ...] = ()
    asked_as: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TaskRow:
        """The inverse of ``to_dict``."""
        lists = ("section", "lead_units", "responsible_units", "targets", "doc_numbers")
        values = data | {name: tuple(data[name]) for name in lists}
        values["deadline"] = Deadline(**data["deadline"]) if data["deadline"] else None
        values["dates"] = tuple(Deadline(**each) for each in data["dates"])
        values["locator"] = Locator(**data["locator"])
        values["quantities"] = tuple(Quantity(**each) for each in data["quantities"])
        values["asked_as"] = tuple(data.get("asked_as", ()))
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
    """What a document says of itself; None where it does not say. ``converted``: Traditional made Simplified;
    ``report_level``: the level of its parse report. ``visibility`` is what the library says of it, no file does; ``owner``
    is the unit that a "unit" document belongs to, None for others.
    """

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
    report_level: Level = "ok"
    visibility: Visibility = "public"
    owner: str | None = None

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
    """What the parser was unsure of; ``parts`` are the numbers of rows of each part."""

    findings: tuple[Finding, ...] = ()
    parts: tuple[int, ...] = ()

    @property
    def level(self) -> Level:
        """The worst level among the findings."""
        levels = {finding.level for finding in self.findings}
        return "refuse" if "refuse" in levels else "check" if "check" in levels else "ok"

    def to_dict(self) -> dict[str, Any]:
        """As JSON, keys in declared order."""
        return {"level": self.level, "parts": list(self.parts), "findings": plain(self.findings)}


@dataclass(frozen=True, slots=True)
class Concern(Record):
    """What must be looked at before a file is published: ``count`` findings of a kind in one place, the first of them
    shown in ``excerpt``, where personal data are masked.
    """

    kind: ConcernKind
    where: str
    excerpt: str
    count: int = 1

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Concern:
        """The inverse of ``to_dict``."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class ParsedDocument(Record):
    """What one file gave; ``concerns`` come from all of its text, not only from its rows."""

    document: PolicyDocument
    rows: tuple[TaskRow, ...]
    report: ParseReport
    concerns: tuple[Concern, ...] = ()
