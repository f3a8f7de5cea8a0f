"""Comparing runs: per-question differences and a test by hand."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import InputError
from eval.compare import chance, compare, differences
from eval.runs import Asked, Run


def run(values: dict[str, dict[str, float]], qrels: str = "same", **given: Any) -> Run:
    base = dict.fromkeys(("version", "snapshot", "encoder", "analyser", "time"), "x")
    asked = tuple(
        Asked(qid, "list" if qid.startswith("li") else "staff", "？", {}, (), (), "", (), "", each)
        for qid, each in values.items()
    )
    return Run(
        mode="full", without=(), corpus="shipped", split="test", settings={}, qrels=qrels, asked=asked, **base | given
    )


def test_wins_and_losses() -> None:
    first = run({"st-1": {"m": 0.5}, "st-2": {"m": 0.2}, "li-1": {"m": 1.0}, "un-1": {"other": 1.0}})
    second = run({"st-1": {"m": 1.0}, "st-2": {"m": 0.1}, "li-1": {"m": 1.0}, "un-1": {"other": 1.0}})
    found = differences(first, second, "m")
    assert [round(each.gain, 6) for each in found] == [0.5, -0.1, 0.0]
    staff, lists, overall = compare(found)
    assert (staff.category, staff.n, staff.wins, staff.losses) == ("staff", 2, 1, 1)
    assert (round(staff.first, 6), round(staff.second, 6)) == (0.35, 0.55)
    assert (lists.category, lists.wins, lists.losses, lists.p) == ("list", 0, 0, 1.0)
    assert (overall.category, overall.n, overall.wins, overall.losses) == ("all", 3, 1, 1)


def test_the_paired_test_by_hand() -> None:
    # All signs alike: of the 2**4 equally likely signs, two give a mean as large.
    assert chance([0.1, 0.2, 0.3, 0.4]) == pytest.approx(2 / 16)
    assert chance([0.1, -0.1]) == 1.0
    assert chance([]) == chance([0.0, 0.0]) == chance([0.5]) == 1.0


def test_the_paired_test_is_seeded() -> None:
    gains = [((number * 37) % 11 - 4) / 10 for number in range(60)]
    assert chance(gains) == chance(gains) < 0.05


def test_runs_of_other_questions_are_refused() -> None:
    with pytest.raises(InputError, match="问题或等级不同"):
        differences(run({"a": {"m": 1.0}}), run({"a": {"m": 1.0}}, qrels="other"), "m")


def test_a_measure_that_neither_has_is_refused() -> None:
    with pytest.raises(InputError, match="第一次有：m"):
        differences(run({"a": {"m": 1.0}}), run({"a": {"m": 1.0}}), "nDCG@10")
