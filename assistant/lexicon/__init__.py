"""The field's language as data that people can read and edit; loaded once, on first use.

words.txt      set phrases that stay one token       places.yaml   provinces and prefectures
units.yaml     departments (see units.py)       taiwan.yaml   Taiwan wording → mainland wording
confusable.txt characters taken for one another       sayings.txt   everyday words → official terms
chatter.txt    words of asking that carry no matter
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import InputError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LEVELS = (("自治州", "州"), ("州", "州"), ("市", "市"), ("地区", "地区"), ("盟", "盟"))


@dataclass(frozen=True, slots=True)
class Place:
    """A province or prefecture. ``names`` are all ways to write it, the longest first."""

    name: str
    short: str
    level: str
    province: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """Words of daily life, and the official terms for what they mean; ``topic`` is empty where none is given."""

    topic: str
    say: tuple[str, ...]
    mean: tuple[str, ...]


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def read_yaml(name: str) -> Any:
    """The data of one YAML file of this room."""
    return yaml.load(_read(name), Loader=_LOADER)


@cache
def words() -> tuple[str, ...]:
    """Domain phrases that the tokeniser keeps whole."""
    lines = (line.strip() for line in _read("words.txt").splitlines())
    return tuple(sorted({line for line in lines if line and not line.startswith("#")}))


@cache
def chatter() -> frozenset[str]:
    """Words of asking, listing and talking that carry no matter of their own."""
    lines = (line for line in _read("chatter.txt").splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


@cache
def confusable() -> dict[str, str]:
    """A character → those that it is easily taken for, in the order of the file."""
    alike: dict[str, str] = {}
    for line in _read("confusable.txt").splitlines():
        group = "" if line.startswith("#") else line.replace(" ", "")
        for char in group:
            alike[char] = alike.get(char, "") + group.replace(char, "")
    return alike


@cache
def taiwan() -> dict[str, str]:
    """Taiwan wording, in Simplified characters, → mainland wording; longest keys first."""
    table: dict[str, str] = read_yaml("taiwan.yaml")
    return dict(sorted(table.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def sayings() -> tuple[Saying, ...]:
    """What people say and what official texts call it, in the order of the file."""
    return _sayings(_read("sayings.txt"), "sayings.txt")


def sayings_of(path: Path) -> tuple[Saying, ...]:
    """The sayings that an office wrote itself, in the format of ``sayings.txt``; none where there is no file.

    Raises:
        InputError: the file cannot be read, or a line is not an entry; with its number.
    """
    if not path.is_file():
        return ()
    try:
        return _sayings(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeError):
        raise InputError("说法文件读不出来", where=str(path), hint="请存为 UTF-8 文本") from None


def _sayings(text: str, where: str) -> tuple[Saying, ...]:
    found: list[Saying] = []
    topic = ""
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            topic = line[1:-1].strip()
            continue
        say, arrow, mean = line.replace("｜", "|").partition("=>")
        said, meant = (tuple(word.strip() for word in side.split("|")) for side in (say, mean))
        if not arrow or not all((*said, *meant)):
            hint = "每行写成：人们说的 | 另一种说法 => 文件里的叫法"
            raise InputError("说法文件不能用", where=f"{where} 第{number}行", hint=hint)
        found.append(Saying(topic, said, meant))
    return tuple(found)


@cache
def places() -> tuple[Place, ...]:
    """Provinces and prefectures of the mainland."""
    found: list[Place] = []
    for province in read_yaml("places.yaml"):
        level = "市" if province["name"].endswith("市") else "省"
        names = {province["name"], province["short"]}
        found.append(Place(province["name"], province["short"], level, province["name"], longest_first(names)))
        found.extend(_prefecture(entry, province["name"]) for entry in province["cities"])
    return tuple(found)


def _prefecture(entry: str | dict[str, Any], province: str) -> Place:
    data = {"name": entry} if isinstance(entry, str) else entry
    name: str = data["name"]
    ending, level = next((pair for pair in _LEVELS if name.endswith(pair[0])), ("", "市"))
    short = data.get("short") or name.removesuffix(ending)
    return Place(name, short, level, province, longest_first({name, short, *data.get("also", ())}))


def longest_first(names: set[str]) -> tuple[str, ...]:
    """Names by length, then by character."""
    return tuple(sorted(names, key=lambda name: (-len(name), name)))
