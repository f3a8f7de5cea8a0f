"""Whether the service lives, whether it is ready, and what it does, for the programs that watch it."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

import assistant as package
from assistant.api.metrics import CONTENT_TYPE
from assistant.api.models import Health
from assistant.api.paths import HEALTH, METRICS, READY
from assistant.api.serving import Serving
from assistant.errors import SnapshotError
from assistant.schema import PUBLIC


def router(serving: Serving) -> APIRouter:
    """The routes over one assistant."""
    routes = APIRouter(tags=["运行"])

    def health() -> dict[str, str]:
        # The name that anyone may know: that of every document would say when hidden ones change.
        try:
            name, failing = serving.assistant.seen_by(PUBLIC).name, serving.follower.failing
        except SnapshotError:
            name, failing = "", True
        status = "closing" if serving.closing else "stale" if failing else "ok"
        return {"status": status, "version": package.__version__, "snapshot": name}

    @routes.get(HEALTH, response_model=Health)
    async def healthz() -> Response:
        """进程活着。"""
        return JSONResponse(health())

    @routes.get(READY, response_model=Health, responses={503: {"model": Health, "description": "正在停止"}})
    async def readyz() -> Response:
        """可以接受请求；status 为 stale 表示最近发布的索引不能用，仍在用原来的。"""
        return JSONResponse(health(), 503 if serving.closing else 200)

    @routes.get(METRICS, responses={200: {"content": {"text/plain": {}}}}, response_class=Response)
    async def metrics() -> Response:
        """Prometheus 指标。"""
        return Response(serving.metrics.text(), media_type=CONTENT_TYPE)

    return routes
