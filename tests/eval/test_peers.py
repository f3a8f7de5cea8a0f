"""The comparison of speed: what is searched, and what each system must return."""

from __future__ import annotations

import pytest

from eval import peers


def test_rows_of_any_number() -> None:
    rows = peers.synthetic_rows(400)
    assert len({row.id for row in rows}) == 400 and [row.item for row in rows] == list(range(1, 401))
    assert {(row.document, row.part) for row in rows} == {(rows[0].document, 1)}
    assert rows == peers.synthetic_rows(400) and all(row.text and row.heading for row in rows)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the packages that are compared with
@pytest.mark.parametrize("system", [system for system in peers.SYSTEMS if peers.installed() or system == "本项目"])
def test_every_system_finds_rows(system: str) -> None:
    search = peers.SYSTEMS[system](peers.synthetic_rows(60))
    assert 0 < len(search("政务数据共享平台升级")) <= 2 * peers.TOP_K


def test_figures_of_a_system() -> None:
    figures = peers.measured("本项目", 60)
    assert figures.keys() == {"answer", "index", "memory", "p50", "p95"}
    assert min(value for name, value in figures.items() if name != "answer") > 0
    assert figures["p50"] <= figures["p95"]


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "installed", lambda: False)
    ((_, _, said),) = peers.lines()
    assert "[bench]" in said


def test_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"answer": 3.0, "index": 2.0, "memory": 100.0, "p50": 1.0, "p95": 4.0}
    slower = {"answer": 0.0, "index": 1.0, "memory": 150.0, "p50": 12.0, "p95": 40.0}
    monkeypatch.setattr(peers, "installed", lambda: True)
    monkeypatch.setattr(peers, "_in_fresh_process", lambda system, size: figures if system == "本项目" else slower)
    ours, first, _, answering = peers.lines((291,))
    assert answering == ("回答，291 行：检索之后写出并核对", "p50 3.0 毫秒", "")
    assert ours == ("检索，291 行：本项目", "p50 1.0、p95 4.0 毫秒；索引 2.0 秒，内存 100 MB", "")
    assert (
        first[2] == "p50 是本项目的 12.0 倍，p95 是本项目的 10.0 倍，索引时间是本项目的 0.5 倍，内存是本项目的 1.5 倍"
    )
