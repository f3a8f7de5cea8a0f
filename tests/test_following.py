"""What another process publishes is taken over; what cannot be loaded is not, and nothing answers half of each."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.errors import SnapshotError
from assistant.library.catalogue import Catalogue
from assistant.library.following import Follower
from tests.conftest import CORPUS, settings_for

TRADE = "娄底政务云由谁牵头？"


def open_at(home: Path) -> Assistant:
    return Assistant.open(settings=settings_for(home))


def test_takes_over_what_another_publishes(home: Path) -> None:
    ours, other = open_at(home), open_at(home)
    follower = ours.following()
    before = ours.state
    assert ours.ask(TRADE).answerable
    other.remove("loudi-2023")
    assert ours.state is before and ours.ask(TRADE).answerable  # until it has looked
    follower.look()
    assert ours.state.name == other.state.name != before.name and len(ours.rows()) == 248
    assert not ours.ask(TRADE).answerable and before.ask(TRADE).answerable
    after = ours.state
    follower.look()
    assert ours.state is after


def test_a_thread_follows(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.library.following.INTERVAL", 0.02)
    ours, other = open_at(home), open_at(home)
    with ours.following():
        other.remove("loudi-2023")
        for _ in range(500):
            if len(ours.rows()) == 248:
                break
            threading.Event().wait(0.02)
    assert len(ours.rows()) == 248


def test_a_bad_snapshot_is_logged_once_and_not_served(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    ours, other = open_at(home), open_at(home)
    follower = ours.following()
    follower.look()
    before = ours.state
    other.remove("loudi-2023")
    damaged = home / "index" / other.state.name / "dense.faiss"
    kept = damaged.read_bytes()
    damaged.write_bytes(kept[:-1])
    with caplog.at_level(logging.ERROR, "wenzheng"):
        for _ in range(3):
            follower.look()
    assert ours.state is before and follower.failing and ours.ask(TRADE).answerable
    assert [record.getMessage().count("dense.faiss") for record in caplog.records] == [1]
    with pytest.raises(SnapshotError, match=r"dense\.faiss"):
        ours.refresh()
    damaged.write_bytes(kept)
    (home / "library.json").touch()
    follower.look()
    assert not follower.failing and len(ours.rows()) == 248


def test_a_damaged_or_lost_library_keeps_the_old_state(home: Path) -> None:
    ours = open_at(home)
    follower = ours.following()
    follower.look()
    whole = (home / "library.json").read_text(encoding="utf-8")
    (home / "library.json").write_text("{")
    follower.look()
    assert follower.failing and len(ours.rows()) == 291
    (home / "library.json").unlink()
    follower.look()
    assert len(ours.rows()) == 291
    (home / "library.json").write_text(whole, encoding="utf-8")
    follower.look()
    assert not follower.failing and json.loads(whole)["snapshot"] == ours.state.name


@pytest.mark.slow
def test_an_older_load_never_takes_the_place_of_a_newer_one(home: Path, tmp_path: Path) -> None:
    ours, other = open_at(home), open_at(home)
    other.remove("loudi-2023")
    late, library = other.snapshot, Catalogue(home, CORPUS).read()
    ours.remove("hunan-2022")
    ours._in_force.use(library, late)  # a load that began before and ends after
    assert {document.id for document in ours.documents()} == {"hunan-2023", "shaoyang-2022", "xiangxi-2022"}


def test_a_change_while_loading_is_tried_again_quietly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "library.json"
    file.write_text("a")
    calls: list[str] = []

    def load() -> None:
        calls.append(file.read_text())
        if len(calls) == 1:
            file.write_text("changed meanwhile")
            raise SnapshotError("索引文件缺失")

    follower = Follower(file, load)
    follower.look()
    follower.look()
    follower.look()
    assert calls == ["a", "changed meanwhile"] and not follower.failing and not caplog.records


@pytest.mark.slow
def test_answers_while_another_publishes_are_of_one_state(home: Path) -> None:
    """Every answer given while documents come and go equals one that is true before or after."""
    ours, other = open_at(home), open_at(home)
    questions = (TRADE, "2023年底前要完成的任务有几项？", "一共有多少项任务？", "你能做什么？")
    whole = {question: ours.ask(question).to_dict() for question in questions}
    other.remove("loudi-2023")
    ours.refresh()
    less = {question: ours.ask(question).to_dict() for question in questions}
    assert all(whole[question] != less[question] for question in (TRADE, questions[3]))
    stop, wrong, asked = threading.Event(), [], [0]

    def ask() -> None:
        while not stop.is_set():
            for question in questions:
                given = ours.ask(question).to_dict()
                asked[0] += 1
                if given not in (whole[question], less[question]):
                    wrong.append(given)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        other.add(CORPUS / "loudi-2023.yaml")
        ours.refresh()
        other.remove("loudi-2023")
        ours.refresh()
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == [] and asked[0] > len(questions)
    shutil.rmtree(home)
