"""Search: exact rows first, filters, deterministic order, hits that explain themselves."""

from __future__ import annotations

import pytest

from assistant.retrieve import WEIGHTS
from assistant.retrieve.exact import at_ordinal
from assistant.schema import Ordinal, Scope
from assistant.service import Assistant


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("湘西州政策问答平台", {"xiangxi-2022/2/20", "xiangxi-2022/3/10"}),
        ("邵阳小程序用户数", {"shaoyang-2022/1/1"}),
        ("湖南數據條例立法", {"hunan-2023/1/12"}),
        ("湘西清廉大厅专项检查", {"xiangxi-2022/1/61"}),
        ("湘西附件1第48项", {"xiangxi-2022/1/48"}),
        ("湘西附件2倒数第二项", {"xiangxi-2022/2/30"}),
        ("国办函〔2021〕132号", {"loudi-2023/2/13"}),
    ],
)
def test_best_row(assistant: Assistant, question: str, first: set[str]) -> None:
    assert assistant.search(question)[0].row.id in first


def test_hits_are_ranked_and_repeatable(assistant: Assistant) -> None:
    hits = assistant.search("电子证照")
    assert [hit.rank for hit in hits] == list(range(1, 11))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [hit.to_dict() for hit in assistant.search("电子证照")] == [hit.to_dict() for hit in hits]
    assert all(0 <= hit.evidence <= 1 for hit in hits)
    assert {"bigrams", "dense"} <= set(hits[0].explain) <= set(WEIGHTS)
    assert all(sum(hit.explain.values()) == pytest.approx(hit.score) for hit in hits)


def test_top_k(assistant: Assistant) -> None:
    assert len(assistant.search("电子证照", 3)) == 3
    assert [h.row.id for h in assistant.search("电子证照", 3)] == [h.row.id for h in assistant.search("电子证照", 10)][
        :3
    ]


def test_places_and_years_filter(assistant: Assistant) -> None:
    assert {hit.row.document for hit in assistant.search("娄底的电子证照")} == {"loudi-2023"}
    assert {hit.row.document for hit in assistant.search("湖南省2022年电子证照")} == {"hunan-2022"}
    assert assistant.search("邵阳2023年电子证照") == []


def test_scope_narrows_every_read(assistant: Assistant) -> None:
    scope = Scope(documents=("loudi-2023",))
    assert {hit.row.document for hit in assistant.search("电子证照", scope=scope)} == {"loudi-2023"}
    assert assistant.search("湘西的电子证照", scope=scope) == []
    assert len(assistant.rows(scope)) == 43 and [d.id for d in assistant.documents(scope)] == ["loudi-2023"]
    assert assistant.rows(Scope(documents=())) == []
    assert len(assistant.rows(Scope(units=("州财政局",), parts=("xiangxi-2022/1",)))) == 3


def test_ordinals(assistant: Assistant) -> None:
    part = assistant.rows(Scope(parts=("xiangxi-2022/3",)))

    def ids(ordinal: Ordinal) -> list[int]:
        return [row.item for row in at_ordinal(part, ordinal)]

    assert ids(Ordinal(2)) == [2]
    assert ids(Ordinal(13)) == [13, 14]  # by position and by the printed number, which differ here
    assert ids(Ordinal(13, label=True)) == [13]
    assert ids(Ordinal(1, from_end=True)) == [17]
    assert ids(Ordinal(18)) == [] == ids(Ordinal(18, from_end=True))


@pytest.mark.parametrize("question", ["", "   ", "？！。", "\x00\x01", "…"])
def test_nothing_to_search(assistant: Assistant, question: str) -> None:
    assert assistant.search(question) == []
