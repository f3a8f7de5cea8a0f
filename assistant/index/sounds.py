"""Known terms by how they are read: what a homophone or a mistyped character may have meant.

Readings come from pypinyin once, at indexing, and are kept as a table of characters, so that asking needs no library.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product
from pathlib import Path

# Sounds that input methods and the speech of the south take for one another: 资/知, 蓝/狼, 信/性, 福/湖.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("hu", "fu"))
LONGEST = 6  # characters of a term
_READINGS = 2  # of one character, the commonest first


def _key(syllables: Iterable[str]) -> str:
    folded = []
    for syllable in syllables:
        for written, meant in _ALIKE:
            syllable = syllable.replace(written, meant)
        folded.append(syllable)
    return " ".join(folded)


@cache
def _spoken(term: str) -> str:
    from pypinyin import lazy_pinyin

    return _key(lazy_pinyin(term))


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """The readings of the characters of GB 2312, which is what people type."""
    from pypinyin import Style, pinyin

    codes = [bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    chars = b"".join(codes).decode("gb2312", "ignore")
    read = pinyin(chars, style=Style.NORMAL, heteronym=True)
    return {char: tuple(dict.fromkeys(said))[:_READINGS] for char, said in zip(chars, read, strict=True)}


class SoundIndex:
    """Terms by sound. ``readings``: a character → its readings without tones."""

    def __init__(self, readings: Mapping[str, tuple[str, ...]], terms: Mapping[str, tuple[str, ...]]) -> None:
        self.readings = dict(readings)
        self.terms = dict(terms)
        self._known = {term for group in self.terms.values() for term in group}

    @classmethod
    def from_terms(cls, terms: Iterable[str]) -> SoundIndex:
        """Reads each term as a phrase: 银行 is yin hang, 行政 is xing zheng."""
        by_key: defaultdict[str, set[str]] = defaultdict(set)
        for term in terms:
            if 2 <= len(term) <= LONGEST:
                by_key[_spoken(term)].add(term)
        return cls(_readings(), {key: tuple(sorted(group)) for key, group in sorted(by_key.items())})

    def knows(self, term: str) -> bool:
        """Whether the term is one of those indexed."""
        return term in self._known

    def like(self, written: str) -> tuple[str, ...]:
        """The other terms that are read as ``written`` is, by spelling."""
        spoken = [self.readings.get(char, ()) for char in written]
        keys = dict.fromkeys(_key(each) for each in product(*spoken)) if all(spoken) else {}
        return tuple(dict.fromkeys(term for key in keys for term in self.terms.get(key, ()) if term != written))

    def save(self, path: Path) -> None:
        """Writes one JSON file."""
        body = {"readings": {char: " ".join(said) for char, said in self.readings.items()}, "terms": self.terms}
        path.write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> SoundIndex:
        """Reads what ``save`` wrote."""
        body = json.loads(path.read_text(encoding="utf-8"))
        readings = {char: tuple(said.split()) for char, said in body["readings"].items()}
        return cls(readings, {key: tuple(terms) for key, terms in body["terms"].items()})
