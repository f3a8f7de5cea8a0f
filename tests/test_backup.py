"""Backup and restore: the same content again, whatever runs meanwhile; a damaged backup changes nothing."""

from __future__ import annotations

import io
import json
import random
import shutil
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assistant.access import Access
from assistant.backup import backup, restore
from assistant.checks import check
from assistant.errors import AssistantError, BackupError, SignInError, SnapshotError
from assistant.schema import EVERYTHING, PUBLIC, Audience
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.store import Store
from assistant.store.audit import AuditHead
from tests.conftest import settings_for
from tests.mounts import fill, tiny
from tests.parse.documents import LIST, PROSE
from tests.store.conftest import new_database, postgres
from tests.test_service import open_at, state

__all__ = ["postgres"]
PASSWORD = "correct horse 电池"
QUESTION = "常德周末延时服务谁牵头，什么时候完成？"


@dataclass(frozen=True)
class Made:
    """A home folder with something of everything, and its backup."""

    settings: Settings
    file: Path
    key: str
    session: str
    head: AuditHead


@pytest.fixture(scope="module")
def made(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("备份")
    home = shutil.copytree(shared_home, folder / "家")
    for name, text in (("常德.txt", PROSE), ("永州.txt", LIST)):
        (folder / name).write_text(text, encoding="utf-8")
    assistant = open_at(home)
    assistant.add(folder / "常德.txt", visibility="unit", owner="市信访局")
    assistant.add(folder / "永州.txt")
    assistant.remove("loudi-2023")
    access, store = assistant.access, assistant.store
    for name, role in (("管理员", "admin"), ("小张", "editor"), ("走了", "agent")):
        access.add_user(name, PASSWORD, role, "市信访局" if role == "editor" else None)
    access.remove_user("走了")  # its number, the highest, is not to be given again
    _, key = access.add_key("小张", "热线", ["read", "desk"])
    session = access.sign_in("管理员", PASSWORD, "127.0.0.1")
    with pytest.raises(SignInError):
        access.sign_in("管理员", "wrong", "127.0.0.1")
    store.feedback.vote("谁牵头？", ["a/1/1"], False, "不对", 1)
    assistant.keeper.keep(assistant.ask(QUESTION), "rest", 2)
    assistant.keeper.keep(assistant.ask("火星上谁牵头"), "chat")
    (home / "sayings.txt").write_text("办证慢 => 提速\n", encoding="utf-8")
    settings, head = settings_for(home), store.audit.head()
    backup(settings, folder / "wenzheng.zip")
    return Made(settings, folder / "wenzheng.zip", key, session, head)


def facts(settings: Settings) -> dict[str, Any]:
    """All that must come out of a backup as it went in."""
    assistant = Assistant.open(settings=settings)
    store, library = assistant.store, json.loads((settings.home / "library.json").read_text(encoding="utf-8"))
    views = (PUBLIC, Audience(internal=True), Audience(internal=True, unit="市信访局"), EVERYTHING)
    try:
        return {
            "library": library,
            "documents": [[each.to_dict() for each in assistant.seen_by(view).documents()] for view in views],
            "rows": [row.to_dict() for row in assistant.rows()],
            "answer": assistant.ask(QUESTION).to_dict(),
            "users": store.accounts.all(),
            "passwords": [store.accounts.named(user.name) for user in store.accounts.all()],
            "keys": store.accounts.keys(),
            "feedback": store.feedback.entries(),
            "questions": store.questions.entries(),
            "audit": [
                each for each in store.audit.entries() if each.action not in ("backup", "backup.failed", "restore")
            ],
            "sayings": (settings.home / "sayings.txt").read_text(encoding="utf-8"),
            "files": {path: data for path, data in state(settings.home).items() if in_force(path, library)},
        }
    finally:
        store.database.close()


def in_force(path: str, library: dict[str, Any]) -> bool:
    """Whether a file is not one of an index that was in force before."""
    return not path.startswith("index/") or path.split("/")[1] in {library["snapshot"], *library["views"].values()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.slow
def test_everything_comes_out_as_it_went_in(made: Made, tmp_path: Path) -> None:
    there = settings_for(tmp_path / "新家")
    found = restore(there, made.file)
    assert facts(there) == facts(made.settings)
    assert found["documents"] == 6 and found["kept"] is None and found["tables"]["users"] == 2
    checked = check(there)
    assert (checked["users"], checked["feedback"], checked["documents"]) == (2, 2, 6)
    assistant = Assistant.open(settings=there)
    store, access = assistant.store, assistant.access
    assert store.audit.faults(made.head) == [] and store.audit.head().seq == made.head.seq + 2
    assert access.caller(None, made.key, False).name == "小张"
    assert access.caller(made.session, None, False).name == ""  # sessions do not survive
    assert access.sign_in("管理员", PASSWORD, "127.0.0.1")
    assert access.add_user("新来的", PASSWORD, "agent").id == 4  # 3 was given
    assert assistant.seen_by(PUBLIC).ask(QUESTION).answerable is False
    assert mode(there.home / "wenzheng.db") == mode(made.file) == 0o600 and mode(there.home) == 0o700
    assert sorted(path.name for path in tmp_path.iterdir()) == ["新家"]
    store.database.close()


def test_no_secret_is_in_a_backup(made: Made) -> None:
    with zipfile.ZipFile(made.file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert made.key.encode() not in content and made.session.encode() not in content
    assert not [name for name in archive.namelist() if "session" in name or "attempts" in name or "cache" in name]


def test_a_taken_home(made: Made, tmp_path: Path) -> None:
    home = tmp_path / "家"
    home.mkdir()
    (home / "留着").write_text("x", encoding="utf-8")
    with pytest.raises(BackupError, match=r"已有内容.*--force"):
        restore(settings_for(home), made.file)
    assert [path.name for path in home.iterdir()] == ["留着"]
    kept = Path(restore(settings_for(home), made.file, force=True)["kept"])
    assert [path.name for path in kept.iterdir()] == ["留着"] and kept.parent == tmp_path
    assert check(settings_for(home))["documents"] == 6
    assert len(list(tmp_path.iterdir())) == 2


def test_an_empty_home_is_filled(made: Made, tmp_path: Path) -> None:
    (tmp_path / "家").mkdir(mode=0o755)
    assert restore(settings_for(tmp_path / "家"), made.file)["kept"] is None
    assert mode(tmp_path / "家") == 0o700


@pytest.mark.slow
def test_an_index_of_another_version_is_made_anew(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.index.snapshot.FORMAT", 99)
    steps: list[str] = []
    assert restore(settings_for(tmp_path / "家"), made.file, progress=steps.append)["documents"] == 6
    assert "按词索引" in steps and facts(settings_for(tmp_path / "家"))["users"]


# -- while others are at work --


@pytest.mark.slow
def test_while_the_service_answers_and_others_publish(made: Made, tmp_path: Path) -> None:
    """Three backups; each holds a library that was in force, and every question that was kept before it began."""
    home = shutil.copytree(made.settings.home, tmp_path / "家")
    settings = settings_for(home)
    file = tmp_path / "常德.txt"
    file.write_text(PROSE, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from assistant.service import Assistant; from assistant.settings import Settings\n"
        "settings = Settings.from_env({}, home=sys.argv[1]); assistant = Assistant.open(settings=settings)\n"
        "print('ready', flush=True)\n"
        "while True: assistant.remove('changde-2024'); assistant.add(sys.argv[2])"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(home), str(file)], stdout=subprocess.PIPE, text=True)
    assistant, stop = open_at(home), threading.Event()
    answer = assistant.ask("谁负责政务公开？")

    def work() -> None:
        while not stop.is_set():
            assistant.keeper.keep(answer, "rest")
            time.sleep(0.002)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert other.stdout is not None and other.stdout.readline() == "ready\n"
        before = []
        for number in range(3):
            before.append(len(assistant.store.questions.entries()))
            backup(settings, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        thread.join()
        other.kill()
        other.communicate()
    for number, least in enumerate(before):
        there = settings_for(tmp_path / f"家{number}")
        assert restore(there, tmp_path / f"{number}.zip")["documents"] in (5, 6)
        assert len(Store(there.home).questions.entries()) >= least > 0
        assert check(there)["rows"] in (265, 268, 251, 254)
    assert before[0] < before[1] < before[2]


# -- damaged backups --


def edited(source: Path, target: Path, change: Callable[[dict[str, bytes]], None], fix: bool = False) -> Path:
    """A backup with other entries; ``fix``: under a manifest that fits."""
    import hashlib

    with zipfile.ZipFile(source) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    if fix:
        manifest = json.loads(entries.pop("manifest.json"))
        manifest["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in entries.items()}
        entries["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Settings]:
    """A home that must be left as it is, and nothing beside it."""
    home = tmp_path / "处" / "家"
    home.mkdir(parents=True)
    (home / "留着").write_text("x", encoding="utf-8")
    yield settings_for(home)
    assert [path.name for path in home.parent.iterdir()] == ["家"] and [p.name for p in home.iterdir()] == ["留着"]


def refused(settings: Settings, file: Path, match: str | None = None) -> None:
    with pytest.raises(AssistantError, match=match) as caught:
        restore(settings, file, force=True)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_cut_off_at_many_points(made: Made, taken: Settings, tmp_path: Path) -> None:
    data, file, chance = made.file.read_bytes(), tmp_path / "短.zip", random.Random(1)
    for size in [0, 1, 4, 22, len(data) - 1, len(data) - 22, *(chance.randrange(len(data)) for _ in range(30))]:
        file.write_bytes(data[:size])
        refused(taken, file)


@pytest.mark.slow
def test_flipped_bytes(made: Made, tmp_path: Path) -> None:
    """Refused, or what comes out is the same: some bytes of an archive say nothing."""
    data, file, chance = made.file.read_bytes(), tmp_path / "坏.zip", random.Random(2)
    tail = len(data) - 3000  # the directory at the end, where names and sizes are
    places = [
        *(chance.randrange(len(data)) for _ in range(25)),
        *(chance.randrange(tail, len(data)) for _ in range(40)),
    ]
    passed = 0
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        file.write_bytes(changed)
        home = tmp_path / "处" / "家"
        try:
            restore(settings_for(home), file)
        except AssistantError as error:
            assert "\n" not in str(error) and not home.exists(), str(error)
            assert not (tmp_path / "处").exists() or list((tmp_path / "处").iterdir()) == []
        else:
            passed += 1
            assert check(settings_for(home))["documents"] == 6
            shutil.rmtree(home)
    assert passed < len(places) / 2


def _without(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda entries: entries.pop(next(each for each in entries if each.startswith(name))) and None


def _with(name: str, data: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    return lambda entries: entries.update({name: data})


@pytest.mark.parametrize(
    "name", ["home/library.json", "home/index/", "home/documents/", "tables/audit.jsonl", "manifest.json"]
)
def test_removed_entries(made: Made, taken: Settings, tmp_path: Path, name: str) -> None:
    refused(taken, edited(made.file, tmp_path / "x.zip", _without(name)), "备份")


@pytest.mark.parametrize("name", ["home/documents/x/y", "home/wenzheng.db", "x", "tables/sessions.jsonl"])
def test_added_entries(made: Made, taken: Settings, tmp_path: Path, name: str) -> None:
    refused(taken, edited(made.file, tmp_path / "x.zip", _with(name)), "与清单不符")


@pytest.mark.parametrize(
    "name",
    ["../x", "home/../../x", "/etc/x", "home/documents/../../../x", "home\\..\\x", "home/wenzheng.db", "C:/x", "home/documents/a\\b", "home/index/", "other/x"],
)  # fmt: skip
def test_names_that_lead_elsewhere(made: Made, taken: Settings, tmp_path: Path, name: str) -> None:
    refused(taken, edited(made.file, tmp_path / "x.zip", _with(name), fix=True), "文件名不可用")
    assert not (tmp_path / "x").exists() and not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize("name", ["home/documents/" + "长" * 200, "home/library.json/x", "home/documents/\ud800"])
def test_names_that_no_disk_takes(made: Made, taken: Settings, tmp_path: Path, name: str) -> None:
    if name.isprintable():
        refused(taken, edited(made.file, tmp_path / "x.zip", _with(name), fix=True))


def test_a_bomb(made: Made, tmp_path: Path) -> None:
    bomb = edited(made.file, tmp_path / "x.zip", _with("home/documents/x/y", bytes(50_000_000)), fix=True)
    assert bomb.stat().st_size < 2 * made.file.stat().st_size
    with tiny(tmp_path / "小", 20) as small:
        with pytest.raises(BackupError, match="磁盘放不下"):
            restore(settings_for(small / "家"), bomb)
        assert list(small.iterdir()) == []


def test_a_manifest_that_is_a_bomb(made: Made, taken: Settings, tmp_path: Path) -> None:
    nested = b"[" * 100_000
    refused(taken, edited(made.file, tmp_path / "x.zip", _with("manifest.json", nested)), "不是问政的备份")


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"not a zip" * 99])
def test_what_is_no_backup(taken: Settings, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    refused(taken, tmp_path / "x.zip", "不是问政的备份")
    refused(taken, tmp_path / "没有.zip", "打不开")
    refused(taken, tmp_path, "打不开")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    (tmp_path / "x.zip").write_bytes(empty.getvalue())
    refused(taken, tmp_path / "x.zip", "不是问政的备份")


def test_another_format_or_version(made: Made, taken: Settings, tmp_path: Path) -> None:
    def newer(entries: dict[str, bytes]) -> None:
        entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | {"format": 99}).encode()

    refused(taken, edited(made.file, tmp_path / "x.zip", newer), "其他版本")
    refused(
        taken, edited(made.file, tmp_path / "x.zip", _with("tables/version", b"9999"), fix=True), "数据库版本是9999"
    )


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("tables/users.jsonl", b"[1]\n", "读不懂"),
        ("tables/users.jsonl", b"{}\n", "读不懂"),
        ("tables/counters", b"[]", "读不懂"),
        ("tables/audit_head.jsonl", b'{"id": 1, "seq": 1, "digest": "x"}\n', "审计日志不完整"),
        ("tables/audit.jsonl", b"", "审计日志不完整"),
        ("home/library.json", b"{}", "library.json 已损坏"),
    ],
)
def test_a_backup_that_was_forged(
    made: Made, taken: Settings, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    refused(taken, edited(made.file, tmp_path / "x.zip", _with(name, data), fix=True), said)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("file", file) for file in ("/etc/passwd", "../../x", "0123456789abcdef/..", "0123456789abcdef/../../x", "x/y")),
        *(("file", file) for file in ("0123456789abcdef/", "0123456789abcdef", "0123456789abcdef//etc/passwd", None, 1)),
        *(("snapshot", name) for name in ("../documents", "", "0123456789ABCDEF", "/etc", 1, ["x"])),
    ],
)  # fmt: skip
def test_a_library_that_names_files_elsewhere(
    made: Made, taken: Settings, tmp_path: Path, field: str, value: Any
) -> None:
    def forge(entries: dict[str, bytes]) -> None:
        library = json.loads(entries["home/library.json"])
        if field == "file":
            next(iter(library["added"].values()))["file"] = value
        else:
            library["snapshot"] = library["views"]["public"] = value
        entries["home/library.json"] = json.dumps(library).encode()

    refused(taken, edited(made.file, tmp_path / "x.zip", forge, fix=True), "library.json 已损坏")


# -- places --


@pytest.mark.slow
def test_places_that_cannot_be_written(made: Made, tmp_path: Path) -> None:
    before = state(made.settings.home)
    for target in (tmp_path / "没有" / "x.zip", tmp_path, made.file / "x.zip"):
        with pytest.raises(BackupError, match="无法写入备份") as caught:
            backup(made.settings, target)
        assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [] and state(made.settings.home) == before
    with tiny(tmp_path / "小", 2) as small:
        (small / "x.zip").write_bytes(b"before")
        fill(small, 100_000)
        with pytest.raises(BackupError, match="磁盘已满"):
            backup(made.settings, small / "x.zip")
        assert (small / "x.zip").read_bytes() == b"before" and len(list(small.iterdir())) == 2


def test_a_backup_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="没有可备份的内容"):
        backup(settings_for(tmp_path / "家"), tmp_path / "x.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_fails_is_said(made: Made, tmp_path: Path) -> None:
    home = shutil.copytree(made.settings.home, tmp_path / "家")
    store = Store(home)
    before = store.audit.head().seq
    with pytest.raises(BackupError):
        backup(settings_for(home), tmp_path / "没有" / "x.zip")
    assert [each.action for each in store.audit.entries()[before:]] == ["backup.failed"]
    store.database.close()


def test_accounts_alone(tmp_path: Path) -> None:
    settings, there = settings_for(tmp_path / "家"), settings_for(tmp_path / "新家")
    store = Store(settings.home)
    Access(store, settings).add_user("管理员", PASSWORD, "admin")
    store.database.close()
    assert (check(settings)["users"], check(settings)["rows"], check(settings)["snapshot"]) == (1, 0, None)
    assert backup(settings, tmp_path / "x.zip")["files"] > 0
    assert restore(there, tmp_path / "x.zip")["documents"] == 0
    assert check(there) == check(settings) | {"audit": 3} and mode(there.home) == 0o700
    with pytest.raises(SnapshotError):
        check(settings_for(tmp_path / "没有"))


# -- from one kind of database to the other --


@pytest.mark.slow
def test_to_postgresql_and_back(made: Made, tmp_path: Path, postgres: str) -> None:
    url = new_database(postgres)
    there = replace(settings_for(tmp_path / "服务器"), database=url)
    restore(there, made.file)
    assert facts(there) == facts(made.settings) and not (there.home / "wenzheng.db").exists()
    assistant = Assistant.open(settings=there)
    access = assistant.access
    assert access.caller(None, made.key, False).name == "小张"
    assert access.add_user("新来的", PASSWORD, "agent").id == 4
    store = Store(there.home, url)
    assert store.feedback.vote("又一个", [], True).id == max(each.id for each in store.feedback.entries())
    assert store.audit.faults(made.head) == []
    with pytest.raises(BackupError, match="数据库里已经有内容"):
        restore(there, made.file, force=True)
    backup(there, tmp_path / "回.zip")
    back = settings_for(tmp_path / "回来")
    restore(back, tmp_path / "回.zip")
    assert facts(back) == facts(there)
    again = Store(back.home)
    assert again.audit.faults(store.audit.head()) == []
    assert Assistant.open(settings=back).access.add_user("再来的", PASSWORD, "agent").id == 5
    for each in (assistant.store, store):
        each.database.close()
