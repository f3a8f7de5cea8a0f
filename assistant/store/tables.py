"""The tables of the database, one definition for SQLite and PostgreSQL; ``migrations`` make them step by step.

Times are UTC in ISO 8601 with seconds, so that they sort as text on both.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()
_TIME = String(32)

USERS = Table(
    "users",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("password", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("unit", String(100)),
    Column("reads_questions", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", _TIME, nullable=False),
    sqlite_autoincrement=True,  # an id is never given again: the audit log names users by it
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", _TIME, nullable=False),
    Column("expires_at", _TIME, nullable=False),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", String(200), nullable=False),
    Column("created_at", _TIME, nullable=False),
    Column("expires_at", _TIME),
    Column("revoked_at", _TIME),
    sqlite_autoincrement=True,
)

# Failed sign-ins of the last while, by account and by address, so that guessing is slowed down in all processes.
ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("account", String(64), nullable=False, index=True),
    Column("address", String(64), nullable=False, index=True),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", _TIME, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("question", Text, nullable=False),
    Column("rows", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    CheckConstraint("kind IN ('helpful', 'unhelpful', 'unanswered')", name="feedback_kind"),
)

QUESTIONS = Table(
    "questions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", _TIME, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("question", Text, nullable=False),
    Column("intent", String(20), nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("rows", Text, nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Index("questions_at", "at"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", _TIME, nullable=False),
    Column("actor", String(50), nullable=False),
    Column("action", String(50), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)

# The newest entry of the audit log, once more: what was cut off at its end is missed.
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)
