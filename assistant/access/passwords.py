"""Passwords as argon2id hashes (RFC 9106), checked in the same time whether or not there is such an account."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from assistant.errors import InputError

LEAST, MOST = 10, 200  # characters
_HASHER = PasswordHasher()  # the second recommended option of RFC 9106: 64 MiB, three passes
_AT_ONCE = threading.BoundedSemaphore(2)  # each takes 64 MiB and a core
# NIST SP 800-63B: common passwords are refused, compositions are not prescribed.
_COMMON = (
    "password",
    "12345678",
    "qwerty",
    "admin",
    "wenzheng",
    "11111111",
    "00000000",
    "88888888",
    "66666666",
    "abc123",
)


def check_strength(password: str, name: str) -> None:
    """Refuses what is guessed first.

    Raises:
        InputError: too short, too long, common, or like the account's name.
    """
    plain = _normal(password).casefold()
    if not LEAST <= len(plain) <= MOST:
        raise InputError(f"密码应为{LEAST}到{MOST}个字", hint="可以用几个不相干的词连起来")
    letters = set(plain)
    left = plain
    for word in (*_COMMON, name.casefold()):
        left = left.replace(word, "")
    if len(letters) < 5 or len(left) < 4:
        raise InputError("密码太容易猜到", hint="不要用常见密码、账号名或重复的字")


def hash_password(password: str) -> str:
    """The hash that is kept."""
    with _AT_ONCE:
        return _HASHER.hash(_normal(password))


def holds(hashed: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; without a hash the same work is done, in vain."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(hashed or _nobody(), _normal(password)[:MOST]) and hashed is not None
        except (Argon2Error, InvalidHashError, UnicodeError):
            return False


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made with weaker parameters than new ones."""
    return _HASHER.check_needs_rehash(hashed)


def _normal(password: str) -> str:
    """One form of what keyboards write in several (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return _HASHER.hash("nobody has this password")
