"""What the encoder learns from: texts that belong together, each set with a kind of relation of its own.

All of it is the project's own writing: the rows of the corpus and how people ask for them, the sayings, and the
groups of ``eval/training`` (what people say in daily life, and official wordings of the same matter).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from assistant import lexicon
from assistant.errors import InputError
from assistant.index.build import topic_text
from assistant.index.lexical import LexicalIndex
from assistant.parse import parse_file
from assistant.schema import TaskRow
from assistant.text import bigrams, compact

_NEARLY = 0.4  # bigram similarity from which rows of two documents are one matter
PAIRS = Path(__file__).parent / "training"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of one matter; pairs of the same matter are no negatives of each other."""

    said: str
    meant: str
    matter: str


@dataclass(frozen=True, slots=True)
class Group:
    """What people say, and official wordings of what they mean."""

    topic: str
    official: tuple[str, ...]
    said: tuple[str, ...]


def corpus_rows(folder: Path) -> list[TaskRow]:
    """All rows of the corpus, by file name."""
    return [row for path in sorted(folder.glob("*.yaml")) for row in parse_file(path).rows]


def read_groups(folder: Path) -> list[Group]:
    """The groups of all ``.jsonl`` files of a folder, by file name.

    Raises:
        InputError: a line is not a group.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                data: dict[str, Any] = json.loads(line)
                found.append(Group(data["topic"], tuple(data["official"]), tuple(data["said"])))
            except (ValueError, KeyError, TypeError):
                hint = "每行一组：topic、official（列表）、said（列表）"
                raise InputError("训练句对不能用", where=f"{path.name} 第{number}行", hint=hint) from None
    return found


def training_sets(rows: Sequence[TaskRow], data: Path = PAIRS) -> list[list[Pair]]:
    """All sets, in a stable order; a pair with a text that holds no term is left out."""
    groups = read_groups(data)
    matter = matters(rows)
    sets = (
        _within_rows(rows, matter),
        [Pair(asked, _text(row), matter[row.id]) for row in rows for asked in row.asked_as],
        [Pair(one, next_, matter[row.id]) for row in rows for one, next_ in pairwise((*row.asked_as, *row.asked_as[:1]))],
        [Pair(said, official, str(n)) for n, each in enumerate(groups) for said in each.said for official in each.official],
        [Pair(*two, str(n)) for n, each in enumerate(groups) for two in (*pairwise(each.said), *pairwise(each.official))],
        [Pair(said, " ".join(each.mean), "|".join(each.mean)) for each in lexicon.sayings() for said in each.say],
    )  # fmt: skip
    return [[pair for pair in pairs if compact(pair.said) and compact(pair.meant)] for pairs in sets]


def _text(row: TaskRow) -> str:
    return f"{row.heading} {row.text}"


def _within_rows(rows: Sequence[TaskRow], matter: Mapping[str, str]) -> list[Pair]:
    """A task's name and requirement, its section, a sentence and the rest; rows of different documents on one matter."""
    pairs: list[Pair] = []
    for row in rows:
        of = matter[row.id]
        pairs.append(Pair(row.heading, row.text, of))
        if row.section:
            pairs.append(Pair(row.section[-1], _text(row), of))
        clauses = [clause for clause in re.split(r"[。；，]", row.text) if len(clause) > 5]
        for number, clause in enumerate(clauses):
            rest = "，".join(clauses[:number] + clauses[number + 1 :])
            pairs.append(Pair(clause, f"{row.heading} {rest}", of))
    return pairs + [Pair(_text(a), _text(b), matter[a.id]) for a, b in same_matter(rows)]


def same_matter(rows: Sequence[TaskRow]) -> list[tuple[TaskRow, TaskRow]]:
    """Rows of two documents that are each other's best BM25 match."""
    by_document: dict[str, list[TaskRow]] = {}
    for row in rows:
        by_document.setdefault(row.document, []).append(row)
    found: list[tuple[TaskRow, TaskRow]] = []
    for left, right in combinations(by_document.values(), 2):
        there, back = _best(left, right), _best(right, left)
        found += [(left[i], right[j]) for i, j in enumerate(there) if back[j] == i]
    return found


def matters(rows: Sequence[TaskRow]) -> dict[str, str]:
    """Row id → the matter it is of: the first id among the rows that say nearly the same in other documents."""
    first = {row.id: row.id for row in rows}
    for a, b in same_matter(rows):
        if _alike(a, b) >= _NEARLY:
            one, other = sorted((first[a.id], first[b.id]))
            first = {id: one if matter == other else matter for id, matter in first.items()}
    return first


def _alike(a: TaskRow, b: TaskRow) -> float:
    """The Jaccard similarity of two rows' bigrams."""
    left, right = set(bigrams(_text(a))), set(bigrams(_text(b)))
    return len(left & right) / len(left | right)


def _best(queries: Sequence[TaskRow], rows: Sequence[TaskRow]) -> list[int]:
    index = LexicalIndex.from_terms([bigrams(topic_text(row)) for row in rows])
    return [int(index.scores(bigrams(_text(query)))[0].argmax()) for query in queries]
