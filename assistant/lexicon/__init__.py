"""The field's language as data that people can read and edit; loaded once, on first use.

words.txt      set phrases that stay one token       places.yaml   provinces and prefectures
units.yaml     departments (see units.py)       taiwan.yaml   Taiwan wording → mainland wording
confusable.txt characters taken for one another       sayings.yaml  everyday words → official terms
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
    """Words of daily life, and the official terms for what they mean."""

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
    return _sayings(read_yaml("sayings.yaml"))


def sayings_of(path: Path) -> tuple[Saying, ...]:
    """The sayings that an office wrote itself, in the format of ``sayings.yaml``; none where there is no file.

    Raises:
        InputError: the file cannot be read, or an entry lacks its topic, words or terms.
    """
    if not path.is_file():
        return ()
    try:
        return _sayings(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or ())
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError):
        hint = "每个 topic 下是 sayings，每条有 say 和 mean 两个列表，见 README"
        raise InputError("说法文件不能用", where=str(path), hint=hint) from None


def _sayings(groups: Any) -> tuple[Saying, ...]:
    found = tuple(
        Saying(group["topic"], tuple(entry["say"]), tuple(entry["mean"]))
        for group in groups
        for entry in group["sayings"]
    )
    for saying in found:
        if not all(isinstance(text, str) and text.strip() for text in (saying.topic, *saying.say, *saying.mean)):
            raise ValueError("an entry that is no text")
    return found


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
