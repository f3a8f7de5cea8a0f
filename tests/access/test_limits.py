"""Token buckets."""

from __future__ import annotations

import pytest

from assistant.access.limits import Rate
from assistant.errors import LimitError


class Clock:
    """A clock that a test turns."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate() -> None:
    clock = Clock()
    rate = Rate(60, clock)
    for _ in range(20):
        rate.take("a")
    with pytest.raises(LimitError, match="请求太频繁；请2秒后再试") as caught:
        rate.take("a")
    assert caught.value.retry_after == 1
    rate.take("b")  # others are not held up
    clock.now = 1.0
    rate.take("a")
    with pytest.raises(LimitError):
        rate.take("a")
    clock.now = 1000.0
    for _ in range(20):  # no more is saved up than a burst
        rate.take("a")
    with pytest.raises(LimitError):
        rate.take("a")


def test_no_more_callers_are_remembered_than_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.access.limits._MOST_CALLERS", 3)
    rate = Rate(60, Clock())
    for caller in "abcde":
        rate.take(caller)
    assert list(rate._left) == ["c", "d", "e"]
