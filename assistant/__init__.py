"""问政: answers questions about the task rows of government work plans. ``from assistant import Assistant``."""

from assistant.service import Assistant

__all__ = ["Assistant"]
__version__ = "0.1.0"
