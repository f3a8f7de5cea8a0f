"""Speed, measured side by side in one run: ``make bench``. Prints a Markdown table with medians and the machine."""

from __future__ import annotations

import http.client
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi

from assistant.index.lexical import LexicalIndex
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.text import Analyser
from eval import parsing, peers

ROWS = 100_000
PORT = 7899
QUESTIONS = (
    "湘西州政策问答平台由谁牵头，什么时候完成？",
    "邵阳小程序用户数要达到多少",
    "娄底2023年政务云怎么建？",
    "湘西州财政局牵头哪些任务？",
    "适老化改造什么时候完成",
    "省里12345热线改革谁负责",
)
Line = tuple[str, str, str]


def median_seconds(run: Callable[[], object], times: int) -> float:
    """The median duration of several calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def bm25(rows: list[list[str]], questions: list[list[str]]) -> list[Line]:
    """Our BM25 beside ``rank_bm25`` on rows of real terms, drawn to the size that a large office has."""
    shuffler = random.Random(0)
    many = [shuffler.choices(shuffler.choice(rows), k=len(shuffler.choice(rows))) for _ in range(ROWS)]
    stock, ours = BM25Okapi(many), LexicalIndex.from_terms(many)
    worst = max(float(np.abs(stock.get_scores(q) - ours.scores(q)[0]).max()) for q in questions)
    slow = statistics.median(median_seconds(lambda q=q: stock.get_scores(q), 1) for q in questions)  # type: ignore[misc]
    fast = statistics.median(median_seconds(lambda q=q: ours.scores(q), 7) for q in questions)  # type: ignore[misc]
    return [
        (f"BM25，{ROWS:,} 行：rank_bm25 的 get_scores", f"{slow * 1e3:.1f} 毫秒", "1"),
        (f"BM25，{ROWS:,} 行：本项目", f"{fast * 1e3:.2f} 毫秒", f"快 {slow / fast:.0f} 倍，得分最大相差 {worst:.0e}"),
    ]


def in_process(assistant: Assistant) -> Line:
    """A question to an open assistant."""
    assistant.ask(QUESTIONS[0])
    taken = statistics.median(median_seconds(lambda q=q: assistant.ask(q), 20) for q in QUESTIONS)  # type: ignore[misc]
    return "回答一个问题（Python 接口，已打开）", f"{taken * 1e3:.1f} 毫秒", ""


def over_http(assistant: Assistant) -> list[Line]:
    """A question to the running web server, over the loopback: before there are accounts, and with a key."""
    import uvicorn

    from ui.app import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(assistant), host="127.0.0.1", port=PORT, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)

    headers = {"Content-Type": "application/json"}

    def post(question: str) -> None:
        connection.request("POST", "/ui/ask", json.dumps({"question": question}), headers)
        response = connection.getresponse()
        if b"wz-card" not in response.read() or response.status != 200:
            raise SystemExit(f"服务没有回答：{question}")

    def measured() -> float:
        post(QUESTIONS[0])
        return statistics.median(median_seconds(lambda q=q: post(q), 20) for q in QUESTIONS)  # type: ignore[misc]

    free = measured()
    assistant.access.add_user("bench", "a password of the bench", "admin")
    headers["Authorization"] = f"Bearer {assistant.access.add_key('bench', 'bench', ['read'])[1]}"
    known = measured()
    server.should_exit = True
    thread.join()
    return [
        ("回答一个问题（网页服务，HTTP 往返）", f"{free * 1e3:.1f} 毫秒", "1"),
        ("同上，有账号、带密钥", f"{known * 1e3:.1f} 毫秒", f"{known / free:.2f} 倍"),
    ]


def from_terminal(home: Path) -> Line:
    """``wenzheng ask`` as a whole process, from start to exit, after one warm-up."""
    command = [sys.executable, "-m", "assistant", "ask", QUESTIONS[0], "--home", str(home)]
    taken = median_seconds(lambda: subprocess.run(command, check=True, capture_output=True), 5)
    return "wenzheng ask（含启动）", f"{taken:.2f} 秒", ""


def machine() -> str:
    """What the figures were measured on."""
    return f"{platform.system()} {platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}，{time.strftime('%Y-%m-%d')}"


def main() -> None:
    """Runs all and prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        start = time.perf_counter()
        assistant = Assistant.open(settings=Settings.from_env({}, home=home, rate=1_000_000))
        built = time.perf_counter() - start
        analyser = Analyser(assistant.units())
        rows = [analyser.words(f"{row.heading} {row.text}") for row in assistant.rows()]
        questions = [analyser.words(question) for question in QUESTIONS]
        lines = bm25(rows, questions)
        lines.append((f"建立索引（{len(rows)} 行）", f"{built:.2f} 秒", ""))
        lines += [in_process(assistant), *over_http(assistant), from_terminal(home)]
        lines += parsing.in_fresh_process()
    lines += peers.lines()
    print(f"{machine()}；中位数\n\n| 项目 | 用时 | 比较 |\n|---|---:|---|")
    for line in lines:
        print(f"| {' | '.join(line)} |")


if __name__ == "__main__":
    main()
