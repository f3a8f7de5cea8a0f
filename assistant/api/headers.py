"""The headers that keep a browser from doing more with a reply than it was meant for (OWASP Secure Headers)."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import Scope

from assistant.api.access import is_secure
from assistant.api.decisions import decided
from assistant.api.paths import path_of
from assistant.settings import Settings

# A page sets a policy of its own; everything else is data, in which nothing runs.
_DATA = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_SHARED = "access-control-"  # by which Gradio lets pages of any site read its replies
_YEAR = 31_536_000  # seconds


def protect(settings: Settings, scope: Scope, headers: MutableHeaders) -> None:
    """Adds them to a reply. What depends on who asks is kept by no cache that others share."""
    for name, value in _ALWAYS.items():
        headers[name] = value
    for name in [name for name in headers if name.lower().startswith(_SHARED)]:
        del headers[name]
    headers.setdefault("Content-Security-Policy", _DATA)
    if is_secure(settings, HTTPConnection(scope)):
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    decision = decided(scope["method"], path_of(scope))
    if decision is None or (decision.need is None and not decision.counts):
        return
    headers.add_vary_header("Cookie, Authorization")
    if headers.get("Cache-Control") == "no-cache":
        headers["Cache-Control"] = "private, no-cache"  # may be kept by the caller, and asked for again
    else:
        headers["Cache-Control"] = "no-store"
