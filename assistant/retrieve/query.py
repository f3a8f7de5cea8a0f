"""question → ``Query``: intents and slots, by the lexicon and by what the documents themselves are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.retrieve import clauses, listing, slots
from assistant.retrieve.followup import Answered, follow_ups, leans_on
from assistant.retrieve.matter import Matter
from assistant.retrieve.naming import Naming
from assistant.retrieve.phrases import ASKING, ASKING_CONTENT, CHANGED, FILLERS, HELP, LISTED, SMALLTALK
from assistant.retrieve.sayings import Expander
from assistant.retrieve.selecting import Selector
from assistant.retrieve.slots import without
from assistant.retrieve.spelling import Speller
from assistant.retrieve.units import Mention, UnitRegistry
from assistant.schema import Correction, Intent, Ordinal, PolicyDocument, Query, TaskRow
from assistant.text import Analyser, compact, fold

# What is left at the edges of a topic when slots and phrases are taken out.
_PARTICLES = re.compile(r"(?:^|(?<=[\s,、?。]))[的里中和是由在对与及,、?。\s]+|[的里中和是由,、?。\s]+(?=$|[\s,、?。])")
_COMPARED = 12  # characters beside the slots from which a question over several places has a matter of its own
_MATTER = 3  # characters from which words are a matter


class Understander:
    """Understands questions about one set of documents.

    Args:
        holds: whether any row holds all of some texts in its own words.
        analyser: the one that the rows were indexed with; None: a new one.
        speller, expander: may be left out.
    """

    def __init__(
        self,
        documents: Sequence[PolicyDocument],
        rows: Sequence[TaskRow],
        holds: Callable[[Sequence[str]], bool] = lambda words: True,
        analyser: Analyser | None = None,
        speller: Speller | None = None,
        expander: Expander | None = None,
    ) -> None:
        analyser = analyser or Analyser({unit for row in rows for unit in row.lead_units + row.responsible_units})
        self._speller = speller
        self._expander = expander
        self._units = UnitRegistry(rows)
        self._naming = Naming(documents, rows, self._units, holds, analyser.is_word)
        self._matter = Matter(analyser, holds)
        self._selector = Selector(self._matter, self._naming.titles)

    def questions(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> list[Query]:
        """The queries of a text that may ask several things: at least one, in the order asked.

        A follow-up borrows topic and slots of the last full question in ``history``.
        """
        query = self._read(question)
        before, answered = self._before(history)
        if before is not None and leans_on(query, before):
            return [self._naming.carried(before, each) for each in follow_ups(before, query, answered, self._read)]
        question = listing.without_retractions(question)
        if query.intent in ("changes", "smalltalk", "help"):
            return [query]
        return clauses.questions(question, self._read) or [query]

    def understand(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Query:
        """The query of a text that asks one thing, or of the whole where it asks several."""
        query = self._read(question)
        before, answered = self._before(history)
        if before is None or not leans_on(query, before):
            return query
        return self._naming.carried(before, follow_ups(before, query, answered, self._read)[0])

    def _before(self, history: Sequence[Mapping[str, str]]) -> tuple[Query | None, list[Answered]]:
        """The last question that stands on its own, with what the follow-ups since have changed, and the answers, the
        last first.
        """
        before: Query | None = None
        answered: list[Answered] = []
        for turn in history:
            said = turn.get("content", "").strip()
            if turn.get("role") != "user":
                answered = [(before, said), *answered] if said and before is not None else answered
            elif said:
                query = self._read(said)
                if query.intent in ("smalltalk", "help"):
                    continue
                if before is not None and leans_on(query, before):
                    before = self._naming.carried(before, follow_ups(before, query, answered, self._read)[0])
                else:
                    before, answered = query, []
        return before, answered

    def _read(self, question: str) -> Query:
        text, corrected = self._corrected(listing.without_retractions(fold(question)))
        if SMALLTALK.match(compact(text)) or HELP.match(compact(text)):
            return Query(question=question, intents=("help" if HELP.match(compact(text)) else "smalltalk",), topic="")
        numbers, spans = slots.cited_numbers(text)
        places, unknown = self._naming.places(text, spans)
        years = self._naming.years(without(text, spans[: len(numbers)]), spans)
        parts = self._naming.parts(text, spans, places, years)
        ordinals, found = slots.ordinals(without(text, [*spans, *listing.group(text)[1]]))
        spans += found
        sections = self._naming.sections(without(text, spans), spans)
        mentions = self._units.mentions(text)
        rest = without(text, spans)
        if len(places) > 1 and len(compact(rest)) > _COMPARED:
            ordinals = ()  # the item of one document, compared by its matter with those of others
        known_years = {document.year for document in self._naming.documents}
        query = Query(
            question=question,
            intents=(),
            topic="",
            places=places,
            unknown_places=unknown,
            years=tuple(year for year in years if year in known_years),
            unknown_years=tuple(year for year in years if year not in known_years),
            parts=parts,
            unknown_parts=self._naming.unknown_parts(text) if not parts else (),
            sections=sections,
            units=tuple(dict.fromkeys(tuple(sorted(mention.units)) for mention in mentions)),
            equated=tuple(dict.fromkeys(mention.equated for mention in mentions if mention.equated)),
            ordinals=ordinals,
            doc_numbers=numbers,
            corrected=corrected,
            matter=self._matter.of(without(rest, [(mention.start, mention.end) for mention in mentions])),
        )
        query = self._selector.read(query, text, rest, mentions) or self._asked(query, rest, mentions)
        return replace(query, expanded=self._expander.expand(query.topic or text) if self._expander else ())

    def _corrected(self, text: str) -> tuple[str, tuple[Correction, ...]]:
        """The folded text with its slips read as the words that were meant."""
        named = [text[mention.start : mention.end] for mention in self._units.mentions(text)]
        found = self._speller.corrections(text) if self._speller else {}
        # A unit is asked for as the rows print it, slips of theirs included.
        slips = {written: meant for written, meant in found.items() if not any(written in name for name in named)}
        for written, meant in slips.items():
            text = text.replace(written, meant)
        return text, tuple(Correction(written, meant) for written, meant in slips.items())

    def _asked(self, query: Query, rest: str, mentions: Sequence[Mention]) -> Query:
        """The query as one about a matter, or for rows by their number."""
        intents, topic = _intents(rest, query.ordinals)
        if "responsible" in intents and len(compact(bare := _without_units(topic, self._units))) >= _MATTER:
            topic = bare  # is X in charge of it: the matter is what X may be in charge of
        topic = _PARTICLES.sub(" ", " ".join(topic.split())).strip()
        if len(query.places) > 1 or len(query.years) > 1:
            matter = self._matter.of(CHANGED.sub(" ", rest))
            intents, topic = _compared(intents, topic, any(len(word) > 1 for word in matter))
        return replace(query, intents=intents, topic=topic)


def _intents(text: str, ordinals: Sequence[Ordinal]) -> tuple[tuple[Intent, ...], str]:
    """The intents in the order asked, and the topic: the text without the phrases of asking."""
    found: dict[Intent, int] = {}
    topic = text
    for intent, pattern in ASKING:
        for mention in pattern.finditer(text):
            if mention.group():
                found.setdefault(intent, mention.start())
        topic = pattern.sub(" ", topic) if intent in found else topic
    if found and (what := ASKING_CONTENT.search(text)):
        found["content"] = what.start()
        topic = ASKING_CONTENT.sub(" ", topic)
    intents = sorted(found, key=lambda intent: found[intent])
    if ordinals:
        intents.insert(0, "lookup")
        intents += ["list"] if LISTED.search(text) else []
    return tuple(intents) or ("content",), FILLERS.sub(" ", topic)


def _compared(intents: tuple[Intent, ...], topic: str, matter: bool) -> tuple[tuple[Intent, ...], str]:
    """A question over several places or years: of one matter, or of all that changed where it names none."""
    if intents[0] == "lookup":
        return intents, topic
    if not matter:
        return ("changes",), ""
    return ("compare", *(intent for intent in intents if intent not in ("list", "lookup"))), CHANGED.sub(" ", topic)


def _without_units(text: str, units: UnitRegistry) -> str:
    return without(text, [(mention.start, mention.end) for mention in units.mentions(text)])
