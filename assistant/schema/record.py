"""What all values share: a JSON form."""

from __future__ import annotations

import dataclasses
from typing import Any


def plain(value: Any) -> Any:
    """A record, tuple or mapping as JSON-ready lists and dicts."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


class Record:
    """A value with a JSON form."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON, keys in declared order."""
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}  # type: ignore[arg-type]
