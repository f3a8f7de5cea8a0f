"""The first tables: accounts, sessions, keys, failed sign-ins, feedback, questions, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.String(32)
_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER audit_keeps_{event.lower()} BEFORE {event} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        for event in ("UPDATE", "DELETE")
    ]
    + [
        "CREATE TRIGGER audit_keeps_insert BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",  # INSERT OR REPLACE fires no other
        "CREATE TRIGGER audit_head_keeps BEFORE DELETE ON audit_head "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$",
        "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keeps()",
        "CREATE TRIGGER audit_head_keeps BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_keeps()",
        *(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps()"
            for table in ("audit", "audit_head")
        ),
    ],
}


def upgrade() -> None:
    """Makes the tables."""
    _accounts()
    _what_people_say()
    _audit()


def _id(*, own: bool = False) -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=not own)


def _user(ondelete: str, nullable: bool) -> sa.Column[int]:
    return sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete=ondelete), nullable=nullable, index=True)


def _accounts() -> None:
    op.create_table(
        "users",
        _id(),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(100)),
        sa.Column("reads_questions", sa.Boolean, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sessions",
        _id(),
        _user("CASCADE", nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
    )
    op.create_table(
        "keys",
        _id(),
        _user("CASCADE", nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME),
        sa.Column("revoked_at", _TIME),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attempts",
        _id(),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("account", sa.String(64), nullable=False, index=True),
        sa.Column("address", sa.String(64), nullable=False, index=True),
    )


def _what_people_say() -> None:
    op.create_table(
        "feedback",
        _id(),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _user("SET NULL", nullable=True),
        sa.CheckConstraint("kind IN ('helpful', 'unhelpful', 'unanswered')", name="feedback_kind"),
    )
    op.create_table(
        "questions",
        _id(),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("intent", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
        _user("SET NULL", nullable=True),
        sa.Index("questions_at", "at"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(50), nullable=False),
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    head = op.create_table(
        "audit_head",
        _id(own=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "digest": ""}])
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)
