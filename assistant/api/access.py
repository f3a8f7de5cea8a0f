"""Where a request comes from: its address by the word of trusted proxies, this machine itself, or a foreign web page."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.types import Scope

from assistant.access import Caller
from assistant.errors import ForbiddenError
from assistant.settings import Settings

COOKIE = "wz_session"
PEER = "x-wenzheng-peer"  # by which one of our processes hands a request on to another, over a socket of its own
_NOWHERE = ("", None)
_CALLER = "wenzheng.caller"
# What proxies add; a request that carries one of these was not sent by someone on this machine.
_PREFIX = re.compile(r"(?:/[\w.-]+)+")
_FORWARDED = ("forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip")
_PORT = re.compile(r"\[(.+)\](?::\d+)?|([\d.]+):\d+")  # an address as some proxies write it, with its port


def caller_of(request: HTTPConnection) -> Caller:
    """Who asks, as ``Gate`` found out."""
    caller: Caller = request.scope[_CALLER]
    return caller


Who = Annotated[Caller, Depends(caller_of)]


def set_caller(scope: Scope, caller: Caller) -> None:
    """Keeps with a request who asks."""
    scope[_CALLER] = caller


def credentials(request: HTTPConnection) -> tuple[str | None, str | None]:
    """The session's token and the key that a request carries."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    key = value.strip() if kind.lower() == "bearer" else request.headers.get("x-api-key", "")
    return request.cookies.get(COOKIE), key or None


def address_of(settings: Settings, request: HTTPConnection) -> str:
    """The address that a request was sent from: the last one that is not a proxy that we trust."""
    address = _peer(request)
    lines = ",".join(request.headers.getlist("x-forwarded-for"))  # some proxies add a line of their own
    named = [each.strip() for each in lines.split(",") if each.strip()]
    while named and _is_proxy(settings, address):
        address = _plain(named.pop())
    return address[:64]


def is_local(settings: Settings, request: HTTPConnection) -> bool:
    """Whether a program or browser of this machine sent a request: the server listens on loopback, and it came straight
    to it under a local name, not through a proxy. Proxies that add nothing speak HTTP/1.0, unlike browsers.
    """
    added = any(name in _FORWARDED or name.startswith("x-forwarded") for name in request.headers)
    proxied = settings.root_path or added or request.scope.get("http_version") == "1.0"
    return not proxied and all(map(is_loopback, (settings.host, _peer(request), _host(request))))


def is_secure(settings: Settings, request: HTTPConnection) -> bool:
    """Whether the caller's connection is encrypted, as far as a trusted proxy says so."""
    if request.scope.get("scheme") == "https":
        return True
    said = request.headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
    return said == "https" and _is_proxy(settings, _peer(request))


def prefix_said(settings: Settings, request: HTTPConnection) -> str:
    """The path under which a trusted proxy says that it serves us; empty where none does."""
    prefix = request.headers.get("x-forwarded-prefix", "").rstrip("/")
    return prefix if _PREFIX.fullmatch(prefix) and _is_proxy(settings, _peer(request)) else ""


def check_same_site(settings: Settings, request: HTTPConnection) -> None:
    """Keeps foreign web pages from changing anything through a browser that is signed in here, or runs on this machine.

    Browsers say where a request comes from (W3C Fetch Metadata; OWASP, Cross-Site Request Forgery Prevention);
    programs that are not browsers say nothing, and are not led by foreign pages.

    Raises:
        ForbiddenError: it may be such a page.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForbiddenError("请求来自别的网页", hint="请在问政自己的网页上操作")
    origin = request.headers.get("origin")
    if origin is None:
        return
    page, called = _place(origin), _place(f"//{request.headers.get('host', '')}")
    places = {called, *(_place(f"//{name}") for name in _listed(settings.hosts))}
    if _is_proxy(settings, _peer(request)):
        places.add(_place(f"//{request.headers.get('x-forwarded-host', '').split(',')[0].strip()}"))
    local = is_loopback(page[0]) and is_loopback(called[0])
    if site is not None:  # then the browser has compared the ports, of which a proxy may not tell
        page, called, places = (page[0], None), (called[0], None), {(host, None) for host, _ in places}
    if not (local and page[1] == called[1]) and page not in places - {_NOWHERE}:
        raise ForbiddenError("请求来自别的网页", hint="如果这是本服务的名称，请写进 WENZHENG_HOSTS（多个用逗号分开）")


def check_origin(settings: Settings, request: HTTPConnection) -> None:
    """Keeps foreign web pages from speaking to this server through a visitor's browser (DNS rebinding).

    A page whose own name leads here sends that name as its host: names must be local, an address, or one of the
    setting ``hosts``. A page of another server sends an origin: it must be local, one of the setting, or the host.

    Raises:
        ForbiddenError: it may be such a page.
    """
    hint = "如果这是本服务的名称，请写进 WENZHENG_HOSTS（多个用逗号分开）"
    allowed, host, origin = _names(settings), _host(request), _origin(request)
    if not (is_loopback(host) or _is_address(host) or host in allowed):
        raise ForbiddenError(f"不接受发给“{host}”的请求", hint=hint)
    if origin is not None and not (is_loopback(origin) or origin in allowed or origin == host):
        raise ForbiddenError(f"不接受网页“{origin}”的请求", hint=hint)


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine itself."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _peer(request: HTTPConnection) -> str:
    """The address of the other end of the connection; of the first connection where a process of ours handed it on."""
    return _plain(request.client.host if request.client else request.headers.get(PEER, ""))


def _plain(address: str) -> str:
    """An address without a port, and of IPv4 as such, also where it came to a socket of both families."""
    found = _PORT.fullmatch(address)
    plain = (found[1] or found[2]) if found else address
    try:
        parsed = ip_address(plain)
    except ValueError:
        return plain
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _is_proxy(settings: Settings, address: str) -> bool:
    return is_loopback(address) or address in _listed(settings.proxies)


def _listed(setting: str) -> list[str]:
    return [each.strip() for each in setting.split(",") if each.strip()]


def _names(settings: Settings) -> set[str]:
    """The names of the setting ``hosts``, which may have a port, as it is in the browser's address line."""
    return {_name(f"//{each}") for each in _listed(settings.hosts)} - {""}


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _host(request: HTTPConnection) -> str:
    return _name(f"//{request.headers.get('host', '')}")


def _origin(request: HTTPConnection) -> str | None:
    """The host of the page that sent the request; None where no page did, "" where it keeps its origin to itself."""
    origin = request.headers.get("origin")
    return None if origin is None else _name(origin)


def _place(url: str) -> tuple[str, int | None]:
    """The host and port of a page or server; None for the port that need not be said."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return _NOWHERE
    usual = {"http": (80,), "https": (443,)}.get(split.scheme, (80, 443))
    return _name(url), None if port in usual else port


def _name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
