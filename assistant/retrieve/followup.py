"""A follow-up and the question before it → one query."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.retrieve.phrases import FOLLOWUP, NEXT_ITEM, PICK, YEAR_AFTER, YEAR_BEFORE
from assistant.schema import Query
from assistant.text import compact, fold, number

_OWN_MATTER = 3  # characters of topic from which a question stands on its own


def leans_on(query: Query) -> bool:
    """Whether a question needs the one before it to make sense."""
    if query.intent == "smalltalk":
        return False
    thin = len(_matter(query.topic)) < _OWN_MATTER and not (query.ordinals or query.units or query.doc_numbers)
    return thin or bool(FOLLOWUP.search(fold(query.question)))


def follow_up(before: Query, now: Query) -> Query:
    """The earlier question's matter with what the follow-up changes in it."""
    text = fold(now.question)
    topic = now.topic if len(_matter(now.topic)) >= _OWN_MATTER else ""
    moved = bool(now.places) and now.places != before.places
    merged = replace(
        before,
        question=now.question,
        intents=now.intents if now.intents != ("content",) or "list" not in before.intents else before.intents,
        topic=f"{before.topic} {topic}".strip(),
        places=now.places or before.places,
        unknown_places=now.unknown_places or (() if now.places else before.unknown_places),
        years=now.years or before.years,
        unknown_years=now.unknown_years or (() if now.years else before.unknown_years),
        parts=now.parts or (() if moved else before.parts),
        sections=now.sections or (() if moved else before.sections),
        units=now.units or (before.units if "list" in before.intents else ()),
        ordinals=now.ordinals or before.ordinals,
        doc_numbers=now.doc_numbers or before.doc_numbers,
        corrected=now.corrected,
        expanded=tuple(dict.fromkeys((*before.expanded, *now.expanded))),
    )
    return _picked(before, _moved(before, merged, text), text)


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


_ASKED = ("responsible", "deadline")


def _picked(before: Query, merged: Query, text: str) -> Query:
    """第二个, after a list: one of its rows."""
    mention = PICK.search(text)
    if mention is None or before.intent != "list":
        return merged
    asked = tuple(intent for intent in merged.intents if intent in _ASKED)
    return replace(merged, intents=("list", *asked), pick=number(mention.group(1)), topic="")


def _matter(topic: str) -> str:
    """The topic without words that only carry the question on."""
    return re.sub(
        r"第[一二三四五六七八九十\d]+个|[下上]一[项条个]|那|呢|从|开始|搞|同年|对应的?|哪条|的|是|展开|说说|详细",
        "",
        compact(topic),
    )
