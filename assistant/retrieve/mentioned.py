"""What an answer named, whoever wrote it: the entries of its list, table or enumeration, and which of them are meant."""

from __future__ import annotations

import re

from assistant.text import fold, number

_ENTRY = re.compile(
    r"(?:^|[\n;；。:：])\s*(?:[-*•·]\s+|[-•·](?=\S))?(?:[(（]\d{1,2}[)）]|\d{1,2}[.、．)](?!\d))?\s*(?=\S)"
)
_NUMBERED = re.compile(r"[\n;；。:：]?\s*(?:[(（]\d{1,2}[)）]|\d{1,2}[.、．)](?!\d))\s*")
_RULE = re.compile(r"^[\s|:\-—]+$")
_PHRASES = re.compile(r"[、，,](?![^“]*”)(?![^（(]*[）)])")
_SAYS = re.compile(
    r"^(?:共|一共|总共|有|您好|你好|以下|如下|包括|好的|查到|根据|回复|两|三|[一二三四五六七八九十\d]+)[^“”]{0,12}(?:[:：]|$)"
)
_N = r"[一二两三四五六七八九十\d]+"
_PICKS = re.compile(
    rf"(?P<from_end>倒数第?)(?P<back>{_N})(?:个|项|条|件)|第?(?:末尾|末|最后)一?(?P<last>个|项|条|件)|(?P<first>头)一(?:个|项|条|件)|(?P<middle>中间)(?:那|的)?(?:个|项|条|件)"
    rf"|前(?P<few>[二两三四五六七八九十]|[2-9])(?:个|项|条|件)|第(?P<nth>{_N})(?:个|项|条|件|点|家)"
)
_LEAST = 2  # entries that make a list


def entries(answered: str) -> list[str]:
    """The entries that an answer lists, folded: of a numbered or bulleted list, a table, or a sentence (A、B和C)."""
    text = re.sub(r"[①-⑳]", lambda found: f"\n({ord(found.group()) - 0x245F}) ", answered)
    if table := _table(text):
        return table
    lines = [line for line in text.split("\n") if line.strip()]
    marked = [line for line in lines if _MARKED.match(line)]
    if len(marked) >= _LEAST:
        return [fold(_MARKED.sub("", line).strip(" ;；。")) for line in marked]
    inline = [part for part in _NUMBERED.split(text) if part.strip()]
    if len(inline) > _LEAST:
        return [fold(part.strip(" ;；。")) for part in inline[1:]]
    said = [part for line in lines for part in re.split(r"[;；。]", line) if part.strip()]
    if said and _SAYS.match(said[0]):
        _, colon, tail = said[0].replace("：", ":").partition(":")
        said = [*([tail] if colon and tail.strip() else []), *said[1:]]
    if len(said) == 1:
        said = [part for part in _PHRASES.split(said[0].replace("以及", "、")) if part.strip()]
    return [fold(part) for part in said] if len(said) >= _LEAST else []


_MARKED = re.compile(
    r"^\s*(?:[-*•·]\s*|[(（]\d{1,2}[)）]|\d{1,2}\s*[.、．)](?!\d)|[（(][一二三四五六七八九十]+[）)](?=\S)|第\d+[项条])(?P<rest>)"
)


def _table(text: str) -> list[str]:
    """The lines of a Markdown table below its rule, cells joined."""
    lines = [line.strip() for line in text.split("\n") if line.strip().startswith("|")]
    rule = next((place for place, line in enumerate(lines) if _RULE.match(line)), None)
    if rule is None:
        return []
    return [fold(" ".join(cell.strip() for cell in line.strip("|").split("|"))) for line in lines[rule + 1 :]]


def picks(question: str) -> bool:
    """Whether a question means entries of a list by their place."""
    return bool(picked(question, 0))


def picked(question: str, listed: int) -> list[int]:
    """Which of so many entries a question means, from 0: 第二个, ③, 前两个, 最后一个, 倒数第二个, 头一个和末一个."""
    text = fold(re.sub(r"[①-⑳]", lambda found: f"第{ord(found.group()) - 0x245F}个", question))
    places: list[int] = []
    for found in _PICKS.finditer(text):
        if found["back"]:
            places.append(listed - (number(found["back"]) or 0))
        elif found["last"]:
            places.append(listed - 1)
        elif found["first"]:
            places.append(0)
        elif found["middle"]:
            places.append(listed // 2)
        elif found["few"]:
            places += range(number(found["few"]) or 0)
        else:
            places.append((number(found["nth"]) or 0) - 1)
    return list(dict.fromkeys(places))
