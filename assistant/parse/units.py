"""Unit names and roles: cells of task lists, and the brackets or labelled lines that close an item of prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.lexicon import units as registry
from assistant.schema import Finding

_COLLECTIVE = re.compile(r"^(各|有关|相关)")
_BARE_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,4}(?<![局委办厅院会部])$")
_DISTRICT = re.compile(r"^(?!各)[\u4e00-\u9fff]{1,4}[县区]$")
_SUBDIVISION = re.compile(r"^[\u4e00-\u9fff]{2,}[科处股]$")
_SHARED = re.compile(r"^[\u4e00-\u9fff]{2,8}?((?:[市州县区])?人民政府)$")
_DUTY = r"(?:负责|配合|参与|落实|组织实施|协助|推进|实施)"
_MANNER = r"(?:按照?(?:各自)?职责|结合(?:各自)?职责|按|分工|分别|共同|具体|组织)"
_ROLE_WORDS = re.compile(rf"{_MANNER}*{_DUTY}*$")
_LEADS = r"(?:牵头|主办)(?=[、，,。；;）)]|负责|组织|推进|落实|实施|$)"
_LEAD = re.compile(rf"{_MANNER}*{_LEADS}{_DUTY}*")
_ROLE = re.compile(rf"{_LEADS}|(?:负责|配合)(?=[，,。；;）)]|$)")
_LABEL = re.compile(
    r"(?P<lead>牵头|主办|主责|第一责任)(?:责任)?(?:单位|部门|科室|处室|领导|人)?\s*[:：]"
    r"|(?P<responsible>责任|配合|协办|协同|落实|参与|参加|承办|实施)(?:责任)?(?:单位|部门|科室|处室|人)?\s*[:：]"
    r"|(?P<deadline>(?:完成|办结|落实)?(?:时限|时间|期限|时间节点))(?:要求)?\s*[:：]"
)
_EVERYONE = re.compile(r"^(.*?)(?:均|都|同)为责任(?:单位|部门)|均涉及(.*?)(?:，|,|$)")
_SAID_ONCE = re.compile(r"^(以下|下同|不再|均不再)")
_OPENERS = {"）": "（(", ")": "（(", "〕": "〔[［", "］": "〔[［", "]": "〔[［", "】": "【"}
CLOSERS = tuple(_OPENERS)
_RESPONSIBILITY = re.compile(r"牵头|负责|责任(?:单位|部门|科室)|配合|主办|落实单位|不再列出")
_DAY = r"(?:20\d{2}年)?(?:\d{1,2}月(?:\d{1,2}日|份|上旬|中旬|下旬|底|末|初)?|第?[一二三四]季度|年底|年内|20\d{2}年(?:底|内)?)(?:之?前)?"
_OPEN_ENDED = r"长期|持续|常态化?|全年|即时|适时|随时|立即|每[年季月]度?"
_DUE = re.compile(
    rf"^(?:于|在|到|力争)?(?:{_DAY}(?:完成|落实|办结|到位|实施|建成|取得\w{{0,4}})*|(?:{_OPEN_ENDED})(?:坚持|推进|实施|落实|开展|完成|进行)*)$"
)
_FIRST_LEADS = re.compile(
    r"牵头(?:单位|部门)(?:列|排|排在|列在)(?:第一|首)位?|(?:列|排|排名|排序|标|署)(?:在|为)?(?:第一|首)位?(?:的)?(?:责任)?(?:单位|部门)?(?:的)?(?:均?为|是|即为)(?:总?牵头|主办|主责)"
)
_DONE = re.compile(r"(?:完成|落实|办结|到位|实施|建成)+$")
_LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Roles:
    """Who leads, who is responsible, whom the text makes responsible for every item, and by when if it says."""

    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    everyone: tuple[str, ...] = ()
    deadline: str = ""


def is_unit_like(name: str) -> bool:
    """Whether a name ends as organisations do, or is the name of a county or district; brackets set aside."""
    bare = re.sub(r"[（(][^（）()]*[）)]", "", name)
    return bare.endswith(registry.endings()) or bool(_DISTRICT.match(bare) or _SUBDIVISION.match(bare))


def first_leads(text: str) -> bool:
    """Whether a note says that of several responsible units the first one leads: 列第一位的为牵头单位."""
    return bool(_FIRST_LEADS.search(text))


def is_due(piece: str) -> bool:
    """Whether a piece of a clause says when, and nothing else: 6月底前完成, 长期坚持."""
    return bool(_DUE.match(piece))


def has_roles(cell: str) -> bool:
    """Whether a cell says itself who leads: 办公室牵头，各科室配合."""
    return bool(_ROLE.search(cell) or _LABEL.search(cell))


def split_units(text: str) -> tuple[str, ...]:
    """The units of a cell or clause, each whole as printed; 等, 和 and 及 part units only after a unit's ending.

    What a list prints once for several names is given to each: 长沙、岳阳市人民政府 are two governments, and after
    市市场监管局 a bare 发展改革委 is the 市发展改革委.
    """
    pieces = [part for piece in _split_outside_brackets(text) for part in _split_joined(piece)]
    return tuple(dict.fromkeys(_share_level(_share_suffix(_join_collectives(pieces)))))


def _split_outside_brackets(text: str) -> list[str]:
    pieces, depth = [""], 0
    for char in text.strip().rstrip("。"):
        depth = max(0, depth + (char in "（(") - (char in "）)"))
        if depth == 0 and char in "、，,；;。\n":
            pieces.append("")
        else:
            pieces[-1] += char
    return [piece.strip() for piece in pieces if piece.strip()]


def _split_joined(piece: str) -> list[str]:
    """A等B → A, B; A和B → A, B; but 住房和城乡建设局 stays, since 住房 is not a unit."""
    units: list[str] = []
    start = 0
    for found in re.finditer(r"等|以及|和|及|与", piece):
        left = piece[start : found.start()]
        if left and is_unit_like(left) and left.count("（") == left.count("）"):
            units.append(left)
            start = found.end()
    rest = piece[start:]
    return [*units, rest] if rest and not (units and rest in ("单位", "部门")) else units


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


def _share_level(pieces: list[str]) -> list[str]:
    """市市场监管局、发展改革委、民政局 → 市发展改革委, 市民政局: the level word of a list whose first name prints it."""
    if not pieces:
        return pieces
    first = registry.identify(pieces[0])
    if first.department is None or first.level is None or pieces[0][:1] != first.level:
        return pieces
    return [pieces[0], *(registry.with_level(piece, first.level) for piece in pieces[1:])]


def is_labelled(line: str) -> bool:
    """Whether a line is a field of the item before it: 责任单位：市政府办."""
    return bool(_LABEL.match(line))


def closing(text: str) -> tuple[str, str | None]:
    """An item's text and what closes it: brackets that name units, or a line 牵头单位：…; None where there is none."""
    clauses: list[str] = []
    rest = text.rstrip()
    while (found := _last_bracket(rest)) and (_RESPONSIBILITY.search(found[1]) or _closes(*found)):
        rest = found[0]
        clauses.insert(0, found[1])
    if not clauses and (labelled := _labelled_tail(rest)):
        rest, clause = labelled
        clauses.append(clause)
    return (rest, "；".join(clauses)) if clauses else (text, None)


def _last_bracket(text: str) -> tuple[str, str] | None:
    """The text before the bracket that ends it, and what the bracket holds; brackets inside it belong to it."""
    end = text.rstrip("。；;， ")
    if end[-1:] not in _OPENERS:
        return None
    openers = _OPENERS[end[-1]]
    closers = [closer for closer, its in _OPENERS.items() if its == openers]
    depth = 0
    for place in range(len(end) - 1, -1, -1):
        depth += (end[place] in closers) - (end[place] in openers)
        if depth == 0:
            return end[:place].rstrip(), end[place + 1 : -1].strip()
    return None


def _closes(before: str, inside: str) -> bool:
    """Whether a bracket without a word on roles closes an item: a time limit by its label, or units after a sentence."""
    if (label := _LABEL.match(inside)) and label["deadline"]:
        return True
    units = split_units(inside)
    return before.endswith(("。", "；")) and bool(units) and all(map(is_unit_like, units))


def _labelled_tail(text: str) -> tuple[str, str] | None:
    """Fields printed without brackets at the end: 责任单位：市政府办。完成时限：6月底。"""
    for label in _LABEL.finditer(text):
        if label["deadline"] or (label.start() and text[label.start() - 1] not in "。；！？ 　"):
            continue
        if _open_bracket(text[: label.start()]):
            return None
        clause = text[label.start() :]
        values = re.split(r"[、，,；;。]", _LABEL.sub("、", clause))
        if all(len(value) <= _LONGEST_NAME for value in values):
            return text[: label.start()].rstrip(), clause
    return None


def completed(units: Sequence[str], printed: str, where: str) -> list[Finding]:
    """What ``split_units`` gave to names that the list prints in short."""
    plain = "".join(printed.split())
    longer = [unit for unit in units if "".join(unit.split()) not in plain]
    return [Finding("ok", f"单位按同列写法补全为“{'、'.join(longer)}”", where)] if longer else []


def _open_bracket(text: str) -> bool:
    """Whether a bracket that a text opens is still open at its end."""
    return sum(c in "（(〔[［【" for c in text) > sum(c in _OPENERS for c in text)


@dataclass(slots=True)
class _Gathered:
    """Roles while a clause is read."""

    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    everyone: list[str] = field(default_factory=list)
    due: list[str] = field(default_factory=list)


def roles(clause: str) -> Roles:
    """The roles in a closing clause: "A、B牵头，C按职责分工负责。D均为责任单位，以下不再列出", "牵头单位：A；责任单位：B，6月底完成"."""
    found = _Gathered()
    labels = list(_LABEL.finditer(clause))
    starts = [label.start() for label in labels] + [len(clause)]
    _read_sentences(clause[: starts[0]], found)
    for label, end in zip(labels, starts[1:], strict=True):
        value = clause[label.end() : end].strip("，,；;。 ")
        if label["deadline"]:
            found.due.append(value)
        else:
            _read_sentences(value, found, "lead" if label["lead"] else "responsible")
    lead = tuple(dict.fromkeys(found.lead))
    others = tuple(dict.fromkeys(found.responsible))
    return Roles(lead, others, tuple(dict.fromkeys(found.everyone)), "、".join(dict.fromkeys(found.due)))


def _read_sentences(text: str, found: _Gathered, role: str = "responsible") -> None:
    """Reads units sentence by sentence; those without a word on their role have ``role``."""
    for sentence in filter(None, re.split(r"[。；;]", text)):
        if everyone := _EVERYONE.search(sentence):
            found.everyone += split_units(everyone.group(1) or everyone.group(2) or "")
        elif not _SAID_ONCE.match(sentence):
            leaders, rest = _lead_and_rest(sentence)
            found.lead += _units_and_due(leaders, found)
            own = _units_and_due(_ROLE_WORDS.sub("", rest.strip("，, ")), found)
            (found.lead if role == "lead" else found.responsible).extend(own)


def _units_and_due(text: str, found: _Gathered) -> list[str]:
    """The units of a piece of a clause; pieces that say when go to ``found.due``."""
    units = []
    for unit in split_units(text):
        if is_due(unit):
            found.due.append(_DONE.sub("", unit) or unit)
        else:
            units.append(_ROLE_WORDS.sub("", unit) or unit)
    return units


def _lead_and_rest(sentence: str) -> tuple[str, str]:
    found = _LEAD.search(sentence)
    return (sentence[: found.start()], sentence[found.end() :]) if found else ("", sentence)
