"""SIGKILL at random moments of all that is kept: what was acknowledged is there afterwards, and all of it is whole.

A process publishes, keeps questions, votes, sign-ins and deeds, migrates databases and writes backups, and says of each
what it begins and what is done. It is killed with its group; then the home is checked against what it said.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.backup import archive, backup, restore
from assistant.checks import check
from assistant.library.catalogue import Catalogue, Library, shipped_corpus
from assistant.schema import Answer
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.store import Store

_PATIENCE = 120.0  # seconds until a process must have come to the point where it is killed
_MOST_DONE, _LATER = 8, 0.15  # it is killed after so many deeds and so many seconds more, at most
_OLD = 40  # entries of an earlier database
_ROW = (
    "序号\t工作任务\t工作要求\t完成时限\t牵头单位\t责任单位\n1\t办好实事\t每月{}次。\t2024年6月底\t市财政局\t市数据局\n"
)
_STAYS, _COMES = (
    f"附件1\n{city}2024年政务公开任务清单\n\n{_ROW.format(n)}" for n, city in ((2, "永州市"), (3, "常德市"))
)
_ID, _PASSWORD = "changde-2024", "correct horse battery"
KEPT = ("question", "unanswered", "vote", "deed", "sign_in")
ALL = (*KEPT, "publish", "publish", "migrate", "first", "backup")


# -- the process that is killed --


class Worker:
    """Does one thing after another and says so, a line of JSON each, in one write."""

    def __init__(self, settings: Settings, said: Path, seed: int) -> None:
        self._settings = settings
        self._assistant = Assistant.open(settings=settings)
        self._said = os.open(said, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self._chance = random.Random(seed)
        self._place = said.parent

    def do(self, kind: str, name: str) -> None:
        """One thing."""
        work: Callable[[str], str] = getattr(self, f"_{kind}")
        self._say("begun", kind, name)
        self._say("done", kind, work(name))

    def _say(self, *words: str) -> None:
        os.write(self._said, (json.dumps(words) + "\n").encode())

    def _question(self, name: str) -> str:
        answer = Answer(question=name, intent="list", answerable=True, text="x")
        self._assistant.keeper.keep(answer, "rest")
        return name

    def _unanswered(self, name: str) -> str:
        answer = Answer(question=name, intent="list", answerable=False, text="x", reason="nothing")
        self._assistant.keeper.keep(answer, "rest")
        return name

    def _vote(self, name: str) -> str:
        self._assistant.store.feedback.vote(name, [], True)
        return name

    def _deed(self, name: str) -> str:
        self._assistant.store.audit.add("local", "deed", name)
        return name

    def _sign_in(self, name: str) -> str:
        return self._assistant.access.sign_in("admin", _PASSWORD, name)

    def _publish(self, name: str) -> str:
        """Adds a document, removes it, or shows it to others; how it is then."""
        now = shown(self._assistant)
        wanted = self._chance.choice([each for each in ("absent", "public", "internal") if each != now])
        self._say("begun", "publish", wanted)
        if wanted == "absent":
            self._assistant.remove(_ID)
        elif now == "absent":
            self._assistant.add(self._place / "comes.txt", visibility="public" if wanted == "public" else "internal")
        else:
            self._assistant.set_visibility(_ID, "public" if wanted == "public" else "internal")
        return wanted

    def _migrate(self, name: str) -> str:
        home = self._place / name
        earlier(home)
        Store(home).feedback.entries()
        return name

    def _first(self, name: str) -> str:
        Store(self._place / name).audit.add("local", "deed", name)
        return name

    def _backup(self, name: str) -> str:
        backup(self._settings, self._place / f"{name}.zip")
        return name


def work(settings: Settings, said: Path, seed: int, kinds: tuple[str, ...], most: int) -> None:
    """Works until it is killed, or for ``most`` things."""
    os.setsid()
    parent, worker, chance = os.getppid(), Worker(settings, said, seed), random.Random(seed)
    for number in range(most):
        if os.getppid() != parent:
            return  # nobody is left to kill it
        worker.do(chance.choice(kinds), f"n{seed}-{number}")


def shown(assistant: Assistant) -> str:
    """How the document that comes and goes is now."""
    return next((each.visibility for each in assistant.documents() if each.id == _ID), "absent")


def earlier(home: Path) -> None:
    """The feedback of an earlier version in a home folder, there in one step."""
    home.mkdir()
    unfinished = home / "feedback.new"
    old = sqlite3.connect(unfinished)
    old.execute("CREATE TABLE feedback (id INTEGER PRIMARY KEY, at, kind, question, rows, reason)")
    rows = [(f"2026-01-02T03:04:{n:02}+00:00", "helpful", f"old {n}", "[]", "") for n in range(_OLD)]
    old.executemany("INSERT INTO feedback (at, kind, question, rows, reason) VALUES (?, ?, ?, ?, ?)", rows)
    old.commit()
    old.close()
    unfinished.replace(home / "feedback.db")


# -- the one that kills and checks --


@dataclass
class Told:
    """What the process said: what is done, by kind and in order, and what was begun and not done."""

    done: dict[str, list[str]] = field(default_factory=dict)
    begun: tuple[str, str] = ("", "")
    tried: set[str] = field(default_factory=set)
    count: int = 0

    @classmethod
    def read(cls, said: Path) -> Told:
        """All that was said so far."""
        told = cls()
        for line in said.read_text().splitlines() if said.exists() else ():
            word, kind, name = json.loads(line)
            if word == "done":
                told.done.setdefault(kind, []).append(name)
                told.count += 1
            told.tried.add(name)
            told.begun = (kind, name) if word == "begun" else ("", "")
        return told

    def of(self, *kinds: str) -> list[str]:
        """What is done of some kinds."""
        return [name for kind in kinds for name in self.done.get(kind, [])]


def prepared(folder: Path, database: str = "") -> Settings:
    """A home folder with one small document and an account."""
    settings = Settings.from_env({}, home=folder / "home", database=database)
    for name, text in (("stays.txt", _STAYS), ("comes.txt", _COMES)):
        (folder / name).write_text(text, encoding="utf-8")
    catalogue = Catalogue(settings.home, shipped_corpus())
    library = Library(removed=tuple(path.stem for path in sorted(shipped_corpus().glob("*.yaml"))))
    staged = catalogue.stage(folder / "stays.txt", settings.max_file_mb)
    catalogue.commit(catalogue.with_staged(library, "yongzhou-2024", staged, None))
    assistant = Assistant.open(settings=settings)
    assistant.access.add_user("admin", _PASSWORD, "admin")
    assistant.store.database.close()
    return settings


def run(folder: Path, points: int, seed: int = 7, database: str = "") -> list[str]:
    """Kills at so many points, the last time not at all; what did not hold."""
    settings, said, chance = prepared(folder, database), folder / "said", random.Random(seed)
    kinds = KEPT if database else ALL
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # each process is a fork of one that has everything imported
    faults: list[str] = []
    for point in range(points):
        process = context.Process(target=work, args=(settings, said, seed * 1000 + point, kinds, sys.maxsize))
        wanted, later = Told.read(said).count + chance.randint(1, _MOST_DONE), chance.uniform(0, _LATER)
        process.start()
        end = time.monotonic() + _PATIENCE
        while Told.read(said).count < wanted and process.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(later)
        if not process.is_alive() or process.pid is None or time.monotonic() >= end:
            return [*faults, f"point {point}: the process ended by itself, or did nothing"]
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        faults += [f"point {point}: {fault}" for fault in wrong(settings, Told.read(said))]
    last = context.Process(target=work, args=(settings, said, seed * 1000 + points, kinds, 3 * len(kinds)))
    last.start()
    last.join(_PATIENCE)
    return [*faults, *wrong(settings, Told.read(said)), *leftovers(folder, last.exitcode)]


def wrong(settings: Settings, told: Told) -> list[str]:
    """What does not hold of a home after its process was killed."""
    assistant = Assistant.open(settings=settings)
    found = []
    if not settings.database:
        check(settings)
        now = shown(assistant)
        if now not in (*(told.of("publish") or ["absent"])[-1:], told.begun[1]):
            found.append(f"the document is {now}, told {told.of('publish')[-1:]}, begun {told.begun}")
    found += _lost(assistant, told)
    assistant.store.database.close()
    for name in told.of("backup")[-2:]:
        with archive.reading(settings.home.with_name(f"{name}.zip")) as whole, tempfile.TemporaryDirectory() as place:
            whole.unpack(Path(place))
    for kind in ("migrate", "first"):
        done = told.of(kind)[-2:]
        names = [*done, told.begun[1]] if told.begun[0] == kind else done
        for name in names:
            found += _small(settings.home.with_name(name), kind, name in done)
    return found


def _lost(assistant: Assistant, told: Told) -> list[str]:
    """What of the database was acknowledged and is not there."""
    store, caller = assistant.store, assistant.access.caller
    found = store.audit.faults() + store.database.problems()
    found += _missing(told, ("deed",), [each.subject for each in store.audit.entries() if each.action == "deed"])
    found += _missing(told, ("vote", "unanswered"), [each.question for each in store.feedback.entries()])
    found += _missing(told, ("question", "unanswered"), [each.question for each in store.questions.entries()])
    return found + ["a session is lost" for token in told.of("sign_in") if caller(token, None, False).user is None]


def _missing(told: Told, kinds: tuple[str, ...], there: list[str]) -> list[str]:
    """What was done and is not there, or is there and was never begun, or stands twice or in another order."""
    said, present = told.of(*kinds), set(there)
    faults = [f"{kinds[0]} lost: {name}" for name in said if name not in present]
    faults += [f"{kinds[0]} never begun: {name}" for name in present - told.tried]
    in_order = len(kinds) > 1 or [name for name in there if name in set(said)] == said
    return faults + ([] if in_order and len(there) == len(present) else [f"{kinds[0]} twice or out of order"])


def _small(home: Path, kind: str, done: bool) -> list[str]:
    """What does not hold of a home with an earlier database, or a new one."""
    if kind == "migrate" and not (home / "feedback.db").exists() and not (home / "wenzheng.db").exists():
        return [f"{home.name}: the earlier feedback is gone"] if done else []
    store = Store(home)
    there = [each.question for each in store.feedback.entries()]
    faults = store.audit.faults() + (store.database.problems() if store.database.exists else [])
    if kind == "migrate" and there != [f"old {n}" for n in range(_OLD)]:
        faults.append(f"{home.name}: {len(there)} of {_OLD} entries of the earlier feedback")
    if kind == "first" and done and store.audit.head().seq == 0:
        faults.append(f"{home.name}: its first entry is lost")
    store.audit.add("local", "x", "y")  # nothing unfinished is in the way
    store.database.close()
    return faults


def leftovers(folder: Path, ended: int | None) -> list[str]:
    """What killed processes left that the next ones did not clear away; and the last backup, restored."""
    home = folder / "home"
    found = [] if ended == 0 else [f"the last process ended with {ended}"]
    found += [path.name for path in folder.glob(".wenzheng-*")] + [path.name for path in home.glob("*.new")]
    found += [path.name for path in home.glob("index/.building-*")]
    backups = sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime)
    if backups:
        again = Settings.from_env({}, home=folder / "again")
        restore(again, backups[-1])
        check(again)
    return found


def main() -> None:
    """``python -m eval.kills [points]``: 100 unless said; fails where anything did not hold."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        faults = run(Path(folder), points)
        told = Told.read(Path(folder) / "said")
        done = "，".join(f"{kind} {len(names)}" for kind, names in sorted(told.done.items()))
        print(f"{points} 次 SIGKILL，{time.perf_counter() - start:.0f} 秒；已确认的：{done}；{len(faults)} 处不符")
    for fault in faults:
        print(fault)
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
