"""Routes whose errors are one line of JSON: expected ones as they are, faults of ours under an id."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from assistant.errors import AssistantError
from assistant.faults import record_fault
from ui import texts

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def guarded_router(home: Path) -> APIRouter:
    """A router for the fragments of a page; faults go to the log of ``home``."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def safe(request: Request) -> Response:
                try:
                    return await handle(request)
                except HTTPException:
                    raise
                except RequestValidationError:
                    return JSONResponse({"error": texts.BAD_REQUEST}, 422)
                except AssistantError as error:
                    return JSONResponse({"error": str(error)}, 400)
                except Exception:
                    return JSONResponse({"error": record_fault(home)}, 500)

            return safe

    return APIRouter(prefix="/ui", route_class=Guarded, include_in_schema=False)


def told(error: Exception, home: Path) -> str:
    """What to tell people of an exception in flight."""
    return str(error) if isinstance(error, AssistantError) else record_fault(home)
