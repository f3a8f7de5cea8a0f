"""Query + Hit… + rows → Answer: ``compose`` is the one public function of the room."""

from assistant.answer.compose import compose
from assistant.answer.evidence import Evidence

__all__ = ["Evidence", "compose"]
