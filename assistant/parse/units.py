"""Unit names and roles: cells of task lists, and the parenthesis that closes an item of prose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant import lexicon

_COLLECTIVE = re.compile(r"^(各|有关|相关)")
_BARE_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,4}(?<![局委办厅院会部])$")
_DISTRICT = re.compile(r"^(?!各)[\u4e00-\u9fff]{1,4}[县区]$")
_SHARED = re.compile(r"^[\u4e00-\u9fff]{2,8}?((?:[市州县区])?人民政府)$")
_ROLE_WORDS = re.compile(r"(按照?(各自)?职责)?(分工|分别|共同|具体)*(负责|配合|参与|落实|组织实施|协助)*(落实|实施)?$")
_LEAD = re.compile(r"(?:按照?职责)?(?:分工|分别|共同)*(?:牵头|主办)(?:负责|组织|实施|落实)*")
_CLOSING = re.compile(r"[（(]((?:[^（）()]|[（(][^（）()]*[）)])*)[）)][。；]?\s*$")
_RESPONSIBILITY = re.compile(r"牵头|负责|责任单位|配合|主办|落实单位|不再列出")
_FIELD = re.compile(r"(牵头|主办|责任|配合|协办|落实|参与|参加)(?:单位|部门)\s*[:：]\s*([^；;。]+)")
_EVERYONE = re.compile(r"^(.*?)(?:均|都|同)为责任(?:单位|部门)")


@dataclass(frozen=True, slots=True)
class Roles:
    """Who leads, who is responsible, and who the text makes responsible for every item."""

    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    everyone: tuple[str, ...] = ()


def is_unit_like(name: str) -> bool:
    """Whether a name ends as organisations do, or is the name of a county or district; brackets set aside."""
    bare = re.sub(r"[（(][^（）()]*[）)]", "", name)
    return bare.endswith(lexicon.unit_endings()) or bool(_DISTRICT.match(bare))


def split_units(text: str) -> tuple[str, ...]:
    """The units of a cell or clause, each whole as printed; 等, 和 and 及 part units only after a unit's ending."""
    pieces = [part for piece in _split_outside_brackets(text) for part in _split_joined(piece)]
    return tuple(dict.fromkeys(_share_suffix(_join_collectives(pieces))))


def _split_outside_brackets(text: str) -> list[str]:
    pieces, depth = [""], 0
    for char in text.strip().rstrip("。"):
        depth += (char in "（(") - (char in "）)")
        if depth <= 0 and char in "、，,；;\n":
            pieces.append("")
        else:
            pieces[-1] += char
    return [piece.strip() for piece in pieces if piece.strip()]


def _split_joined(piece: str) -> list[str]:
    """A等B → A, B; A和B → A, B; but 住房和城乡建设局 stays, since 住房 is not a unit."""
    for found in re.finditer(r"等|和|及|与|以及", piece):
        left, right = piece[: found.start()], piece[found.end() :]
        if left and is_unit_like(left) and left.count("（") == left.count("）"):
            rest = [] if right in ("", "单位", "部门") else _split_joined(right)
            return [left, *rest]
    return [piece]


def _join_collectives(pieces: list[str]) -> list[str]:
    """各市州 + 县市区人民政府 is one collective name, printed with 、 inside."""
    joined: list[str] = []
    for piece in pieces:
        if joined and _COLLECTIVE.match(joined[-1]) and not is_unit_like(joined[-1]):
            joined[-1] = f"{joined[-1]}、{piece}"
        else:
            joined.append(piece)
    return joined


def _share_suffix(pieces: list[str]) -> list[str]:
    """长沙、岳阳、郴州市人民政府 → each with its 市人民政府: bare places before the one that prints the ending."""
    shared: list[str] = []
    ending = ""
    for piece in reversed(pieces):
        found = _SHARED.match(piece)
        if found and not _COLLECTIVE.match(piece):
            ending = found.group(1)
        elif ending and _BARE_PLACE.match(piece) and not is_unit_like(piece):
            piece += ending[1:] if piece[-1] == ending[0] else ending
        else:
            ending = ""
        shared.append(piece)
    return shared[::-1]


def closing(text: str) -> tuple[str, str | None]:
    """An item's text and the parenthesis at its end that names units, None where there is none."""
    found = _CLOSING.search(text)
    if not found or not _RESPONSIBILITY.search(found.group(1)):
        return text, None
    return text[: found.start()].rstrip(), found.group(1)


def roles(clause: str) -> Roles:
    """The roles in a closing clause: "A、B牵头，C按职责分工负责。D均为责任单位，以下不再列出"."""
    everyone: list[str] = []
    lead: list[str] = []
    responsible: list[str] = []
    for sentence in filter(None, re.split(r"[。；;]", clause)):
        if found := _EVERYONE.match(sentence):
            everyone += split_units(found.group(1))
        elif fields := _FIELD.findall(sentence):
            for role, names in fields:
                (lead if role in ("牵头", "主办") else responsible).extend(split_units(names))
        elif not sentence.startswith("以下"):
            leaders, rest = _lead_and_rest(sentence)
            lead += split_units(leaders)
            responsible += split_units(_ROLE_WORDS.sub("", rest.strip("，, ")))
    return Roles(tuple(lead), tuple(responsible), tuple(everyone))


def _lead_and_rest(sentence: str) -> tuple[str, str]:
    found = _LEAD.search(sentence)
    return (sentence[: found.start()], sentence[found.end() :]) if found else ("", sentence)
