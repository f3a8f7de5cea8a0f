"""Assistant: opening, adding, removing; failures change nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.checks import check
from assistant.errors import AssistantError, ConflictError, InputError, NotFoundError, ReadError, SnapshotError
from assistant.library.catalogue import Catalogue
from tests.conftest import CORPUS, COUNTS, settings_for
from tests.parse.documents import LIST, PROSE


def open_at(home: Path) -> Assistant:
    return Assistant.open(settings=settings_for(home))


def state(home: Path) -> dict[str, bytes]:
    """All files of the library and the index, to see that nothing changed."""
    kept = ("library.json", "documents", "index")
    files = [path for name in kept for path in [home / name, *(home / name).rglob("*")] if path.is_file()]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def prose(tmp_path: Path) -> Path:
    path = tmp_path / "常德 要点😀.txt"
    path.write_text(PROSE, encoding="utf-8")
    return path


def test_opens_with_the_shipped_corpus(assistant: Assistant) -> None:
    assert {document.id for document in assistant.documents()} == set(COUNTS)
    assert len(assistant.rows()) == 291
    assert "州政府办（州大数据中心）" in assistant.units()
    assert assistant.row("xiangxi-2022/1/48").printed_no == 48
    assert [row.item for row in assistant.neighbours("xiangxi-2022/1/48")] == [47, 49]
    assert [row.item for row in assistant.neighbours("xiangxi-2022/1/1")] == [2]


def test_unknown_ids(assistant: Assistant) -> None:
    with pytest.raises(NotFoundError, match="xiangxi-2022"):
        assistant.document("nowhere")
    for id in ("", "xiangxi-2022/1/65", "xiangxi-2022"):
        with pytest.raises(NotFoundError):
            assistant.row(id)


@pytest.mark.slow
def test_add_ask_remove(home: Path, prose: Path) -> None:
    assistant = open_at(home)
    parsed = assistant.add(prose)
    assert parsed.document.id == "changde-2024" and len(assistant.rows()) == 294
    answer = assistant.ask("常德周末延时服务谁牵头，什么时候完成？")
    assert [citation.row for citation in answer.citations] == ["changde-2024/1/1"]
    assert "任务要求引自原文" in answer.text and "常政办函〔2024〕9号" in answer.text
    assert answer.citations[0].locator.file == prose.name
    assert len(open_at(home).rows()) == 294  # and it is still there for the next process
    assistant.remove("changde-2024")
    assert len(open_at(home).rows()) == 291 and not list((home / "documents").iterdir())
    assert not assistant.ask("常德周末延时服务谁牵头？").answerable


@pytest.mark.slow
def test_original_takes_the_place_of_the_digest(home: Path, originals: Path) -> None:
    assistant = open_at(home)
    before = assistant.row("loudi-2023/1/6")
    assistant.add(originals / "loudi-2023.txt")
    after = assistant.row("loudi-2023/1/6")
    assert (before.text_kind, after.text_kind) == ("digest", "verbatim") and len(assistant.rows()) == 291
    assistant.remove("loudi-2023")  # both are gone now
    assert len(assistant.rows()) == 248
    assistant.add(CORPUS / "loudi-2023.yaml")
    assert len(assistant.rows()) == 291 and assistant.row("loudi-2023/1/6").text_kind == "digest"


@pytest.mark.slow
def test_taken_ids_need_force(home: Path, prose: Path, tmp_path: Path) -> None:
    assistant = open_at(home)
    assistant.add(prose)
    kept = state(home)
    other = tmp_path / "别的.txt"
    other.write_text(LIST.replace("永州", "常德"), encoding="utf-8")
    with pytest.raises(ConflictError, match="changde-2024"):
        assistant.add(other)
    with pytest.raises(ConflictError, match="loudi-2023"):
        assistant.add(other, id="loudi-2023")
    assert state(home) == kept
    changed = tmp_path / "新.txt"
    changed.write_text(PROSE.replace("流动服务车", "流动服务船"), encoding="utf-8")
    assistant.add(changed, id="changde-2024", title="新要点", force=True)
    assert assistant.row("changde-2024/1/2").heading == "设立流动服务船"
    assert assistant.document("changde-2024").title == "新要点"


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", "没有任务".encode()])
def test_a_bad_file_changes_nothing(home: Path, tmp_path: Path, data: bytes) -> None:
    assistant = open_at(home)
    kept = state(home)
    path = tmp_path / "坏.txt"
    path.write_bytes(data)
    with pytest.raises(AssistantError):
        assistant.add(path)
    assert state(home) == kept and len(assistant.rows()) == 291


def test_a_failure_while_indexing_changes_nothing(home: Path, prose: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = open_at(home)
    kept = {name: data for name, data in state(home).items() if not name.startswith("documents/")}
    monkeypatch.setattr("assistant.index.publish", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))
    with pytest.raises(RuntimeError):
        assistant.add(prose)
    monkeypatch.undo()
    assert {n: d for n, d in state(home).items() if not n.startswith("documents/")} == kept
    assert len(assistant.rows()) == 291 and len(open_at(home).rows()) == 291


def test_file_size_is_limited(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(51_000_000)
    with pytest.raises(ReadError, match="50MB"):
        open_at(home).parse(path)


def test_damaged_index_is_refused_and_rebuilt(home: Path) -> None:
    open_at(home)
    next((home / "index").glob("*/words.npz")).write_bytes(b"")
    with pytest.raises(SnapshotError, match="wenzheng index"):
        open_at(home)
    with pytest.raises(SnapshotError):
        check(settings_for(home))
    Assistant.open(settings=settings_for(home), rebuild=True)
    assert check(settings_for(home))["rows"] == 291
    shutil.rmtree(home / "index")
    with pytest.raises(SnapshotError, match="没有索引"):
        open_at(home)


def test_damaged_library_is_named(home: Path) -> None:
    open_at(home)
    (home / "library.json").write_text("{")
    with pytest.raises(SnapshotError, match="library"):
        open_at(home)


def test_a_lost_file_is_named(home: Path, prose: Path) -> None:
    open_at(home).add(prose)
    shutil.rmtree(home / "documents")
    with pytest.raises(InputError, match="changde-2024"):
        open_at(home)


def test_home_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("x")
    with pytest.raises(InputError, match="无法写入"):
        open_at(path)


def test_library_is_plain_json(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "永州.txt"
    path.write_text(LIST, encoding="utf-8")
    assistant = open_at(home)
    assistant.add(path)
    assistant.remove("hunan-2022")
    library = json.loads((home / "library.json").read_text(encoding="utf-8"))
    assert library["removed"] == ["hunan-2022"] and list(library["added"]) == ["yongzhou-2024"]
    assert library["snapshot"] in {each.name for each in (home / "index").iterdir()}
    sources = Catalogue(home, CORPUS).sources(Catalogue(home, CORPUS).read())
    assert [source.id for source in sources] == [
        "hunan-2023",
        "loudi-2023",
        "shaoyang-2022",
        "xiangxi-2022",
        "yongzhou-2024",
    ]


def test_check(home: Path) -> None:
    open_at(home).store.feedback.vote("问", [], True)
    found = check(settings_for(home))
    assert (found["documents"], found["rows"], found["feedback"]) == (5, 291, 1)
