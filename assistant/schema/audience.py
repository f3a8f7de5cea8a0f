"""Who may see which documents: the one rule that published views and changes of the library follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.schema.documents import Visibility

VISIBILITIES: Mapping[Visibility, str] = {"public": "公开", "internal": "内部", "unit": "仅本单位"}


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who ask: the public, or with ``internal`` the staff, of a ``unit`` where one is known; ``everything`` is for
    whoever runs the library.
    """

    internal: bool = False
    unit: str | None = None
    everything: bool = False

    def sees(self, visibility: Visibility, owner: str | None) -> bool:
        """Whether it may see a document of this visibility; ``owner``: the unit that a "unit" document belongs to."""
        if self.everything or visibility == "public":
            return True
        if visibility == "internal":
            return self.internal
        return self.internal and owner is not None and self.unit == owner


PUBLIC = Audience()
EVERYTHING = Audience(everything=True)
