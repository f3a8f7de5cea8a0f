"""Answers, rendered by chat, terminal, JSON and scores alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.schema.documents import Locator, TextKind, Visibility
from assistant.schema.questions import Intent
from assistant.schema.record import Record


@dataclass(frozen=True, slots=True)
class Citation(Record):
    """Citation ``[n]`` of an answer: the row, and the words of it that support the answer.

    ``visibility`` is that of its document: what is not public must not be read to a caller.
    """

    n: int
    row: str
    document: str
    title: str
    part: int
    label: str | None
    quote: str
    text_kind: TextKind
    locator: Locator
    visibility: Visibility = "public"

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Citation:
        """The inverse of ``to_dict``."""
        return cls(**(data | {"locator": Locator(**data["locator"])}))


BlockKind = Literal["sentence", "list", "table", "comparison", "chart"]


@dataclass(frozen=True, slots=True)
class Block(Record):
    """A typed part of an answer. Tables carry ``columns`` and ``cells``; all name the ``rows`` they rest on."""

    kind: BlockKind
    rows: tuple[str, ...]
    text: str = ""
    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Block:
        """The inverse of ``to_dict``."""
        lists = {name: tuple(data.get(name, ())) for name in ("rows", "columns")}
        return cls(**(data | lists | {"cells": tuple(map(tuple, data.get("cells", ())))}))


# Why a question is not answered: it is about something else than these documents; a place, year or document is not held;
# no row is about the matter; the rows are, and do not state what is asked; it takes for given what is not so; it does not
# say enough; it gives orders to the assistant or seeks harm.
RefusalKind = Literal[
    "outside", "not_held", "not_found", "not_stated", "false_presupposition", "unclear", "instructions"
]


@dataclass(frozen=True, slots=True)
class Refusal(Record):
    """Why a question is not answered, in plain words without a full stop; ``choices`` are questions to ask instead."""

    kind: RefusalKind
    reason: str
    looked_for: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer(Record):
    """One answer, rendered by chat, terminal, JSON and scores alike. ``text`` is Markdown with [n].

    ``reason`` and ``refusal`` say why and in which way a question is not answered. ``parts`` are the answers to the
    single questions where there were several in one sentence.
    """

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
    refusal: RefusalKind | None = None
    parts: tuple[Answer, ...] = ()

    @property
    def outcome(self) -> str:
        """What became of the question: "answered", or in which way it was not."""
        return "answered" if self.answerable else self.refusal or "none"

    def named_rows(self) -> tuple[str, ...]:
        """The ids of all rows that citations, blocks or facts name, once each."""
        ids = [citation.row for citation in self.citations]
        ids += [row for block in self.blocks for row in block.rows]
        return tuple(dict.fromkeys([*ids, *self.facts.get("rows", ())]))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Answer:
        """The inverse of ``to_dict``; fields that have come later may be missing."""
        values = data | {
            "citations": tuple(Citation.from_dict(each) for each in data.get("citations", ())),
            "blocks": tuple(Block.from_dict(each) for each in data.get("blocks", ())),
            "suggestions": tuple(data.get("suggestions", ())),
            "parts": tuple(cls.from_dict(each) for each in data.get("parts", ())),
        }
        return cls(**values)
