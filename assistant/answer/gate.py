"""When to answer and when to abstain, and which of the found rows carry the answer."""

from __future__ import annotations

from assistant.answer.evidence import Evidence
from assistant.retrieve.phrases import ACTUALS, UNCARRIED
from assistant.schema import Hit, Query, TaskRow
from assistant.text import bigrams, compact, fold

# Shares of the topic that a row must hold, set on the tuning questions (see eval/): from SURE on a row is taken to
# be about the matter; from NEAR on it is shown as the closest there is; below, nothing is said.
SURE = 0.33
NEAR = 0.21
# A row within this share of the best row's evidence is about the same matter.
_BESIDE = 0.88
# A task's name that holds this share of the topic names the matter.
_TITLED = 0.8
_MOST = 8
_LEAST = 2  # characters that a topic needs


def refusal(evidence: Evidence) -> str | None:
    """Why the question cannot be answered, in plain words; None if it can."""
    query, question = evidence.query, fold(evidence.query.question)
    if _elsewhere(query) and not any(hit.evidence >= SURE for hit in about(evidence)):
        return f"没有收录{'、'.join(query.unknown_places)}的文件"
    if not evidence.visible:
        where = "、".join(query.places) or "各地"
        years = "、".join(str(year) for year in query.years + query.unknown_years)
        return f"没有收录{where}{years}年的文件" if years else f"没有收录{where}的文件"
    if UNCARRIED.search(question):
        return "任务行只写任务、分工和时限，不含电话、地址、人员姓名等信息"
    if ACTUALS.search(question):
        return "文件写的是工作要求和目标，没有实际完成数和办理量"
    if query.ordinals and not evidence.named:
        return _no_such_item(evidence)
    if query.unknown_units:
        return f"收录的任务里没有“{'、'.join(query.unknown_units)}”"
    if query.intent == "list" and not evidence.named:
        return "没有符合条件的任务"
    if not evidence.named and not (query.units or query.doc_numbers) and len(compact(query.topic)) < _LEAST:
        return "问题太短，不知道要问哪件事"
    if not evidence.named and not any(hit.evidence >= NEAR for hit in about(evidence)):
        return "收录的文件里没有找到依据"
    return None


def sure(evidence: Evidence) -> bool:
    """Whether the rows are certainly about what was asked, rather than the closest there are."""
    return bool(evidence.named) or any(hit.evidence >= SURE for hit in about(evidence))


def support(evidence: Evidence) -> list[TaskRow]:
    """The rows that carry the answer, best first; of each document the best, when several are compared."""
    if evidence.named:
        return list(evidence.named)
    found = about(evidence)
    best = max(hit.evidence for hit in found)
    compared = len(evidence.query.places) > 1 or len(evidence.query.years) > 1
    least = NEAR if compared else max(NEAR, best * _BESIDE)
    chosen: list[Hit] = []
    for document in dict.fromkeys(hit.row.document for hit in found):
        hits = [hit for hit in found if hit.row.document == document]
        floor = max(least, max(hit.evidence for hit in hits) * _BESIDE)
        chosen += _named_or_told([hit for hit in hits if hit.evidence >= floor], set(bigrams(evidence.query.topic)))
    return [hit.row for hit in sorted(chosen, key=lambda hit: hit.rank)][:_MOST]


def _named_or_told(hits: list[Hit], asked: set[str]) -> list[Hit]:
    """Of rows in question, those whose name holds the matter; else those whose own words do, not only their section's."""
    named = [hit for hit in hits if _share(asked, hit.row.heading) >= _TITLED]
    if named:
        return named
    told = {hit.row.id: _share(asked, f"{hit.row.heading}，{hit.row.text}") for hit in hits}
    most = max(told.values(), default=0.0)
    return [hit for hit in hits if told[hit.row.id] >= most * _BESIDE]


def _share(asked: set[str], text: str) -> float:
    return len(asked & set(bigrams(text))) / len(asked) if asked else 0.0


def about(evidence: Evidence) -> list[Hit]:
    """The hits to choose among: for a place without documents, those that speak of it beyond naming its units."""
    query = evidence.query
    if not _elsewhere(query):
        return list(evidence.hits)
    names = [place.rstrip("省市州县区") for place in query.unknown_places]
    return [hit for hit in evidence.hits if any(name in hit.row.heading + hit.row.text for name in names)]


def _elsewhere(query: Query) -> bool:
    """Whether only places are named that no document is of."""
    return bool(query.unknown_places) and not query.places


def _no_such_item(evidence: Evidence) -> str:
    counts = {key: len(rows) for key, rows in evidence.visible.items()}
    if len(counts) > 3:
        return "没有这一项；请说明是哪份文件的哪个部分"
    said = "；".join(f"{evidence.documents[d].part_title(p)}共{n}项" for (d, p), n in sorted(counts.items()))
    return f"没有这一项：{said}"
