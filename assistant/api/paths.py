"""Where the interfaces are."""

from __future__ import annotations

from starlette.types import Scope

REST = "/api/v1"
OPENAI = "/v1"
MCP = "/mcp"
HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
UPLOADS = (f"{REST}/documents", "/ui/upload/parse", "/ui/upload/publish")  # where files come in


def path_of(scope: Scope) -> str:
    """The path of a request below the prefix that a proxy serves it under."""
    path: str = scope["path"]
    prefix: str = scope.get("root_path", "")
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path


def is_ours(scope: Scope) -> bool:
    """Whether a request is for one of the interfaces, not for the page."""
    path = path_of(scope)
    return path in (HEALTH, READY, METRICS, MCP) or path.startswith((f"{OPENAI}/", f"{MCP}/", "/api/"))
