"""How often answers are wrong at each share of questions that are answered: the risk–coverage curve of the gate.

A question is answered from a confidence on; the risk is the share of answered questions that are wrong: that no row
could answer, or whose answer cites no row that is graded (El-Yaniv and Wiener, Foundations of Noise-Free Selective
Classification, JMLR 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.runs import Asked

STEPS = (0.0, 0.05, 0.1, 0.15, 0.22, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Point:
    """At one confidence: the share of answerable questions answered, of unanswerable ones refused, and the risk."""

    confidence: float
    coverage: float
    refused: float
    risk: float


def curve(asked: Sequence[Asked], steps: Sequence[float] = STEPS) -> list[Point]:
    """The points of a run's questions about matters; lists, look-ups and follow-ups do not pass by confidence."""
    judged = [each for each in asked if each.confidence is not None]
    answerable = [each for each in judged if each.relevant]
    others = [each for each in judged if not each.relevant]
    points = []
    for step in steps:
        given = [each for each in judged if (each.confidence or 0.0) >= step]
        wrong = [each for each in given if not each.relevant or not set(each.found[:3]) & set(each.relevant)]
        covered = sum(bool(each.relevant) for each in given)
        points.append(
            Point(
                step,
                covered / len(answerable) if answerable else 0.0,
                1 - (len(given) - covered) / len(others) if others else 0.0,
                len(wrong) / len(given) if given else 0.0,
            )
        )
    return points


def markdown(points: Sequence[Point]) -> str:
    """The points as a table."""
    head = "| 把握不低于 | 能回答的答了 | 不能回答的拒了 | 答了的里面错的 |\n|---:|---:|---:|---:|"
    lines = [f"| {p.confidence:.2f} | {p.coverage:.3f} | {p.refused:.3f} | {p.risk:.3f} |" for p in points]
    return "\n".join((head, *lines))


def chart(points: Sequence[Point], path: Path) -> None:
    """Risk over coverage as SVG, the same bytes for the same points."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    with mpl.rc_context({"svg.hashsalt": "wenzheng", "svg.fonttype": "none", "font.size": 9}):
        figure, axis = plt.subplots(figsize=(5, 3))
        axis.plot([p.coverage for p in points], [p.risk for p in points], marker="o", markersize=3)
        axis.set(xlabel="coverage", ylabel="risk", xlim=(0, 1.02), ylim=(0, None), title="risk over coverage")
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)
