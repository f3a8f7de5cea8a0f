"""Views without a browser: everything comes from answers and rows, and nothing of a document is markup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import Assistant
from assistant.desk import make_card
from assistant.schema import Answer, Citation, Deadline, ParsedDocument, ParseReport, TaskRow
from assistant.schema.documents import Finding
from ui.chat import example_questions, shelf
from ui.filters import Filters, Wanted, choices
from ui.views import answer as answers
from ui.views import desk, documents, editing, tables
from ui.views.cards import Shelf, Supporting, card, chips, context, marked
from ui.views.markdown import rendered
from ui.views.shell import shell, welcome

EVIL = '<script>alert(1)</script><img src=x onerror="x">\'"'


def shown(assistant: Assistant, question: str, filters: Filters | None = None) -> answers.Turn:
    answer = assistant.ask(question)
    rows = {id: assistant.row(id) for id in answer.named_rows()}
    offered = choices(assistant.documents(), rows.values())
    return answers.Turn("t1", answer, rows, shelf(assistant.state), offered, filters or Filters())


def evil_row(row: TaskRow) -> TaskRow:
    return replace(
        row,
        heading=EVIL,
        text=EVIL,
        label=EVIL,
        section=(EVIL,),
        lead_units=(EVIL,),
        responsible_units=(EVIL,) * 12,
        deadline=Deadline(EVIL, None, "2023-01-01"),
    )


def test_cards_follow_the_citations(assistant: Assistant) -> None:
    html = answers.turn(shown(assistant, "湘西州政策问答平台由谁牵头，什么时候完成？"))
    assert html.count('<article class="wz-card"') == 2
    assert html.index('id="t1-r1"') < html.index('id="t1-r2"') and html.count('href="#t1-r1"') == 1
    for words in (
        "州政府办（州大数据中心）",
        "2022年11月底",
        "已过",
        "没有写明",
        "xiangxi-2022/2/20",
        "第20项（十）",
        ">摘要<",
    ):
        assert words in html, words
    assert "<mark>政策文件集中公开" in html and 'value="湘西州" selected' in html


def test_documents_cannot_inject_markup(assistant: Assistant) -> None:
    row = evil_row(assistant.row("shaoyang-2022/1/1"))
    document = replace(assistant.document("shaoyang-2022"), title=EVIL, place=EVIL, issuer=EVIL, file=EVIL)
    known = Shelf({document.id: document}, assistant.settings.today)
    citation = Citation(1, row.id, row.document, EVIL, 1, EVIL, EVIL, "digest", row.locator)
    given = Answer(EVIL, "list", True, f"{EVIL}[1]", (citation,), understood={"places": (EVIL,), "unknown_places": (EVIL,), "expanded": ({"said": EVIL, "terms": (EVIL,)},)}, suggestions=(EVIL,))  # fmt: skip
    block = assistant.ask("邵阳有多少项任务？").blocks[-1]
    given = replace(
        given, blocks=(replace(block, rows=(row.id,), text=EVIL, columns=(EVIL,) * 5, cells=((EVIL,) * 5,)),)
    )
    offered = replace(choices([document], [row]))
    made = answers.Turn("t1", given, {row.id: row}, known, offered, Filters())
    found = desk.Results(EVIL, (desk.Result(row, "low"),), EVIL)
    parsed = ParsedDocument(document, (row,), ParseReport((Finding("refuse", EVIL, EVIL),), (1,)))
    wanted = Wanted(q=EVIL, unit=EVIL)
    pages = (
        answers.turn(made),
        context(row, [row]),
        desk.search(found, None, known),
        desk.search(replace(found, nowhere=""), make_card(row, [row], known.documents, known.today), known),
        desk.pins(offered),
        documents.overview([document], [row], known),
        documents.document(document, [row], [row], wanted, known),
        documents.unit(EVIL, [row], [row], wanted, known),
        editing.report(parsed),
        editing.published(parsed),
        welcome([EVIL], [EVIL], [document], 1),
    )
    for page in pages:
        assert "<script" not in page and "<img" not in page and 'onerror="x"' not in page
        assert "&lt;script&gt;" in page or "%3Cscript" in page


def test_markdown_of_answers() -> None:
    html = rendered("**甲**[1]、[3]\n\n- 乙[2]\n\n<b>丙</b> [丁](http://x) ![戊](y) `己`", "k", 2)
    assert '<strong>甲</strong><a class="wz-ref" href="#k-r1"' in html and 'href="#k-r2"' in html and "[3]" in html
    assert "<b>" not in html and "<a href=" not in html and "<img" not in html and "<code" not in html


def test_words_of_a_quote_are_marked() -> None:
    assert marked("一二三四", "二三") == "一<mark>二三</mark>四"
    assert marked("一二三四", "二三…") == "一<mark>二三</mark>四"
    assert marked("一<二", "没有") == "一&lt;二" and marked("一", "") == "一"


def test_many_units_fold(assistant: Assistant) -> None:
    html = chips([f"单位{n}" for n in range(12)])
    assert "其余4个单位" in html and html.index("单位7") < html.index("<details") < html.index("单位8")
    assert "没有写明" in chips(())


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("株洲的政务云谁牵头？", "没有收录"),
        ("今天天气怎么样", "不在收录范围"),
        ("我想办理护照要多少钱", "文件没有写明"),
    ],
)
def test_abstentions_are_named(assistant: Assistant, question: str, title: str) -> None:
    html = answers.turn(shown(assistant, question))
    assert f'<p class="wz-notice">{title}</p>' in html and "wz-none" in html and 'data-n="' not in html


def test_related_rows_are_no_evidence(assistant: Assistant) -> None:
    html = answers.turn(shown(assistant, "我想办理护照要多少钱"))
    assert "不能当作这个问题的依据" in html and 'id="t1-r' not in html


def test_small_talk_is_no_abstention(assistant: Assistant) -> None:
    html = answers.turn(shown(assistant, "你好"))
    assert "wz-notice" not in html and "wz-evidence" not in html


def test_a_list_is_counted_and_folded(assistant: Assistant) -> None:
    html = answers.turn(shown(assistant, "州政府办牵头哪些任务？"))
    assert html.count("<tr role") == 44 and html.count('<article class="wz-card"') == 3
    assert "显示全部43行" in html and "按牵头单位" in html and 'id="t1-r43"' in html and 'id="t1-r3"' in html
    assert html.count('id="t1-r3"') == 1


def test_what_is_counted(assistant: Assistant) -> None:
    known = shelf(assistant.state)
    rows = assistant.rows()
    assert "按牵头单位" in tables.counted_rows(rows, known) and "其余" in tables.counted_rows(rows, known)
    one = [row for row in rows if row.lead_units == ("市行政审批服务局",)]
    assert "按文件" in tables.counted_rows(one, known)
    part = [row for row in one if row.id.startswith("loudi-2023/1/")]
    assert "按章节" in tables.counted_rows(part, known)
    assert tables.counted_rows(part[:1], known) == ""


def test_filters_show_what_is_set(assistant: Assistant) -> None:
    given = answers.understood(shown(assistant, "政务云谁牵头", Filters(places=["娄底市"], years=[])))
    assert 'value="娄底市" selected' in given and given.count("data-act") == 1
    assert "按“证照”理解" not in given


def test_filters_narrow_and_replace() -> None:
    filters = Filters(places=["娄底市"], years=[], documents=["a"], units=["乙"])
    scope, slots = filters.scope(), filters.slots()
    assert (scope.places, scope.years, scope.documents, scope.units) == (("娄底市",), None, ("a",), ("乙",))
    assert (
        slots["places"] == ("娄底市",)
        and slots["years"] == ()
        and slots["parts"] == ()
        and slots["units"] == (("乙",),)
    )
    assert Filters().slots() == {} and Filters().scope().to_dict() == dict.fromkeys(scope.to_dict())


def test_example_questions_are_answerable(assistant: Assistant) -> None:
    topics, places = example_questions(assistant.rows(), assistant.documents())
    assert len(topics) == 4 == len(places)
    for example in topics + places:
        assert assistant.ask(example).answerable, example
    assert example_questions([], []) == ([], [])


def test_an_empty_library(assistant: Assistant) -> None:
    known = Shelf({}, assistant.settings.today)
    assert "还没有收录文件" in documents.overview([], [], known) and "还没有收录文件" in welcome([], [], [], 0)


def test_the_shell_names_the_page() -> None:
    assert 'href="desk" aria-current=page' in shell("desk", "") and 'data-title="问政 · 坐席台"' in shell("desk", "")


def test_card_without_a_quote(assistant: Assistant) -> None:
    row = replace(assistant.row("loudi-2023/1/6"), deadline=None, lead_units=(), responsible_units=())
    html = card(Supporting(row), shelf(assistant.state), "t1")
    assert html.count("没有写明") == 3 and "另有" in html and "<mark>" not in html


def test_counts_by_unit_are_drawn_as_answered(assistant: Assistant) -> None:
    turn = shown(assistant, "湘西三个附件里哪个单位牵头的任务最多？")
    html = answers.turn(turn)
    assert html.count('class="wz-chart"') == 1 and "<caption>牵头单位</caption>" in html
    assert '<th scope="row">州行政审批服务局</th>' in html and "52项" in html


def test_several_questions_share_one_numbering(assistant: Assistant) -> None:
    turn = shown(assistant, "娄底政务云谁牵头，邵阳适老化改造什么时候完成？")
    html = answers.turn(turn)
    assert len(turn.answer.parts) == 2 and html.count("loudi-2023/1/6") >= 1 and "2022年底前" in html
