"""One run: a mode over a collection, with all that is needed to read, check and repeat it.

    eval/runs/<mode>[-<part left out>]_<collection>_<split>/
        run.json         what was run with what, when, and the measures by category
        questions.jsonl  each question's rows found, its answer and its measures
        run.trec         qid Q0 row rank score tag
        qrels.trec       qid 0 row grade

The same run again gives the same bytes, but for ``time`` in run.json.
"""

from __future__ import annotations

import hashlib
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import assistant
from assistant.errors import InputError
from assistant.schema.record import Record
from eval.collection import Collection
from eval.measures import Values, answer_values, broken, search_values
from eval.question_set import CATEGORIES, Question
from eval.systems import Mode, open_search

# Intents that are answered from what search finds, so that the gate decides by its evidence.
MATTERS = ("content", "responsible", "deadline", "basis")
RUNS = Path(__file__).parent / "runs"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked(Record):
    """What one question gave. ``broken``: expected facts that the answer does not hold; ``error``: why it failed;
    ``confidence``: of a question about a matter, how likely the best row is to be about it.
    """

    qid: str
    category: str
    question: str
    relevant: dict[str, int]
    found: tuple[str, ...]
    cited: tuple[str, ...]
    text: str
    broken: tuple[str, ...]
    error: str
    values: dict[str, float]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Run(Record):
    """A run as stored. ``qrels``: a digest of questions and grades, equal for runs that may be compared."""

    mode: Mode
    without: tuple[str, ...]
    corpus: str
    split: str
    version: str
    snapshot: str
    encoder: str
    analyser: str
    settings: dict[str, str]
    qrels: str
    time: str
    asked: tuple[Asked, ...]

    @property
    def name(self) -> str:
        """The folder's name."""
        return f"{'-'.join((self.mode, *self.without))}_{Path(self.corpus).name}_{self.split}"

    def means(self) -> dict[str, Values]:
        """Category → measure → mean over the questions that it applies to; also "all", and "n"."""
        table: dict[str, Values] = {}
        for category in (*CATEGORIES, "all"):
            asked = [each for each in self.asked if category in ("all", each.category)]
            if asked:
                names = dict.fromkeys(name for each in asked for name in each.values)
                table[category] = {"n": float(len(asked))} | {name: _mean(asked, name) for name in names}
        return table


def run(mode: Mode, collection: Collection) -> Run:
    """Puts every question of a collection to one mode; a question that fails is logged and counts 0."""
    opened, questions = collection.assistant, collection.questions
    search = open_search(mode, opened)
    found: dict[str, list[str]] = {}
    answers: dict[str, dict[str, Any] | None] = {}
    errors: dict[str, str] = {}
    confident: dict[str, float] = {}
    for question in questions:
        try:
            found[question.qid] = search(question)
            if mode == "full":
                answers[question.qid] = None
                answers[question.qid] = opened.ask(question.question, question.history).to_dict()
                if not question.history and opened.understand(question.question).intent in MATTERS:
                    hits = opened.search(question.question)
                    confident[question.qid] = round(max((hit.evidence for hit in hits), default=0.0), 6)
        except Exception as error:  # whatever breaks: one question lost, the others still count
            _LOG.exception("%s", question.qid)
            errors[question.qid] = f"{type(error).__name__}: {error}"
    values = search_values({question.qid: question.relevant for question in questions}, found)
    settings = {name: str(value) for name, value in asdict(opened.settings).items() if name != "home"}
    return Run(
        mode=mode,
        without=tuple(sorted(opened.without)),
        corpus=collection.name,
        split=collection.split,
        version=assistant.__version__,
        snapshot=collection.snapshot,
        encoder=opened.snapshot.encoder.fingerprint,
        analyser=opened.snapshot.analyser.fingerprint,
        settings=settings,
        qrels=digest(questions),
        time=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        asked=tuple(
            replace(
                _asked(each, found.get(each.qid, []), values.get(each.qid, {}), answers, errors.get(each.qid, "")),
                confidence=confident.get(each.qid),
            )
            for each in questions
        ),
    )


def _asked(
    question: Question,
    found: Sequence[str],
    values: Values,
    answers: Mapping[str, dict[str, Any] | None],
    error: str,
) -> Asked:
    answer = answers.get(question.qid)
    if question.qid in answers:
        values = values | answer_values(question, answer)
    return Asked(
        qid=question.qid,
        category=question.category,
        question=question.question,
        relevant=question.relevant,
        found=tuple(found),
        cited=tuple(citation["row"] for citation in answer["citations"]) if answer else (),
        text=answer["text"] if answer else "",
        broken=tuple(broken(question, answer)) if answer and answer["answerable"] else (),
        error=error,
        values=values,
    )


def digest(questions: Sequence[Question]) -> str:
    """A digest of questions, grades and expected facts."""
    body = json.dumps([question.to_dict() for question in questions], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _mean(asked: Sequence[Asked], name: str) -> float:
    return round(statistics.fmean(each.values[name] for each in asked if name in each.values), 6)


def save(run: Run, folder: Path) -> Path:
    """Writes a run in one step; the run of the same name before it is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=folder) as unfinished:
        made = Path(unfinished) / run.name
        made.mkdir()
        summary = run.to_dict() | {"means": run.means()}
        del summary["asked"]
        (made / "run.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        lines = [json.dumps(each.to_dict(), ensure_ascii=False) for each in run.asked]
        (made / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        ranked = [(each.qid, row, rank) for each in run.asked for rank, row in enumerate(each.found, 1)]
        trec = [f"{qid} Q0 {row} {rank} {1 / rank:.6f} {run.mode}\n" for qid, row, rank in ranked]
        (made / "run.trec").write_text("".join(trec), encoding="utf-8")
        graded = [(each.qid, row, grade) for each in run.asked for row, grade in sorted(each.relevant.items())]
        (made / "qrels.trec").write_text(
            "".join(f"{q} 0 {row} {grade}\n" for q, row, grade in graded), encoding="utf-8"
        )
        target = folder / run.name
        if target.exists():
            target.replace(Path(unfinished) / "before")
        made.replace(target)
    return target


def load(path: Path) -> Run:
    """A stored run, by its folder or by its name among the runs.

    Raises:
        InputError: it is missing or damaged.
    """
    folder = path if path.is_dir() else RUNS / path
    try:
        data = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        asked = tuple(Asked(**_tuples(json.loads(line))) for line in lines)
        del data["means"]
        return Run(**_tuples(data), asked=asked)
    except FileNotFoundError:
        raise InputError("没有这次运行", where=str(path), hint="先运行 python -m eval run") from None
    except (OSError, ValueError, TypeError, KeyError):
        raise InputError("运行记录已损坏", where=str(path), hint="请重新运行 python -m eval run") from None


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
