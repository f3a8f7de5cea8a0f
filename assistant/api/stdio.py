"""``wenzheng mcp``: the MCP server on standard input and output, for the client that started it."""

from __future__ import annotations

import anyio

from assistant.api import logs
from assistant.api.mcp import McpServer
from assistant.api.serving import Serving
from assistant.service import Assistant


def run(assistant: Assistant) -> None:
    """Serves until the client leaves; the log goes to stderr."""
    logs.configure(assistant.settings.log == "json")
    serving = Serving(assistant)
    with serving.follower:
        anyio.run(McpServer(serving).stdio)
