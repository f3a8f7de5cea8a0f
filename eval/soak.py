"""A long run: many questions, documents added and removed between them; memory must not grow. ``make soak``."""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path

from assistant.service import Assistant
from assistant.settings import Settings
from eval.bench import QUESTIONS, machine

CYCLES = 30
ASKED = 1_000
_GROWTH = 1.10  # of resident memory, from the end of the first third of the cycles to the end


def resident_mb() -> float:
    """Resident memory of this process in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    """Runs the cycles and prints a line for each third of them; fails where memory grew."""
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.open(settings=Settings.from_env({}, home=folder))
        removed = assistant.documents()[0].id
        file = Path(__file__).parent.parent / "corpus" / f"{removed}.yaml"
        answers = {question: assistant.ask(question).to_dict() for question in QUESTIONS}
        start, sizes = time.perf_counter(), []
        for cycle in range(1, CYCLES + 1):
            for number in range(ASKED):
                assistant.ask(QUESTIONS[number % len(QUESTIONS)])
            assistant.remove(removed)
            assistant.add(file)
            gc.collect()
            sizes.append(resident_mb())
            if cycle % (CYCLES // 3) == 0:
                print(
                    f"{cycle * ASKED:,} 个问题，{cycle} 次移除和添加，{time.perf_counter() - start:.0f} 秒，内存 {sizes[-1]:.0f} MB"
                )
        same = all(_facts(assistant, question) == answers[question]["facts"] for question in QUESTIONS)
    grown = sizes[-1] / sizes[CYCLES // 3 - 1]
    print(f"{machine()}；内存变为 {grown:.2f} 倍；前后回答{'一致' if same else '不一致'}")
    if grown > _GROWTH or not same:
        raise SystemExit(1)


def _facts(assistant: Assistant, question: str) -> object:
    return assistant.ask(question).to_dict()["facts"]


if __name__ == "__main__":
    main()
