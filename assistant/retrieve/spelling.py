"""Slips of the keyboard, of speech recognition and of OCR in a question → the known words that were meant.

Only stretches that are no words as they stand are looked at, so that what people write correctly is left alone.
"""

from __future__ import annotations

import re
from itertools import groupby

from assistant import lexicon
from assistant.index import LexicalIndex
from assistant.index.sounds import LONGEST, SoundIndex
from assistant.text import HAN, Analyser

_RUN = re.compile(rf"[{HAN}]+(?![{HAN}〔\[【(])")  # not the letters of a document number
_SHORT = 2  # characters; of so short a word one must be right
# Characters that stand beside any other without making a word with it; no word of two is looked for with one of them.
_FUNCTION = frozenset(
    "的了着过吗呢吧啊呀嘛么我你他她它咱这那哪谁不没有个几多少在是就都也还又再和与跟同给让被把从到去来上下里外年月日号第项条要能会想看说讲问一二三四五六七八九十百千万两"
)


class Speller:
    """Corrects questions by the words of one snapshot."""

    def __init__(self, analyser: Analyser, sounds: SoundIndex, words: LexicalIndex) -> None:
        self._analyser = analyser
        self._sounds = sounds
        self._words = words

    def corrections(self, folded: str) -> dict[str, str]:
        """Stretches of a folded question as written → the known words that they were meant to be."""
        found: dict[str, str] = {}
        for run in _RUN.findall(folded):
            for odd, pieces in groupby(self._analyser.pieces(run), self._is_odd):
                if odd:
                    found |= self._within("".join(pieces))
        return found

    def _is_odd(self, piece: str) -> bool:
        """Whether a piece is a character on its own, or no word of the rows or of the language."""
        return len(piece) == 1 or not (self._sounds.knows(piece) or self._analyser.is_word(piece))

    def _within(self, stretch: str) -> dict[str, str]:
        """The longest corrections of a stretch, from the left."""
        found: dict[str, str] = {}
        start = 0
        while start < len(stretch) - 1:
            for length in range(min(LONGEST, len(stretch) - start), 1, -1):
                written = stretch[start : start + length]
                known = self._sounds.knows(written)
                meant = written if known else self._meant(written)
                if meant is not None:
                    found |= {} if known else {written: meant}
                    start += length - 1
                    break
            start += 1
        return found

    def _meant(self, written: str) -> str | None:
        """The likeliest known word that sounds or looks like what is written; the one that more rows hold goes first."""
        if len(written) <= _SHORT and not _FUNCTION.isdisjoint(written):
            return None
        alike = [term for term in self._sounds.like(written) if _shared(term, written) >= len(written) / _SHORT]
        candidates = dict.fromkeys((*alike, *self._drawn_alike(written)))
        return max(
            candidates, key=lambda term: (_shared(term, written), self._words.frequency(term), term), default=None
        )

    def _drawn_alike(self, written: str) -> list[str]:
        """Known words that differ by one character that is drawn alike."""
        table = lexicon.confusable()
        variants = [
            written[:place] + other + written[place + 1 :]
            for place, char in enumerate(written)
            for other in table.get(char, "")
        ]
        return [variant for variant in variants if self._sounds.knows(variant)]


def _shared(term: str, written: str) -> int:
    return sum(a == b for a, b in zip(term, written, strict=True))
