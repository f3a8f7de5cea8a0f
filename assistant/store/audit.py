"""The audit log: who did what, only ever added to, each entry chained to the one before.

An entry's digest is SHA-256 over the digest before it and the entry as canonical JSON (B. Schneier, J. Kelsey, Secure
Audit Logs to Support Computer Forensics, 1999), so no entry can be changed, left out or put in between without all
later digests changing. Who can write the database could write them all anew: against that, and against a cut tail, the
head (number and digest of the newest entry) is exported and kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from assistant.errors import InputError
from assistant.schema import Record
from assistant.store.database import Database, now
from assistant.store.tables import AUDIT, AUDIT_HEAD


@dataclass(frozen=True, slots=True)
class AuditEntry(Record):
    """One deed. ``actor``: ``user:<id>``, ``key:<id>``, ``local`` (the command line, or this machine before there are
    accounts) or ``visitor``; ``subject``: the id of what it was done to. No names: they can be erased, the log cannot.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class AuditHead(Record):
    """The newest entry: its number, 0 where there is none, and its digest."""

    seq: int
    digest: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> AuditHead:
        """The inverse of ``str``.

        Raises:
            InputError: it is no head.
        """
        number, _, digest = text.strip().partition(":")
        if not re.fullmatch("0:?|[1-9][0-9]{0,17}:[0-9a-f]{64}", text.strip()):
            raise InputError("不是审计日志的链头", hint="应为 wenzheng audit head 输出的一行：序号:摘要")
        return cls(int(number), digest)


class Audit:
    """The audit log in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, actor: str, action: str, subject: str, details: Mapping[str, Any] | None = None) -> None:
        """Adds an entry.

        Raises:
            StoreError: it could not be kept.
        """
        with self._database.writing() as connection:
            self.add_within(connection, actor, action, subject, details)

    def add_within(
        self, connection: Connection, actor: str, action: str, subject: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Likewise, in the transaction that does the deed."""
        # PostgreSQL: the row of the head is held, so entries stand in line; SQLite has one writer anyway.
        head = connection.execute(select(AUDIT_HEAD).where(AUDIT_HEAD.c.id == 1).with_for_update()).one()
        said = json.dumps(dict(details or {}), ensure_ascii=False, sort_keys=True)
        values = {"at": now(), "actor": actor[:50], "action": action, "subject": subject[:200], "details": said}
        seq = head.seq + 1
        digest = _digest(head.digest, seq, values)
        connection.execute(insert(AUDIT).values(**values, seq=seq, digest=digest))
        connection.execute(update(AUDIT_HEAD).where(AUDIT_HEAD.c.id == 1).values(seq=seq, digest=digest))

    def entries(self, most: int | None = None) -> list[AuditEntry]:
        """All entries, or the newest ``most`` of them, oldest first."""
        return self._found(most)

    def about(self, names: Sequence[str]) -> list[AuditEntry]:
        """What accounts and keys did and what was done to them, by their names in the log, oldest first."""
        return self._found(None, or_(AUDIT.c.actor.in_(names), AUDIT.c.subject.in_(names)))

    def count(self) -> int:
        """How many entries there are."""
        if not self._database.exists:
            return 0
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(AUDIT)).scalar_one()

    def _found(self, most: int | None, *where: ColumnElement[bool]) -> list[AuditEntry]:
        if not self._database.exists:
            return []
        wanted = select(AUDIT).where(*where).order_by(AUDIT.c.seq.desc()).limit(most)
        with self._database.reading() as connection:
            return [
                AuditEntry(
                    each.seq, each.at, each.actor, each.action, each.subject, json.loads(each.details), each.digest
                )
                for each in connection.execute(wanted)
            ][::-1]

    def head(self) -> AuditHead:
        """The newest entry, as it is to be exported."""
        if not self._database.exists:
            return AuditHead(0, "")
        with self._database.reading() as connection:
            head = connection.execute(select(AUDIT_HEAD)).one()
            return AuditHead(head.seq, head.digest)

    def faults(self, exported: AuditHead | None = None) -> list[str]:
        """What does not hold: changed entries, gaps, a cut tail, and with an exported head also a log written anew."""
        if not self._database.exists:
            return ["审计日志不见了"] if exported and exported.seq else []
        with self._database.reading() as connection:
            return list(faults_within(connection, exported))


def faults_within(connection: Connection, exported: AuditHead | None = None) -> Iterator[str]:
    """See ``Audit.faults``."""
    last = AuditHead(0, "")
    met = exported is None or exported.seq == 0
    for each in connection.execute(select(AUDIT).order_by(AUDIT.c.seq)):
        if each.seq != last.seq + 1:
            yield f"第{last.seq + 1}条至第{each.seq - 1}条缺失" if each.seq > last.seq + 1 else f"第{each.seq}条重复"
        values = {name: getattr(each, name) for name in ("at", "actor", "action", "subject", "details")}
        if each.digest != _digest(last.digest, each.seq, values):
            yield f"第{each.seq}条或它之前的内容被改动"
        last = AuditHead(each.seq, each.digest)
        met = met or last == exported
    head = connection.execute(select(AUDIT_HEAD)).one_or_none()
    if head is None:
        yield "链头缺失"
    elif (head.seq, head.digest) != (last.seq, last.digest):
        yield f"末尾被截断：应有{head.seq}条，只有{last.seq}条" if head.seq > last.seq else "链头与最后一条不符"
    if not met and exported is not None:
        cut = exported.seq > last.seq
        yield (
            f"末尾被截断：导出的链头是第{exported.seq}条，只有{last.seq}条"
            if cut
            else f"第{exported.seq}条与导出的链头不符：日志被重写"
        )


def _digest(before: str, seq: int, values: Mapping[str, Any]) -> str:
    said = json.dumps({**values, "seq": seq}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{before}\n{said}".encode()).hexdigest()
