"""Many people at once: each asks the running page a question every few seconds, with the turns before it. ``make soak``."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time

from eval.bench import QUESTIONS, machine
from eval.serving import served

USERS = 50
EVERY = 3.0  # seconds from one question of a user to the next
LASTS = 60.0  # seconds in all
_MOST = 1.5  # seconds, within which 95% must be answered
_TURNS = 4  # of a conversation are sent back


def main() -> None:
    """Prints how long answers took and how many failed; fails where the limits are not kept."""
    taken: list[float] = []
    failed: list[str] = []
    with served() as port:
        start = time.perf_counter() + 1
        people = [threading.Thread(target=_person, args=(port, n, start, taken, failed)) for n in range(USERS)]
        for person in people:
            person.start()
        for person in people:
            person.join()
    ordered = sorted(taken)
    late = ordered[int(len(ordered) * 0.95)] if ordered else float("inf")
    median = statistics.median(ordered) if ordered else float("inf")
    print(
        f"{machine()}；{USERS}人同时用，每人每{EVERY:g}秒一问，共{len(taken)}问：中位数 {median * 1e3:.0f} 毫秒，"
        f"95% 在 {late * 1e3:.0f} 毫秒内，出错 {len(failed)} 次{f'（{failed[0]}）' if failed else ''}"
    )
    if failed or late > _MOST:
        raise SystemExit(1)


def _person(port: int, number: int, start: float, taken: list[float], failed: list[str]) -> None:
    """One user's questions, begun at their own moment; what comes back must be about what was asked."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    history: list[dict[str, str]] = []
    due = start + EVERY * number / USERS
    asked = number
    while due < start + LASTS:
        time.sleep(max(0.0, due - time.perf_counter()))
        question = QUESTIONS[asked % len(QUESTIONS)]
        began = time.perf_counter()
        try:
            answer = _answer(connection, question, history)
        except (OSError, ValueError, http.client.HTTPException) as error:
            failed.append(f"{type(error).__name__}: {error}")
            connection.close()
        else:
            taken.append(time.perf_counter() - began)
            history = [*history, *answer][-2 * _TURNS :]
        asked, due = asked + 1, due + EVERY
    connection.close()


def _answer(
    connection: http.client.HTTPConnection, question: str, history: list[dict[str, str]]
) -> list[dict[str, str]]:
    """The turn that was added to the conversation.

    Raises:
        ValueError: the answer is an error, or to another question.
    """
    body = json.dumps({"question": question, "history": history})
    connection.request("POST", "/ui/ask", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    line = json.loads(response.read().splitlines()[-1])
    if response.status != 200 or line.get("question") != question:
        raise ValueError(line.get("error", "不是这个问题的回答"))
    return [{"role": "user", "content": question}, {"role": "assistant", "content": line["text"]}]


if __name__ == "__main__":
    main()
