"""One sentence, several questions: where a question ends and the next one, on another matter, begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.retrieve.followup import own_matter
from assistant.retrieve.phrases import ASKING_CONTENT, LISTED
from assistant.schema import Query
from assistant.text import bigrams, fold

_END = re.compile(r"(?<=[,;。?!\n])")
_ALIKE = 0.5  # share of bigrams in common from which two clauses are on one matter
_MOST = 3  # questions of one sentence that are answered

Reader = Callable[[str], Query]


def questions(text: str, read: Reader) -> list[Query]:
    """The questions that a text asks on matters of their own, each as understood alone; at most one: an empty list.

    A clause that asks nothing goes with the question after it; one that asks without a matter of its own (什么时候完成)
    with the one before. Places, years and parts that a question does not name are those of the one before it.
    """
    segments: list[str] = []
    before = ""
    for clause in filter(str.strip, _END.split(fold(text))):
        query = read(clause)
        own = own_matter(query) and (query.intent == "list" or bool(query.matter) or bool(query.sections))
        if segments and not before and not own:
            segments[-1] += clause
        elif own and _asks(query, clause):
            segments.append(before + clause)
            before = ""
        else:
            before += clause
    if len(segments) < 2:
        return []
    segments[-1] += before
    found = [read(segment.rstrip(",;。!")) for segment in segments[:_MOST]]
    if _on_one_matter(found) or any(query.intent in ("compare", "changes") for query in found):
        return []
    return _carried(found)


def _asks(query: Query, clause: str) -> bool:
    if query.intent == "list" and not LISTED.search(clause):
        return clause.endswith("?")  # 州财政局牵头, is a condition of the list that follows
    return query.intents != ("content",) or bool(ASKING_CONTENT.search(clause)) or clause.endswith("?")


def _on_one_matter(found: Sequence[Query]) -> bool:
    """Whether any two questions are about the same thing: they are parts of one question, of places or years."""
    grams = [set(bigrams(query.topic)) for query in found]
    return any(
        len(one & other) > _ALIKE * min(len(one), len(other))
        for place, one in enumerate(grams)
        for other in grams[place + 1 :]
        if one and other
    )


def _carried(found: Sequence[Query]) -> list[Query]:
    """Each question with the places, years and parts of the one before where it names none."""
    carried = [found[0]]
    for query in found[1:]:
        before = carried[-1]
        if not (query.places or query.unknown_places or query.parts):
            query = replace(query, places=before.places, unknown_places=before.unknown_places)
            if not (query.years or query.unknown_years):
                query = replace(query, parts=before.parts)
        if not (query.years or query.unknown_years):
            query = replace(query, years=before.years, unknown_years=before.unknown_years)
        carried.append(query)
    return carried
