"""The terminal as people run it: real processes, exact exit codes, one line for an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import cli
from tests.conftest import CORPUS, ROOT, TODAY
from tests.parse.documents import PROSE

PLATFORM = "湘西州政策问答平台由谁牵头，什么时候完成？"


def run(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"WENZHENG_TODAY": TODAY, "COLUMNS": "200"}
    command = [sys.executable, "-m", "assistant", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def output(*arguments: str | Path) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def failure(*arguments: str | Path) -> str:
    lines = run(*arguments, code=1).stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("错误：")
    return lines[0]


@pytest.mark.slow
def test_ask(shared_home: Path) -> None:
    shown = run("ask", PLATFORM, "--home", shared_home).stdout
    for words in (
        "州政府办（州大数据中心）",
        "2022年11月底",
        "xiangxi-2022/2/20",
        "xiangxi-2022/3/10",
        "牵头单位不同",
        "**",
    ):
        assert (words in shown) == (words != "**")
    data = output("ask", PLATFORM, "--home", shared_home)
    assert data["facts"]["rows"] == ["xiangxi-2022/2/20", "xiangxi-2022/3/10"]


@pytest.mark.slow
def test_heavy_libraries_stay_out_of_ask(shared_home: Path) -> None:
    code = (
        "import sys; from assistant import Assistant;"
        f"Assistant.open({str(shared_home)!r}).ask({PLATFORM!r});"
        "print(sorted({'torch', 'sentence_transformers', 'gradio', 'transformers', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_search_documents_check(shared_home: Path) -> None:
    hits = output("search", "清廉大厅", "--top", "2", "--home", shared_home)
    assert [hit["rank"] for hit in hits] == [1, 2] and "清廉大厅" in hits[0]["row"]["text"]
    assert [(d["id"], d["rows"]) for d in output("documents", "--home", shared_home)][-1] == ("xiangxi-2022", 112)
    assert output("check", "--home", shared_home)["rows"] == 291


@pytest.mark.slow
def test_add_and_remove(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "常德.txt"
    path.write_text(PROSE, encoding="utf-8")
    assert output("index", "--home", home) == {"documents": 5, "rows": 291}
    (added,) = output("add", path, "--home", home)
    assert (added["document"]["id"], added["rows"], added["report"]["level"]) == ("changde-2024", 3, "ok")
    assert "内容未变，没有改动 changde-2024" in run("add", path, "--home", home).stdout
    path.write_text(PROSE.replace("6月底前", "7月底前"), encoding="utf-8")
    assert "已替换 changde-2024" in run("add", path, "--home", home).stdout
    (tmp_path / "坏.txt").write_text("无任务", encoding="utf-8")
    skipped = run("add", tmp_path, "--skip", "--home", home, code=1).stdout
    assert "内容未变" in skipped and "已跳过：坏.txt：没有找到任务行" in skipped
    assert "已移除 changde-2024" in run("remove", "changde-2024", "--home", home).stdout
    assert "changde-2024" in failure("remove", "changde-2024", "--home", home)


@pytest.mark.slow
def test_visibility(home: Path, plans: dict[str, Path]) -> None:
    (added,) = output("add", plans["衡阳"], "--visibility", "内部", "--home", home)
    assert (added["document"]["visibility"], added["document"]["owner"]) == ("internal", None)
    shown = run("visibility", "loudi-2023", "仅本单位", "--owner", "市信访局", "--home", home).stdout
    assert shown == "loudi-2023 的可见范围：仅本单位（市信访局）。\n"
    table = run("documents", "--home", home).stdout
    assert [table.count(f"│ {word} ") for word in ("公开", "内部", "仅本单位（市信访局）")] == [4, 1, 1]
    assert "可见范围" in table
    assert output("check", "--home", home)["views"] == 3
    document = output("visibility", "loudi-2023", "public", "--home", home)
    assert (document["id"], document["visibility"], document["owner"]) == ("loudi-2023", "public", None)
    assert "要写明是哪个单位" in failure("visibility", "loudi-2023", "unit", "--home", home)
    assert "没有编号为“x”的文件" in failure("visibility", "x", "internal", "--home", home)
    assert "所属单位" in failure("add", plans["常德"], "--owner", "市信访局", "--home", home)


@pytest.mark.slow
def test_parse(originals: Path) -> None:
    data = output("parse", originals / "shaoyang-2022.txt")
    assert list(data) == ["document", "rows", "report", "concerns"] and len(data["rows"]) == 54
    assert data["report"]["level"] == "check" and data["report"]["parts"] == [37, 17]
    assert all(list(finding) == ["level", "message", "where"] for finding in data["report"]["findings"])
    assert data["concerns"] == []
    row = data["rows"][0]
    assert list(row) == [
        "id", "document", "part", "item", "label", "printed_no", "section", "heading", "text", "text_kind", "lead_units",
        "responsible_units", "deadline", "dates", "targets", "doc_numbers", "locator",
        "quantities", "asked_as",
    ]  # fmt: skip
    assert (
        "共54行任务\n- 第1部分 邵阳市2022年政务管理服务工作要点：37行"
        in run("parse", originals / "shaoyang-2022.txt").stdout
    )


@pytest.mark.slow
def test_errors_are_one_line(tmp_path: Path, shared_home: Path) -> None:
    empty = tmp_path / "空.pdf"
    empty.touch()
    assert "空.pdf" in failure("parse", empty)
    assert "无.txt" in failure("add", tmp_path / "无.txt", "--home", shared_home)
    (tmp_path / "f").write_text("")
    assert "无法写入" in failure("ask", "政务云", "--home", tmp_path / "f")
    next_home = tmp_path / "坏"
    next_home.mkdir()
    (next_home / "library.json").write_text("[]")
    assert "library.json" in failure("documents", "--home", next_home)


@pytest.mark.slow
def test_port_in_use(shared_home: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "--port" in failure("serve", "--port", str(taken.getsockname()[1]), "--home", shared_home)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["nothing"],
        ["search", "x", "--top", "0"],
        ["add", "a", "b", "--id", "x"],
        ["serve", "--port", "0"],
        ["add", "a", "--visibility", "secret"],
        ["visibility", "x"],
        ["visibility", "x", "保密"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli.app, arguments).exit_code == 2


def test_help_is_chinese() -> None:
    shown = CliRunner().invoke(cli.app, ["--help"]).output
    for name in (
        "ask",
        "search",
        "parse",
        "add",
        "remove",
        "visibility",
        "documents",
        "index",
        "check",
        "feedback",
        "serve",
    ):
        assert name in shown
    assert "问政" in shown


def test_feedback(home: Path) -> None:
    from assistant import Assistant

    Assistant.open(home).store.feedback.vote("谁牵头？", ["a/1/1"], False, "不对")
    shown = CliRunner().invoke(cli.app, ["feedback", "--home", str(home), "--json"])
    assert [(e["kind"], e["question"], e["rows"], e["reason"]) for e in json.loads(shown.output)] == [
        ("unhelpful", "谁牵头？", ["a/1/1"], "不对")
    ]
    assert "没用" in CliRunner().invoke(cli.app, ["feedback", "--home", str(home)]).output
    assert [each.action for each in Assistant.open(home).store.audit.entries()] == ["feedback.read"] * 2


def test_what_people_wrote_is_shown_as_it_stands(home: Path) -> None:
    from assistant import Assistant

    Assistant.open(home).store.feedback.vote("x[/b][red]:smile:", [], False, "\x1b[2J甲\x9b\u202e乙\x07")
    shown = CliRunner().invoke(cli.app, ["feedback", "--home", str(home)], env={"COLUMNS": "200"})
    assert shown.exit_code == 0 and "x[/b][red]:smile:" in shown.output and "[2J甲乙" in shown.output
    machine = CliRunner().invoke(cli.app, ["feedback", "--home", str(home), "--json"]).output
    assert not set("\x1b\x9b\u202e\x07") & set(shown.output + machine)
    assert json.loads(machine)[0]["reason"] == "\x1b[2J甲\x9b\u202e乙\x07"


def test_faults_are_logged_with_an_id(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(obj: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setenv("WENZHENG_HOME", str(home))
    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    shown = capsys.readouterr().err
    assert stopped.value.code == 1 and "程序内部故障（编号 " in shown and "secret" not in shown
    fault = shown.split("编号 ")[1][:8]
    log = (home / "wenzheng.log").read_text(encoding="utf-8")
    assert fault in log and "secret detail" in log


def test_faults_go_to_the_home_that_was_given(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setenv("WENZHENG_HOME", str(tmp_path / "别处"))
    monkeypatch.setattr("assistant.cli.check", broken)
    monkeypatch.setattr("sys.argv", ["wenzheng", "check", "--home", str(home)])
    with pytest.raises(SystemExit):
        cli.main()
    assert str(home / "wenzheng.log") in capsys.readouterr().err.replace("\n", "")
    assert "secret detail" in (home / "wenzheng.log").read_text(encoding="utf-8") and not (tmp_path / "别处").exists()


def test_corpus_files_parse() -> None:
    shown = CliRunner().invoke(cli.app, ["parse", str(CORPUS / "loudi-2023.yaml")])
    assert shown.exit_code == 0 and "解析体检单：通过，共43行任务" in shown.output
