"""The training pairs and the phrasings: enough of them, in order, and not one text over and over."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.parse import parse_file
from assistant.text import compact
from eval.texts import near_duplicates

ROOT = Path(__file__).parents[2]
GROUPS = [
    json.loads(line)
    for path in sorted((ROOT / "eval" / "training").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
ROWS = [row for path in sorted((ROOT / "corpus").glob("*.yaml")) for row in parse_file(path).rows]


def test_pairs_are_many_and_well_formed() -> None:
    assert sum(len(group["said"]) * len(group["official"]) for group in GROUPS) >= 6000
    assert len({group["topic"] for group in GROUPS}) >= 50
    for group in GROUPS:
        assert group.keys() == {"topic", "official", "said"} and group["official"] and len(group["said"]) >= 4
        assert all(isinstance(text, str) and text.strip() for text in group["official"] + group["said"])


def test_hardly_two_say_the_same() -> None:
    said = [compact(text) for group in GROUPS for text in group["said"]]
    assert len(said) == len(set(said))
    assert len(near_duplicates(said)) <= len(said) // 200


def test_every_row_has_its_own_phrasings() -> None:
    asked = [compact(text) for row in ROWS for text in row.asked_as]
    assert len(ROWS) == 291 and min(len(row.asked_as) for row in ROWS) >= 8
    assert len(asked) == len(set(asked))
    assert len(near_duplicates(asked)) <= len(asked) // 100


def test_phrasings_are_not_taken_from_the_rows() -> None:
    for row in ROWS:
        own = compact(f"{row.heading}\n{row.text}")
        for text in map(compact, row.asked_as):
            assert not any(text[start : start + 12] in own for start in range(len(text) - 11)), (row.id, text)
