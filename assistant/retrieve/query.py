"""question → ``Query``: intents and slots, by the lexicon and by what the documents themselves are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.retrieve import slots
from assistant.retrieve.followup import follow_up, leans_on
from assistant.retrieve.phrases import (
    ASKING,
    ASKING_CONTENT,
    CHANGED,
    CITING,
    FILLERS,
    HELP,
    LISTED,
    LISTING,
    NAMED_UNIT,
    NO_MATTER,
    SMALLTALK,
    THE_YEAR_BEFORE,
    WHICH,
)
from assistant.retrieve.sayings import Expander
from assistant.retrieve.slots import NUMERAL, Span
from assistant.retrieve.spelling import Speller
from assistant.retrieve.units import UnitRegistry
from assistant.schema import Correction, Due, Intent, Ordinal, PolicyDocument, Query, TaskRow
from assistant.text import chinese_numeral, compact, fold, number

_ATTACHMENT = re.compile(rf"附件\s*({NUMERAL})(?!共|起)")
_ATTACHED = re.compile(r"清单|附件|分工|任务表")
_SECTION_NO = re.compile(rf"第({NUMERAL})(?:部分|大块|章)")
# 省里 names a place, 按省里的方案 does not.
_LEVEL_WORDS = {level: re.compile(rf"(?<![按照据循应标实为]){level}里|(?:全|我|本){level}") for level in "省州市"}
# What is left at the edges of a topic when slots and phrases are taken out.
_PARTICLES = re.compile(r"(?:^|(?<=[\s,、?。]))[的里中和是由在对与及,、?。\s]+|[的里中和是由,、?。\s]+(?=$|[\s,、?。])")
_BREAKS = re.compile(r"[^\w%]+")
_COMPARED = 12  # characters beside the slots from which a question over several places has a matter of its own
_MATTER = 3  # characters from which words are a matter


class Understander:
    """Understands questions about one set of documents.

    ``holds`` says whether any row holds all of some texts in its own words, ``is_word`` whether the dictionary has a
    text; ``speller`` and ``expander`` may be left out.
    """

    def __init__(
        self,
        documents: Sequence[PolicyDocument],
        rows: Sequence[TaskRow],
        holds: Callable[[Sequence[str]], bool] = lambda words: True,
        is_word: Callable[[str], bool] = lambda text: False,
        speller: Speller | None = None,
        expander: Expander | None = None,
    ) -> None:
        self._holds = holds
        self._is_word = is_word
        self._speller = speller
        self._expander = expander
        self._documents = list(documents)
        self._units = UnitRegistry(rows)
        self._headings = {heading for row in rows for heading in row.section}
        self._sections = slots.section_names(self._headings)
        self._titles = slots.part_names(documents)

    def understand(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Query:
        """The query of a question; a follow-up borrows topic and slots of the last full question in ``history``."""
        query = self._read(question)
        if not history or not leans_on(query):
            return query
        before, answered = self._before(history)
        return follow_up(before, query, answered) if before is not None else query

    def _before(self, history: Sequence[Mapping[str, str]]) -> tuple[Query | None, str]:
        """The last question that stands on its own, with what the follow-ups since have changed, and the last answer."""
        before, answered = None, ""
        for turn in history:
            said = turn.get("content", "").strip()
            if turn.get("role") != "user":
                answered = said or answered
            elif said:
                query = self._read(said)
                if query.intent in ("smalltalk", "help"):
                    continue
                before = follow_up(before, query, answered) if before is not None and leans_on(query) else query
                answered = ""
        return before, answered

    def _read(self, question: str) -> Query:
        text, corrected = self._corrected(fold(question))
        if SMALLTALK.match(compact(text)) or HELP.match(compact(text)):
            return Query(question=question, intents=("help" if HELP.match(compact(text)) else "smalltalk",), topic="")
        numbers, spans = slots.cited_numbers(text)
        places, unknown = self._places(text, spans)
        years = self._years(text, spans)
        parts = self._parts(text, spans, places, years)
        sections = self._named_sections(text, spans)
        ordinals, found = slots.ordinals(text)
        spans += found
        mentions = self._units.mentions(text)
        units = tuple(dict.fromkeys(tuple(sorted(mention.units)) for mention in mentions))
        rest = _without(text, spans)
        strange = () if units else tuple(mention.group(1) for mention in NAMED_UNIT.finditer(rest))
        if len(places) > 1 and len(compact(rest)) > _COMPARED:
            ordinals = ()  # the item of one document, compared by its matter with those of others
        due, rest = (None, rest) if ordinals else _due(rest)
        unled = slots.unled(rest) if LISTED.search(rest) and not units else []
        rest = _without(rest, unled)
        intents, topic = _intents(rest, bool(units or strange or sections or parts), ordinals)
        if due or (numbers and CITING.search(text)):
            intents = ("list",)
        if "list" in intents:
            limited = bool(units or strange or sections or parts or numbers or due or unled)
            _, left = _intents(_without_units(rest, self._units), True, ordinals)
            held = "" if sections else self._list_topic(left, limited)
            if held is None or not (held or limited or places or years):
                intents, topic = ("content",), rest  # what no row says word for word is looked for by its meaning
            else:
                topic = held
        topic = _PARTICLES.sub(" ", " ".join(topic.split())).strip()
        if len(places) > 1 or len(years) > 1:
            intents, topic = _compared(intents, topic, rest)
        known_years = {document.year for document in self._documents}
        return Query(
            question=question,
            intents=intents,
            topic=topic,
            places=places,
            unknown_places=unknown,
            years=tuple(year for year in years if year in known_years),
            unknown_years=tuple(year for year in years if year not in known_years),
            parts=parts,
            sections=sections,
            units=units,
            equated=tuple(dict.fromkeys(mention.equated for mention in mentions if mention.equated)),
            unknown_units=strange if "list" in intents else (),
            role=slots.role(_without_units(text, self._units)) if units and "list" in intents else None,
            ordinals=ordinals,
            doc_numbers=numbers,
            due=due,
            unled=bool(unled) and "list" in intents,
            corrected=corrected,
            expanded=self._expander.expand(topic or text) if self._expander else (),
        )

    def _corrected(self, text: str) -> tuple[str, tuple[Correction, ...]]:
        """The folded text with its slips read as the words that were meant."""
        named = [text[mention.start : mention.end] for mention in self._units.mentions(text)]
        found = self._speller.corrections(text) if self._speller else {}
        # A unit is asked for as the rows print it, slips of theirs included.
        slips = {written: meant for written, meant in found.items() if not any(written in name for name in named)}
        for written, meant in slips.items():
            text = text.replace(written, meant)
        return text, tuple(Correction(written, meant) for written, meant in slips.items())

    def _list_topic(self, text: str, limited: bool) -> str | None:
        """What the rows of a list question speak of: the words left without those of listing.

        Words that no row holds are kept where other conditions limit the list and they are long enough to be a matter
        (the list is then empty, and the answer says so); else the question is no list: None.
        """
        words = [word for part in _BREAKS.split(text) for word in _stripped(part).split() if len(word) > 1]
        if not limited:
            return " ".join(words) if self._holds(words) else None
        return " ".join(word for word in words if self._holds([word]) or len(word) >= _MATTER)

    def _named_sections(self, text: str, spans: list[Span]) -> tuple[str, ...]:
        """Printed headings named by their words, or by their number (第五部分)."""
        squeezed = compact(text)
        named = tuple(name for key, name in self._sections.items() if key in squeezed)
        mention = _SECTION_NO.search(text)
        if named or mention is None:
            return named
        spans.append(mention.span())
        mark = f"{chinese_numeral(number(mention.group(1)) or 0)}、"
        return tuple(sorted({heading for heading in self._headings if heading.startswith(mark)}))

    def _places(self, text: str, spans: list[Span]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Places of documents, in the order named, and places that no document is of."""
        covered = {document.place for document in self._documents if document.place}
        found: dict[str, bool] = {}
        for span, names in self._outside_names(text, slots.places(text)):
            own = next((place for place in sorted(covered) if place in names), None)
            found[own or names[0]] = own is not None
            spans.append(span)
        for span, name in slots.counties(text, self._is_word):
            if not _within(span, spans) and not self._holds([name]):
                found[name] = False
                spans.append(span)
        opening = slots.level(text)
        if opening and not found and not any(mention.start == 0 for mention in self._units.mentions(text)):
            found.update({d.place: True for d in self._documents if d.level == opening and d.place})
        for level, words in _LEVEL_WORDS.items():
            fitting = sorted({d.place for d in self._documents if d.level == level and d.place})
            mention = words.search(text)
            if fitting and mention and not (found and mention.group().startswith("全")):  # 邵阳在全省排第几
                found.update(dict.fromkeys(fitting, True))
                spans.append(mention.span())
        return tuple(p for p, own in found.items() if own), tuple(p for p, own in found.items() if not own)

    def _outside_names(
        self, text: str, mentions: list[tuple[Span, tuple[str, ...]]]
    ) -> list[tuple[Span, tuple[str, ...]]]:
        """Places that stand by themselves: not within a unit's name, nor in quotation marks where others are outside."""
        units = [(mention.start, mention.end) for mention in self._units.mentions(text)]
        free = [each for each in mentions if not _within(each[0], units)]
        plain = [each for each in free if not _within(each[0], slots.quoted(text))]
        return plain or free

    def _years(self, text: str, spans: list[Span]) -> tuple[int, ...]:
        years, found = slots.years(text)
        spans += found
        if len(years) == 1 and (mention := THE_YEAR_BEFORE.search(text)):
            spans.append(mention.span())
            return (years[0] - 1, *years)
        return years

    def _parts(self, text: str, spans: list[Span], places: Sequence[str], years: Sequence[int]) -> tuple[str, ...]:
        """Part keys named by title (政务公开要点) or by attachment number, within the places and years named."""
        documents = [d for d in self._documents if (not places or d.place in places) and (not years or d.year in years)]
        keys = {
            f"{d.id}/{p.part}": names for d in documents for p in d.parts if (names := self._titles[f"{d.id}/{p.part}"])
        }
        squeezed = compact(text)
        named = {key for key, names in keys.items() if any(name in squeezed for name in names)}
        for name in sorted({name for key in named for name in keys[key]}, key=lambda name: -len(name)):
            spans.extend((m.start(), m.end()) for m in re.finditer(re.escape(name), text))
        attachments = {number(m.group(1)) for m in _ATTACHMENT.finditer(text)}
        if attachments:
            spans.extend(m.span() for m in _ATTACHMENT.finditer(text))
            numbered = [(f"{d.id}/{p.part}", p.title) for d in documents for p in d.parts if p.part in attachments]
            printed = {key for key, title in numbered if _ATTACHED.search(title)}
            listed = printed or {key for key, _ in numbered}
            named = named & listed or listed
        return tuple(sorted(named))


def _due(text: str) -> tuple[Due | None, str]:
    """The time of a question for all that is due then, and the text without it; None where it asks of one matter."""
    due, spans = slots.due(text)
    if due is None or not WHICH.search(text):
        return None, text
    rest = _without(text, spans)
    if not LISTED.search(text) and len(compact(NO_MATTER.sub("", rest))) >= _MATTER:
        return None, text
    return due, rest


def _intents(text: str, listable: bool, ordinals: Sequence[Ordinal]) -> tuple[tuple[Intent, ...], str]:
    """The intents in the order asked, and the topic: the text without the phrases of asking."""
    found: dict[Intent, int] = {}
    topic = text
    for intent, pattern in ASKING:
        for mention in pattern.finditer(text):
            if mention.group() and (intent != "list" or listable or LISTED.search(text)):
                found.setdefault(intent, mention.start())
        topic = pattern.sub(" ", topic) if intent in found else topic
    if found and (what := ASKING_CONTENT.search(text)):
        found["content"] = what.start()
        topic = ASKING_CONTENT.sub(" ", topic)
    if ordinals:
        found.pop("list", None)
    if "list" in found:
        found = {"list": 0}
    intents = sorted(found, key=lambda intent: found[intent])
    if ordinals:
        intents.insert(0, "lookup")
    return tuple(intents) or ("content",), FILLERS.sub(" ", topic)


def _stripped(text: str) -> str:
    """A stretch of a list question without the words of listing, those at its edges one after another."""
    while (rest := LISTING.sub(" ", text).strip()) != text:
        text = rest
    return text


def _compared(intents: tuple[Intent, ...], topic: str, text: str) -> tuple[tuple[Intent, ...], str]:
    """A question over several places or years: of one matter, or of all that changed where it names none."""
    if intents[0] == "lookup" or (intents[0] == "list" and not CHANGED.search(text)):
        return intents, topic
    matter = _PARTICLES.sub(" ", CHANGED.sub(" ", NO_MATTER.sub(" ", topic))).strip()
    if len(compact(matter)) < 2:
        return ("changes",), ""
    return ("compare", *(intent for intent in intents if intent not in ("list", "lookup"))), CHANGED.sub(" ", topic)


def _within(span: Span, others: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text with the given spans blanked."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = " " * (end - start)
    return "".join(chars)


def _without_units(text: str, units: UnitRegistry) -> str:
    return _without(text, [(mention.start, mention.end) for mention in units.mentions(text)])
