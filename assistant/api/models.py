"""What the REST interface takes, and the envelopes of what it gives; the values within are those of the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from assistant.access import Permission
from assistant.library.intake import Outcome
from assistant.schema import Concern, Hit, ParseReport, PolicyDocument, Role, RowFilter, Scope, TaskRow, Visibility
from assistant.store.audit import AuditEntry
from assistant.store.questions import Question

_EXAMPLE = "湘西州政策问答平台由谁牵头，什么时候完成？"
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=50)]
Years = Annotated[list[Annotated[int, Field(ge=1900, le=2200)]], Field(max_length=50)]
Text = Annotated[str, StringConstraints(max_length=10_000)]


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("应为 YYYY-MM-DD") from None


Day = Annotated[date, BeforeValidator(_day)]


class _Parameters(BaseModel):
    """Parameters of an address; one that is not known is refused, since it would be passed over as a filter."""

    model_config = ConfigDict(extra="forbid")


class _Body(BaseModel):
    """A body of JSON, whose values have their types already."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Turn(_Body):
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Annotated[str, StringConstraints(max_length=50_000)]


class Within(_Body):
    """What a question may see; what is not given is open."""

    documents: Names | None = None
    places: Names | None = None
    years: Years | None = None
    parts: Names | None = None
    units: Names | None = None

    def scope(self) -> Scope:
        """The same as a scope."""
        given = {name: tuple(value) for name, value in self if value is not None}
        return Scope(**given)


class Asked(_Body):
    """A question with the turns before it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": _EXAMPLE}]})

    question: Annotated[Text, Field(description="问题，用平常的话")]
    history: Annotated[list[Turn], Field(max_length=100, description="此前的对话，最早的在前；追问靠它理解")] = []
    scope: Annotated[Within | None, Field(description="只在这些文件、地区、年份里回答")] = None


class Compared(_Body):
    """What to compare, and its sides."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"topic": "12345热线", "places": ["湘西州", "邵阳市"]}]})

    topic: Annotated[Text, Field(description="要比较的事；空为两边的全部任务有什么变化")] = ""
    places: Names = []
    years: Years = []


class Vote(_Body):
    """Whether an answer helped."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": _EXAMPLE, "helpful": True}]})

    question: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    helpful: bool
    rows: Annotated[Names, Field(description="回答所引用的任务行编号")] = []
    reason: Text = ""


class Shown(_Body):
    """Who may see a document."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"visibility": "internal"}]})

    visibility: Annotated[Visibility, Field(description="public 公开，internal 内部，unit 仅本单位")]
    owner: Annotated[Name | None, Field(description="仅本单位的文件属于哪个单位")] = None
    reviewed: Annotated[str | None, Field(max_length=500, description="给更多的人看、保密审查有发现时，为什么可以")] = (
        None
    )


class SearchQuery(_Parameters):
    """The parameters of a search."""

    q: Annotated[Text, Field(description="要找的事", min_length=1, examples=["政务云"])]
    top_k: Annotated[int, Field(ge=1, le=100, description="最多返回的行数")] = 10
    document: Names = []
    place: Names = []
    year: Years = []
    part: Names = []

    def scope(self) -> Scope | None:
        """The limits as a scope; None where there are none."""
        scope = Scope(
            documents=tuple(self.document) or None,
            places=tuple(self.place) or None,
            years=tuple(self.year) or None,
            parts=tuple(self.part) or None,
        )
        return None if scope == Scope() else scope


class RowsQuery(_Parameters):
    """The filters of the list of rows; all that are given hold together."""

    unit: Annotated[Names, Field(description="写到的单位，可重复，要同时写到", examples=[["州财政局"]])] = []
    role: Annotated[Role | None, Field(description="单位的角色：lead 牵头，responsible 责任")] = None
    place: Annotated[Names, Field(description="地区，可重复，任一")] = []
    year: Annotated[Years, Field(description="年份，可重复，任一")] = []
    document: Annotated[Names, Field(description="文件编号，可重复，任一")] = []
    part: Annotated[Names, Field(description="部分，如 changde-2024/1，可重复，任一")] = []
    section: Annotated[Names, Field(description="所在标题里的字，可重复，任一")] = []
    doc_number: Annotated[Names, Field(description="引用的文号，可重复，任一")] = []
    words: Annotated[Names, Field(description="任务里写到的词，可重复，要同时写到；每个至少两个字")] = []
    due_from: Annotated[Day | None, Field(description="时限的最后一天不早于（YYYY-MM-DD）")] = None
    due_to: Annotated[Day | None, Field(description="时限的最后一天不晚于（YYYY-MM-DD）")] = None
    due: Annotated[Literal["some", "none"] | None, Field(description="some 写了时限的，none 没写的")] = None
    unled: Annotated[bool, Field(description="只要没有牵头单位的")] = False
    limit: Annotated[int, Field(ge=1, le=200, description="一页的行数")] = 50
    cursor: Annotated[str | None, Field(max_length=400, description="上一页给出的 next")] = None

    def wanted(self) -> RowFilter:
        """The same as a filter."""
        return RowFilter(
            units=tuple(self.unit),
            role=self.role,
            places=tuple(self.place),
            years=tuple(self.year),
            documents=tuple(self.document),
            parts=tuple(self.part),
            sections=tuple(self.section),
            doc_numbers=tuple(self.doc_number),
            words=tuple(self.words),
            due_from=self.due_from.isoformat() if self.due_from else None,
            due_to=self.due_to.isoformat() if self.due_to else None,
            due=self.due,
            unled=self.unled,
        )


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows; ``total`` counts all pages, ``next`` is the cursor of the next one."""

    rows: tuple[TaskRow, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class RowWithNeighbours:
    """A row with those before and after it in its part, and its document."""

    row: TaskRow
    neighbours: tuple[TaskRow, ...]
    document: PolicyDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDocument(PolicyDocument):
    """A document with its number of rows."""

    rows: int


@dataclass(frozen=True, slots=True)
class Documents:
    """All documents, by id."""

    documents: tuple[CountedDocument, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as printed, and in how many rows it leads and is responsible."""

    name: str
    leads: int
    responsible: int


@dataclass(frozen=True, slots=True)
class Units:
    """All units, by name."""

    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Report(ParseReport):
    """A parse report with its level."""

    level: Literal["ok", "check", "refuse"] = "ok"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of a file: "parsed" where it was only looked at."""

    outcome: Outcome | Literal["parsed"]
    document: PolicyDocument
    rows: int
    report: Report
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Feedback that was kept."""

    id: int


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the service lives and serves what was published last."""

    status: Literal["ok", "closing", "stale"]
    version: str
    snapshot: str


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks, as the server knows them: ``via`` is how, ``permissions`` what they may."""

    via: str
    name: str
    role: str | None
    unit: str | None
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """The question log, oldest first."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Entries of the audit log, oldest first, its head, and what does not hold of it."""

    entries: tuple[AuditEntry, ...]
    head: str
    faults: tuple[str, ...]
