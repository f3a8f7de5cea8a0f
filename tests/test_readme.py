"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from assistant.parse import parse_file
from assistant.service import Assistant
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_transcript(shared_home: Path) -> None:
    found = re.search(r'\$ wenzheng ask "([^"]+)"\n(.*?)```', README, re.S)
    assert found is not None
    command = [sys.executable, "-m", "assistant", "ask", found.group(1), "--home", str(shared_home)]
    environment = {"COLUMNS": "400", "PATH": "", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=True
    )
    shown = {" ".join(line.split()) for line in done.stdout.splitlines()}
    lines = [" ".join(line.split()) for line in found.group(2).splitlines() if line.strip()]
    assert len(lines) >= 5 and [line for line in lines if line not in shown] == []
    assert any(re.match(r"\[1\] [a-z]+-\d{4}/\d+/\d+ ", line) for line in lines)


def test_python_example(assistant: Assistant) -> None:
    code = re.search(r"```python\n(.*?)```", README, re.S)
    assert code is not None and "a.ask" in code.group(1)
    question = re.search(r'a\.ask\("([^"]+)"\)', code.group(1))
    assert question is not None
    answer = assistant.ask(question.group(1))
    assert answer.facts["targets"] == ["30%以上"] and answer.citations


def test_yaml_example(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", README, re.S)
    assert example is not None and yaml.safe_load(example.group(1))
    path = tmp_path / "例.yaml"
    path.write_text(example.group(1), encoding="utf-8")
    (row,) = parse_file(path).rows
    assert (row.id, row.printed_no, row.deadline and row.deadline.end) == ("changde-2024/1/1", 1, "2024-06-30")


def test_pictures_and_pages_exist() -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", README)
    assert "docs/chat.png" in linked
    assert [name for name in linked if not (ROOT / name).is_file()] == []


def test_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make ([a-z]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.M), target
