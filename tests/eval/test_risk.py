"""The risk–coverage curve: exact points of a run made by hand."""

from __future__ import annotations

from pathlib import Path

from eval.risk import Point, chart, curve, markdown
from eval.runs import Asked


def asked(qid: str, confidence: float | None, relevant: dict[str, int], found: tuple[str, ...]) -> Asked:
    return Asked(qid, "staff", "问", relevant, found, (), "", (), "", {}, confidence)


RUN = (
    asked("a", 0.9, {"d/1/1": 2}, ("d/1/1",)),
    asked("b", 0.6, {"d/1/2": 2}, ("d/1/3",)),
    asked("c", 0.3, {}, ("d/1/1",)),
    asked("d", None, {"d/1/1": 2}, ()),
)


def test_points() -> None:
    assert curve(RUN, (0.0, 0.5, 0.8, 0.95)) == [
        Point(0.0, 1.0, 0.0, 2 / 3),
        Point(0.5, 1.0, 1.0, 0.5),
        Point(0.8, 0.5, 1.0, 0.0),
        Point(0.95, 0.0, 1.0, 0.0),
    ]
    assert curve((), (0.5,)) == [Point(0.5, 0.0, 0.0, 0.0)]


def test_table_and_chart(tmp_path: Path) -> None:
    points = curve(RUN, (0.5,))
    assert markdown(points).splitlines()[-1] == "| 0.50 | 1.000 | 1.000 | 0.500 |"
    chart(points, tmp_path / "a.svg")
    chart(points, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
