"""What a question is about, beyond asking, listing and talking; and which words of it rows hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant import lexicon
from assistant.retrieve import slots
from assistant.retrieve.phrases import STRESSED
from assistant.retrieve.slots import without
from assistant.text import HALF, Analyser, compact, halves

_DIGITS = 3  # digits from which a number is a name (12345)
_NAME = 4  # characters of a text that is nothing but a name
_ASKS = re.compile(r"怎么|什么|啥|谁|哪|几|多少|吗|呢|何|咋")
_MARKS = " ,.;:?!、。…“”\"'《》()（）-—~"


class Matter:
    """Takes texts apart by the analyser and the chatter of the lexicon; ``holds``: whether any row holds all of some texts."""

    def __init__(self, analyser: Analyser, holds: Callable[[Sequence[str]], bool]) -> None:
        self._analyser = analyser
        self._holds = holds

    def of(self, text: str) -> tuple[str, ...]:
        """The stretches of a folded text that are more than asking; what stands in quotation marks first and whole."""
        chatter, quoted = lexicon.chatter(), slots.quoted(text)
        found, current = [text[start + 1 : end - 1] for start, end in quoted], ""
        for word in self._analyser.cut(without(text, quoted)):
            if word in chatter or not word.strip(_MARKS) or (word.isdigit() and len(word) < _DIGITS):
                found.append(current)
                current = ""
            else:
                current += word
        stretches = tuple(dict.fromkeys(filter(None, (*found, current))))
        said = tuple(stretch for stretch in stretches if len(stretch) > 1)
        if said or not stretches or len(whole := compact(text)) > _NAME or _ASKS.search(whole):
            return said
        return (whole,)  # 材料谷: a name of words that are idle by themselves

    def held(self, stretch: str) -> list[str]:
        """A stretch that rows hold as it stands, else those of its words that rows hold."""
        return self._halves(stretch) or [part for word in self._analyser.cut(stretch) for part in self._halves(word)]

    def _halves(self, word: str) -> list[str]:
        """A word that rows hold, else its two halves if rows hold both (适老化改造: 适老化与无障碍改造)."""
        if len(word) < HALF:
            return []
        if self._holds([word]):
            return [word]
        return next((two for two in halves(word) if self._holds(two)), [])


def stressed(word: str, text: str) -> bool:
    """Whether a word stands where it says what rows must speak of: in quotation marks, before 的任务, after 提到."""
    return bool(re.search(STRESSED.format(re.escape(word)), text))
