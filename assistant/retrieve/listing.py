"""What a question for a list asks of its rows: units in their roles, numbers of lead units, what they are counted by.

All readers take folded text in which other slots (places, years, parts, times) are blanked already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.retrieve.units import Mention
from assistant.schema import Group, Role, UnitCondition

_ROLE = re.compile(
    r"(?P<lead>牵头|主办|主责|领头|挑头|打头|带头|领衔)|(?P<responsible>责任|配合|协助|协办|跟着|(?:职责)?分工负责)"
    r"|(?P<any>负责|参与(?!牵头)|参加|有关|相关|涉及|承担|出现)"
)
_NEGATED = re.compile(r"(?<!有)(?:不|没|没有|未|非)(?:是|当|做|算|被|由|列|列进|列入|列成|写成|写|作为|担任|安排)?$")
_NOT_BY = re.compile(
    r"(?:(?<!是)不是|不由|并非|非|不含|不包括|不包含|不带|(?<!有)没有?(?:出现|写|列|提到?|包括|含)?|除了|除开|除去|不算)“?$"
)
# 你说A……不对，我是问B: what was said before is taken back.
_TAKEN_BACK = re.compile(
    r"^.{2,}?(?:(?<!对)不对|说错了|搞错了|算了|我是说|我是问|我(?:就|只)想问)[,。… ]*(?:我(?:就|只)?(?:是|想)?问)?"
)

_UNIT = r"(?:单位|部门|局|厅局|委办局|机构)"
_MANY = 99
_MOST = r"(?:最多|最少|排(?:在)?第一|排名|占比最|数量排)"
_N = r"(?:[一两二三四五六七八九十]|\d{1,2})"
# Words of counting that make a group of units or documents the thing asked for, whatever else is named.
_RANKED = re.compile(rf"{_MOST}|各|每|分年|按|占比")
_LEADS: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = (
    (
        re.compile(
            rf"(?:没有?|未|无)(?:写明?|明确|规定|注明|标明|列出?|设|指定|安排|单列|确定)*(?:任何)?(?:的)?牵头(?:单位|部门)?|(?:谁|哪家|哪个{_UNIT})都(?:没|不)(?:有)?牵头"
            r"|牵头(?:单位|部门)?(?:那?一?[栏格列])?(?:是)?(?:空着?的?|空白|没写|缺失?)|无人牵头|没人牵头"
        ),
        (0, 0),
    ),
    (
        re.compile(
            rf"牵头(?:单位|部门|栏)?(?:数|数量)?(?:达到|至少|不少于|有)?了?(?P<from>{_N})(?:家|个)(?:{_UNIT})?(?:及|或|或者|和)?(?:(?:{_N})(?:家|个))?以上"
        ),
        (2, _MANY),
    ),
    (
        re.compile(
            r"牵头(?:单位|部门)?(?:数|数量)?(?:超过|多于|大于|不止)了?(?P<over>[两二三四五六七八九十]|\d{1,2})(?:个|家)"
        ),
        (2, _MANY),
    ),
    (
        re.compile(
            rf"牵头(?:单位|部门|栏)?(?:刚好|正好|恰好|只有|有)(?P<n>{_N})(?:家|个)|(?:刚好|正好|恰好)(?P<m>{_N})(?:家|个)(?:{_UNIT})?牵头"
        ),
        (2, 2),
    ),
    (
        re.compile(
            rf"(?:只|仅|就)(?:有|写|列|明确)?了?(?:一|1)(?:个|家){_UNIT}?牵头|牵头(?:单位|部门)?(?:只有|仅有?|就)(?:一|1)(?:个|家)|(?:单独|独自|独家|一家)牵头|单独一家牵头"
        ),
        (1, 1),
    ),
    (
        re.compile(
            rf"(?:(?P<n>[两二三四五六七八九十2-9])(?:个|家)(?:{_UNIT})?(?:共同|联合|一起|一块|同时|都)?牵头)|牵头(?:单位|部门)(?:有|是)?(?P<m>[两二三四五六七八九十2-9])(?:个|家)"
        ),
        (2, 2),
    ),
    (
        re.compile(
            rf"(?:多个|多家|好几家|不止一家|不止一个|两家以上)(?:{_UNIT})?(?:共同|联合|一起)?牵头|(?:共同|联合)牵头的任务|牵头(?:单位)?不止一(?:个|家)"
        ),
        (2, _MANY),
    ),
    (
        re.compile(
            r"(?<![没有])(?:列有|写明了|明确了|写了|有)牵头(?:单位|部门)(?!的?(?:是|有)?(?:谁|哪|几|多少|吗|么))"
        ),
        (1, _MANY),
    ),
)
_ONLY = re.compile(r"没有第[三二四]家|没有别家|没有其他|(?<!不)(?:只|仅)由|(?:两|三)家(?:包办|独揽)")
_TOGETHER = re.compile(r"共同|联合|一起|一块|同时|都(?:是|由)?牵头|[两三四]家|搭配|并列")
_OR = re.compile(r"或")
_ANY_OF = re.compile(r"分别(?!是|为|有哪|叫)|各自?(?:牵头|负责|有)|加起来|加在一起|合计|总共加")
_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}

_GROUPS: tuple[tuple[Group, re.Pattern[str]], ...] = (
    (
        "responsible",
        re.compile(
            rf"(?:责任|配合)(?:单位|部门)?[^,。?]{{0,8}}{_MOST}|(?:责任|配合)(?:单位|部门)(?:一共|总共|都|分别)?(?:有|是)?(?:哪些|哪几个|多少(?:个|家))|各个?(?:责任|配合)单位"
        ),
    ),
    (
        "lead",
        re.compile(
            rf"(?:牵头|负责|领)[^,。?]{{0,8}}{_MOST}|(?:哪|谁)[^,。?]{{0,6}}(?:牵头|任务|负责)[^,。?]{{0,4}}{_MOST}|{_MOST}的?(?:牵头)?{_UNIT}|{_UNIT}[^,。?]{{0,8}}{_MOST}"
            rf"|(?:都|一共|总共)?(?:有|由)?(?:哪些|哪几个|哪几家|多少(?:个|家)?|几(?:个|家)){_UNIT}(?:在|来)?(?:牵头|领任务|负责)|牵头(?:的)?(?:单位|部门)(?:一共|总共|都|分别)?(?:有|是)?(?:哪些|哪几|多少|几|谁)"
            rf"|(?:各|每)(?:个|家)?(?:牵头)?{_UNIT}[^,。?]{{0,8}}(?:几|多少|分别)|按(?:牵头)?{_UNIT}"
        ),
    ),
    (
        "year",
        re.compile(r"分年(?:份|度)?|按年|(?:各|每|哪)(?:一)?(?:个)?年(?:份|度)?[^,。?]{0,8}(?:几|多少|最多|最少|分别)|[两几]年(?:里)?(?:分别|各)"),
    ),
    (
        "place",
        re.compile(
            r"(?:各|每|哪)(?:个|一个)?(?:地方|地区|市州|市县|地市|省市|地)[^,。?]{0,12}(?:(?<!第)几|多少|最多|最少|分别)|分地区|按地区|(?:分别|各)(?:是|有|占)?(?:几|多少)(?:项|条|个)[^,。?]{0,4}(?:地方|地区)"
        ),
    ),
    (
        "section",
        re.compile(r"(?:各|每|哪)(?:个|一个)?(?:板块|章节|章|大项|方面|大块)[^,。?]{0,12}(?:几|多少|最多|最少|分别|任务)|按板块|分板块|有(?:哪些|哪几个|几个|多少个)(?:板块|大块|部分|大项|方面)"),
    ),
    (
        "part",
        re.compile(
            r"(?:各|每|哪)(?:个|一个|份)?(?:附件|部分|要点|清单)[^,。?]{0,12}(?:几|多少|最多|最少|分别)|(?:附件|要点|清单|部分)[^,。?]{0,6}(?:各|分别)(?:自|是|有|列了)?(?:几|多少)"
        ),
    ),
    (
        "document",
        re.compile(r"(?:各|每|哪|几|多少|哪几|哪些)(?:一)?(?:个|份)?(?:文件|文)[^,。?]{0,12}(?:(?<!第)几|多少|最多|最少|分别|提到|写到|出现)|(?:几|多少|哪几|哪些)份文件|按文件|分文件"),
    ),
)  # fmt: skip


def without_retractions(text: str) -> str:
    """The text from where its speaker puts right what was said before."""
    return _TAKEN_BACK.sub("", text) or text


def lead_count(text: str) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """The least and most lead units that rows must have (没有牵头单位的, 两家牵头的, 多家共同牵头的), and where it is said."""
    for pattern, bounds in _LEADS:
        if found := pattern.search(text):
            said = found.groupdict()
            digit = said.get("n") or said.get("m")
            if least := said.get("from"):
                bounds = (_DIGITS.get(least) or int(least), _MANY)
            elif over := said.get("over"):
                bounds = ((_DIGITS.get(over) or int(over)) + 1, _MANY)
            elif digit:
                number = _DIGITS.get(digit) or int(digit)
                bounds = (number, number)
            return bounds, [found.span()]
    return None, []


def ranked(text: str) -> bool:
    """Whether what is counted by is the thing asked for (哪个单位最多, 各附件), not a matter (政务云由哪些单位牵头)."""
    return bool(_RANKED.search(text))


def group(text: str) -> tuple[Group | None, list[tuple[int, int]]]:
    """What the rows are to be counted by (哪个单位牵头最多, 分年份, 各附件多少条), and where it is said."""
    for name, pattern in _GROUPS:
        if found := pattern.search(text):
            return name, [found.span()]
    return None, []


def conditions(text: str, mentions: Sequence[Mention]) -> tuple[tuple[UnitCondition, ...], bool]:
    """Each unit named, in the role that the words around it give, and whether all of them must stand in one row.

    Role words belong to the units before them (A牵头、B配合); units without any take those that stand before all units
    (不牵头、只配合的，A有几项).
    """
    events: list[tuple[int, Mention | re.Match[str]]] = [(mention.start, mention) for mention in mentions]
    events += [(word.start(), word) for word in _ROLE.finditer(text) if not _inside(word, mentions)]
    groups: list[tuple[list[Mention], list[re.Match[str]]]] = [([], [])]
    for _, event in sorted(events, key=lambda each: each[0]):
        if isinstance(event, Mention):
            if groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(event)
        else:
            groups[-1][1].append(event)
    before_all = groups[0][1] if not groups[0][0] else []
    found = [_condition(text, mention, words or before_all) for named, words in groups for mention in named]
    if len(found) > 1 and _bracketed(text, mentions):
        units = {unit for each in found for unit in each.units}
        return (replace(found[0], units=tuple(sorted(units))),), False
    together = bool(_TOGETHER.search(text)) or len({(each.role, each.excluded) for each in found}) > 1
    return _joined(text, mentions, found), together


def _bracketed(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether all units, but for one before the bracket, are an explanation in brackets: 教育部门(教育厅、教育局)."""
    spans = [found.span() for found in re.finditer(r"\([^()]*\)", text)]
    outside = [each for each in mentions if not any(start <= each.start < end for start, end in spans)]
    return bool(spans) and len(outside) <= 1 < len(mentions) and len(outside) < len(mentions) - 1 + (not outside)


def _inside(word: re.Match[str], mentions: Sequence[Mention]) -> bool:
    return any(mention.start <= word.start() < mention.end for mention in mentions)


def _condition(text: str, mention: Mention, words: Sequence[re.Match[str]]) -> UnitCondition:
    """One unit by its role words: 不牵头 means taking part only; 不是X牵头 and 没列进责任单位 mean rows where X does not."""
    said = {(word.lastgroup, bool(_NEGATED.search(text[: word.start()]))) for word in words}
    plain = {name for name, negated in said if not negated} & {"lead", "responsible"}
    role: Role | None = "lead" if plain == {"lead"} else "responsible" if plain == {"responsible"} else None
    excluded = bool(_NOT_BY.search(text[: mention.start]))
    if not plain and {("lead", True), ("responsible", True)} <= said:
        return UnitCondition(tuple(sorted(mention.units)), None, True)
    if not plain and ("lead", True) in said and not excluded:
        role = "responsible"
    elif not plain and ("responsible", True) in said:
        role, excluded = "responsible", True
    return UnitCondition(tuple(sorted(mention.units)), role, excluded)


def _joined(text: str, mentions: Sequence[Mention], found: Sequence[UnitCondition]) -> tuple[UnitCondition, ...]:
    """Units of which any will do as one condition: A或B, A和B加起来, (A、B、C)."""
    found = _overlapping(found)
    any_of = _ANY_OF.search(text) or any(_OR.search(text[a.end : b.start]) for a, b in pairwise(mentions))
    if len(found) < 2 or not any_of or len({(each.role, each.excluded) for each in found}) > 1:
        return tuple(dict.fromkeys(found))
    units = tuple(sorted({unit for each in found for unit in each.units}))
    return (replace(found[0], units=units),)


def _overlapping(found: Sequence[UnitCondition]) -> list[UnitCondition]:
    """Names of one unit (州大数据中心, 州政府办（州大数据中心）) as one condition, in the first role that was said."""
    merged: list[UnitCondition] = []
    for each in found:
        same = next((n for n, other in enumerate(merged) if set(other.units) & set(each.units)), None)
        if same is None or merged[same].excluded != each.excluded:
            merged.append(each)
        else:
            units = tuple(sorted({*merged[same].units, *each.units}))
            merged[same] = replace(merged[same], units=units, role=merged[same].role or each.role)
    return merged


def only_these(text: str) -> bool:
    """Whether no other unit may lead (只由A和B牵头，没有第三家)."""
    return bool(_ONLY.search(text))
