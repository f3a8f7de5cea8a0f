"""What of the settings leaves a door open, said before the server starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from assistant.access.accounts import Access
from assistant.errors import InputError
from assistant.settings import Settings


def check_exposure(settings: Settings, access: Access) -> list[str]:
    """Warnings, one line each.

    Raises:
        InputError: another address than this machine's own, without accounts and without being asked for.
    """
    away, closed = not _is_loopback(settings.host), access.is_on()
    if away and not closed and not settings.open:
        raise InputError(
            f"没有账号，不能监听本机以外的地址 {settings.host}",
            hint="请先 wenzheng users add 建立账号；确实要对所有人开放，加 --open",
        )
    return list(_weak(settings, away, closed))


def _weak(settings: Settings, away: bool, closed: bool) -> Iterator[str]:
    if away and not closed:
        yield "没有账号，谁能连上谁就能问全部公开文件；建立账号用 wenzheng users add"
    if away and closed:
        yield "服务自己不加密，账号和密码会明文经过网络；请放在 HTTPS 反向代理之后，只监听 127.0.0.1"
    if closed and settings.root_path and not settings.hosts:
        yield "没有设 WENZHENG_HOSTS；反向代理若不转交 Host，登录会被当作来自别的网页而拒绝"
    if os.name == "posix" and settings.home.is_dir() and settings.home.stat().st_mode & 0o007:
        yield f"数据文件夹 {settings.home} 允许本机其他用户进入；请 chmod o-rwx"
    model = urlsplit(settings.llm_url).hostname or ""
    if settings.llm_url and not _is_loopback(model):
        yield f"语言模型在别的机器上（{model}），问题和任务行会发到那里"
    if settings.keep_questions_days > 180:
        yield f"提问记录要留{settings.keep_questions_days}天；没有需要就不要留这么久"
    if settings.session_hours > 72:
        yield f"登录{settings.session_hours}小时内有效，太长；公用电脑上别人可以接着用"


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
