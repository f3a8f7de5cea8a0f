"""Who may do what: the one place that decides. There are no accounts yet, so it goes by where a request comes from."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from assistant.errors import ForbiddenError
from assistant.settings import Settings

# What proxies add; a request that carries one of these was not sent by someone on this machine.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_LOCAL_HINT = "请在服务所在的机器上用 wenzheng add、wenzheng remove，或让服务只监听 127.0.0.1 后从本机调用"


def check_may_change(settings: Settings, request: HTTPConnection) -> None:
    """Lets only programs of this machine change the library: the server listens on loopback, and the request came
    straight to it, not through a proxy and not from a foreign web page in a browser here.

    Raises:
        ForbiddenError: anything else.
    """
    client = request.client.host if request.client else ""
    proxied = settings.root_path or any(name in request.headers for name in _FORWARDED)
    if proxied or not (is_loopback(settings.host) and is_loopback(client)):
        raise ForbiddenError("没有账号时，只能从本机添加和移除文件", hint=_LOCAL_HINT)
    host, origin = _host(request), _origin(request)
    if not is_loopback(host) or (origin is not None and not is_loopback(origin)):
        raise ForbiddenError("请求来自别的网页", hint=_LOCAL_HINT)


def check_origin(settings: Settings, request: HTTPConnection) -> None:
    """Keeps foreign web pages from speaking to this server through a visitor's browser (DNS rebinding).

    A page whose own name leads here sends that name as its host: names must be local, an address, or one of the
    setting ``hosts``. A page of another server sends an origin: it must be local, one of the setting, or the host.

    Raises:
        ForbiddenError: it may be such a page.
    """
    hint = "如果这是本服务的名称，请写进 WENZHENG_HOSTS（多个用逗号分开）"
    allowed = {name.strip().lower() for name in settings.hosts.split(",") if name.strip()}
    host, origin = _host(request), _origin(request)
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


def _name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
