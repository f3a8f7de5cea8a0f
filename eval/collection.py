"""Test collections: a library of documents, opened, with the questions that may be put to it.

shipped      the shipped documents
<folder>     a home folder: the same documents as a machine holds them, say with the official originals
unseen-YEAR  the shipped documents of one year alone, with an encoder trained on the other years: documents of
different years share rows, those of one year more so, and the next city's document shares none
cities       three documents of invented cities, written in other layouts and on other topics
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from assistant import index
from assistant.errors import InputError
from assistant.library.catalogue import Catalogue, shipped_corpus
from assistant.parse import parse_file
from assistant.schema import ParsedDocument
from assistant.service import Assistant
from assistant.settings import Settings
from eval import train_encoder
from eval.question_set import FOLDER, Question, Split, load_matters, load_questions, select

SECOND = Path(__file__).parent / "second"
CITIES = Path(__file__).parent / "cities"
_SUFFIXES = (".txt", ".csv", ".html")
_UNSEEN = "unseen-"
TODAY = date(2026, 1, 1)  # every run answers on the same day


@dataclass(frozen=True, slots=True)
class Collection:
    """An opened library, its questions, and the name of its snapshot, which is a digest of all that it was made of."""

    name: str
    split: Split
    assistant: Assistant
    questions: tuple[Question, ...]
    snapshot: str


def names() -> tuple[str, ...]:
    """The collections that need no folder."""
    years = sorted({path.stem.rsplit("-", 1)[-1] for path in shipped_corpus().glob("*.yaml")})
    return "shipped", "second", *(f"{_UNSEEN}{year}" for year in years), "cities"


def open_collection(name: str, split: Split, without: frozenset[str] = frozenset()) -> Collection:
    """The collection of a name, of a file of questions on the shipped documents, or of the home folder at a path.

    Args:
        without: parts of search that are left out (see ``Assistant``).

    Raises:
        InputError: no such collection, a question that does not fit it, or no questions in the split.
    """
    with tempfile.TemporaryDirectory() as folder:
        if name == "cities":
            if split == "tune":
                raise InputError("“tune”部分没有问题：这几份文件从不用于调整", where="cities")
            documents = [parse_file(p, id=p.stem) for p in sorted(CITIES.iterdir()) if p.suffix in _SUFFIXES]
            assistant = _assistant(documents, Path(folder), without)
            return _collected(name, split, assistant, load_questions(sorted(CITIES.glob("*.jsonl")), _ids(assistant)))
        if name == "second" or Path(name).suffix == ".jsonl":
            assistant = _assistant(_shipped(), Path(folder), without)
            parts = ("tune", "test") if split == "all" else (split,)
            paths = [path for part in parts for path in sorted((SECOND / part).glob("*.jsonl"))]
            paths = paths if name == "second" else [Path(name)]
            return _collected(name, split, assistant, load_questions(paths, _ids(assistant)))
        if name == "shipped":
            return _collected(name, split, _assistant(_shipped(), Path(folder), without), shipped_questions(split))
        if name.startswith(_UNSEEN):
            return _unseen(name, split, Path(folder), without)
    if not (Path(name) / "library.json").is_file():
        raise InputError(f"没有“{name}”", where="--corpus", hint=f"可用：{'、'.join(names())}，或数据文件夹")
    opened = Assistant.open(settings=_settings(Path(name)))
    assistant = Assistant(opened.settings, Catalogue(Path(name), shipped_corpus()), opened.snapshot, without)
    ids = _ids(assistant)
    for question in (questions := shipped_questions(split)):
        if missing := next((row for row in question.relevant if row not in ids), None):
            raise InputError(f"没有任务行 {missing}", where=f"{name} {question.qid}")
    return _collected(name, split, assistant, questions)


def shipped_questions(split: Split) -> tuple[Question, ...]:
    """The questions on the shipped documents, of one split."""
    ids = {row.id for parsed in _shipped() for row in parsed.rows}
    matters = load_matters(FOLDER / "matters.yaml", ids)
    return select(load_questions(sorted(FOLDER.glob("*.jsonl")), ids, matters), split)


def _unseen(name: str, split: Split, folder: Path, without: frozenset[str]) -> Collection:
    """One year's documents; what was fitted to them is fitted anew to the others."""
    year = name.removeprefix(_UNSEEN)
    held = [parsed for parsed in _shipped() if str(parsed.document.year) == year]
    others = [parsed for parsed in _shipped() if str(parsed.document.year) != year]
    if not held or not others:
        raise InputError(f"没有“{name}”", where="--corpus", hint=f"可用：{'、'.join(names())}，或数据文件夹")
    encoder = folder / "encoder"
    train_encoder.fit([row for parsed in others for row in parsed.rows], encoder)
    assistant = _assistant([_unwritten(parsed) for parsed in held], folder, without, str(encoder))
    questions = [_within(question, _ids(assistant)) for question in shipped_questions(split)]
    return _collected(name, split, assistant, tuple(question for question in questions if question is not None))


def _within(question: Question, rows: set[str]) -> Question | None:
    """A question as it stands for fewer documents; None where they cannot answer it.

    Only the grades that remain count; exact facts are kept where all rows that they come from are there.
    """
    if not question.answers or (question.category == "compare" and not rows.issuperset(question.answers)):
        return None
    relevant = {row: grade for row, grade in question.relevant.items() if row in rows}
    if 2 not in relevant.values():
        return None
    whole = rows.issuperset(question.answers)
    return replace(question, relevant=relevant, expect=question.expect if whole else {})


@cache
def _shipped() -> tuple[ParsedDocument, ...]:
    return tuple(parse_file(path) for path in sorted(shipped_corpus().glob("*.yaml")))


def _settings(home: Path, encoder: str = "") -> Settings:
    return Settings.from_env({}, home=home, encoder=encoder or None, today=TODAY.isoformat())


def _unwritten(parsed: ParsedDocument) -> ParsedDocument:
    """A document as a city would send it: nothing written for its rows."""
    return replace(parsed, rows=tuple(replace(row, asked_as=()) for row in parsed.rows))


def _assistant(
    documents: Sequence[ParsedDocument], home: Path, without: frozenset[str], encoder: str = ""
) -> Assistant:
    settings = _settings(home, encoder)
    sources = {parsed.document.id: "" for parsed in documents}
    snapshot = index.build_snapshot(documents, sources, encoder)
    return Assistant(settings, Catalogue(home, shipped_corpus()), snapshot, without)


def _ids(assistant: Assistant) -> set[str]:
    return {row.id for row in assistant.rows()}


def _collected(name: str, split: Split, assistant: Assistant, questions: tuple[Question, ...]) -> Collection:
    with tempfile.TemporaryDirectory() as folder:
        snapshot = index.publish(assistant.snapshot, Path(folder)).name
    return Collection(name, split, assistant, questions, snapshot)
