"""Evidence → Answer: one composer an intent."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer import compare, gate, lists, related, tasks
from assistant.answer.build import coverage, plain_answer, refused
from assistant.answer.evidence import Evidence
from assistant.schema import Answer, Intent, TaskRow

Composer = Callable[[Evidence, list[TaskRow]], Answer]
# Every other intent is answered from the rows that were found, as ``tasks`` does.
COMPOSERS: dict[Intent, Composer] = {
    "list": lists.compose,
    "compare": compare.compose,
    "related": related.compose,
}


def compose(evidence: Evidence) -> Answer:
    """The answer that the evidence supports; an abstention with its reason where it supports none."""
    query = evidence.query
    if query.intent in ("smalltalk", "help"):
        return plain_answer(evidence, _greeting(evidence) if query.intent == "smalltalk" else _help(evidence))
    refusal = gate.refusal(evidence)
    if refusal is not None:
        return refused(evidence, refusal, gate.nearest(evidence))
    if query.intent == "changes":
        return compare.changes(evidence)
    return COMPOSERS.get(query.intent, tasks.compose)(evidence, gate.support(evidence))


def _greeting(evidence: Evidence) -> str:
    return f"您好！我可以回答文件里的任务由谁牵头、要做什么、什么时候完成、有哪些任务。\n\n{coverage(evidence)}"


def _help(evidence: Evidence) -> str:
    """What can be asked, by kind, with examples made of the documents that there are."""
    documents = sorted(evidence.documents.values(), key=lambda each: each.id)
    place = next((document.place for document in documents if document.place), "")
    asked = (
        ("谁负责", f"{place}政务公开由谁牵头，哪些单位配合？"),
        ("什么时候", f"{place}适老化改造什么时候完成？"),
        ("做什么", f"{place}政务数据共享要做什么？"),
        ("第几项", f"{place}第3项是什么？"),
        ("有哪些、有几项", f"{place}6月底前要完成的任务有哪些？"),
        ("比较", "两个地方（或两年）的同一件事有什么不同？"),
        ("依据", f"{place}政务公开引用了哪些文号？"),
    )
    lines = "\n".join(f"- {kind}：{example}" for kind, example in asked)
    return f"我从收录的文件里找任务，回答时注明出处。可以这样问：\n\n{lines}\n\n{coverage(evidence)}"
