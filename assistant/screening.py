"""A document is screened before it is published: marks of secrecy, marks against passing it on, personal data.

Marks as 保守国家秘密法 art. 20 and GB/T 9704-2012, 7.2.2 have them set (机密★10年, at the top left), and those by which
offices say how a text may be made public (政府信息公开条例 art. 14 to 16). A sentence that only speaks of secrets is none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from assistant import privacy
from assistant.schema import Concern, ConcernKind

SAID: Mapping[ConcernKind, str] = {
    "secret_mark": "有密级标志，涉密文件不得上传，请先按保密规定处理",
    "internal_mark": "有内部使用或不予公开的标志，请确认可以公开",
    "id_number": "有身份证号，公开前请隐去",
    "bank_card": "有银行卡号，公开前请隐去",
    "mobile": "有手机号，请确认可以公开",
    "address": "有个人住址，公开前请隐去",
    "plate": "有车牌号，公开前请隐去",
    "email": "有个人邮箱，请确认可以公开",
}
_MOST = 100  # concerns of one document
_AROUND = 20  # characters shown on either side

_LEVEL = r"(?:绝 *密|机 *密|秘 *密)"
_OPEN, _CLOSE = r"[【（(\[〔〖]", r"[】）)\]〕〗]"
_INSIDE = (
    r"(?:内部(?:资料|文件|材料|刊物|使用|参阅|传阅|掌握)|(?:仅供|限)内部(?:使用|参阅|传阅)|注意保存|注意保密|妥善保管"
    r"|(?:不得|请勿|严禁|切勿)(?:外传|外泄|转发|复印)|不予公开|不公开|不宜公开)"
)
_INSIDES = rf"{_INSIDE}(?:[ 　，,、；;★*!！。]*{_INSIDE})*"
_MARKS: tuple[tuple[ConcernKind, re.Pattern[str]], ...] = (
    ("secret_mark", re.compile(rf"{_LEVEL}级? *[★☆＊*]")),
    ("secret_mark", re.compile(rf"{_OPEN} *{_LEVEL}级? *{_CLOSE}")),
    ("secret_mark", re.compile(rf"(?:密级|密级和保密期限|保密等级|保密级别|涉密等级|秘密等级) *[:：] *{_LEVEL}")),
    (
        "secret_mark",
        re.compile(rf"^[ 　\t]*{_LEVEL}级?(?:文件|资料|件)?[ 　\t]*(?:\d+ *(?:年|个月)|长期)?[ 　\t]*$", re.M),
    ),
    ("internal_mark", re.compile(rf"{_OPEN} *(?:{_INSIDES}|依申请公开)[。！!]? *{_CLOSE}")),
    ("internal_mark", re.compile(rf"^[ 　\t★*]*{_INSIDES}[ 　\t★*。！!]*$", re.M)),
    (
        "internal_mark",
        re.compile(
            r"(?:此|本|该)(?:件|文件)(?:属性)?[:：]? *(?:为|属于?)?(?:依申请公开|不予?公开|不宜公开|不得外传|内部)"
        ),
    ),
    (
        "internal_mark",
        re.compile(r"公开(?:方式|属性|类别|类型|形式|选项|范围) *[:：] *(?:依申请公开|依申请|不予?公开|不宜公开|内部)"),
    ),
)
_MAY_MARK = tuple(  # a line with none of these has no mark; apart, since each alone is looked for faster
    map(
        re.compile,
        (
            "[绝机秘] *密",
            "内部|注意保|妥善保",
            "外传|外泄|转发|复印",
            "不予?公开|不宜公开|依申请公开 *[】）)\\]〕〗]",
            "(?:此|本|该)(?:件|文件)",
            "公开(?:方式|属性|类别|类型|形式|选项|范围) *[:：]",
        ),
    )
)
_PERSONAL: Mapping[privacy.PersonalKind, ConcernKind] = {
    "id_number": "id_number",
    "bank_card": "bank_card",
    "mobile": "mobile",
    "address": "address",
    "plate": "plate",
    "email": "email",
}  # an office's telephone and the name of whom to ask for belong in a document
_OFFICE_MAIL = re.compile(r"gov\.cn$", re.IGNORECASE)
_HOME = re.compile("[栋幢组室户]|单元")  # an office stands in a road and has a number, a home is in a building


def screen(texts: Iterable[tuple[str, str]]) -> tuple[Concern, ...]:
    """The concerns of a document's texts, the gravest first, 100 at most.

    Args:
        texts: where a text stands, and the text. Texts that share a place are counted together.
    """
    given = [(where, text) for where, text in texts if text]
    whole = "\n".join(text for _, text in given)  # nothing that is looked for reaches over the end of a line
    begins = [0, *accumulate(len(text) + 1 for _, text in given)]
    personal = privacy.find(whole)
    found: dict[tuple[ConcernKind, str], list[int]] = {}
    for start, kind in sorted((*_marks(whole), *_data(whole, personal))):
        where = given[bisect_right(begins, start) - 1][0]
        found.setdefault((kind, where), []).append(start)
    order = list(SAID)
    gravest = sorted(found, key=lambda key: order.index(key[0]))[:_MOST]
    excerpts = _excerpts(whole, personal, [found[key][0] for key in gravest])
    return tuple(
        Concern(kind, where, excerpt, len(found[kind, where]))
        for (kind, where), excerpt in zip(gravest, excerpts, strict=True)
    )


def _marks(whole: str) -> Iterator[tuple[int, ConcernKind]]:
    """Where a mark begins; one that is written in two ways at once counts once."""
    lines = privacy.lines_with(whole, _MAY_MARK)
    found = (
        (each.start(), each.end(), kind)
        for kind, mark in _MARKS
        for line in lines
        for each in mark.finditer(whole, *line)
    )
    end: dict[ConcernKind, int] = {}
    for start, stop, kind in sorted(found):
        if start >= end.get(kind, 0):
            end[kind] = stop
            yield start, kind


def _data(whole: str, personal: Sequence[privacy.Personal]) -> Iterator[tuple[int, ConcernKind]]:
    for each in personal:
        said = whole[each.start : each.end]
        kind = _PERSONAL.get(each.kind)
        if kind and not (kind == "email" and _OFFICE_MAIL.search(said)) and (kind != "address" or _HOME.search(said)):
            yield each.start, kind


def _excerpts(whole: str, personal: Sequence[privacy.Personal], starts: Sequence[int]) -> list[str]:
    """What stands around each place on its line, cut from the masked text: a cut there leaves no half of a number."""
    if not starts:
        return []
    masked, ends = privacy.mask(whole), [each.end for each in personal]
    longer = [0, *accumulate(len(privacy.MARKERS[each.kind]) - (each.end - each.start) for each in personal)]
    places = [start + longer[bisect_right(ends, start)] for start in starts]
    return [
        (
            masked[max(0, at - _AROUND) : at].rpartition("\n")[2] + masked[at : at + 2 * _AROUND].partition("\n")[0]
        ).strip()
        for at in places
    ]
