"""Proof: every number, date, unit and quotation of an answer stands in a field of a row that it cites.

Independent of the composers: it reads the finished answer as its reader would, and the rows. A sentence (a line of the
text) is proved by the rows whose [n] it carries; one without [n] may only repeat the question, name the documents of
the cited rows, and count rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.answer.cite import source_name
from assistant.answer.several import together
from assistant.schema import Answer, Block, Citation, PolicyDocument, TaskRow, plain
from assistant.text import compact

MARK = re.compile(r"\[(\d+)\]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COUNT = re.compile(r"(?<![第\d序号])\*{0,2}(\d+)(?:\*\*)?(?:项|份文件|行|个(?=\*\*|见))\*{0,2}")
_GROUP = re.compile(r"^- (.+)：(\d+)项$")
_MOST = re.compile(r"最多的是\*\*(.+?)\*\*（(\d+)项）")
_REST = re.compile(r"……其余(\d+)[项个]")
_QUOTED = re.compile(r"“([^“”]{2,})”")
_LEADS = re.compile(r"牵头单位：\*\*(.+?)\*\*")
_DUE = re.compile(r"完成时限：\*\*(.+?)\*\*")
_LEADING = re.compile(r"(?<!不是)(?<!没有写明)牵头(?!单位(不同|相同))")
# What looks like the name of a unit, though no row prints it.
_UNIT_LIKE = re.compile(r"[省市州县区][\u4e00-\u9fff]{1,10}?(?:局|厅|委|办|中心|银行|公司)")
_OTHERS = "责任单位："
_UNSAID = {
    "没有写明牵头单位": "lead_units",
    "没有写完成时限": "deadline",
    "没有写明完成时限": "deadline",
    "没有写明依据的文号": "doc_numbers",
}
_NOTES = (
    "_任务要求",
    "没有收录",
    "“",
    "目前收录",
    "按任务名称",
)  # lines about the library and the reading of the question
_FACTS = ("lead_units", "responsible_units", "targets", "doc_numbers")


class Prover:
    """Checks answers against the rows of a library.

    Args:
        units: all names of units that rows print; a name that no cited row holds is a fault wherever it stands.
    """

    def __init__(self, units: Iterable[str]) -> None:
        longest = sorted({unit for unit in units if unit}, key=lambda unit: (-len(unit), unit))
        self._units = re.compile("|".join(map(re.escape, longest))) if longest else None

    def faults(
        self, answer: Answer, rows: Mapping[str, TaskRow], documents: Mapping[str, PolicyDocument]
    ) -> tuple[str, ...]:
        """What of an answer is not proved, in words; nothing for an answer that holds, or that cites and claims nothing.

        Args:
            rows: at least those that the answer names, by id.
            documents: theirs, by id.
        """
        missing = [id for id in answer.named_rows() if id not in rows]
        if missing:
            return (f"没有任务行 {'、'.join(missing)}",)
        if answer.parts:
            found = [fault for part in answer.parts for fault in self.faults(part, rows, documents)]
            return (
                tuple(found)
                if together(answer.question, answer.parts) == answer
                else (*found, "合并的回答与各个回答不符")
            )
        if not answer.answerable:
            return () if not answer.citations and not answer.facts else ("没有回答，却有引用或事实",)
        cited = [rows[citation.row] for citation in answer.citations]
        found = [fault for citation in answer.citations for fault in _citation(citation, rows, documents)]
        found += _numbering(answer.citations)
        found += _facts(answer.facts, rows, documents)
        found += [fault for block in answer.blocks for fault in _table(block, rows)]
        counts = _counts(answer, cited, documents)
        tally = _tally(answer, cited, documents)
        found += [] if answer.facts.get("groups", {}) == tally else ["事实 groups 与任务行不符"]
        counts |= {len(tally), *tally.values()}
        around = dict.fromkeys(document_text(documents[row.document], row) for row in cited)
        free = " ".join((answer.question, *_words(answer.understood), *around, *tally))
        for line in filter(None, map(str.strip, answer.text.split("\n"))):
            found += self._line(line, cited, counts, free) + _grouped(line, tally)
        return tuple(dict.fromkeys(found))

    def _line(self, line: str, cited: Sequence[TaskRow], counts: set[int], free: str) -> list[str]:
        marks = [int(n) for n in MARK.findall(line)]
        if any(not 0 < n <= len(cited) for n in marks):
            return [f"引用编号超出范围：{line}"]
        if not marks and line.startswith(_NOTES):
            return []
        rows = [cited[n - 1] for n in marks]
        said = [(each.group().replace("*", ""), int(each.group(1))) for each in _COUNT.finditer(line)]
        wrong = [words for words, n in said if n not in counts and not any(words in row.text for row in rows)]
        rest = _COUNT.sub("", MARK.sub("", line))
        return [f"没有依据的数量“{words}”：{line}" for words in wrong] + self.sentence(rest, rows, free)

    def sentence(self, sentence: str, rows: Sequence[TaskRow], free: str) -> list[str]:
        """What of one sentence is not proved by its rows.

        Args:
            rows: those that the sentence cites.
            free: text that may be repeated without proof: the question, the names of the documents.
        """
        held = " ".join((*map(row_text, rows), free))
        named = dict.fromkeys([*self._printed(sentence), *(_UNIT_LIKE.findall(sentence) if rows else ())])
        found = [f"没有依据的单位“{unit}”：{sentence}" for unit in named if unit not in held]
        numbers = set(_NUMBER.findall(held))
        found += [f"没有依据的数字“{n}”：{sentence}" for n in _NUMBER.findall(sentence) if n not in numbers]
        quoted = [quote for quote in _QUOTED.findall(sentence) if quote not in held]
        plain_held = compact(held) if quoted else ""
        found += [f"没有依据的引文“{quote}”：{sentence}" for quote in quoted if compact(quote) not in plain_held]
        return found + _roles(sentence, rows) + self._clauses(sentence, rows, free)

    def _clauses(self, sentence: str, rows: Sequence[TaskRow], free: str) -> list[str]:
        """Whether the units of a clause that says who leads do lead, unless the clause is a row's own."""
        leads = {unit for row in rows for unit in row.lead_units}
        own = " ".join((*(row.text for row in rows), *(row.heading for row in rows), free))
        claimed = (
            clause for clause in re.split(r"[，；。→]", sentence) if _LEADING.search(clause) and clause not in own
        )
        return [
            f"“{unit}”不是牵头单位：{sentence}"
            for clause in claimed
            for unit in self._printed(clause)
            if rows and unit not in leads and not any(unit in lead or lead in unit for lead in leads)
        ]

    def _printed(self, sentence: str) -> list[str]:
        return self._units.findall(sentence) if self._units else []


def _grouped(line: str, tally: Mapping[str, int]) -> list[str]:
    """Whether what a line counts under a name is so, and whether the most are the most."""
    said = _GROUP.search(line) if tally else None
    if said and tally.get(said[1]) != int(said[2]):
        return [f"没有依据的数量“{said[2]}项”：{line}"]
    most = _MOST.search(line) if tally else None
    highest = max(tally.values(), default=0)
    if most and (int(most[2]) != highest or any(tally.get(name) != highest for name in most[1].split("、"))):
        return [f"不是最多的：{line}"]
    return []


def _roles(sentence: str, rows: Sequence[TaskRow]) -> list[str]:
    """Whether lead units, responsible units and deadlines are those of a cited row, whole and in order."""
    found = []
    leads, dues = ["、".join(row.lead_units) for row in rows], [row.deadline.text for row in rows if row.deadline]
    found += [f"牵头单位不符：{sentence}" for said in _LEADS.findall(sentence) if said not in leads]
    found += [f"完成时限不符：{sentence}" for said in _DUE.findall(sentence) if said not in dues]
    for field in sentence.split(_OTHERS)[1:]:
        said = field.removeprefix("**")
        others = ["、".join(row.responsible_units) for row in rows]
        if rows and not any(each and said.startswith(each) for each in others):
            found.append(f"责任单位不符：{sentence}")
    for words, field in _UNSAID.items():
        if words in sentence and rows and all(getattr(row, field) for row in rows):
            found.append(f"“{words}”不符：{sentence}")
    return found


def row_text(row: TaskRow) -> str:
    """All that a row says."""
    due = [row.deadline.text, row.deadline.start or "", row.deadline.end or ""] if row.deadline else []
    numbers = [str(row.item), str(row.printed_no or ""), row.label or ""]
    units = ["、".join(row.lead_units), "、".join(row.responsible_units)]
    dates = [each.text for each in row.dates]
    return " ".join(
        (*row.section, row.heading, row.text, *units, *due, *dates, *row.targets, *row.doc_numbers, *numbers)
    )


def document_text(document: PolicyDocument, row: TaskRow) -> str:
    """All that a document and the part of a row are called, and the units that the part makes responsible."""
    part = next((part for part in document.parts if part.part == row.part), None)
    titles = [
        document.title,
        document.place or "",
        str(document.year or ""),
        document.doc_number or "",
        document.issued_on or "",
    ]
    everyone = "、".join(part.everyone_responsible) if part else ""
    return " ".join((*titles, part.title if part else "", source_name(document, row), everyone))


def _numbering(citations: Sequence[Citation]) -> list[str]:
    numbers = [citation.n for citation in citations]
    return [] if numbers == list(range(1, len(numbers) + 1)) else ["引用编号不连续"]


def _citation(citation: Citation, rows: Mapping[str, TaskRow], documents: Mapping[str, PolicyDocument]) -> list[str]:
    """Whether a citation names its row rightly and quotes it word for word."""
    row = rows[citation.row]
    right = (row.document, row.part, row.label, row.text_kind, source_name(documents[row.document], row))
    said = (citation.document, citation.part, citation.label, citation.text_kind, citation.title)
    found = [] if said == right else [f"引用[{citation.n}]的出处与任务行不符"]
    quote = citation.quote.removesuffix("…")
    return found if quote in row.text or quote in row.heading else [*found, f"引用[{citation.n}]的引文不在任务行中"]


def _facts(facts: Mapping[str, Any], rows: Mapping[str, TaskRow], documents: Mapping[str, PolicyDocument]) -> list[str]:
    """Whether the facts are those of their rows."""
    of = [rows[id] for id in facts.get("rows", ())]
    found = []
    for name in _FACTS:
        right = list(dict.fromkeys(value for row in of for value in getattr(row, name)))
        if name in facts and list(facts[name]) != right:
            found.append(f"事实 {name} 与任务行不符")
    if "count" in facts and facts["count"] != len(of):
        found.append("事实 count 与任务行数不符")
    dated = [{"row": row.id, **plain(row.deadline)} for row in of if row.deadline]
    if "deadlines" in facts and list(facts["deadlines"]) != dated:
        found.append("事实 deadlines 与任务行不符")
    everyone = {unit for row in of for part in documents[row.document].parts for unit in part.everyone_responsible}
    if not set(facts.get("everyone_responsible", ())) <= everyone:
        found.append("事实 everyone_responsible 与文件不符")
    return found


def _table(block: Block, rows: Mapping[str, TaskRow]) -> list[str]:
    """Whether a table has a line for each of its rows, with the fields of the row."""
    if block.kind != "table":
        return []
    if len(block.cells) != len(block.rows):
        return ["任务表的行数与任务行数不符"]
    found = []
    for cells, id in zip(block.cells, block.rows, strict=True):
        row = rows[id]
        right = (
            row.heading,
            "、".join(row.lead_units) or "—",
            "、".join(row.responsible_units) or "—",
            row.deadline.text if row.deadline else "—",
        )
        if tuple(cells[1:]) != right:
            found.append(f"任务表中 {id} 一行与任务行不符")
    return found


def _counts(answer: Answer, cited: Sequence[TaskRow], documents: Mapping[str, PolicyDocument]) -> set[int]:
    """The numbers of rows that an answer may state: of all that it cites, by source, by unit and role, by difference."""
    found = {len(cited), len({row.document for row in cited})}
    sources = [source_name(documents[row.document], row) for row in cited]
    found |= {sources.count(source) for source in sources}
    asked = answer.understood.get("conditions", ())
    for group in (*answer.understood.get("units", ()), *(condition["units"] for condition in asked)):
        leads = sum(any(unit in row.lead_units for unit in group) for row in cited)
        found |= {leads, len(cited) - leads}
        found |= {sum(unit in row.lead_units for row in cited) for unit in group}
        found |= {sum(unit in row.responsible_units for row in cited) for unit in group}
        found |= {sum(unit in row.lead_units + row.responsible_units for row in cited) for unit in group}
    found |= {len(value) for value in answer.facts.values() if isinstance(value, list | tuple)}
    found |= {value for value in answer.facts.values() if isinstance(value, int)}
    listed = {int(n) for n in MARK.findall(answer.text)}
    return found | {len(cited) - len(listed)} | {int(n) for n in _REST.findall(answer.text) if int(n) < len(cited)}


def _tally(answer: Answer, cited: Sequence[TaskRow], documents: Mapping[str, PolicyDocument]) -> dict[str, int]:
    """How many of the cited rows each name counts, for an answer that counts them by units, places or the like."""
    by = answer.facts.get("group")
    found: dict[str, int] = {}
    for row in cited if by else ():
        document = documents[row.document]
        edition = f"{document.place}{document.year}年" if document.place and document.year else document.title
        names = {
            "lead": row.lead_units,
            "responsible": row.responsible_units,
            "place": (document.place or document.title,),
            "year": (f"{document.year}年" if document.year else document.title,),
            "document": (edition,),
            "part": (source_name(document, row),),
            "section": row.section[:1],
        }
        for name in names.get(str(by), ()):
            found[name] = found.get(name, 0) + 1
    return found


def _words(value: Any) -> list[str]:
    """All texts in the slots of a question: they repeat what was asked, in the words of the library."""
    if isinstance(value, Mapping):
        return [word for each in value.values() for word in _words(each)]
    if isinstance(value, list | tuple):
        return [word for each in value for word in _words(each)]
    return [str(value)]
