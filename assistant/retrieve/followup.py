"""A follow-up, the question before it and what was answered → one query.

There is no hidden session: what a list named is read out of the answer's text, whoever wrote it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.retrieve import slots
from assistant.retrieve.phrases import ASKED_CONTENT, FOLLOWUP, NEXT_ITEM, PICK, YEAR_AFTER, YEAR_BEFORE
from assistant.schema import Intent, Ordinal, Query
from assistant.text import compact, fold, number

_OWN_MATTER = 3  # characters of topic from which a question stands on its own
_LISTED = 2  # items that an answer names from which it is a list
_ASKED = ("responsible", "deadline", "basis")
_ENTRY = re.compile(r"(?:^|[\n;；。:：])\s*(?:[-*•]\s*)?(?:\((\d+)\)|(\d+)[.、．)])\s*")


def leans_on(query: Query) -> bool:
    """Whether a question needs the one before it to make sense."""
    if query.intent in ("smalltalk", "help"):
        return False
    thin = len(_matter(query.topic)) < _OWN_MATTER and not (query.units or query.doc_numbers)
    if query.ordinals:
        return thin and not (query.places or query.parts)
    return thin or bool(FOLLOWUP.search(fold(query.question)))


def follow_up(before: Query, now: Query, answered: str = "") -> Query:
    """The earlier question's matter with what the follow-up changes in it; ``answered``: what was said in between."""
    text = fold(now.question)
    topic = now.topic if len(_matter(now.topic)) >= _OWN_MATTER else ""
    moved = bool(now.places) and now.places != before.places
    merged = replace(
        before,
        question=now.question,
        intents=_intents(before, now, text, topic),
        topic=f"{before.topic} {topic}".strip(),
        places=now.places or before.places,
        unknown_places=now.unknown_places or (() if now.places else before.unknown_places),
        years=now.years or before.years,
        unknown_years=now.unknown_years or (() if now.years else before.unknown_years),
        parts=now.parts or (() if moved else before.parts),
        sections=now.sections or (() if moved else before.sections),
        units=now.units or (before.units if "list" in before.intents else ()),
        role=now.role or before.role,
        ordinals=now.ordinals or before.ordinals,
        doc_numbers=now.doc_numbers or before.doc_numbers,
        due=now.due or before.due,
        corrected=now.corrected,
        expanded=tuple(dict.fromkeys((*before.expanded, *now.expanded))),
    )
    return _picked(before, _moved(before, merged, text), text, answered)


def _intents(before: Query, now: Query, text: str, topic: str) -> tuple[Intent, ...]:
    """What is asked: what the follow-up says, else what was asked before of another place, year or unit."""
    if now.intents != ("content",) or topic or ASKED_CONTENT.search(text):
        return before.intents if now.intents == ("content",) and before.intent == "list" else now.intents
    return before.intents


def _moved(before: Query, merged: Query, text: str) -> Query:
    """下一项 and 第二年: the item or the year beside the one asked for before."""
    if (step := NEXT_ITEM.search(text)) and before.ordinals:
        shift = 1 if step.group(1) in "下后" else -1
        beside = tuple(replace(o, number=max(o.number + shift, 1)) for o in before.ordinals)
        merged = replace(
            merged, ordinals=beside, topic="", intents=("lookup", *(i for i in merged.intents if i in _ASKED))
        )
    shift = 1 if YEAR_AFTER.search(text) else -1 if YEAR_BEFORE.search(text) else 0
    if shift and before.years:
        merged = replace(merged, years=tuple(year + shift for year in before.years), parts=(), topic=before.topic)
    return merged


def _picked(before: Query, merged: Query, text: str, answered: str) -> Query:
    """第二个, after a list: the row that the answer named there by its number, else one of the list itself."""
    mention = PICK.search(text)
    named = _named_items(fold(answered))
    if mention is None or (before.intent != "list" and len(named) < _LISTED):
        return merged
    chosen = number(mention.group(1)) or 0
    asked = tuple(intent for intent in merged.intents if intent in _ASKED)
    if 0 < chosen <= len(named):
        return replace(
            merged, intents=("lookup", *(asked or ("responsible",)), "content"), ordinals=(named[chosen - 1],), topic="",
            units=(), role=None, sections=(), due=None,
        )  # fmt: skip
    return replace(merged, intents=("list", *asked), pick=chosen, topic=before.topic, ordinals=())


def _named_items(answered: str) -> list[Ordinal]:
    """The items that an answer lists, one an entry: 1. 第25项 …; 第9项…；第26项…"""
    entries = [part for part in _ENTRY.split(answered) if part and not part.isdigit()]
    found = [slots.ordinals(entry)[0] for entry in entries]
    items = [ordinals[0] for ordinals in found if ordinals]
    every = slots.ordinals(answered)[0]
    return items if len(items) >= len(every) else list(every)


def _matter(topic: str) -> str:
    """The topic without words that only carry the question on."""
    return re.sub(
        r"第[一二三四五六七八九十\d]+[个项条]|[下上]一[项条个]|换一个|那|呢|从|开始|搞|同年|对应的?|哪条|的|是|展开|说说|讲讲|说一下|讲一下|详细|具体|一点|这[项个条]|那[项个条]",
        "",
        compact(topic),
    )
