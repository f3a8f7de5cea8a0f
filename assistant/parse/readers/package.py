"""Office files are zip packages: checked before anything is unpacked, so that a bomb costs nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

from assistant.errors import ReadError
from assistant.settings import Limits

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: old Office formats, and encrypted new ones
_MAX_RATIO = 200  # deflate packs office XML about 10 to 40 times; a bomb of zeros about 1,000 times
_SMALL = 1_000_000  # bytes below which any ratio is harmless


def check_package(path: Path, limits: Limits) -> None:
    """Refuses what is no package of documents, is locked, or would unpack to too much.

    Raises:
        ReadError: see above.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start == _COMPOUND_FILE:
        raise ReadError("文件已加密，或是旧版格式", where=path.name, hint="请去掉密码，用 Office 或 WPS 另存为新版格式")
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise ReadError("文件已损坏或不完整", where=path.name, hint="请重新保存后再试") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise ReadError("文件已加密", where=path.name, hint="请去掉密码后再试")
    unpacked = sum(entry.file_size for entry in entries)
    steep = any(e.file_size > _SMALL and e.file_size > _MAX_RATIO * max(e.compress_size, 1) for e in entries)
    if unpacked > limits.unpacked_mb * 1_000_000 or steep:
        raise ReadError("解压后过大，拒绝打开", where=path.name, hint="请确认文件来源，或另存为文本")
