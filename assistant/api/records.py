"""Who one is, and for those who may: the question log and the audit log. Reading either stands in the audit log."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from assistant.access import Caller
from assistant.api import models
from assistant.api.access import Who
from assistant.api.paths import REST
from assistant.api.rest import ERRORS
from assistant.api.serving import Serving
from assistant.schema import plain

Most = Annotated[int, Query(ge=1, le=10_000, description="最多返回最近的多少条")]


def router(serving: Serving) -> APIRouter:
    """The routes over one assistant."""
    routes = APIRouter(prefix=REST, tags=["账号与记录"])
    store = serving.assistant.store

    @routes.get("/me", response_model=models.Me, responses=ERRORS)
    async def me(caller: Who) -> Response:
        """自己是谁，能做什么。"""
        return JSONResponse(asdict(about(caller)))

    @routes.get("/questions", response_model=models.Questions, responses=ERRORS)
    async def questions(caller: Who, most: Most = 100) -> Response:
        """提问记录（已遮盖个人信息）。需要单独授予的权限。"""

        def read() -> list[object]:
            store.audit.add(caller.actor, "questions.read", "questions", {"most": most})
            entries = store.questions.entries(most)
            if not caller.audience.everything:  # a question tells of the rows that answered it
                state = serving.state(caller)
                entries = [each for each in entries if len(state.known(each.rows)) == len(set(each.rows))]
            return plain(entries)  # type: ignore[no-any-return]

        return JSONResponse({"questions": await serving.run(read)})

    @routes.get("/audit", response_model=models.AuditLog, responses=ERRORS)
    async def audit(caller: Who, most: Most = 100) -> Response:
        """审计日志最近的条目、链头，以及核对的结果。需要管理权限。"""

        def read() -> dict[str, object]:
            store.audit.add(caller.actor, "audit.read", "audit", {"most": most})
            faults = store.audit.faults()
            return {"entries": plain(store.audit.entries(most=most)), "head": str(store.audit.head()), "faults": faults}

        return JSONResponse(await serving.run(read))

    return routes


def about(caller: Caller) -> models.Me:
    """What a caller may know of itself."""
    role, may = caller.role, tuple(sorted(caller.permissions))
    return models.Me(caller.via, caller.name, role, caller.unit, may)
