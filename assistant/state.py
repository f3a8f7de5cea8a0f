"""One state of the library, that never changes: what answers questions and is read. ``Assistant`` holds the one in force.

Everything that one answer rests on comes from one state, so a library that is published meanwhile cannot mix into it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assistant import lexicon
from assistant.answer import Evidence, Prover, compose, rephrased, together, worth_rephrasing
from assistant.desk import Card, make_card
from assistant.errors import InputError, NotFoundError, WriterError
from assistant.index import Snapshot
from assistant.retrieve import WEIGHTS, Expander, Retriever, Speller, Understander, filters
from assistant.schema import Answer, Hit, PolicyDocument, Query, RowFilter, Scope, TaskRow, Writer
from assistant.settings import Settings

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufff9-\uffff\ud800-\udfff]")
_LOG = logging.getLogger("wenzheng")
_TURNS = 20  # of a conversation are read back at most
_ASPECTS = ("responsible", "deadline", "basis", "content")  # what may be asked of a matter that is compared


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Build with ``of``; safe to read from many threads. ``name`` is that of the snapshot, a digest of what it holds."""

    name: str
    snapshot: Snapshot
    settings: Settings
    writer: Writer | None
    retriever: Retriever
    understander: Understander
    prover: Prover
    _place: Mapping[str, int]
    _documents: Mapping[str, PolicyDocument]

    @classmethod
    def of(
        cls, name: str, snapshot: Snapshot, settings: Settings, writer: Writer | None, without: frozenset[str]
    ) -> State:
        """The state of a snapshot; ``without`` as in ``Assistant``."""
        retriever = Retriever(snapshot, {name: weight for name, weight in WEIGHTS.items() if name not in without})
        speller = Speller(snapshot.analyser, snapshot.sounds, snapshot.words)
        understander = Understander(
            snapshot.documents,
            snapshot.rows,
            retriever.holds,
            snapshot.analyser,
            None if "spelling" in without else speller,
            Expander((*lexicon.sayings(), *lexicon.sayings_of(settings.home / "sayings.txt"))),
        )
        return cls(
            name=name,
            snapshot=snapshot,
            settings=settings,
            writer=writer,
            retriever=retriever,
            understander=understander,
            prover=Prover(_units(snapshot.rows)),
            _place={row.id: place for place, row in enumerate(snapshot.rows)},
            _documents={document.id: document for document in snapshot.documents},
        )

    def warm(self) -> None:
        """Loads what is otherwise loaded with the first question, once and not in several threads at a time."""
        self.search("政务服务")

    # -- asking --

    def ask(self, question: str, history: Sequence[Mapping[str, str]] = (), scope: Scope | None = None) -> Answer:
        """See ``Assistant.ask``."""
        return list(self.ask_in_steps(question, history, scope))[-1]

    def ask_in_steps(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        scope: Scope | None = None,
        slots: Mapping[str, Any] | None = None,
    ) -> Iterator[Answer]:
        """See ``Assistant.ask_in_steps``."""
        cleaned, problem = self._clean(question)
        if problem:
            yield Answer(question=cleaned, intent="refuse", answerable=False, text=problem, reason=problem)
            return
        understood = self.understander.questions(cleaned, list(history)[-_TURNS:])
        queries = [filters.corrected(query, slots) for query in understood] if slots else understood
        answer = together(cleaned, [compose(self._evidence(query, scope)) for query in queries])
        yield from self._in_words(self._proved(answer))

    def compare(
        self, topic: str, places: Sequence[str] = (), years: Sequence[int] = (), scope: Scope | None = None
    ) -> Answer:
        """One matter side by side in several places or years; without a topic, all that changed between two of them.

        Raises:
            InputError: fewer than two sides, or a topic too long. NotFoundError: a place or year that no document is of.
        """
        cleaned, problem = self._clean(topic) if topic.strip() else ("", "")
        if problem:
            raise InputError(problem)
        places = tuple(dict.fromkeys(filters.place_named(place, self.snapshot, self.understander) for place in places))
        years = tuple(dict.fromkeys(years))
        if len(places) < 2 and len(years) < 2:
            raise InputError("要比较的不到两方", hint="请给出两个以上的地区，或两个以上的年份")
        if not cleaned and max(len(places), len(years)) > 2:
            raise InputError("没有写要比较的事时，只能比较两方", hint="请写明要比较的事")
        self._check_covered(places, years, scope)
        read = self.understander.understand(cleaned) if cleaned else Query("", ("changes",), "")
        named = f"{'、'.join(places)}{'、'.join(f'{year}年' for year in years)}"
        query = replace(
            read,
            question=f"{named}：{cleaned or '有什么变化'}",
            intents=("compare", *(each for each in read.intents if each in _ASPECTS)) if cleaned else ("changes",),
            topic=read.topic or cleaned,
            places=places,
            years=years,
            unknown_places=(),
            unknown_years=(),
            ordinals=(),
        )
        return self._proved(compose(self._evidence(query, scope)))

    def _check_covered(self, places: Sequence[str], years: Sequence[int], scope: Scope | None) -> None:
        covered = self.documents(scope)
        strange = [place for place in places if all(document.place != place for document in covered)]
        strange += [f"{year}年" for year in years if all(document.year != year for document in covered)]
        if strange:
            known = dict.fromkeys(f"{document.place or document.title}{document.year or ''}" for document in covered)
            raise NotFoundError(f"没有收录{'、'.join(strange)}的文件", hint=f"现有：{'、'.join(known) or '无'}")

    def _in_words(self, composed: Answer) -> Iterator[Answer]:
        """A composed answer, then in the words of the language model where there is one."""
        yield composed
        if self.writer is None or not worth_rephrasing(composed):
            return
        try:
            yield from rephrased(composed, self.writer, self.prover, self._named(composed), self._documents)
        except WriterError as error:
            _LOG.warning("%s", error)
            yield composed

    def _proved(self, answer: Answer) -> Answer:
        """The answer, or where the rows do not prove it, that it cannot be given."""
        faults = self.faults(answer)
        if not faults:
            return answer
        _LOG.error("unproved: %s: %s", answer.question, "; ".join(faults))
        reason = "这个问题的回答没有通过核对，不能给出；请换个问法，或直接查看任务行"
        return Answer(
            question=answer.question, intent=answer.intent, answerable=False, text=f"{reason}。", reason=reason
        )

    def faults(self, answer: Answer) -> tuple[str, ...]:
        """See ``Assistant.faults``."""
        return self.prover.faults(answer, self._named(answer), self._documents)

    def _named(self, answer: Answer) -> dict[str, TaskRow]:
        """The rows that an answer names, as far as there are such."""
        rows, place = self.snapshot.rows, self._place
        return {id: rows[place[id]] for id in answer.named_rows() if id in place}

    def _evidence(self, query: Query, scope: Scope | None) -> Evidence:
        """All that an answer to a query may rest on."""
        retriever = self.retriever
        found = retriever.find(query, self.settings.top_k, scope)
        return Evidence(
            query=query,
            hits=tuple(found.hits),
            named=tuple(found.named),
            visible=found.visible,
            documents={document.id: document for document in self.documents(scope)},
            today=self.settings.today,
            pairs=tuple(retriever.changes(query, scope)) if query.intent == "changes" else (),
            counterparts=retriever.counterparts([hit.row for hit in found.hits], scope)
            if query.intent == "related"
            else {},
        )

    def search(
        self,
        question: str,
        top_k: int | None = None,
        scope: Scope | None = None,
        history: Sequence[Mapping[str, str]] = (),
    ) -> list[Hit]:
        """See ``Assistant.search``."""
        cleaned, problem = self._clean(question)
        if problem:
            return []
        query = self.understander.understand(cleaned, list(history)[-_TURNS:])
        return self.retriever.search(query, top_k or self.settings.top_k, scope)

    def _clean(self, question: str) -> tuple[str, str]:
        """The question without control characters, and what to say if there is nothing to answer."""
        cleaned = " ".join(_CONTROL.sub(" ", question).split())
        if not re.search(r"\w", cleaned):
            return cleaned, "请输入要问的事，例如：湘西州政策问答平台由谁牵头？"
        if len(cleaned) > self.settings.max_question:
            most = self.settings.max_question
            return cleaned[:most], f"问题太长（{len(cleaned)}字），请缩短到{most}字以内，只说要问的事。"
        return cleaned, ""

    # -- reading --

    def documents(self, scope: Scope | None = None) -> list[PolicyDocument]:
        """See ``Assistant.documents``."""
        table = self.retriever.table
        shown = table.documents(table.shown(scope))
        return [document for document in self.snapshot.documents if document.id in shown]

    def document(self, id: str) -> PolicyDocument:
        """See ``Assistant.document``."""
        found = self._documents.get(id)
        if found is None:
            raise no_document(id, self._documents)
        return found

    def rows(self, scope: Scope | None = None) -> list[TaskRow]:
        """See ``Assistant.rows``."""
        return self.select(RowFilter(), scope)

    def select(self, wanted: RowFilter, scope: Scope | None = None) -> list[TaskRow]:
        """See ``Assistant.select``."""
        if wanted == RowFilter():
            rows = self.snapshot.rows
            if scope is None:
                return list(rows)
            return [rows[place] for place in np.flatnonzero(self.retriever.table.shown(scope))]
        found = self.retriever.named(
            filters.list_query(wanted, self.snapshot, self.understander), filters.within(wanted.documents, scope)
        )
        if not (wanted.due_from or wanted.due_to):
            return found
        due = set(self.retriever.table.due_between(wanted.due_from, wanted.due_to).tolist())
        return [row for row in found if self._place[row.id] in due]

    def row(self, id: str, scope: Scope | None = None) -> TaskRow:
        """See ``Assistant.row``."""
        place = self._place.get(id)
        if place is None or not (scope is None or self.retriever.table.shown(scope)[place]):
            raise NotFoundError(f"没有编号为“{id}”的任务行", hint="编号形如 文件/部分/序号")
        return self.snapshot.rows[place]

    def known(self, ids: Iterable[str]) -> list[str]:
        """Those of some ids that rows have, once each, in their order."""
        return [id for id in dict.fromkeys(ids) if id in self._place]

    def neighbours(self, row_id: str, scope: Scope | None = None) -> list[TaskRow]:
        """See ``Assistant.neighbours``."""
        row = self.row(row_id, scope)
        part = [each for each in self.rows(scope) if (each.document, each.part) == (row.document, row.part)]
        return [each for each in part if abs(each.item - row.item) == 1]

    def counterparts(self, row_id: str, scope: Scope | None = None) -> list[TaskRow]:
        """See ``Assistant.counterparts``."""
        return list(self.retriever.counterparts([self.row(row_id, scope)], scope)[row_id])

    def card(self, row_id: str, scope: Scope | None = None) -> Card:
        """See ``Assistant.card``."""
        return make_card(self.row(row_id), self.counterparts(row_id, scope), self._documents, self.settings.today)

    def units(self, scope: Scope | None = None) -> list[str]:
        """See ``Assistant.units``."""
        return _units(self.rows(scope))


def no_document(id: str, known: Iterable[str]) -> NotFoundError:
    """That there is no document of an id, and which there are."""
    return NotFoundError(f"没有编号为“{id}”的文件", hint=f"现有：{'、'.join(known) or '无'}")


def _units(rows: Sequence[TaskRow]) -> list[str]:
    return sorted({unit for row in rows for unit in row.lead_units + row.responsible_units})
