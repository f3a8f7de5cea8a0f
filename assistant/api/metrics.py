"""What the service does, for Prometheus: requests, answers, how long they took, and what is served."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from assistant.state import State

CONTENT_TYPE = CONTENT_TYPE_LATEST
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # set where several processes serve: the folder in which they add up
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one application, each application its own."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter("wenzheng_requests", "请求数", ("route", "method", "status"), registry=registry)
        self.seconds = Histogram(
            "wenzheng_request_seconds", "请求用时（秒）", ("route",), buckets=_SECONDS, registry=registry
        )
        self.running = Gauge(
            "wenzheng_requests_running", "正在处理的请求数", registry=registry, multiprocess_mode="livesum"
        )
        self.answers = Counter("wenzheng_answers", "回答数", ("intent", "outcome"), registry=registry)
        self._served = _Served(state)

    def text(self) -> bytes:
        """All of it in the exposition format; over all processes where several serve."""
        registry = self._registry
        if os.environ.get(SHARED):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        own = CollectorRegistry()
        own.register(self._served)
        return generate_latest(registry) + generate_latest(own)


class _Served(Collector):
    """What the answering process serves: how many documents and rows, and under which name."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        state = self._state()
        yield GaugeMetricFamily("wenzheng_documents", "收录的文件数", value=len(state.snapshot.documents))
        yield GaugeMetricFamily("wenzheng_rows", "任务行数", value=len(state.snapshot.rows))
        info = GaugeMetricFamily("wenzheng_snapshot", "正在使用的索引", labels=("name",))
        info.add_metric((state.name,), 1)
        yield info
