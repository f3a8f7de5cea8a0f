"""The analyser: folding, conversion, words and bigrams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import (
    Analyser,
    bigrams,
    chinese_numeral,
    compact,
    fold,
    is_traditional,
    number,
    simplify,
    unradical,
)


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(["州政府办（州大数据中心）", "市行政审批服务局"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１２３４５ 热线", "12345 热线"),
        ("IPv６　支持", "ipv6 支持"),
        ("⽤⼾⾼⻔", "用户高门"),
        ("請問數據條例", "请问数据条例"),
        ("  多  空 格\n换行 ", "多 空 格 换行"),
        ("", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("服務流程最佳化", "服务流程优化"),
        ("辦事視窗", "办事窗口"),
        ("許可權下放", "权限下放"),
        ("文件建立整合", "文件建立整合"),  # plain Simplified words must stay as they are
    ],
)
def test_simplify(text: str, expected: str) -> None:
    assert simplify(text) == expected


def test_simplified_text_is_untouched() -> None:
    text = "优化业务流程，建立台账，整合资源，信息公开，视频会议，网络安全。"
    assert simplify(text) == text
    assert not is_traditional(text)
    assert is_traditional("優化業務流程，建立臺賬，整合資源")


def test_unradical_keeps_ordinary_text() -> None:
    assert unradical("数字政府 ABC ½") == "数字政府 ABC ½"


def test_unit_names_are_single_words(analyser: Analyser) -> None:
    words = analyser.words("由州政府办（州大数据中心）和市行政审批服务局牵头")
    assert {"州政府办", "州大数据中心", "市行政审批服务局"} <= set(words)


def test_stop_words_are_dropped(analyser: Analyser) -> None:
    assert analyser.words("的是什么吗") == []


def test_bigrams() -> None:
    assert bigrams("政务云A1，好") == ["政务", "务云", "a1", "好"]
    assert bigrams("!?") == []


def test_fingerprint_depends_on_names(analyser: Analyser) -> None:
    assert analyser.fingerprint == Analyser(["市行政审批服务局", "州政府办（州大数据中心）"]).fingerprint
    assert analyser.fingerprint != Analyser(["市行政审批服务局"]).fingerprint


@given(st.text(max_size=200))
def test_any_text_can_be_folded_and_cut(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "".join(compact(text).split()) == compact(text)
    assert all(bigrams(text))


@given(st.integers(1, 999))
def test_numerals_there_and_back(value: int) -> None:
    assert number(chinese_numeral(value)) == value
    assert number(str(value)) == value


@pytest.mark.parametrize("text", ["", "年", "一年"])
def test_not_a_numeral(text: str) -> None:
    assert number(text) is None
