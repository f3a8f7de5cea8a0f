"""What the interfaces say of themselves is so: schemathesis on our own OpenAPI, against a running server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import serving
from tests.test_service import open_at


@pytest.mark.slow
def test_schemathesis_finds_nothing(home: Path, tmp_path: Path) -> None:
    """Valid and invalid requests of every operation: no fault, and each reply as documented.

    ``positive_data_acceptance`` is left out: a file that is no document fits the schema of an upload, and is refused.
    """
    command = [str(Path(sys.executable).with_name("schemathesis")), "run"]
    options = "--phases examples,coverage,fuzzing --max-examples 2 --seed 1 --workers 2 --no-color --checks all"
    with serving(open_at(home)) as address:
        done = subprocess.run(
            [
                *command,
                f"{address}/api/v1/openapi.json",
                *options.split(),
                "--exclude-checks=positive_data_acceptance",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    counted = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert done.returncode == 0 and counted is not None, done.stdout[-6000:]
    assert int(counted[1]) == int(counted[2]) > 500
    log = home / "wenzheng.log"
    assert not log.exists(), log.read_text(encoding="utf-8")[-3000:]
    shutil.rmtree(home)


def test_the_description_is_complete_and_has_examples(client: httpx.Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    served = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    assert served == {
        "POST /api/v1/ask",
        "POST /api/v1/compare",
        "POST /api/v1/feedback",
        "GET /api/v1/search",
        "GET /api/v1/rows",
        "GET /api/v1/rows/{document}/{part}/{item}",
        "GET /api/v1/documents",
        "POST /api/v1/documents",
        "DELETE /api/v1/documents/{id}",
        "PUT /api/v1/documents/{id}/visibility",
        "GET /api/v1/units",
        "GET /api/v1/me",
        "GET /api/v1/questions",
        "GET /api/v1/audit",
        "POST /v1/chat/completions",
        "GET /v1/models",
        "GET /v1/models/{id}",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
    schemas = described["components"]["schemas"]
    for name in ("Asked", "Compared", "Vote", "ChatRequest"):
        (example,) = schemas[name]["examples"]
        assert example
    asked = client.post("/api/v1/ask", json=schemas["Asked"]["examples"][0])
    assert asked.json()["answerable"]
    assert set(schemas["Answer"]["properties"]) == set(asked.json())
