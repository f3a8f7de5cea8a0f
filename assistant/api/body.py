"""The body of a request as it comes in: no more than a limit, and all of it in time."""

from __future__ import annotations

import math

import anyio
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

_DRAINED, _DRAINING = 20_000_000, 10.0  # bytes and seconds for which the rest of a refused body is taken in


class Body:
    """A body of at most ``most`` bytes that has ``seconds`` to come; ``receive`` takes the place of the server's."""

    def __init__(self, receive: Receive, most: float, seconds: float) -> None:
        self._receive = receive
        self._most = most
        self._ends = anyio.current_time() + seconds
        self._taken = 0
        self._late = False

    @property
    def over(self) -> bool:
        """Whether more came than may."""
        return self._taken > self._most

    @property
    def refused(self) -> bool:
        """Whether it was cut off, since there was too much or it did not come in time."""
        return self.over or self._late

    @property
    def whole(self) -> bool:
        """Whether all of it has come."""
        return self._ends == math.inf

    async def receive(self) -> Message:
        """The next piece, or that the client left.

        Raises:
            HTTPException: 413 when there is too much, 408 when it takes too long.
        """
        with anyio.move_on_after(max(0.0, self._ends - anyio.current_time())):
            message = await self._receive()
            self._taken += len(message.get("body", b""))
            if not message.get("more_body", False):
                self._ends = math.inf  # all is there; what comes now is that the client leaves
            if self.over:
                raise HTTPException(413)
            return message
        self._late = True
        raise HTTPException(408)


async def drained(receive: Receive) -> bool:
    """Takes in what is left of a body, as far as it is not endless: a client that is cut off while it sends may not see
    the reply.
    """
    left = _DRAINED
    with anyio.move_on_after(_DRAINING):
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if not message.get("more_body", False):
                return True
    return False


async def read_whole(receive: Receive) -> tuple[bytes, Receive]:
    """A body, and what gives its messages once more."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body", False):
        messages.append(await receive())
    body = b"".join(message.get("body", b"") for message in messages)

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return body, again
