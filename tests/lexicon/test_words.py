"""The field's words stay whole, whatever stands beside them; the list is tidy."""

from __future__ import annotations

from importlib.resources import files

import pytest

from assistant import lexicon
from assistant.text import Analyser


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("推进一件事一次办和跨省通办", ["推进", "一件事一次办", "跨省通办"]),
        ("完善12345政务服务便民热线接诉即办机制", ["完善", "12345", "政务服务便民热线", "接诉即办", "机制"]),
        ("落实好差评制度", ["落实", "好差评", "制度"]),
        ("建设紧密型县域医共体", ["建设", "紧密型县域医共体"]),
        ("扩大跨省异地就医直接结算", ["扩大", "跨省异地就医", "直接结算"]),
        ("新增普惠托育托位", ["新增", "普惠托育", "托位"]),
        ("根治拖欠农民工工资", ["根治", "拖欠", "农民工工资"]),
        ("整治黑臭水体，落实河长制", ["整治", "黑臭水体", "落实", "河长制"]),
        ("推行惠企政策免申即享", ["推行", "惠企政策", "免申即享"]),
        ("防止规模性返贫", ["防止", "规模性返贫"]),
        ("既有住宅加装电梯补助", ["既有住宅加装电梯", "补助"]),
        ("市自然资源和规划局牵头", ["市自然资源和规划局", "牵头"]),
    ],
)
def test_segmentation(text: str, words: list[str]) -> None:
    assert Analyser(["市自然资源和规划局"]).words(text) == words


def test_the_list_is_tidy() -> None:
    lines = files(lexicon).joinpath("words.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    assert len(entries) == len(set(entries)) >= 1300
    assert all(" " not in entry and len(entry) >= 2 for entry in entries)
