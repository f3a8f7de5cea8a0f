"""What the pages on interfaces and operation show is what happens."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

import httpx
import pytest
from openai import OpenAI

from assistant.settings import TABLE
from tests.conftest import ROOT

API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
HERE = "http://127.0.0.1:7860"


@pytest.fixture
def chat(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key="-", max_retries=0) as client:
        yield client


def test_every_address_is_named(client: httpx.Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    plain = API.replace("{文件}/{部分}/{序号}", "{document}/{part}/{item}").replace("{编号}", "{id}")
    missing = [path for path in paths if path not in plain and not path.startswith("/v1")]
    assert missing == [] and "/mcp" in plain and f"{HERE}/v1" in plain


def test_curl_lines(client: httpx.Client) -> None:
    block = re.search(r"## REST\n\n```\n(.*?)```", API, re.S)
    assert block is not None
    ask, rows, *_ = block.group(1).replace("\\\n", " ").splitlines()
    words = shlex.split(ask)
    body = words[words.index("-d") + 1]
    reply = client.post(words[2].removeprefix(HERE), content=body, headers={"Content-Type": "application/json"})
    assert reply.json()["answerable"]
    pairs = [word.split("=", 1) for word in shlex.split(rows) if re.fullmatch(r"[a-z_]+=.+", word)]
    found = client.get("/api/v1/rows", params=dict(pairs)).json()
    assert found["total"] > 0 and all("州财政局" in row["lead_units"] for row in found["rows"])


def test_openai_example(chat: OpenAI, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", API, re.S)
    assert code is not None
    exec(code.group(1).replace(HERE, address), {})
    said = capsys.readouterr().out
    assert "依据：" in said and "xiangxi-2022/2/20" in said


def test_other_examples() -> None:
    configs = [json.loads(each) for each in re.findall(r"```json\n(\{\"mcp.*?)```", API, re.S)]
    assert configs[0]["mcpServers"]["wenzheng"] == {"command": "wenzheng", "args": ["mcp"]}
    assert configs[1]["mcpServers"]["wenzheng"]["url"] == f"{HERE}/mcp"
    named = set(re.findall(r"WENZHENG_[A-Z_]+", API + OPERATIONS))
    assert named <= {setting.variable for setting in TABLE} and len(named) >= 5
    linked = re.findall(r"\]\(([^)#]+)\)", API + OPERATIONS)
    assert [name for name in linked if not (ROOT / "docs" / name).is_file()] == []
