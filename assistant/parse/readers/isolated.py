"""Complex formats are read in a process of their own: a file that asks for too much time or memory ends there.

The process is a fresh Python that runs ``main``; its answer is JSON on standard output.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from assistant.errors import ReadError
from assistant.parse.blocks import Block, Paragraph, Reading, Table, TableRow
from assistant.schema import Finding, Locator
from assistant.settings import Limits

_RUN = f"from {__name__} import main; main()"
_NO_MEMORY = (b"MemoryError", b"bad_alloc", b"failed to map segment", b"Cannot allocate memory")
_TOO_MUCH = "文件过于复杂，解析超出{what}上限"
_HINT = "请拆分文件或另存为文本，也可调整 {name}"


def read_isolated(reader: str, path: Path, limits: Limits) -> Reading:
    """What ``reader`` (a key of ``READERS``) gives for a file, within the time and memory that ``limits`` allow.

    Raises:
        ReadError: the reader's own, or a limit was reached.
    """
    command = [sys.executable, "-P", "-c", _RUN, reader, str(path), json.dumps(dataclasses.asdict(limits))]
    places = os.pathsep.join(filter(None, (str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": places, "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise _exceeded(path, f"{limits.seconds}秒", "WENZHENG_MAX_PARSE_SECONDS") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        if done.returncode < 0 or any(sign in done.stderr for sign in _NO_MEMORY):
            raise _exceeded(path, f"{limits.memory_mb}MB内存", "WENZHENG_MAX_PARSE_MB") from None
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-4000:]) from None
    if "error" in answer:
        raise ReadError(answer["error"], where=answer["where"], hint=answer["hint"])
    findings = tuple(Finding(**each) for each in answer["findings"])
    margins = tuple((where, text) for where, text in answer["margins"])
    return Reading(tuple(map(_block, answer["blocks"])), findings, margins)


def _exceeded(path: Path, what: str, setting: str) -> ReadError:
    return ReadError(_TOO_MUCH.format(what=what), where=path.name, hint=_HINT.format(name=setting))


def _block(data: Any) -> Block:
    if "text" in data:
        return Paragraph(data["text"], Locator(**data["locator"]))
    rows = (TableRow(tuple(r["cells"]), Locator(**r["locator"]), tuple(r["inherited"])) for r in data["rows"])
    return Table(tuple(rows), data["continues"])


def _answer(reader: str, path: Path, limits: Limits) -> dict[str, Any]:
    from assistant.parse.readers import READERS

    try:
        reading = READERS[reader](path, limits)
    except ReadError as error:
        return {"error": error.what, "where": error.where, "hint": error.hint}
    return dataclasses.asdict(reading)


def main() -> None:
    """Reads one file, named with its reader and limits on the command line, under those limits."""
    reader, path, limits = sys.argv[1], Path(sys.argv[2]), Limits(**json.loads(sys.argv[3]))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not get into the answer
    try:
        import resource
    except ImportError:  # Windows has no such limit
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb * 1_000_000, resource.RLIM_INFINITY))
        # Should the asking process be killed, this one ends by itself.
        resource.setrlimit(resource.RLIMIT_CPU, (2 * limits.seconds + 10, resource.RLIM_INFINITY))
    with answers:
        json.dump(_answer(reader, path, limits), answers, ensure_ascii=False)
