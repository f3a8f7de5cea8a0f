"""The files of the pages: style, scripts, icon."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"


def version() -> int:
    """Changes when one of them does, so that browsers fetch it again."""
    return int(max(path.stat().st_mtime for path in ASSETS.iterdir()))
