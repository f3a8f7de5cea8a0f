"""Phrasings: a field of its own, searched, carried over to originals, never shown as what a document says."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ReadError
from assistant.schema import Scope, TaskRow
from assistant.service import Assistant
from tests.conftest import settings_for

YAML = """
document: {id: changde-2024, title: 常德市2024年任务清单, place: 常德市, level: 市, year: 2024}
parts:
  - title: 常德市2024年任务清单
    rows:
      - heading: 推行周末延时服务
        text: 周六上午开放窗口。
        lead_units: [市行政审批服务局]
        responsible_units: []
        asked_as: [上班族请不了假怎么办事, 礼拜天关门吗]
      - heading: 开展窗口业务培训
        text: 每季度培训一次。
        lead_units: [市行政审批服务局]
        responsible_units: []
"""


@pytest.fixture
def added(home: Path, tmp_path: Path) -> Assistant:
    (tmp_path / "a.yaml").write_text(YAML, encoding="utf-8")
    assistant = Assistant.open(settings=settings_for(home))
    assistant.add(tmp_path / "a.yaml")
    return assistant


def test_a_phrasing_finds_its_row(added: Assistant) -> None:
    hit = added.search("礼拜天关不关门", scope=Scope(documents=("changde-2024",)))[0]
    assert hit.row.id == "changde-2024/1/1" and hit.explain["asked"] > 0
    answer = added.ask("上班族请不了假，怎么办事呢")
    assert [citation.row for citation in answer.citations] == ["changde-2024/1/1"]
    assert "请不了假" not in answer.text and "请不了假" not in answer.citations[0].quote


def test_it_is_kept_in_the_index(added: Assistant) -> None:
    again = Assistant.open(settings=added.settings)
    assert again.row("changde-2024/1/1").asked_as == ("上班族请不了假怎么办事", "礼拜天关门吗")
    assert again.row("changde-2024/1/2").asked_as == ()
    assert again.search("礼拜天关不关门")[0].to_dict() == added.search("礼拜天关不关门")[0].to_dict()


def test_a_row_there_and_back(added: Assistant) -> None:
    row = added.row("changde-2024/1/1")
    assert TaskRow.from_dict(row.to_dict()) == row
    old = {name: value for name, value in row.to_dict().items() if name != "asked_as"}
    assert TaskRow.from_dict(old).asked_as == ()


def test_wrong_phrasings_are_named_with_their_line(tmp_path: Path) -> None:
    from assistant.parse import parse_file

    (tmp_path / "a.yaml").write_text(YAML.replace("[上班族请不了假怎么办事, 礼拜天关门吗]", "上班族"), encoding="utf-8")
    with pytest.raises(ReadError, match=r"第10行.*asked_as"):
        parse_file(tmp_path / "a.yaml")


def test_an_original_takes_over_the_phrasings_of_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "changde-2024.yaml").write_text(YAML, encoding="utf-8")
    monkeypatch.setattr("assistant.service.shipped_corpus", lambda: corpus)
    text = (
        "常德市2024年任务清单\n\n序号\t工作任务\t工作要求\t牵头单位\t责任单位\n"
        "1\t推行周末延时服务\t每周六上午开放窗口。\t市行政审批服务局\t市财政局\n"
        "2\t开展窗口培训\t每季度培训一次。\t市行政审批服务局\t市财政局\n"
    )
    (tmp_path / "o.txt").write_text(text, encoding="utf-8")
    assistant = Assistant.open(settings=settings_for(tmp_path / "家"))
    assistant.add(tmp_path / "o.txt", id="changde-2024", force=True)
    first, second = assistant.rows()
    assert first.text.startswith("每周六") and first.asked_as == ("上班族请不了假怎么办事", "礼拜天关门吗")
    assert second.asked_as == ()  # another task stands in its place
    assert assistant.search("礼拜天关不关门")[0].row.id == first.id
