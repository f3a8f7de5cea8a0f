"""Words of daily life in a question → the official terms for them, by the sayings of the lexicon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from assistant.lexicon import Saying
from assistant.schema import Expansion
from assistant.text import compact

_START = 2  # characters by which sayings are looked up


class Expander:
    """Finds sayings in questions."""

    def __init__(self, sayings: Iterable[Saying]) -> None:
        self._by_start: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for saying in sayings:
            for said in map(compact, saying.say):
                self._by_start[said[:_START]].append((said, saying.mean))
        for entries in self._by_start.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def expand(self, question: str) -> tuple[Expansion, ...]:
        """The sayings in a question, in their order; at each place the longest. Terms that it holds itself are left out."""
        text = compact(question)
        found: dict[str, tuple[str, ...]] = {}
        place = 0
        while place < len(text):
            said, terms = self._at(text, place)
            new = tuple(term for term in terms if compact(term) not in text)
            if new:
                found[said] = found.get(said, ()) + tuple(term for term in new if term not in found.get(said, ()))
            place += len(said) or 1
        return tuple(Expansion(said, terms) for said, terms in found.items())

    def _at(self, text: str, place: int) -> tuple[str, tuple[str, ...]]:
        """The longest saying that begins at a place, with the terms of all entries that have it."""
        longest = ""
        terms: list[str] = []
        for said, mean in self._by_start.get(text[place : place + _START], ()):
            if text.startswith(said, place) and said == (longest or said):
                longest, terms = said, terms + [term for term in mean if term not in terms]
        return longest, tuple(terms)
