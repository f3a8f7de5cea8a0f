"""TaskRow… → Snapshot, on disk and back."""

from assistant.index.build import build_snapshot
from assistant.index.lexical import LexicalIndex
from assistant.index.snapshot import Snapshot, digest, is_whole, load, publish, read_manifest, sweep

__all__ = [
    "LexicalIndex",
    "Snapshot",
    "build_snapshot",
    "digest",
    "is_whole",
    "load",
    "publish",
    "read_manifest",
    "sweep",
]
