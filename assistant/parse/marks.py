"""The marks by which official documents number their parts, and the joins that line breaks hide.

Levels follow GB/T 9704-2012, 7.3.3: 一、 then （一） then 1. then （1）; rules add 第一章 and 第一条, handbooks 1.1.
"""

from __future__ import annotations

import re

from assistant.text import HAN

NUMERAL = "[〇零一二三四五六七八九十百]+"
CHAPTER = re.compile(rf"^第{NUMERAL}(?:章|部分)")
SECTION = re.compile(rf"^{NUMERAL}、")
CLAUSE = re.compile(rf"^第{NUMERAL}条")
LABEL = re.compile(rf"^[（(]\s*({NUMERAL})\s*[）)]")
ARABIC = re.compile(r"^(\d{1,3})\s*[.．、](?!\d)")
DOTTED = re.compile(r"^\d{1,2}(?:[.．]\d{1,2}){1,2}(?![\d.．%％万亿个倍])")
BRACKETED = re.compile(r"^[（(]\s*\d{1,2}\s*[）)]")
# The levels at which tasks may stand, outermost first.
LEVELS = (CHAPTER, SECTION, CLAUSE, LABEL, ARABIC, DOTTED, BRACKETED)

PART_MARK = re.compile(r"^附(件|表)\s*[一二三四五六七八九十\d]*[:：]?$")
_PAGE_NUMBER = re.compile(r"^[\s—–\-－－]*\d{1,3}[\s—–\-－]*$")
_WIDE = rf"[{HAN}，。；：、！？“”‘’（）《》〈〉〔〕【】—…]"
_GAP = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
HEADING_LIMIT = 40


def tidy(text: str) -> str:
    """One line: no white space beside Chinese characters or marks, single spaces elsewhere."""
    return _GAP.sub("", " ".join(text.split()))


def is_page_number(line: str) -> bool:
    """A line such as "— 12 —" or a bare "12" that a page break left in the text."""
    return bool(_PAGE_NUMBER.match(line))


def full_width(mark: str) -> str:
    """A mark with full-width brackets and nothing between: ( 1 ) → （1）."""
    return "".join(mark.split()).replace("(", "（").replace(")", "）")


def split_label(text: str) -> tuple[str | None, str]:
    """（三十）落实… → ("（三十）", "落实…"); the label in full width, None where there is none."""
    found = LABEL.match(text)
    return (f"（{found.group(1)}）", text[found.end() :].strip()) if found else (None, text)


def heading_of(text: str) -> str:
    """The words up to the first 。, or up to the first ， where that is longer than ``HEADING_LIMIT``."""
    sentence = text.split("。", 1)[0]
    heading = sentence if len(sentence) <= HEADING_LIMIT else sentence.split("，", 1)[0]
    return heading.strip().rstrip("。；，：")
