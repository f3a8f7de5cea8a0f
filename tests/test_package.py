"""The wheel alone works; the project names no host and no path of a machine, and takes no sentence over."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import CORPUS, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


def test_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"assistant/corpus/{path.name}" for path in CORPUS.glob("*.yaml")}
    wanted |= {"assistant/index/encoder_model/model.safetensors", "assistant/lexicon/units.yaml"}
    wanted |= {f"ui/assets/{path.name}" for path in (ROOT / "ui" / "assets").iterdir()}
    assert wanted <= names and {"ui/assets/style.css", "ui/assets/common.js"} <= wanted and len(wanted) == 13
    assert not any(name.startswith(("tests/", "eval/", "corpus/")) for name in names)


def test_answers_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = os.environ | {"PYTHONPATH": str(site), "WENZHENG_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-P", "-m", "assistant", "ask", "邵阳小程序用户数要达到多少", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "30%以上" in done.stdout and str(ROOT) not in done.stdout


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_registry_hosts_or_paths_of_a_machine() -> None:
    named = (
        "pypi" + ".org",
        "files.python" + "hosted",
        "download.py" + "torch",
        str(ROOT) + "/",
        "/home" + "/",
        "/root" + "/",
    )
    found = []
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".txt", ".yaml", ".json", ".css", "") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [(path.name, name) for name in named if name in text]
    assert found == []


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {
        line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=]", each)[0].lower() for each in wanted}
    assert {"torch", "gradio", "faiss-cpu"} <= names and names <= pinned


def test_no_sentence_of_the_originals(originals: Path) -> None:
    tool = ROOT.parent / "shared" / "tools" / "check_overlap.py"
    done = subprocess.run([sys.executable, str(tool), str(ROOT), str(originals)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
