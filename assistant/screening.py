"""stub"""

SAID: dict[str, str] = {}
