"""问政: answers questions about the task rows of government work plans. ``from assistant import Assistant``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.service import Assistant

__all__ = ["Assistant"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """``Assistant`` on first use: a process that only reads one file starts without search and answers (PEP 562)."""
    if name == "Assistant":
        from assistant.service import Assistant

        return Assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
