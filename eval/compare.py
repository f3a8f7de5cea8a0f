"""Two runs on the same questions: where they differ, and whether by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from assistant.errors import InputError
from eval.question_set import CATEGORIES
from eval.runs import Run

_RESAMPLES = 9_999
_SEED = 20221101


@dataclass(frozen=True, slots=True)
class Difference:
    """One question's value in both runs."""

    qid: str
    category: str
    question: str
    first: float
    second: float

    @property
    def gain(self) -> float:
        """What the second run adds."""
        return self.second - self.first


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure over some questions: both means, wins and losses of the second run, and the chance ``p`` of such a
    difference between equals.
    """

    category: str
    n: int
    first: float
    second: float
    wins: int
    losses: int
    p: float


def differences(first: Run, second: Run, measure: str) -> list[Difference]:
    """Per question, in the order of the first run.

    Raises:
        InputError: the runs were not on the same questions and grades, or neither has the measure.
    """
    if first.qrels != second.qrels:
        raise InputError(
            "两次运行的问题或等级不同，不能比较", where=f"{first.name}、{second.name}", hint="请都重新运行"
        )
    other = {each.qid: each for each in second.asked}
    found = [
        Difference(each.qid, each.category, each.question, each.values[measure], other[each.qid].values[measure])
        for each in first.asked
        if measure in each.values and measure in other[each.qid].values
    ]
    if not found:
        known = "、".join(dict.fromkeys(name for each in first.asked for name in each.values))
        raise InputError(f"两次运行都要有“{measure}”", where="--measure", hint=f"第一次有：{known}")
    return found


def compare(found: Sequence[Difference]) -> list[Comparison]:
    """Over each category and over all."""
    table = []
    for category in (*CATEGORIES, "all"):
        chosen = [each for each in found if category in ("all", each.category)]
        if chosen:
            gains = [each.gain for each in chosen]
            table.append(
                Comparison(
                    category=category,
                    n=len(chosen),
                    first=float(np.mean([each.first for each in chosen])),
                    second=float(np.mean([each.second for each in chosen])),
                    wins=sum(gain > 0 for gain in gains),
                    losses=sum(gain < 0 for gain in gains),
                    p=chance(gains),
                )
            )
    return table


def chance(gains: Sequence[float]) -> float:
    """The p-value of a paired randomisation test, two-sided: how often random signs give as large a mean.

    M. Smucker, J. Allan, B. Carterette, A Comparison of Statistical Significance Tests for Information Retrieval
    Evaluation, CIKM 2007, recommend it. Exact for few questions, else sampled with a fixed seed.
    """
    if not any(gains) or len(gains) == 1:
        return 1.0
    result = stats.permutation_test(
        (np.asarray(gains), np.zeros(len(gains))),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        rng=_SEED,
    )
    return float(result.pvalue)
