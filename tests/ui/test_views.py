"""Views: cards, history, example questions; nothing of a document reaches the page unescaped."""

from __future__ import annotations

from dataclasses import replace

from assistant.service import Assistant
from ui import views


def test_cards_follow_the_citations(assistant: Assistant) -> None:
    answer = assistant.ask("湘西州政策问答平台由谁牵头，什么时候完成？")
    rows = [assistant.row(citation.row) for citation in answer.citations]
    html = views.evidence(answer, rows)
    assert html.count('<article class="wz-card"') == 2 and html.index("[1]") < html.index("[2]")
    for words in ("州政府办（州大数据中心）", "2022年11月底", "未写明", "xiangxi-2022/2/20", "第20项 （十）", ">摘要<"):
        assert words in html


def test_documents_cannot_inject_markup(assistant: Assistant) -> None:
    answer = assistant.ask("邵阳小程序用户数要达到多少")
    evil = '<script>alert(1)</script><img src=x onerror="x">'
    row = replace(assistant.row("shaoyang-2022/1/1"), heading=evil, text=evil, lead_units=(evil,), section=(evil,))
    citation = replace(answer.citations[0], title=evil, label=evil)
    html = views.evidence(replace(answer, citations=(citation,)), [row])
    assert "<script" not in html and "<img" not in html and html.count("&lt;script&gt;") >= 4
    document = replace(assistant.document("shaoyang-2022"), place=evil)
    assert "<script" not in views.header([document], 1)


def test_nothing_cited(assistant: Assistant) -> None:
    assert "没有引用任务行" in views.evidence(assistant.ask("你好"), [])
    assert "提问后" in views.nothing_cited()


def test_history_from_any_form_of_message() -> None:
    messages = [
        {"role": "user", "content": "甲"},
        {"role": "assistant", "content": [{"type": "text", "text": "乙"}, {"type": "file", "file": {}}]},
        {"role": "user", "content": None},
    ]
    assert views.history(messages) == [
        {"role": "user", "content": "甲"},
        {"role": "assistant", "content": "乙"},
        {"role": "user", "content": ""},
    ]


def test_example_questions_are_answerable(assistant: Assistant) -> None:
    examples = views.example_questions(assistant.rows(), assistant.documents())
    assert len(examples) == 4 == len(set(examples))
    for example in examples:
        assert assistant.ask(example).answerable, example


def test_no_rows_no_examples() -> None:
    assert views.example_questions([], []) == []
