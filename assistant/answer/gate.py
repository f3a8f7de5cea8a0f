"""When to answer and when to abstain, and which of the found rows carry the answer."""

from __future__ import annotations

from assistant.answer.build import edition
from assistant.answer.evidence import Evidence
from assistant.answer.wording import joined
from assistant.retrieve.phrases import (
    ACTUALS,
    AMOUNT,
    CANCELLED,
    HARMFUL,
    INSIDE,
    INSTRUCTIONS,
    OTHER_DOCUMENT,
    UNCARRIED,
)
from assistant.schema import Hit, Query, Refusal, TaskRow
from assistant.text import compact, fold

# How likely a row must be about the matter, set on the tuning questions (see eval/): from SURE on it is taken to be;
# from NEAR on it is shown as the closest there is; below, nothing is said.
SURE = 0.5
NEAR = 0.22
# Below this nothing in the question is of the field of the documents.
_FOREIGN = 0.08
# Shares of the best score: of the document's best row for its rows of the same matter; of the best row of all for
# another document that is on the matter, and less where the question compares documents.
_EQUAL = 0.95
_ALSO = 0.6
_WHOLE = 0.98  # agreement of a row that holds all words of the matter
_COMPARED = 0.3
_NAME = 6  # characters from which a task's name in a question names that task
_MOST = 8
_MOST_NEAR = 3
_NAMED = 0.6  # agreement of a row that idle words name (办好第9件事)
_LEAST = 2  # characters that a topic needs
_WORD = 3  # characters from which a word that a row holds is what was asked of a document


def refusal(evidence: Evidence) -> Refusal | None:
    """Why the question cannot be answered, in plain words; None if it can."""
    checks = (_orders, _not_held, _other_document, _not_stated, _no_such, _cancelled, _unclear, _not_found, _amount)
    return next((found for check in checks if (found := check(evidence)) is not None), None)


def _orders(evidence: Evidence) -> Refusal | None:
    question = fold(evidence.query.question)
    if INSTRUCTIONS.search(question) or HARMFUL.search(question):
        return Refusal("instructions", "我只根据收录的文件回答任务、分工和时限，不执行其他指令，也不回答有害的问题")
    return None


def _not_held(evidence: Evidence) -> Refusal | None:
    query = evidence.query
    if _elsewhere(query) and not any(hit.evidence >= NEAR for hit in about(evidence)):
        return Refusal("not_held", f"没有收录{joined(query.unknown_places)}的文件", query.topic)
    if evidence.visible:
        return None
    where = joined(query.places) or "各地"
    years = joined([str(year) for year in query.years + query.unknown_years])
    return Refusal("not_held", f"没有收录{where}{years}年的文件" if years else f"没有收录{where}的文件", query.topic)


def _other_document(evidence: Evidence) -> Refusal | None:
    """What another document says inside, which is only mentioned here; not where a row holds what is asked of it."""
    question = fold(evidence.query.question)
    said = OTHER_DOCUMENT.search(question)
    asked_of_tasks = {"responsible", "deadline", "compare", "changes"} & set(evidence.query.intents)
    if said is None or not INSIDE.search(question) or asked_of_tasks or (evidence.named and evidence.query.parts):
        return None
    name = next(filter(None, said.groups()))
    titles = [
        title
        for document in evidence.documents.values()
        for title in (document.title, *(p.title for p in document.parts))
    ]
    if any(compact(name) in compact(title) for title in titles):
        return None
    asked = [word for word in evidence.query.matter if word not in name and len(word) >= _WORD]
    if any(word in fold(hit.row.text) for hit in evidence.hits[:_MOST_NEAR] for word in asked):
        return None
    return Refusal("not_held", f"没有收录“{name}”，任务行里最多只提到它的名称", evidence.query.topic)


def _amount(evidence: Evidence) -> Refusal | None:
    """How much or how many of something that no supporting row speaks of: 会员费交多少, 来了多少人."""
    query = evidence.query
    said = AMOUNT.search(fold(query.question))
    if said is None or evidence.named or query.intent in ("list", "changes", "compare"):
        return None
    thing, rows = said["thing"] or said["of"], support(evidence)
    if any(row.targets or thing in fold(row.heading + row.text) for row in rows):
        return None
    near = edition(evidence.document(rows[0])) if rows else ""
    return Refusal("not_stated", f"{near}的文件写到了这件事，没有写“{thing}”的数量或金额", query.topic)


def _not_stated(evidence: Evidence) -> Refusal | None:
    question, topic = fold(evidence.query.question), evidence.query.topic
    if evidence.query.intent in ("compare", "changes"):
        return None
    if UNCARRIED.search(question):
        return Refusal(
            "not_stated", "任务行只写任务、分工和时限，不含电话、地址、人员姓名、费用、办公时间等信息", topic
        )
    if ACTUALS.search(question):
        return Refusal("not_stated", "文件写的是工作要求和目标，没有实际完成数、办理量、排名和满意度", topic)
    return None


def _no_such(evidence: Evidence) -> Refusal | None:
    """An item, a unit or a list that is not there."""
    query = evidence.query
    if query.unknown_parts:
        return Refusal("false_presupposition", f"收录的文件没有{joined(query.unknown_parts)}")
    if query.ordinals and not evidence.named:
        return Refusal("false_presupposition", _no_such_item(evidence))
    if query.unknown_units:
        return Refusal("not_found", f"收录的任务里没有“{joined(query.unknown_units)}”")
    if query.intent == "list" and not evidence.named and (query.topic or query.units or query.doc_numbers):
        looked = joined([*("或".join(group) for group in query.units), *query.topic.split()])
        return Refusal("not_found", "没有符合条件的任务", looked)
    if query.intent == "changes" and not all(_side(evidence)):
        return Refusal("not_held", "要比较的两边没有都收录", joined([*query.places, *map(str, query.years)]))
    return None


def _side(evidence: Evidence) -> tuple[bool, bool]:
    """Whether there are tasks on each side of a question about changes."""
    return any(pair.first for pair in evidence.pairs), any(pair.second for pair in evidence.pairs)


def _cancelled(evidence: Evidence) -> Refusal | None:
    """Why something was given up, when no row about it says so."""
    said = CANCELLED.search(fold(evidence.query.question))
    if said is None or evidence.query.intent == "changes":
        return None
    word = said["given_up"] or said["given_up2"]
    if any(word[:2] in hit.row.text for hit in about(evidence) if hit.evidence >= NEAR):
        return None
    return Refusal("false_presupposition", f"收录的文件没有说过{word}，无法说明原因", evidence.query.topic)


def _unclear(evidence: Evidence) -> Refusal | None:
    query = evidence.query
    if evidence.named or query.units or query.doc_numbers or query.intent in ("changes", "list"):
        return None
    said = any(len(word) >= _LEAST for word in query.matter) or any(hit.agreement >= _NAMED for hit in evidence.hits)
    if len(compact(query.topic)) >= _LEAST and said:
        return None
    editions = list(dict.fromkeys(edition(document) for document in evidence.documents.values()))
    choices = tuple(f"{each}有哪些任务？" for each in editions[:3])
    return Refusal("unclear", "问题太短，不知道要问哪件事；请说明要问的事，也可以这样问", "", choices)


def _not_found(evidence: Evidence) -> Refusal | None:
    query = evidence.query
    if evidence.named or query.intent in ("changes", "list") or any(hit.evidence >= NEAR for hit in about(evidence)):
        return None
    if all(hit.evidence < _FOREIGN for hit in about(evidence)):
        return Refusal("outside", "收录的文件里没有找到依据，这件事可能不在政务服务和政务公开工作的范围", query.topic)
    return Refusal("not_found", "收录的文件里没有找到依据", query.topic)


def nearest(evidence: Evidence) -> list[TaskRow]:
    """The rows that may be related to what is not answered."""
    return [hit.row for hit in about(evidence) if hit.evidence >= _FOREIGN][:_MOST_NEAR]


def sure(evidence: Evidence) -> bool:
    """Whether the rows are certainly about what was asked, rather than the closest there are."""
    return bool(evidence.named) or any(hit.evidence >= SURE for hit in about(evidence))


def support(evidence: Evidence) -> list[TaskRow]:
    """The rows that carry the answer, best first: of each document that is on the matter the best, and its equals."""
    if evidence.named or evidence.query.intent == "list":
        return list(evidence.named)  # a list is what its conditions say, be it empty
    found = [hit for hit in about(evidence) if hit.evidence >= NEAR]
    query = evidence.query
    asked = compact(query.question)
    compared = len(query.places) > 1 or len(query.years) > 1
    least = max(hit.score for hit in found) * (_COMPARED if compared else _ALSO)
    chosen: list[Hit] = []
    for document in dict.fromkeys(hit.row.document for hit in found):
        hits = [hit for hit in found if hit.row.document == document]
        best = max(hit.score for hit in hits)
        named = [hit for hit in hits if len(name := compact(hit.row.heading)) >= _NAME and name in asked]
        equal = [hit for hit in hits if hit.score >= best * _EQUAL or hit.agreement >= _WHOLE]
        chosen += (named or equal) if best >= least else []
    return [hit.row for hit in sorted(chosen, key=lambda hit: hit.rank)][:_MOST]


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
