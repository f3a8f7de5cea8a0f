"""Signing in and one's account as whole pages without a script, in the look of the others."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from assistant.access import ROLES, Caller, Permission
from ui import texts

_NEEDS: dict[str, Permission] = {"chat": "read", "desk": "desk", "library": "read"}


def page(title: str, content: str, caller: Caller, version: int, elder: bool, next: str) -> str:
    """A page around its content. ``next``: where signing in leads; elder mode leads back to it."""
    links = "".join(
        f'<a href="{"./" if name == "chat" else name}">{label}</a>'
        for name, label in texts.NAVIGATION.items()
        if caller.may(_NEEDS[name])
    )
    nav = f'<nav aria-label="{texts.MENU}">{links}</nav>' if links else "<span></span>"
    turn = escape(f"{with_next('signin', next)}&elder={'0' if elder else '1'}")
    state = texts.ELDER_OFF if elder else texts.ELDER
    return (
        f'<!doctype html><html lang="zh-CN"{" class=wz-elder-mode" if elder else ""}><head><meta charset="utf-8">'
        f"<title>{title} · {texts.NAME}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="wz/style.css?{version}">'
        '<link rel="icon" href="favicon.ico"></head><body><div class="wz" id="wz" data-page="plain" data-known="1">'
        f'<a class="wz-skip" href="#wz-content">{texts.SKIP}</a>'
        f'<header class="wz-top"><a class="wz-name" href="./">{texts.NAME}</a>{nav}'
        f'<a class="wz-elder" href="{turn}">{state}</a></header>'
        f'<main id="wz-content" class="wz-content" tabindex="-1"><div class="wz-plain">{content}</div></main></div></body></html>'
    )


def with_next(path: str, next: str) -> str:
    """An address that says where signing in leads."""
    return f"{path}?next={quote(next, safe='/')}"


def sign_in(next: str, name: str, error: str) -> str:
    """The form to sign in with, and what was wrong the last time; a password is never shown again."""
    return (
        f'<h1>{texts.SIGN_IN}</h1><p class="wz-lead">{texts.SIGN_IN_HINT}</p>{_failed(error)}'
        f'<form class="wz-fields" method="post" action="signin"><input type="hidden" name="next" value="{escape(next)}">'
        f'<label>{texts.ACCOUNT_NAME} <input name="account" value="{escape(name)}" maxlength="100" required '
        'autocomplete="username" autocapitalize="none" spellcheck="false"></label>'
        f"{_password('password', texts.PASSWORD, 'current-password')}"
        f'<button class="wz-go">{texts.SIGN_IN}</button></form><p class="wz-hint">{texts.NO_ACCOUNT_YET}</p>'
    )


def no_accounts() -> str:
    """That there is nothing to sign in to."""
    return (
        f'<h1>{texts.SIGN_IN}</h1><p class="wz-notice">{texts.NO_ACCOUNTS}</p><p>{texts.NO_ACCOUNTS_HINT}</p>'
        f'<p><a href="./">{texts.TO_CHAT}</a></p>'
    )


def account(caller: Caller, said: str, error: str) -> str:
    """Who one is and what one may, another password, and signing out."""
    may = "、".join(words for name, words in texts.MAY.items() if caller.may(name))
    facts = (
        (texts.ACCOUNT_NAME, caller.name),
        (texts.ROLE, ROLES[caller.role] if caller.role else ""),
        (texts.OWN_UNIT, caller.unit or texts.NO_UNIT),
        (texts.I_MAY, may),
    )
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    done = f'<p class="wz-done" role="status">{said}</p>' if said else ""
    return (
        f'<h1>{texts.ACCOUNT}</h1>{done}<dl class="wz-facts wz-mine">{listed}</dl>'
        f'<form method="post" action="signout"><button class="wz-second-go">{texts.SIGN_OUT}</button></form>'
        f'<section><h2>{texts.CHANGE_PASSWORD}</h2><p class="wz-hint">{texts.PASSWORD_HINT}</p>{_failed(error)}'
        f'<form class="wz-fields" method="post" action="account">{_password("old", texts.OLD, "current-password")}'
        f"{_password('new', texts.NEW_PASSWORD, 'new-password')}{_password('again', texts.AGAIN, 'new-password')}"
        f'<button class="wz-go">{texts.CHANGE_PASSWORD}</button></form></section>'
    )


def _password(name: str, label: str, kind: str) -> str:
    return (
        f'<label>{label} <input type="password" name="{name}" maxlength="200" required autocomplete="{kind}"></label>'
    )


def _failed(error: str) -> str:
    return f'<div class="wz-failed" role="alert"><p>{escape(error)}</p></div>' if error else ""
