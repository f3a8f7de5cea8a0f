"""question → ``Query``: intents and slots, by the lexicon and by what the documents themselves are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant import lexicon
from assistant.retrieve.followup import follow_up, leans_on
from assistant.retrieve.phrases import (
    ASKING,
    ASKING_CONTENT,
    CITING,
    DUE,
    FILLERS,
    NAMED_UNIT,
    NO_MATTER,
    SMALLTALK,
    WHICH,
)
from assistant.retrieve.sayings import Expander
from assistant.retrieve.spelling import Speller
from assistant.retrieve.units import UnitRegistry
from assistant.schema import Correction, Intent, Ordinal, PolicyDocument, Query, TaskRow
from assistant.text import chinese_numeral, compact, fold, number

_NUMERAL = r"[〇零一二三四五六七八九十百\d]+"
_ORDINAL = re.compile(rf"(倒数)?第\s*(\()?\s*({_NUMERAL})\s*\)?\s*(?:项|条|款)|\(({_NUMERAL})\)\s*(?:项|条)?")
_LAST = re.compile(r"(?:最后|末尾|末)一?(?:项|条|款)")
_ATTACHMENT = re.compile(rf"附件\s*({_NUMERAL})")
_SECTION_NO = re.compile(rf"第({_NUMERAL})(?:部分|大块|章)")
_YEAR = re.compile(r"(?<!\d)(20\d{2})年(?!\s*(?:底|末|\d{1,2}月))")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{2})年(?=底|的|度|,|$)")
_CITED = re.compile(r"([\u4e00-\u9fff]{2,8}?)[〔\[(【]\s*(20\d{2})\s*[〕\])】]\s*(\d+)\s*号")
# Words that stand before the letters of a document number and are none of them.
_BEFORE_LETTERS = re.compile(r"引用|提到|涉及|依据|根据|按照?|落实|执行|任务|文件|哪[些几]项?|[的了是和与及在由对把过]")
# 省里 names a place, 按省里的方案 does not.
_LEVEL_WORDS = {level: re.compile(rf"(?<![按照据循应标实为]){level}里|(?:全|我|本){level}") for level in "省州市"}
# What is left at the edges of a topic when slots and phrases are taken out.
_PARTICLES = re.compile(r"(?:^|(?<=[\s,、?。]))[的里中和是由在对与及,、?。\s]+|[的里中和是由,、?。\s]+(?=$|[\s,、?。])")
_COMPARED = 12  # characters beside the slots from which a question over several places has a matter of its own
_MATTER = 3  # characters from which words are a matter
_TITLE_TAIL = re.compile(r"(要点|清单|方案|计划|意见|安排|措施)$")


class Understander:
    """Understands questions about one set of documents; ``speller`` and ``expander`` may be left out."""

    def __init__(
        self,
        documents: Sequence[PolicyDocument],
        rows: Sequence[TaskRow],
        speller: Speller | None = None,
        expander: Expander | None = None,
    ) -> None:
        self._speller = speller
        self._expander = expander
        self._documents = list(documents)
        self._units = UnitRegistry(rows)
        self._headings = {heading for row in rows for heading in row.section}
        self._sections = _section_names(self._headings)
        self._titles = _part_names(documents)

    def understand(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Query:
        """The query of a question; a follow-up borrows topic and slots of the last full question in ``history``."""
        query = self._read(question)
        if not history or not leans_on(query):
            return query
        for turn in reversed(history):
            if turn.get("role") == "user" and turn.get("content", "").strip():
                before = self._read(turn["content"])
                if before.intent != "smalltalk":
                    return follow_up(before, query)
        return query

    def _read(self, question: str) -> Query:
        text, corrected = self._corrected(fold(question))
        if SMALLTALK.match(compact(text)):
            return Query(question=question, intents=("smalltalk",), topic="")
        spans: list[tuple[int, int]] = []
        numbers = _cited(text, spans)
        places, unknown = self._places(text, spans)
        years = self._years(text, spans)
        parts = self._parts(text, spans, places, years)
        sections = self._named_sections(text, spans)
        ordinals = _ordinals(text, spans)
        mentions = self._units.mentions(text)
        units = tuple(dict.fromkeys(tuple(sorted(mention.units)) for mention in mentions))
        rest = _without(text, spans)
        strange = () if units else tuple(mention.group(1) for mention in NAMED_UNIT.finditer(rest))
        if len(places) > 1 and len(compact(rest)) > _COMPARED:
            ordinals = ()  # the item of one document, compared by its matter with those of others
        intents, topic = _intents(rest, bool(units or strange or sections or parts), ordinals)
        due = None if ordinals else _due(rest)
        if due or (numbers and CITING.search(text)):
            intents = ("list",)
        if "list" in intents:
            topic = "" if sections else _without_units(topic, self._units)
        topic = _PARTICLES.sub(" ", " ".join(DUE.sub(" ", topic).split())).strip()
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
            lead_only="list" in intents and "牵头" in text and not re.search(r"责任|配合|有关|相关", text),
            ordinals=ordinals,
            doc_numbers=numbers,
            due=due.group() if due else "",
            corrected=corrected,
            expanded=self._expander.expand(topic or text) if self._expander else (),
        )

    def _corrected(self, text: str) -> tuple[str, tuple[Correction, ...]]:
        """The folded text with its slips read as the words that were meant."""
        slips = self._speller.corrections(text) if self._speller else {}
        for written, meant in slips.items():
            text = text.replace(written, meant)
        return text, tuple(Correction(written, meant) for written, meant in slips.items())

    def _named_sections(self, text: str, spans: list[tuple[int, int]]) -> tuple[str, ...]:
        """Printed headings named by their words, or by their number (第五部分)."""
        squeezed = compact(text)
        named = tuple(name for key, name in self._sections.items() if key in squeezed)
        mention = _SECTION_NO.search(text)
        if named or mention is None:
            return named
        spans.append(mention.span())
        mark = f"{chinese_numeral(number(mention.group(1)) or 0)}、"
        return tuple(sorted({heading for heading in self._headings if heading.startswith(mark)}))

    def _places(self, text: str, spans: list[tuple[int, int]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Places of documents, in the order named, and places that no document is of."""
        covered = {document.place for document in self._documents if document.place}
        found: dict[str, bool] = {}
        for start, end, names in _place_mentions(text):
            own = next((place for place in sorted(covered) if place in names), None)
            found[own or names[0]] = own is not None
            spans.append((start, end))
        for level, words in _LEVEL_WORDS.items():
            fitting = sorted({d.place for d in self._documents if d.level == level and d.place})
            if fitting and (mention := words.search(text)):
                found.update(dict.fromkeys(fitting, True))
                spans.append(mention.span())
        return tuple(p for p, own in found.items() if own), tuple(p for p, own in found.items() if not own)

    def _years(self, text: str, spans: list[tuple[int, int]]) -> tuple[int, ...]:
        years: dict[int, None] = {}
        for mention in _YEAR.finditer(text):
            years[int(mention.group(1))] = None
            spans.append(mention.span())
        for mention in _SHORT_YEAR.finditer(text):
            years[2000 + int(mention.group(1))] = None
        return tuple(years)

    def _parts(
        self, text: str, spans: list[tuple[int, int]], places: Sequence[str], years: Sequence[int]
    ) -> tuple[str, ...]:
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
            listed = {f"{d.id}/{p.part}" for d in documents for p in d.parts if p.part in attachments}
            named = named & listed or listed
        return tuple(sorted(named))


def _due(text: str) -> re.Match[str] | None:
    """The time of a question for all that is due then; None where the question has a matter of its own."""
    mention = DUE.search(text)
    if mention is None or not WHICH.search(text):
        return None
    beside = compact(NO_MATTER.sub("", text.replace(mention.group(), "")))
    return mention if len(beside) < _MATTER else None


def _cited(text: str, spans: list[tuple[int, int]]) -> tuple[str, ...]:
    found = []
    for mention in _CITED.finditer(text):
        letters = _BEFORE_LETTERS.split(mention.group(1))[-1]
        found.append(f"{letters}〔{mention.group(2)}〕{mention.group(3)}号")
        spans.append((mention.end(1) - len(letters), mention.end()))
    return tuple(dict.fromkeys(found))


def _ordinals(text: str, spans: list[tuple[int, int]]) -> tuple[Ordinal, ...]:
    found: dict[Ordinal, None] = {}
    for mention in _LAST.finditer(text):
        found[Ordinal(1, from_end=True)] = None
        spans.append(mention.span())
    for mention in _ORDINAL.finditer(text):
        value = number(mention.group(3) or mention.group(4))
        if value is not None:
            label = bool(mention.group(2) or mention.group(4))
            found[Ordinal(value, label, bool(mention.group(1)))] = None
            spans.append(mention.span())
    return tuple(found)


def _place_mentions(text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Places of the gazetteer named in a text, the longest name at each position, none inside another."""
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for place in lexicon.places():
        for name in place.names:
            start = text.find(name)
            if start >= 0 and (start not in found or found[start][0] < start + len(name)):
                found[start] = (start + len(name), place.names)
    mentions: list[tuple[int, int, tuple[str, ...]]] = []
    for start, (end, names) in sorted(found.items()):
        if not mentions or start >= mentions[-1][1]:
            mentions.append((start, end, names))
    return mentions


def _intents(text: str, listable: bool, ordinals: Sequence[Ordinal]) -> tuple[tuple[Intent, ...], str]:
    """The intents in the order asked, and the topic: the text without the phrases of asking."""
    found: dict[Intent, int] = {}
    topic = text
    for intent, pattern in ASKING:
        for mention in pattern.finditer(text):
            if mention.group() and (intent != "list" or listable):
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


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the given spans blanked."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = " " * (end - start)
    return "".join(chars)


def _without_units(text: str, units: UnitRegistry) -> str:
    return _without(text, [(mention.start, mention.end) for mention in units.mentions(text)])


def _section_names(headings: Iterable[str]) -> dict[str, str]:
    """Folded section headings without their numeral → as printed; short ones are too common to count."""
    names: dict[str, str] = {}
    for heading in sorted(headings):
        key = compact(heading.split("、", 1)[-1])
        if len(key) >= 6:
            names[key] = heading
    return names


def _part_names(documents: Sequence[PolicyDocument]) -> dict[str, tuple[str, ...]]:
    """Part key → what people call the part: its title without place and year, 工作 optional."""
    names: dict[str, tuple[str, ...]] = {}
    for document in documents:
        for part in document.parts:
            titles = [*re.findall(r"《([^《》]*)》", part.title), re.sub(r"《[^《》]*》", "", part.title)]
            plain = {_plain_title(title) for title in titles if title}
            plain |= {title.replace("工作", "") for title in plain}
            names[f"{document.id}/{part.part}"] = tuple(sorted(name for name in plain if _TITLE_TAIL.search(name)))
    return names


def _plain_title(title: str) -> str:
    text = compact(title)
    for place in lexicon.places():
        if text.startswith(place.names):
            text = text.removeprefix(next(name for name in place.names if text.startswith(name)))
            break
    return re.sub(r"^20\d{2}年", "", text)
