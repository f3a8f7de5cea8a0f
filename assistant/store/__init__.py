"""What people add: accounts, keys, feedback, the question log, the audit log; unlike everything derived from documents."""

from __future__ import annotations

from pathlib import Path

from assistant.store.accounts import Accounts
from assistant.store.audit import Audit
from assistant.store.database import FILE, Database
from assistant.store.feedback import Feedback
from assistant.store.questions import Questions

__all__ = ["FILE", "Store"]


class Store:
    """The database of one home folder, by what it holds. Nothing is opened before it is used."""

    def __init__(self, home: Path, url: str = "") -> None:
        """``url``: a database elsewhere; empty: a file in ``home``."""
        self.database = Database(home, url)
        self.accounts = Accounts(self.database)
        self.audit = Audit(self.database)
        self.feedback = Feedback(self.database)
        self.questions = Questions(self.database)
