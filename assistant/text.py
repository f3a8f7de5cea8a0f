"""The only analyser: how text is folded for matching and cut into terms, at indexing and at asking alike.

Folding changes what is compared, never what is stored or shown. ``VERSION`` is written into every snapshot;
change it whenever the terms of some text change.
"""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant import lexicon

VERSION = "2"
HALF = 2  # characters that the half of a word has at least

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_TERM = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:[.%+-][a-z0-9]+)*%?")
_RUNS = re.compile(rf"[{HAN}]+|[a-z0-9.%+-]+|[^{HAN}a-z0-9]+")
_HAN_RUN = re.compile(rf"[{HAN}]+")
_KANGXI = re.compile("[\u2f00-\u2fd5]+")
# CJK Radicals Supplement characters that PDF fonts print for whole characters; NFKC leaves them alone
# (Unicode Character Database, EquivalentUnifiedIdeograph.txt).
_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺎⺐⺒⺓⺕⺗⺘⺙⺛⺝⺟⺠⺡⺢⺣⺥⺦⺩⺪⺬⺭⺮⺯⺱⺲⺳⺷⺸⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻎⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "厂乛乚乙亻冂⺈刂卜㔾小兀尢巳幺彑忄扌攵旡月母民氵氺灬爫丬王疋礻礻竹糸罓罒罒羊羊聿肀月臼艹艹艹虎衤覀西见角讠贝足车辶辶辶钅长镸长门阝青韦页风飞食饣首马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
# Old forms that fonts draw with the glyph of the form in use, and that printing to PDF may therefore leave behind.
_ALIKE = str.maketrans("戶靑黃內沒兌彔", "户青黄内没兑录")
# Words that carry no matter of their own; dropped from the word terms of rows and questions alike.
_STOP = frozenset(
    "的 了 和 与 及 或 在 是 对 为 等 把 被 将 从 向 到 于 以 之 其 也 都 就 还 又 并 而 着 过 吗 呢 吧 啊 呀 嘛 么 咯 哦 "
    "什么 哪些 哪个 怎么 如何 怎样 谁 多少 几 有 没有 一个 这个 那个 这 那 请问 我 我们 你 你们 他 她 它".split()
)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def is_traditional(text: str) -> bool:
    """Whether the text is written in Traditional characters: over 3% of its Chinese characters differ."""
    han = "".join(_HAN_RUN.findall(text))
    changed = sum(a != b for a, b in zip(han, _converter().convert(han), strict=False))
    return bool(changed > 0.03 * len(han))


def simplify(text: str) -> str:
    """Traditional characters and Taiwan wording to Simplified mainland text; Simplified text comes back as it is."""
    plain = simplify_characters(text)
    return plain if plain == text else mainland_words(plain)


def simplify_characters(text: str) -> str:
    """Traditional characters to Simplified by OpenCC ``t2s`` (``tw2sp`` would rewrite plain words: 文件→文档)."""
    plain: str = _converter().convert(text)
    return plain


def mainland_words(text: str) -> str:
    """Taiwan wording, in Simplified characters, to mainland wording by our list."""
    table = lexicon.taiwan()
    return _taiwan_words().sub(lambda found: table[found.group()], text)


@cache
def _taiwan_words() -> re.Pattern[str]:
    """One alternation, longest first, so that an entry mapped to itself guards the words that contain another."""
    return re.compile("|".join(map(re.escape, lexicon.taiwan())))


def unradical(text: str) -> str:
    """Kangxi and supplementary radical code points, and old forms drawn alike, to the characters that are meant."""
    folded = _KANGXI.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return folded.translate(_RADICALS).translate(_ALIKE)


def fold(text: str) -> str:
    """Text for matching: NFKC, real characters, Simplified, lower case, whitespace runs as one space."""
    return " ".join(simplify(unicodedata.normalize("NFKC", unradical(text))).lower().split())


def compact(text: str) -> str:
    """Folded text without spaces and punctuation, for comparing names and titles."""
    return "".join(_TERM.findall(fold(text)))


def halves(word: str) -> list[list[str]]:
    """The ways to cut a word in two of at least ``HALF`` characters each, the longest beginning first."""
    return [[word[:place], word[place:]] for place in range(len(word) - HALF, HALF - 1, -1)]


def bigrams(text: str) -> list[str]:
    """Character bigrams of each Chinese run (a lone character stands for itself), other runs whole."""
    terms: list[str] = []
    for run in _TERM.findall(fold(text)):
        han = len(run) > 1 and _HAN_RUN.fullmatch(run)
        terms += [run[i : i + 2] for i in range(len(run) - 1)] if han else [run]
    return terms


class Analyser:
    """Cuts text into word terms: jieba with the domain's words.

    Args:
        names: names that must stay single tokens beside the lexicon, such as the units of the indexed rows.
        cache_dir: where jieba may keep its prefix dictionary; None leaves it in memory only.
    """

    def __init__(self, names: Iterable[str] = (), cache_dir: Path | None = None) -> None:
        self.names = tuple(sorted({part for name in names for part in _HAN_RUN.findall(fold(name)) if len(part) > 1}))
        self._cache_dir = cache_dir
        self._jieba: Any = None

    @property
    def fingerprint(self) -> str:
        """Changes whenever some text would be cut differently."""
        words = "\n".join((*lexicon.words(), *self.names, *sorted(_STOP)))
        return f"{VERSION}-{hashlib.sha256(words.encode()).hexdigest()[:12]}"

    def words(self, text: str) -> list[str]:
        """Word terms in order, without stop words and punctuation."""
        terms: list[str] = []
        for run in _TERM.findall(fold(text)):
            terms += self._cutter().lcut(run) if _HAN_RUN.fullmatch(run) else [run]
        return [term for term in terms if term not in _STOP]

    def pieces(self, run: str) -> list[str]:
        """A run of Chinese characters cut into known words; characters that belong to none stand alone."""
        pieces: list[str] = self._cutter().lcut(run, HMM=False)
        return pieces

    def cut(self, text: str) -> list[str]:
        """A folded text as known words, lone characters, runs of letters and digits, and all that is between them."""
        found: list[str] = []
        for run in _RUNS.findall(text):
            found += self.pieces(run) if _HAN_RUN.fullmatch(run) else [run]
        return found

    def is_word(self, text: str) -> bool:
        """Whether the dictionary has a text as one word."""
        return bool(self._cutter().FREQ.get(text))

    def tokens(self, text: str) -> str:
        """Words, character pairs and Chinese characters joined by spaces: the input of the static encoder."""
        return " ".join((*self.words(text), *bigrams(text), *"".join(_HAN_RUN.findall(fold(text)))))

    def _cutter(self) -> Any:
        if self._jieba is None:
            cutter = _dictionary(self._cache_dir)
            for word in (*lexicon.words(), *self.names):
                # A frequency far above jieba's own keeps the phrase whole whatever stands beside it.
                cutter.add_word(word, freq=2_000_000)
            self._jieba = cutter  # only when complete: other threads may be asking
        return self._jieba


_LOADED: list[Any] = []  # jieba's own dictionary, once a process: the same whatever folder its cache is in


def _plain_dictionary(cache_dir: Path | None) -> Any:
    """Jieba with its own words only; their parsed form is kept in ``cache_dir`` where one is given."""
    if not _LOADED:
        import jieba

        jieba.setLogLevel(logging.CRITICAL)  # a cache that cannot be written is no fault
        cutter = jieba.Tokenizer()
        if cache_dir is not None:
            with suppress(OSError):
                cache_dir.mkdir(parents=True, exist_ok=True)
                cutter.tmp_dir = str(cache_dir)
        cutter.initialize()
        _LOADED.append(cutter)
    return _LOADED[0]


def _dictionary(cache_dir: Path | None) -> Any:
    """A jieba tokenizer that words can be added to: a copy of the plain one, which takes far less time than loading."""
    import jieba

    plain = _plain_dictionary(cache_dir)
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total, cutter.initialized = dict(plain.FREQ), plain.total, True
    return cutter


_COMMON = 50  # occurrences in jieba's dictionary from which a word is a common one
# How much commoner than chance a meant word must be, and how often a slip may stand in one text: set so that the slips
# known in published plans are found and nothing else in them.
_LIKELIER = 6e-5
_ONCE = 2


class SlipFinder:
    """Finds words that look like slips of recognition or typing: two characters that jieba leaves alone and that,
    with one of them taken for a character drawn alike, are a common word (领城 for 领域).
    """

    def __init__(self, cache_dir: Path | None = None) -> None:
        self._words = _dictionary(cache_dir)
        for word in lexicon.words():
            self._words.add_word(word)

    def slips(self, text: str) -> dict[str, str]:
        """Suspicious words as printed → what they may have been."""
        found: dict[str, str] = {}
        for run in _HAN_RUN.findall(text):
            pieces = self._words.lcut(run, HMM=False)
            for first, second in pairwise(pieces):
                if len(first) == len(second) == 1 and (meant := self._meant(first, second)):
                    found[first + second] = meant
        return {said: meant for said, meant in found.items() if text.count(said) <= _ONCE}

    def _meant(self, first: str, second: str) -> str | None:
        alike = lexicon.confusable()
        candidates = [c + second for c in alike.get(first, "")] + [first + c for c in alike.get(second, "")]
        best = max(candidates, key=self._frequency, default="")
        if self._frequency(best) < _COMMON or self._frequency(first + second):
            return None
        chance = max(1, self._frequency(first)) * max(1, self._frequency(second))
        return best if self._frequency(best) >= _LIKELIER * chance else None

    def _frequency(self, word: str) -> int:
        return int(self._words.FREQ.get(word, 0))


_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def number(numeral: str) -> int | None:
    """A Chinese or Arabic numeral below 1000 as an integer (三十四, 廿 is not read), None if it is none."""
    if numeral.isascii() and numeral.isdigit():
        return int(numeral)
    total, digit = 0, None
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = 0
        else:
            return None
    return total + (digit or 0) if numeral else None


def chinese_numeral(value: int) -> str:
    """1 to 999 as printed in labels: 12 → 十二, 120 → 一百二十."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    text += "零" if hundreds and not tens and ones else ""
    text += "" if not tens else "十" if tens == 1 and not hundreds else f"{digits[tens]}十"
    return text + (digits[ones] if ones else "")
