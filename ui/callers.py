"""Whether the page that asks was opened by the one who asks now."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Header

from assistant.api.access import Who
from assistant.errors import SignInError
from ui import texts


def _check(caller: Who, x_wenzheng_as: Annotated[str | None, Header()] = None) -> None:
    """Stops a page whose session has ended where strangers may ask as well: its answers would silently rest on less.
    The page says in a header of its own for whom it was opened.

    Raises:
        SignInError: for somebody else.
    """
    if x_wenzheng_as is not None and x_wenzheng_as != quote(caller.name, safe=""):
        raise SignInError(texts.SESSION_ENDED, hint=texts.SESSION_ENDED_HINT)


same_as_before = Depends(_check)
