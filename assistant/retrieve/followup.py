"""A follow-up, the question before it and what was answered → queries that stand on their own.

There is no hidden session: what a list named is read out of the answer's text, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.retrieve import slots
from assistant.retrieve.mentioned import entries, picked, picks
from assistant.retrieve.phrases import (
    ASKED_CONTENT,
    COMPARED,
    FOLLOWUP,
    LISTED,
    MORE,
    NEW_TOPIC,
    NEXT_ITEM,
    THAT_UNIT,
    YEAR_AFTER,
    YEAR_BEFORE,
)
from assistant.schema import Intent, Query, UnitCondition
from assistant.text import compact, fold

_OWN_MATTER = 3  # characters of topic from which a question stands on its own
_ASKED = ("responsible", "deadline", "basis")
_MOST_PICKED = 3
Reader = Callable[[str], Query]
Answered = tuple[Query, str]  # an answer, and the question that it was given to


def own_matter(query: Query) -> bool:
    """Whether a question says what it is about: a matter, a unit, a section or a document number."""
    said = sum(len(compact(word)) for word in query.matter)
    return said >= _OWN_MATTER or bool(query.units or query.doc_numbers or query.sections)


def leans_on(query: Query, before: Query) -> bool:
    """Whether a question needs the one before it to make sense."""
    if query.intent in ("smalltalk", "help"):
        return False
    thin, text = not own_matter(query), fold(query.question)
    if NEW_TOPIC.search(text):
        return thin
    if query.ordinals:
        return thin and not (query.places or query.parts)
    if thin or FOLLOWUP.search(text) or picks(query.question):
        return True
    alone = query.places or query.parts or query.years or query.matter or query.sections
    return query.intent == before.intent == "list" and not alone  # another unit, asked for the same list


def follow_ups(before: Query, now: Query, answered: Sequence[Answered], read: Reader) -> list[Query]:
    """The earlier question's matter with what the follow-up changes in it; ``answered``: what was said since, the last first.

    One query, or one for each entry of the answer that is meant (前两个分别什么时候完成).
    """
    text = fold(now.question)
    if picks(now.question):
        for asked_for, said in answered:
            listed = entries(said)
            places = picked(now.question, len(listed))
            if listed and all(0 <= place < len(listed) for place in places):
                return [_entry(asked_for, now, listed, place, read) for place in places[:_MOST_PICKED]]
        if before.intent == "list":
            return [_of_list(before, now, place) for place in picked(now.question, 0)[:_MOST_PICKED]]
    if THAT_UNIT.search(text) and (units := next(filter(None, (read(said).units for _, said in answered)), ())):
        asked = read(THAT_UNIT.sub(units[0][0], text, count=1))
        if asked.intent == "list":
            return [_within(asked, before)]
    if MORE.search(text) and before.intent == "list":
        shown = (ordinal for _, said in answered for ordinal in slots.ordinals(fold(said))[0] if not ordinal.from_end)
        return [replace(before, question=now.question, beyond=tuple(dict.fromkeys(shown)))]
    if COMPARED.search(text) and now.places and before.places and set(now.places) - set(before.places):
        both = tuple(dict.fromkeys((*before.places, *now.places)))
        intents: tuple[Intent, ...] = ("compare", *(i for i in (*now.intents, *before.intents) if i in _ASKED))
        return [replace(before, question=now.question, intents=tuple(dict.fromkeys(intents)), places=both, parts=())]
    return [_moved(before, _merged(before, now, text), text)]


def _merged(before: Query, now: Query, text: str) -> Query:
    if now.intent == "list" and before.intent != "list" and not LISTED.search(text):
        now = replace(now, intents=("responsible",), topic="", matter=(), conditions=())  # 牵头的只有财政局吗
    topic = now.topic if sum(map(len, now.matter)) >= _OWN_MATTER else ""
    moved = bool(now.places) and now.places != before.places
    listing = now.intent == "list" or (before.intent == "list" and now.intents == ("content",))
    return replace(
        before,
        question=now.question,
        intents=_intents(before, now, text, topic),
        topic=f"{before.topic} {topic}".strip(),
        matter=(*before.matter, *now.matter),
        places=now.places or before.places,
        unknown_places=now.unknown_places or (() if now.places else before.unknown_places),
        years=now.years or before.years,
        unknown_years=now.unknown_years or (() if now.years else before.unknown_years),
        parts=now.parts or (() if moved else before.parts),
        sections=now.sections or (() if moved else before.sections),
        units=now.units or (before.units if "list" in before.intents else ()),
        equated=now.equated or (before.equated if "list" in before.intents else ()),
        conditions=_in_role(before, now) or before.conditions,
        role=now.role or before.role,
        together=now.together or before.together,
        lead_count=now.lead_count or before.lead_count,
        group=now.group,
        citing=now.citing or before.citing,
        ordinals=now.ordinals or (() if listing else before.ordinals),
        doc_numbers=now.doc_numbers or before.doc_numbers,
        due=now.due or before.due,
        beyond=(),
        pick=None,
        corrected=now.corrected,
        expanded=tuple(dict.fromkeys((*before.expanded, *now.expanded))),
    )


def _in_role(before: Query, now: Query) -> tuple[UnitCondition, ...]:
    """The units of the follow-up, in the role asked for before where it names none: 那州公安局呢."""
    return tuple(each if each.role else replace(each, role=before.role) for each in now.conditions)


def _intents(before: Query, now: Query, text: str, topic: str) -> tuple[Intent, ...]:
    """What is asked: what the follow-up says, else what was asked before of another place, year or unit."""
    if before.intent == "list" and now.intent in _ASKED and not topic:
        return ("list", *(intent for intent in now.intents if intent in _ASKED))
    if now.intents != ("content",) or topic or ASKED_CONTENT.search(text):
        return before.intents if now.intents == ("content",) and before.intent == "list" else now.intents
    return before.intents


def _moved(before: Query, merged: Query, text: str) -> Query:
    """下一项 and 第二年: the item or the year beside the one asked for before."""
    if (step := NEXT_ITEM.search(text)) and before.ordinals:
        shift = 1 if step.group(1) in "下后" else -1
        beside = tuple(replace(o, number=max(o.number + shift, 1)) for o in before.ordinals)
        asked = (intent for intent in merged.intents if intent in _ASKED)
        merged = replace(merged, ordinals=beside, topic="", intents=("lookup", *asked))
    shift = 1 if YEAR_AFTER.search(text) else -1 if YEAR_BEFORE.search(text) else 0
    if shift and before.years:
        years = tuple(year + shift for year in before.years)
        merged = replace(merged, years=years, parts=(), topic=before.topic, intents=_same(before, merged))
    return merged


def _same(before: Query, merged: Query) -> tuple[Intent, ...]:
    return merged.intents if any(intent in _ASKED for intent in merged.intents) else before.intents


def _entry(before: Query, now: Query, listed: Sequence[str], place: int, read: Reader) -> Query:
    """The row that an entry of an answer to ``before`` names: by its number, else by its words within what was asked.

    An entry that names no part is of the part that the entries before it name.
    """
    entry, named = listed[place], read(listed[place])
    parts = next(filter(None, (read(each).parts for each in reversed(listed[: place + 1]))), before.parts)
    asked = tuple(intent for intent in now.intents if intent in _ASKED)
    scoped = replace(
        named,
        question=now.question,
        intents=("lookup", *(asked or ("responsible",)), "content"),
        topic="",
        places=named.places or before.places,
        years=named.years or before.years,
        parts=parts,
        sections=(),
        units=(),
        conditions=(),
        doc_numbers=(),
        due=None,
        lead_count=None,
        group=None,
        corrected=(),
    )
    if named.ordinals:
        return replace(scoped, ordinals=named.ordinals[:1])
    return replace(scoped, intents=(*(asked or ("responsible",)), "content"), topic=entry, sections=before.sections)


def _of_list(before: Query, now: Query, place: int) -> Query:
    """The n-th row of the list that was asked for before."""
    asked = tuple(intent for intent in now.intents if intent in _ASKED)
    return replace(before, question=now.question, intents=("list", *asked), pick=place + 1 if place >= 0 else place)


def _within(asked: Query, before: Query) -> Query:
    """A list within the places and years that were asked about before, where it names none."""
    return replace(
        asked,
        places=asked.places or before.places,
        unknown_places=asked.unknown_places,
        years=asked.years or before.years,
    )
