"""How much one caller may ask: a token bucket for each (J. Turner, New Directions in Communications, 1986)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from assistant.errors import LimitError

_MOST_CALLERS = 10_000  # remembered; the one that asked longest ago is forgotten


class Rate:
    """Requests a minute, with a burst of a third of them; safe to use from several threads."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = max(5.0, per_minute / 3)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """Takes one request of a caller.

        Raises:
            LimitError: there is none left; it says after how many seconds there is.
        """
        with self._lock:
            moment = self._clock()
            left, since = self._left.pop(caller, (self._burst, moment))
            left = min(self._burst, left + (moment - since) * self._rate)
            if left < 1:
                self._left[caller] = (left, moment)
                wait = (1 - left) / self._rate
                raise LimitError("请求太频繁", hint=f"请{int(wait) + 1}秒后再试", retry_after=wait)
            self._left[caller] = (left - 1, moment)
            if len(self._left) > _MOST_CALLERS:
                self._left.popitem(last=False)


def network_of(address: str) -> str:
    """What is taken for one sender: of IPv6 the network of an address, since each has as many addresses as it likes."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{address.partition('%')[0]}/64", strict=False)) if found.version == 6 else address
