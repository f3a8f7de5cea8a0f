"""Who may see what: an audience is answered exactly as by a library without the documents that it may not see."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import AssistantError
from assistant.schema import EVERYTHING, PUBLIC, Audience, Citation, RowFilter, Scope
from assistant.state import State
from tests.test_service import open_at

STAFF = Audience(internal=True)
LETTERS = Audience(internal=True, unit="市信访局")
DATA = Audience(internal=True, unit="市数据局")

QUESTIONS = (
    "灵犀审签平台由谁牵头？",
    "零犀审签平台谁负责",
    "灵犀审签平抬什么时候完成",
    "建立鸿雁回访台账谁牵头？",
    "红雁回访台账什么时候完成",
    "蜂巢归集中台的目标是多少？",
    "风巢归集中台",
    "衡阳市2024年有哪些任务？",
    "衡阳的第1项任务是什么？",
    "衡阳内部督办要点第二项谁负责",
    "第3项任务是什么",
    "一共有多少项任务？",
    "2024年有几项任务？",
    "2024年9月底前要完成的有哪些？",
    "哪些任务没有写完成时限？",
    "市行政审批服务局牵头哪些任务？",
    "市低空督查办牵头哪些任务？",
    "市低空督察办负责什么",
    "市灵犀数据中心配合哪些任务？",
    "各单位牵头的任务各有几项？",
    "各地2024年各有多少项任务？",
    "哪个单位牵头的任务最多？",
    "常德和衡阳的周末延时服务有什么不同？",
    "常德和郴州比一比回访",
    "湖南2022年和2023年比有什么变化？",
    "株洲的政务云谁牵头",
    "郴州信访谁负责？",
    "按照衡内办〔2023〕11号文件，哪些任务要做？",
    "株数〔2023〕2号要求了什么",
    "不少于37项是哪个任务？",
    "周末延时服务谁牵头，什么时候完成？",
    "周末延时服务督查谁负责",
    "流动服务车有什么要求？",
    "跟流动服务车相关的任务有哪些？",
    "灵犀平台怎么推",
    "来信多久回",
    "你能做什么？",
    "收录了哪些文件？",
    "督办室是哪个单位",
    "把督办抓实这一部分有哪些任务",
    "僵尸接口怎么清理；周末延时服务谁牵头",
    "“建立灵犀审签平台”是不是市行政审批服务局牵头的？",
)
TALKS = (
    ("什么时候完成？", "灵犀审签平台由谁牵头？", "衡阳市2024年·内部督办要点（一）由市低空督查办牵头 [1]。"),
    ("那衡阳呢？", "常德的周末延时服务谁牵头？", "牵头单位：**市行政审批服务局** [1]。"),
    ("第2项呢", "常德2024年第1项是什么", "推行周末延时服务 [1]。"),
    ("还有哪些单位负责？", "建立鸿雁回访台账谁牵头？", "市鸿雁回访中心 [1]。"),
)
FILTERS = (
    RowFilter(),
    RowFilter(documents=("hengyang-2024",)),
    RowFilter(documents=("xinfang-2024", "changde-2024")),
    RowFilter(units=("市低空督查办",)),
    RowFilter(units=("信访局",), role="responsible"),
    RowFilter(places=("衡阳",)),
    RowFilter(places=("株洲市",), years=(2024,)),
    RowFilter(years=(2024,)),
    RowFilter(sections=("督办",)),
    RowFilter(words=("灵犀",)),
    RowFilter(words=("延时服务",)),
    RowFilter(doc_numbers=("株数〔2023〕2号",)),
    RowFilter(due_from="2024-09-01", due_to="2024-09-30"),
    RowFilter(unled=True),
)
SCOPES = (None, Scope(documents=("hengyang-2024",)), Scope(places=("衡阳市", "常德市")), Scope(years=(2024,)))
IDS = ("hengyang-2024", "xinfang-2024", "shuju-2024", "changde-2024", "nowhere", "loudi-2023")
ROWS = tuple(f"{id}/1/{item}" for id in IDS for item in (1, 2, 3))
COMPARED: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("周末延时服务", ("常德", "衡阳"), ()),
    ("", ("常德市", "衡阳市"), ()),
    ("督查", (), (2023, 2024)),
    ("", ("郴州市", "株洲市"), ()),
    ("", ("娄底市", "常德市"), ()),
)


def said(call: Callable[[], Any]) -> Any:
    """What a call gives, as JSON, or the words of its error."""
    try:
        found = call()
    except AssistantError as error:
        return [type(error).__name__, error.what, error.where, error.hint]
    return [each.to_dict() if hasattr(each, "to_dict") else each for each in found]


def told(given: State) -> dict[str, Any]:
    """All that a state says to questions, filters and ids, by what was asked."""
    found: dict[str, Any] = {}
    for question in QUESTIONS:
        found[question] = given.ask(question).to_dict()
        found[f"find {question}"] = said(lambda question=question: given.search(question))
        found[f"read {question}"] = given.understander.understand(question).to_dict()
    for question, before, answer in TALKS:
        turns = [{"role": "user", "content": before}, {"role": "assistant", "content": answer}]
        found[f"{before} {question}"] = given.ask(question, turns).to_dict()
    for wanted in FILTERS:
        found[str(wanted)] = said(lambda wanted=wanted: given.select(wanted))
    for scope in SCOPES:
        found[f"units {scope}"] = given.units(scope)
        found[f"documents {scope}"] = said(lambda scope=scope: given.documents(scope))
        found[f"ask {scope}"] = given.ask("周末延时服务谁牵头", scope=scope).to_dict()
    for id in IDS:
        found[f"document {id}"] = said(lambda id=id: [given.document(id)])
    for id in ROWS:
        for name in ("row", "card", "neighbours", "counterparts"):
            read = getattr(given, name)
            found[f"{name} {id}"] = said(
                lambda id=id, read=read, name=name: read(id) if name[-1] == "s" else [read(id)]
            )
    for compared in COMPARED:
        found[f"compare {compared}"] = said(lambda compared=compared: [given.compare(*compared)])
    return found


def same(one: State, other: State) -> bool:
    """Whether two states say the same, each single thing; names what differs."""
    first, second = told(one), told(other)
    assert [key for key in first if first[key] != second[key]] == []
    return one.name == other.name


@pytest.fixture(scope="module")
def library(
    shared_home: Path, plans: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Assistant]:
    """Opens a new library of the shipped documents and those named, each shown to whom it is for."""
    kinds: dict[str, dict[str, Any]] = {
        "常德": {},
        "衡阳": {"visibility": "internal"},
        "信访": {"visibility": "unit", "owner": " 市信访局 "},
        "数据": {"visibility": "unit", "owner": "市数据局"},
    }

    def made(*names: str) -> Assistant:
        home = shutil.copytree(shared_home, tmp_path_factory.mktemp("家") / "家")
        assistant = open_at(home)
        for name in names:
            assistant.add(plans[name], **kinds[name])
        return assistant

    return made


@pytest.fixture(scope="module")
def mixed(library: Callable[..., Assistant]) -> Assistant:
    """A library of a public, an internal and two units' documents; tests only read it."""
    return library("常德", "衡阳", "信访", "数据")


def test_who_sees_what() -> None:
    rules = [("public", None), ("internal", None), ("unit", "市信访局"), ("unit", "市数据局"), ("unit", None)]
    seen = {
        audience: [audience.sees(*rule) for rule in rules]  # type: ignore[arg-type]
        for audience in (PUBLIC, Audience(unit="市信访局"), STAFF, LETTERS, Audience(True, "别的"), EVERYTHING)
    }
    assert list(seen.values()) == [
        [True, False, False, False, False],
        [True, False, False, False, False],
        [True, True, False, False, False],
        [True, True, True, False, False],
        [True, True, False, False, False],
        [True, True, True, True, True],
    ]


@pytest.mark.slow
def test_the_public_is_answered_as_if_there_were_nothing_else(
    mixed: Assistant, library: Callable[..., Assistant]
) -> None:
    only = library("常德")
    assert same(mixed.seen_by(PUBLIC), only.state)  # and under the same name: the snapshot itself is the same
    assert mixed.seen_by(PUBLIC) is mixed.seen_by(Audience(unit="市信访局"))
    whole, public = told(mixed.state), told(only.state)
    differ = [question for question in QUESTIONS if whole[question] != public[question]]
    assert len(QUESTIONS) == 42 and len(differ) > 30, "the questions ask for what is hidden"


@pytest.mark.slow
def test_staff_and_units_are_answered_as_if_there_were_nothing_else(
    mixed: Assistant, library: Callable[..., Assistant]
) -> None:
    assert same(mixed.seen_by(STAFF), library("常德", "衡阳").state)
    assert same(mixed.seen_by(LETTERS), library("常德", "衡阳", "信访").state)
    assert same(mixed.seen_by(DATA), library("常德", "衡阳", "数据").state)
    assert mixed.seen_by(Audience(internal=True, unit="市审计局")) is mixed.seen_by(STAFF)
    assert mixed.seen_by(EVERYTHING) is mixed.state
    assert len(mixed.documents()) == 9 and len(mixed.seen_by(LETTERS).documents()) == 8


@pytest.mark.slow
def test_a_hidden_shipped_document(home: Path, tmp_path: Path) -> None:
    hidden, gone = open_at(home), open_at(shutil.copytree(home, tmp_path / "另一个"))
    hidden.set_visibility("loudi-2023", "internal")
    gone.remove("loudi-2023")
    asked = ("娄底政务云由谁牵头？", "政务云谁负责", "2023年底前要完成的任务有几项？", "你能做什么？")
    public = hidden.seen_by(PUBLIC)
    assert [public.ask(each).to_dict() for each in asked] == [gone.ask(each).to_dict() for each in asked]
    assert public.name == gone.state.name and len(hidden.rows()) == 291
    assert "娄底" not in json.dumps([document.to_dict() for document in public.documents()], ensure_ascii=False)
    hidden.set_visibility("loudi-2023", "public")
    assert (
        hidden.seen_by(PUBLIC) is hidden.state and json.loads((home / "library.json").read_text())["visibility"] == {}
    )


@pytest.mark.slow
def test_answers_say_what_is_not_for_the_public(mixed: Assistant) -> None:
    answer = mixed.seen_by(STAFF).ask("灵犀审签平台由谁牵头？")
    assert [citation.visibility for citation in answer.citations] == ["internal"]
    assert "文件：衡阳市2024年 衡内办〔2024〕5号（内部文件，不对外提供）。_" in answer.text
    assert Citation.from_dict(answer.citations[0].to_dict()) == answer.citations[0]
    assert mixed.faults(answer) == ()
    own = mixed.seen_by(LETTERS).ask("鸿雁回访台账谁牵头")
    assert "郴信〔2024〕3号（仅本单位内部文件，不对外提供）。_" in own.text
    near = mixed.seen_by(STAFF).ask("衡阳灵犀审签平台的电话是多少")
    assert (
        not near.answerable
        and "\n- 衡阳市2024年内部督办要点第1项：建立灵犀审签平台（内部文件，不对外提供）\n" in near.text
    )
    public = mixed.seen_by(STAFF).ask("常德周末延时服务谁牵头")
    assert public.citations[0].visibility == "public" and "不对外提供" not in public.text


@pytest.mark.slow
def test_cards_say_what_must_not_be_read_out(mixed: Assistant) -> None:
    card = mixed.seen_by(STAFF).card("hengyang-2024/1/1")
    assert card.visibility == "internal" and card.text.startswith("【内部文件，不对外提供】\n")
    assert [each.split("\n")[0] for each in (card.say, card.reply, card.dispatch)] == [
        "【内部文件，不对外提供，不要读给来电人】",
        "【内部文件，不对外提供，不要发给来电人】",
        "【内部文件，不对外提供，只在内部流转】",
    ]
    assert card.say.split("\n")[1].startswith("这件事由市低空督查办牵头")
    own = mixed.seen_by(LETTERS).card("xinfang-2024/1/1")
    assert own.say.startswith("【仅本单位内部文件，不对外提供，不要读给来电人】\n")
    public = mixed.seen_by(STAFF).card("changde-2024/1/1")
    assert public.visibility == "public" and public.say.startswith("这件事由") and "【内部" not in public.reply
    beside = {each.row.document: each.text for each in public.counterparts}
    assert all(("不对外提供" in text) == (id == "hengyang-2024") for id, text in beside.items())
