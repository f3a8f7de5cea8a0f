"""What earlier versions kept: the feedback of a home folder in a file of its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, insert, select

from assistant.privacy import mask
from assistant.store.tables import FEEDBACK

EARLIER = "feedback.db"


def take_in(engine: Engine, file: Path) -> None:
    """Takes the entries of an earlier feedback file over, masked, and deletes the file, which holds them
    unmasked, once what was taken over outlives a power cut.

    Entries that are there already are passed over: a killed process does it again from the start.
    """
    if not file.is_file():
        return
    earlier = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = earlier.execute("SELECT at, kind, question, rows, reason FROM feedback ORDER BY id").fetchall()
    except sqlite3.DatabaseError:
        return  # not ours or damaged: it stays where it is
    finally:
        earlier.close()
    names = ("at", "kind", "question", "rows", "reason")
    entries = [dict(zip(names, each, strict=True)) for each in found]
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        columns = [FEEDBACK.c[name] for name in names]
        known = {tuple(each) for each in connection.execute(select(*columns))}
        for entry in entries:
            entry |= {"question": mask(entry["question"]), "reason": mask(entry["reason"])}
            if tuple(entry.values()) not in known:
                connection.execute(insert(FEEDBACK).values(**entry))
    for suffix in ("-wal", "-shm", ""):  # the file last: it says that there is something left to do
        file.with_name(file.name + suffix).unlink(missing_ok=True)
