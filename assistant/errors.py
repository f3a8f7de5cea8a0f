"""Every error that a user may meet, in one tree.

    AssistantError            one clear line: what, where, what to do
    ├── InputError            a question, option or setting that cannot be used
    ├── ReadError             a file that cannot be opened, decoded or decrypted
    ├── ParseError            a file that was read but holds no usable task rows
    ├── NotFoundError         a document or row id that does not exist
    ├── ConflictError         an id that is already taken
    ├── SnapshotError         an index on disk that is missing, damaged or out of date
    ├── EncoderError          an encoder folder that cannot be loaded
    ├── ForbiddenError        a request that its sender may not make
    ├── TooLargeError         a request over the limit on its size
    ├── SignInError           who asks is not known, and must be
    ├── BusyError             more at once than can be done in time
    │   └── LimitError        more from one caller than one may ask
    ├── TooSlowError          a request that took longer than its limit
    ├── ReviewError           a document that is not published without an editor's decision
    ├── StoreError            a database that cannot be opened, read or written
    ├── BackupError           a backup that is not whole, or a place it cannot be restored to
    └── WriterError           a language model that cannot be reached, fails or takes too long

Interfaces show ``str(error)`` and never a traceback; anything outside this tree is a fault of ours,
logged with an id (see ``assistant.cli``, ``assistant.api`` and ``ui``).
"""

from __future__ import annotations

import errno
import math
import re

_PLACE = re.compile(r"/|\\\\|[A-Za-z]:[\\/]|[\w+]+://")

_SYSTEM = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "只能读，不能写",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "没有这个文件夹",
    errno.ENOTDIR: "不是文件夹",
    errno.EFBIG: "文件太大",
    errno.EIO: "磁盘读写出错",
}


def system_said(error: OSError) -> str:
    """What the system says is wrong, for people."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or "系统出错"


class AssistantError(Exception):
    """Base of all expected errors; ``str()`` gives "where: what；hint" in one line."""

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    @property
    def message(self) -> str:
        """What and where, for those who ask from elsewhere: folders and servers of ours are not named."""
        where = "" if _PLACE.match(self.where) else self.where
        return " ".join((f"{where}：{self.what}" if where else self.what).split())

    @property
    def outside(self) -> str:
        """The same with the hint, in one line."""
        return " ".join((f"{self.message}；{self.hint}" if self.hint else self.message).split())

    def __str__(self) -> str:
        line = f"{self.where}：{self.what}" if self.where else self.what
        line = f"{line}；{self.hint}" if self.hint else line
        return " ".join(line.split())


class InputError(AssistantError):
    """A question, option or setting that cannot be used."""


class ReadError(AssistantError):
    """A file that cannot be opened, decoded or decrypted."""


class ParseError(AssistantError):
    """A file that was read but holds no usable task rows."""


class NotFoundError(AssistantError):
    """A document or row id that does not exist."""


class ConflictError(AssistantError):
    """A document id that is already taken."""


class SnapshotError(AssistantError):
    """An index on disk that is missing, damaged or out of date."""


class EncoderError(AssistantError):
    """An encoder folder that cannot be loaded."""


class ForbiddenError(AssistantError):
    """A request that its sender may not make."""


class TooLargeError(AssistantError):
    """A request over the limit on its size."""


class SignInError(AssistantError):
    """Who asks is not known, and must be."""


class BusyError(AssistantError):
    """More at once than can be done in time; ``retry_after`` are the seconds after which to try again."""

    def __init__(self, what: str, *, where: str = "", hint: str = "", retry_after: float = 1) -> None:
        super().__init__(what, where=where, hint=hint)
        self.retry_after = max(1, math.ceil(retry_after))


class LimitError(BusyError):
    """More from one caller than one may ask."""


class TooSlowError(AssistantError):
    """A request that took longer than its limit."""


class ReviewError(AssistantError):
    """A document that is not published without an editor's decision."""


class StoreError(AssistantError):
    """A database that cannot be opened, read or written."""


class BackupError(AssistantError):
    """A backup that is not whole, or a place it cannot be restored to."""


class WriterError(AssistantError):
    """A language model that cannot be reached, fails or takes too long; users never meet it, the log does."""
