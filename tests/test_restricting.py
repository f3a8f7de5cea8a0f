"""Restricting documents: views are published with the library, in one step, and nothing hidden is changed or told."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.access import OWNER, Caller
from assistant.checks import check
from assistant.errors import AssistantError, ConflictError, InputError, NotFoundError, ReviewError, SnapshotError
from assistant.library.catalogue import Catalogue, checked_visibility
from assistant.schema import PUBLIC, Audience, PolicyDocument, RowFilter
from assistant.state import State
from tests.conftest import CORPUS, settings_for
from tests.parse.documents import OF_DATA, OF_STAFF
from tests.test_service import open_at, state
from tests.test_visibility import DATA, LETTERS, STAFF

MARKED = "岳阳市2024年政务服务工作要点\n内部资料 注意保存\n一、优化服务\n（一）推行周末延时服务。开放10个窗口。（牵头单位：市数据局）\n"


def seeing(audience: Audience) -> Caller:
    """A caller who may do everything, to what an audience sees."""
    return replace(OWNER, audience=audience)


def test_a_public_library_has_one_snapshot(home: Path, plans: dict[str, Path]) -> None:
    assistant = open_at(home)
    assert assistant.seen_by(PUBLIC) is assistant.seen_by(LETTERS) is assistant.state
    assistant.add(plans["常德"])
    kept = json.loads((home / "library.json").read_text(encoding="utf-8"))
    assert kept["visibility"] == {} and kept["views"] == dict.fromkeys(("public", "internal"), kept["snapshot"])
    assert assistant.seen_by(PUBLIC) is assistant.state and len(list((home / "index").iterdir())) == 2
    assert (check(settings_for(home))["views"], check(settings_for(home))["rows"]) == (2, 294)


@pytest.mark.slow
def test_snapshots_are_one_for_each_set_of_documents(home: Path, plans: dict[str, Path]) -> None:
    """A set that is everything is the whole; what a change leaves as it is stays, in the folder and in memory."""
    assistant = open_at(home)
    assistant.add(plans["信访"], visibility="unit", owner="市信访局")
    kept = json.loads((home / "library.json").read_text(encoding="utf-8"))
    assert kept["visibility"] == {"xinfang-2024": {"visibility": "unit", "owner": "市信访局"}}
    views = kept["views"]
    assert list(views) == ["internal", "public", "unit:市信访局"] and views["unit:市信访局"] == kept["snapshot"]
    assert views["internal"] == views["public"] != kept["snapshot"]
    public = assistant.seen_by(PUBLIC)
    assert public is assistant.seen_by(STAFF) and assistant.seen_by(LETTERS) is assistant.state
    assistant.add(plans["数据"], visibility="unit", owner="市数据局")
    assert assistant.seen_by(PUBLIC) is public and len(assistant.seen_by(LETTERS).documents()) == 6
    names = {each.name for each in (home / "index").iterdir()}
    assert (
        names == Catalogue(home, CORPUS).read().snapshots | {kept["snapshot"]}
        and check(settings_for(home))["views"] == 4
    )
    assistant.remove("xinfang-2024")
    assert assistant.seen_by(LETTERS) is public
    assert "xinfang-2024" not in json.loads((home / "library.json").read_text(encoding="utf-8"))["visibility"]


@pytest.mark.slow
def test_what_is_shown_to_whom_changes(home: Path, plans: dict[str, Path], tmp_path: Path) -> None:
    assistant = open_at(home)
    assistant.add(plans["衡阳"])
    assert len(assistant.seen_by(PUBLIC).documents()) == 6
    assistant.set_visibility("hengyang-2024", "unit", " 市信访局 ")
    document = assistant.document("hengyang-2024")
    assert (document.visibility, document.owner) == ("unit", "市信访局")
    assert [len(assistant.seen_by(each).documents()) for each in (PUBLIC, STAFF, LETTERS, DATA)] == [5, 5, 6, 5]
    kept = state(home)
    assistant.set_visibility("hengyang-2024", "unit", "市信访局")
    assert state(home) == kept
    (again,) = assistant.add_files([plans["衡阳"]])  # nothing said: it stays as it is
    assert again.outcome == "unchanged" and state(home) == kept
    (again,) = assistant.add_files([plans["衡阳"]], visibility="internal")
    assert again.outcome == "replaced" and again.parsed and again.parsed.document.visibility == "internal"
    assert [len(open_at(home).seen_by(each).documents()) for each in (PUBLIC, STAFF)] == [5, 6]
    changed = tmp_path / "新.yaml"
    changed.write_text(OF_STAFF.replace("逐月督查", "逐周督查"), encoding="utf-8")
    (again,) = assistant.add_files([changed])
    assert again.parsed is not None and again.parsed.document.visibility == "internal"
    assert len(assistant.seen_by(PUBLIC).documents()) == 5
    assistant.remove("hengyang-2024")
    assert assistant.add(plans["衡阳"]).document.visibility == "public"  # a new one


def test_what_cannot_be_said_of_a_document(home: Path, plans: dict[str, Path]) -> None:
    assistant = open_at(home)
    kept = state(home)
    for visibility, owner in (
        ("unit", None), ("unit", "  "), ("unit", "长" * 101), ("unit", "市\u202e局"), ("unit", "市\0局"), ("secret", None),
        ("internal", "市信访局"), ("public", "市信访局"),
    ):  # fmt: skip
        with pytest.raises(InputError):
            assistant.set_visibility("loudi-2023", visibility, owner)  # type: ignore[arg-type]
        with pytest.raises(InputError):
            assistant.add(plans["常德"], visibility=visibility, owner=owner)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="可见范围"):
        assistant.add(plans["常德"], owner="市信访局")
    with pytest.raises(NotFoundError, match="没有编号为“nowhere”的文件；现有：hunan-2022"):
        assistant.set_visibility("nowhere", "internal")
    assert state(home) == kept
    assert checked_visibility("unit", f" {'长' * 100} ") == ("unit", "长" * 100)
    assert checked_visibility("unit", " 市信访局\n 数据  科") == ("unit", "市信访局 数据 科")  # as accounts fold it


@pytest.mark.slow
def test_what_is_not_seen_is_not_changed_and_not_told(home: Path, plans: dict[str, Path], tmp_path: Path) -> None:
    assistant = open_at(home)
    assistant.add(plans["衡阳"], visibility="internal")
    assistant.set_visibility("hunan-2023", "unit", "市信访局")
    kept = state(home)
    other = tmp_path / "别的.yaml"
    other.write_text(OF_DATA, encoding="utf-8")

    calls = [(path, id, PUBLIC) for path in (other, plans["衡阳"]) for id in ("hengyang-2024", "hunan-2023")]
    for path, id, audience in (*calls, (other, "hunan-2023", DATA)):
        for force in (False, True):
            text = refused(ConflictError, assistant.add, path, id, force=force, by=seeing(audience))
            assert text == f"{path.name}：编号“{id}”已被占用；换一个 --id"
    listed = "现有：hunan-2022、loudi-2023、shaoyang-2022、xiangxi-2022"
    for id in ("hengyang-2024", "hunan-2023", "nowhere"):
        text = f"没有编号为“{id}”的文件；{listed}"
        assert refused(NotFoundError, assistant.remove, id, by=seeing(PUBLIC)) == text
        assert refused(NotFoundError, assistant.set_visibility, id, "public", by=seeing(PUBLIC)) == text
        assert refused(NotFoundError, assistant.seen_by(PUBLIC).document, id) == text
    assert state(home) == kept
    (added,) = assistant.add_files([plans["衡阳"]], id="mine-2024", by=seeing(PUBLIC))  # as if it were not there
    assert added.outcome == "added" and added.parsed and added.parsed.document.visibility == "public"
    assert len(assistant.seen_by(PUBLIC).documents()) == 5 and len(assistant.documents()) == 7
    (again,) = assistant.add_files([plans["衡阳"]], by=seeing(PUBLIC))
    assert (again.outcome, again.parsed and again.parsed.document.id) == ("unchanged", "mine-2024")
    assistant.remove("mine-2024", by=seeing(PUBLIC))
    assert assistant.document("hengyang-2024").title and check(settings_for(home))["documents"] == 6
    assistant.remove("hunan-2023", by=seeing(LETTERS))
    assert len(assistant.documents()) == 5


def test_a_lost_file_is_named_to_those_who_see_it(home: Path, plans: dict[str, Path]) -> None:
    assistant = open_at(home)
    assistant.add(plans["衡阳"], visibility="internal")
    shutil.rmtree(home / "documents")
    assert "hengyang-2024" in refused(InputError, assistant.add, plans["常德"])
    assert "hengyang" not in refused(SnapshotError, assistant.add, plans["常德"], by=seeing(PUBLIC))
    assert "hengyang" not in refused(SnapshotError, assistant.remove, "loudi-2023", by=seeing(PUBLIC))
    index = home / "index" / assistant._in_force._views.library.views["public"]
    shutil.rmtree(index)
    assert "hengyang" not in refused(SnapshotError, assistant.seen_by, PUBLIC)


@pytest.mark.slow
def test_nothing_is_public(home: Path) -> None:
    assistant = open_at(home)
    for document in assistant.documents():
        assistant.set_visibility(document.id, "internal")
    empty = assistant.seen_by(PUBLIC)
    assert empty.documents() == [] and empty.units() == [] and empty.search("政务云") == []
    assert (
        "还没有收录任何文件" in empty.ask("娄底政务云由谁牵头？").text
        and empty.select(RowFilter(words=("平台",))) == []
    )
    with pytest.raises(NotFoundError, match="现有：无"):
        empty.document("loudi-2023")
    assert assistant.seen_by(STAFF) is assistant.state and check(settings_for(home))["rows"] == 291
    assert open_at(home).seen_by(PUBLIC).ask("你能做什么？").to_dict() == empty.ask("你能做什么？").to_dict()


def test_a_library_of_before_is_all_public(home: Path) -> None:
    before = json.loads((home / "library.json").read_text(encoding="utf-8"))
    (home / "library.json").write_text(json.dumps({name: before[name] for name in ("snapshot", "added", "removed")}))
    assistant = open_at(home)
    assert assistant.seen_by(PUBLIC) is assistant.seen_by(STAFF) is assistant.state
    assert check(settings_for(home))["rows"] == 291
    document = assistant.document("loudi-2023").to_dict()
    del document["visibility"], document["owner"]
    assert PolicyDocument.from_dict(document) == assistant.document("loudi-2023")


def refused(kind: type[AssistantError], call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    with pytest.raises(kind) as stopped:
        call(*arguments, **named)
    return str(stopped.value)


def tampered(home: Path, **values: Any) -> None:
    library = json.loads((home / "library.json").read_text(encoding="utf-8"))
    (home / "library.json").write_text(json.dumps(library | values), encoding="utf-8")


@pytest.mark.slow
def test_a_view_that_holds_too_much_is_found(home: Path) -> None:
    open_at(home).set_visibility("loudi-2023", "internal")
    library = json.loads((home / "library.json").read_text(encoding="utf-8"))
    whole, public = library["snapshot"], library["views"]["public"]
    for views in (
        {"public": whole, "internal": whole}, {"public": public, "internal": public}, {"internal": whole}, {},
        {"public": "0" * 16, "internal": whole},
    ):  # fmt: skip
        tampered(home, views=views)
        with pytest.raises(SnapshotError):
            check(settings_for(home))
        assistant = open_at(home)
        with pytest.raises(SnapshotError):
            [assistant.seen_by(audience) for audience in (PUBLIC, STAFF)]
    tampered(home, views=library["views"], visibility={})
    with pytest.raises(SnapshotError, match="可见范围有变动"):
        open_at(home)
    for entry in ({"visibility": "secret", "owner": None}, {"visibility": "unit", "owner": None}, {}, "internal", 1):
        tampered(home, visibility={"loudi-2023": entry})
        with pytest.raises(SnapshotError, match=r"library\.json"):
            open_at(home)
    tampered(home, visibility=library["visibility"])
    damaged = home / "index" / public / "dense.faiss"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(SnapshotError, match=r"dense\.faiss"):
        check(settings_for(home))
    with pytest.raises(SnapshotError, match=r"dense\.faiss"):
        open_at(home).seen_by(PUBLIC)
    Assistant.open(settings=settings_for(home), rebuild=True)
    assert check(settings_for(home))["views"] == 2 and len(open_at(home).seen_by(PUBLIC).documents()) == 4


@pytest.mark.slow
def test_a_restriction_reaches_other_processes(home: Path) -> None:
    ours, other = open_at(home), open_at(home)
    follower = ours.following()
    follower.look()
    before = ours.seen_by(PUBLIC)
    other.set_visibility("loudi-2023", "internal")
    follower.look()
    after = ours.seen_by(PUBLIC)
    assert not follower.failing and after is not before
    assert before.ask("娄底政务云由谁牵头？").answerable and not after.ask("娄底政务云由谁牵头？").answerable
    assert ours.seen_by(STAFF).ask("娄底政务云由谁牵头？").answerable
    other.set_visibility("hunan-2022", "internal")
    ours.refresh()
    assert ours._in_force._views._states["public"].name == other.seen_by(PUBLIC).name  # loaded before it was asked for


@pytest.mark.slow
def test_a_view_that_is_gone_is_looked_for_in_the_newer_library(home: Path) -> None:
    ours, other = open_at(home), open_at(home)
    other.set_visibility("loudi-2023", "internal")
    ours.refresh()
    old = ours.state.name
    for id in ("hunan-2022", "hunan-2023"):  # the second sweeps what the first replaced
        other.set_visibility(id, "internal")
    assert ours.state.name == old
    assert [document.id for document in ours.seen_by(PUBLIC).documents()] == ["shaoyang-2022", "xiangxi-2022"]
    assert ours.state.name == other.state.name


@pytest.mark.slow
def test_a_view_is_loaded_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_at(home).set_visibility("loudi-2023", "internal")
    assistant = open_at(home)
    loaded: list[str] = []
    load = assistant._in_force._views._load

    def counted(name: str, *rest: Any) -> State:
        loaded.append(name)
        return load(name, *rest)

    monkeypatch.setattr(assistant._in_force._views, "_load", counted)
    found: list[State] = []
    threads = [threading.Thread(target=lambda: found.append(assistant.seen_by(PUBLIC))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 1 and len(found) == 8 and len({id(each) for each in found}) == 1


@pytest.mark.slow
def test_a_failure_while_publishing_views_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it stops: before the first snapshot is in its folder, after it, or before the library names them."""
    from assistant import index

    assistant, kept = open_at(home), (home / "library.json").read_bytes()
    publish = index.publish

    def stopping(after: int) -> Callable[..., Any]:
        calls: list[int] = []

        def published(*arguments: Any) -> Any:
            calls.append(1)
            if len(calls) > after:
                raise RuntimeError("power cut")
            return publish(*arguments)

        return published

    for after in (0, 1):
        monkeypatch.setattr("assistant.index.publish", stopping(after))
        with pytest.raises(RuntimeError):
            assistant.set_visibility("loudi-2023", "internal")
        monkeypatch.undo()
        assert (home / "library.json").read_bytes() == kept and check(settings_for(home))["views"] == 2
        assert assistant.seen_by(PUBLIC) is assistant.state
    assistant.set_visibility("loudi-2023", "internal")
    library = Catalogue(home, CORPUS).read()
    names: Sequence[str] = sorted(path.name for path in (home / "index").iterdir())
    assert names == sorted({*library.snapshots, json.loads(kept)["snapshot"]})


@pytest.mark.slow
def test_killed_at_any_moment_each_view_is_of_one_library(home: Path) -> None:
    """SIGKILL at random points of restricting and opening a document; the public never sees what is restricted."""
    settings = settings_for(home)

    def command(visibility: str) -> list[str]:
        return [sys.executable, "-m", "assistant", "visibility", "loudi-2023", visibility, "--home", str(home)]

    start = time.monotonic()
    subprocess.run(command("internal"), check=True, capture_output=True)
    whole = time.monotonic() - start
    chance = random.Random(7)
    seen: set[str] = set()
    for _ in range(3):
        before = Assistant.open(settings=settings).document("loudi-2023").visibility
        process = subprocess.Popen(
            command("public" if before == "internal" else "internal"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.6, 1.05) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert check(settings)["rows"] == 291
        assistant = Assistant.open(settings=settings)
        now = assistant.document("loudi-2023").visibility
        shown = {document.id for document in assistant.seen_by(PUBLIC).documents()}
        assert len(shown) == (5 if now == "public" else 4) and ("loudi-2023" in shown) == (now == "public")
        seen.add(now)
        whole *= 1.15 if now == before else 0.9  # stays near the moment of publishing, however busy the machine is
    assert seen
    subprocess.run(command("internal"), check=True, capture_output=True)
    assert not any(path.name.startswith(".building") for path in (home / "index").iterdir())


def test_more_people_see_what_screening_finds_something_in_by_a_decision_only(home: Path, tmp_path: Path) -> None:
    assistant, marked = open_at(home), tmp_path / "岳阳.txt"
    marked.write_text(MARKED, encoding="utf-8")
    with pytest.raises(ReviewError, match="内部使用或不予公开"):
        assistant.add(marked)
    assistant.add(marked, visibility="unit", owner="市数据局", reviewed="只给本单位")
    for wider in (("internal", None), ("public", None), ("unit", "市信访局")):
        with pytest.raises(ReviewError, match="--reviewed"):
            assistant.set_visibility("yueyang-2024", *wider)  # type: ignore[arg-type]
        with pytest.raises(ReviewError):
            assistant.add(marked, visibility=wider[0], owner=wider[1])  # type: ignore[arg-type]
    assert "yueyang-2024" not in {each.id for each in assistant.seen_by(STAFF).documents()}
    assistant.set_visibility("yueyang-2024", "public", reviewed="已解除内部标注，电话13800138000")
    assert "yueyang-2024" in {each.id for each in assistant.seen_by(PUBLIC).documents()}
    assistant.set_visibility("yueyang-2024", "internal")  # fewer people: no decision is wanted
    last, before = assistant.store.audit.entries()[-1], assistant.store.audit.entries()[-2]
    assert last.details == {"visibility": "internal", "owner": None}
    assert before.details == {
        "visibility": "public",
        "owner": None,
        "concerns": {"internal_mark": 1},
        "reviewed": "已解除内部标注，电话〔手机号〕",
    }
