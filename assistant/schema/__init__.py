"""The values that travel through the house: frozen, typed, importing nothing of ours.

Fields may be added, never renamed: JSON files, the API and other systems rely on them.
"""

from __future__ import annotations

from assistant.schema.answers import Answer, Block, BlockKind, Citation, Refusal, RefusalKind
from assistant.schema.audience import EVERYTHING, PUBLIC, VISIBILITIES, Audience
from assistant.schema.documents import (
    Comparator,
    Concern,
    ConcernKind,
    Deadline,
    Finding,
    Level,
    Locator,
    ParsedDocument,
    ParseReport,
    Part,
    PolicyDocument,
    Quantity,
    TaskRow,
    TextKind,
    Visibility,
)
from assistant.schema.encoding import Encoder, Vectors
from assistant.schema.questions import (
    Correction,
    Due,
    DueKind,
    Equated,
    Expansion,
    Group,
    Hit,
    Intent,
    Ordinal,
    Pair,
    Query,
    Role,
    RowFilter,
    Scope,
    UnitCondition,
)
from assistant.schema.record import Record, plain
from assistant.schema.writing import Writer

__all__ = [
    "EVERYTHING",
    "PUBLIC",
    "VISIBILITIES",
    "Answer",
    "Audience",
    "Block",
    "BlockKind",
    "Citation",
    "Comparator",
    "Concern",
    "ConcernKind",
    "Correction",
    "Deadline",
    "Due",
    "DueKind",
    "Encoder",
    "Equated",
    "Expansion",
    "Finding",
    "Group",
    "Hit",
    "Intent",
    "Level",
    "Locator",
    "Ordinal",
    "Pair",
    "ParseReport",
    "ParsedDocument",
    "Part",
    "PolicyDocument",
    "Quantity",
    "Query",
    "Record",
    "Refusal",
    "RefusalKind",
    "Role",
    "RowFilter",
    "Scope",
    "TaskRow",
    "TextKind",
    "UnitCondition",
    "Vectors",
    "Visibility",
    "Writer",
    "plain",
]
