"""A question for a list or a count → the conditions that its rows must meet, all of them exact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.retrieve import listing, slots
from assistant.retrieve.matter import Matter, stressed
from assistant.retrieve.phrases import (
    CITING,
    CITING_ANY,
    COMPARED,
    DOES,
    IN_HEADING,
    LISTED,
    NAMED_UNIT,
    UNSAID,
    WHICH,
    WHICH_ONE,
    WHOLE,
)
from assistant.retrieve.slots import without
from assistant.retrieve.units import Mention
from assistant.schema import Due, Group, Query, Role, UnitCondition

_IS_UNIT = re.compile(r"(?:也是|是不是|还是|就是|是|都是|也归|也由)$")
_MORE = re.compile(r"多还是|哪(?:个|边|家|里|年)(?:更)?多|谁(?:更)?多|(?:各自?|分别)(?:牵头|负责|有|是|占)?(?:多少|几)")
_COUNTED = re.compile(r"条数|项数|数量|几(?:项|条)|多少")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the words of a question ask of rows, beside units, places and documents; ``words``: what is left."""

    due: Due | None
    lead_count: tuple[int, int] | None
    group: Group | None
    citing: bool
    words: tuple[str, ...]


class Selector:
    """Reads questions for lists. ``titles`` are the names of all parts, as people call them."""

    def __init__(self, matter: Matter, titles: Sequence[str]) -> None:
        self._matter = matter
        self._titles = titles

    def read(self, query: Query, text: str, rest: str, mentions: Sequence[Mention]) -> Query | None:
        """The query as one for a list; None where it asks about a matter, compares, or names a row by its number.

        Args:
            query: with its places, years, parts, sections, units and numbers.
            text: the folded question; rest: without those.
        """
        comparing = bool(COMPARED.search(rest))
        if query.ordinals or (comparing and not (mentions and _COUNTED.search(rest))):
            return None
        asked = self._asked(query, rest, mentions)
        if not self._is_list(query, asked, text, rest, mentions):
            return None
        strange = () if mentions else tuple(mention.group(1) for mention in NAMED_UNIT.finditer(rest))
        unsaid = tuple(word for word in asked.words if re.search(UNSAID.format(re.escape(word)), rest))
        words = self._words(query, asked, rest, mentions, unsaid)
        if words is None:
            return None
        conditions, together = listing.conditions(without(text, _quoted(text, mentions)), mentions)
        return replace(
            query,
            intents=("list",),
            topic=" ".join(words),
            due=asked.due,
            lead_count=asked.lead_count if asked.lead_count != (0, 0) or not mentions else None,
            only=bool(mentions) and listing.only_these(text),
            group=_sides(query) if comparing or _MORE.search(rest) else asked.group,
            citing=asked.citing,
            in_heading=bool(words) and bool(IN_HEADING.search(rest)),
            without_words=unsaid,
            conditions=conditions,
            together=together,
            role=_common_role(conditions),
            unknown_units=strange,
        )

    def _asked(self, query: Query, rest: str, mentions: Sequence[Mention]) -> _Asked:
        plain = without(rest, [(mention.start, mention.end) for mention in mentions])
        leads, spans = listing.lead_count(plain)
        group, more = listing.group(plain)
        spans = [*spans, *more]
        due, when = slots.due(plain)
        left = self._matter.of(without(plain, [*spans, *when]))
        if due and not (left and not LISTED.search(plain) and not WHICH.search(plain)):
            spans = [*spans, *when]
        else:
            due, left = None, self._matter.of(without(plain, spans))  # 清廉大厅6月底前完成什么: a matter and its time
        citing = bool(CITING_ANY.search(plain)) and not query.doc_numbers
        return _Asked(due, leads, group, citing, () if query.sections else left)

    def _is_list(self, query: Query, asked: _Asked, text: str, rest: str, mentions: Sequence[Mention]) -> bool:
        """Whether a question asks for rows by conditions: it has such and names no matter, or it has words of listing."""
        citing = bool(query.doc_numbers) and (bool(CITING.search(text)) or not query.matter)
        limited = _limited(query, asked, mentions) or citing
        cue = (
            bool(LISTED.search(rest))
            or bool(mentions and DOES.search(rest))
            or (limited and bool(WHICH_ONE.search(rest)))
        )
        if any(_IS_UNIT.search(text[: mention.start]) for mention in mentions) and not cue:
            return False  # 也是审批局吗: whether it is that unit, not what that unit does
        if len(query.places) > 1 and asked.words and not (mentions or asked.lead_count or citing):
            return False  # one matter in several places is compared
        if asked.group and asked.words and not listing.ranked(rest):
            return False
        bare = citing or not asked.words
        placed = _placed(query, rest)
        return (limited and bare) or (cue and (limited or placed or not bare)) or bool(asked.group and placed)

    def _words(
        self, query: Query, asked: _Asked, rest: str, mentions: Sequence[Mention], unsaid: Sequence[str]
    ) -> list[str] | None:
        """What the rows of a list must say: the stretches left, or those of their words that rows hold.

        Beside other conditions only what is stressed counts, whether rows hold it or not. Without any other condition
        and any word held the question is none for a list: None.
        """
        named = [unit for mention in mentions for unit in mention.units]
        named += self._titles if asked.group == "part" else []
        words = [word for word in asked.words if stressed(word, rest) or not any(word in name for name in named)]
        limited = _limited(query, asked, mentions) or bool(query.doc_numbers) or bool(NAMED_UNIT.search(rest))
        found: list[str] = []
        for stretch in (word for word in words if word not in unsaid):
            held = self._matter.held(stretch)
            if limited:
                held = (held or [stretch]) if stressed(stretch, rest) else []
            found += held
        return found if found or limited or unsaid or asked.group or (not words and _placed(query, rest)) else None


def _limited(query: Query, asked: _Asked, mentions: Sequence[Mention]) -> bool:
    return bool(mentions or asked.due or asked.lead_count or query.sections or asked.citing)


def _placed(query: Query, rest: str) -> bool:
    return bool(query.parts or query.places or query.years or WHOLE.search(rest))


def _quoted(text: str, mentions: Sequence[Mention]) -> list[slots.Span]:
    """Quotations that name no unit: the role words in them are of what is quoted."""
    return [span for span in slots.quoted(text) if not any(span[0] < m.start < span[1] for m in mentions)]


def _sides(query: Query) -> Group | None:
    """What the sides of a comparison of numbers are: 2022年和2023年哪年多."""
    return "year" if len(query.years) > 1 else "place" if len(query.places) > 1 else None


def _common_role(conditions: Sequence[UnitCondition]) -> Role | None:
    roles = {condition.role for condition in conditions if not condition.excluded}
    return roles.pop() if len(roles) == 1 else None
