"""Facts inside a text: dates, quantified targets, cited document numbers. Pure functions over one string."""

from __future__ import annotations

import calendar
import re

from assistant.schema import Comparator, Deadline, Quantity
from assistant.text import number

_YEAR = r"(?:(?P<year>(?:19|20)\d{2})\s*年)"
_BEFORE = r"(?P<before>之?前|以前)?"
_DATE = re.compile(
    rf"{_YEAR}?(?P<month>\d{{1,2}})\s*月(?:份)?(?:(?P<day>\d{{1,2}})\s*日|(?P<third>上旬|中旬|下旬|底|末|初))?{_BEFORE}"
    rf"|(?:{_YEAR.replace('year', 'year2')}|(?P<this>本|当|今|全)?年)(?P<yearend>底|末){_BEFORE.replace('before', 'before2')}"
    rf"|{_YEAR.replace('year', 'year3')}?第?(?P<quarter>[一二三四1-4])季度(?P<qend>底|末)?{_BEFORE.replace('before', 'before3')}(?P<from>开始|起)?"
    r"|(?<![\d一二三四五六七八九十])(?P<within>年内)"
)
_NUMBER = re.compile(
    r"(?P<org>[\u4e00-\u9fff]{1,12})[〔\[【（(［]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]】）)］]\s*(?P<no>\d{1,5})\s*号"
)
_VERBS = re.compile(r"^.*(?:落实|按照|根据|贯彻|执行|依据|印发|参照|对照|遵照|关于|和|与|及|的)(?=[\u4e00-\u9fff]{2,})")
_MEASURES = "个|项|类|种|次|件|家|户|人次|人|万人|条|场|期|批|天|日|小时|分钟|秒|工作日|分|倍|公里|平方米|元|万元|亿元|门|套|名|所|份|篇"
_TARGET = re.compile(
    r"(?P<bound>超过|突破|达到|达|不少于|不低于|不超过|不高于|至少|最多|力争|提高到|提升至|压缩至|控制在)?"
    rf"(?<![\d.〔年第])(?P<value>\d+(?:\.\d+)?)(?P<scale>%|％|个百分点|[万亿](?:{_MEASURES})?|{_MEASURES})?"
    r"(?P<floor>以上|以下|以内|左右)?(?![\d.])"
)


def doc_numbers(text: str) -> tuple[str, ...]:
    """Document numbers (文号) cited in a text, brackets and spaces made uniform: 湘政办发〔2021〕72号."""
    found = []
    for match in _NUMBER.finditer(text):
        org = _VERBS.sub("", match["org"])
        found.append(f"{org}〔{match['year']}〕{match['no']}号")
    return tuple(dict.fromkeys(found))


def targets(text: str) -> tuple[str, ...]:
    """Quantified targets as printed (30%以上, 不少于2种): a bound, a percentage or a measure makes a figure one.

    Figures inside “ ” are names (稳增长“20条”), those before 年 or after 第 are dates and ordinals.
    """
    plain = re.sub(r"“[^”]{0,12}”", "、", text)
    found = []
    for match in _TARGET.finditer(plain):
        follows = plain[match.end() : match.end() + 1]
        if follows in ("年", "月", "号") or not (match["bound"] or match["scale"]):
            continue
        if match["scale"] in ("条", "日", "分") and not match["bound"]:
            continue
        if "已" in plain[max(0, match.start() - 6) : match.start()]:  # 已经发布的26个领域: a fact, not a target
            continue
        bound = match["bound"] if match["bound"] not in ("达到", "达", "力争") else ""
        found.append(f"{bound or ''}{match['value']}{match['scale'] or ''}{match['floor'] or ''}")
    return tuple(dict.fromkeys(found))


_BOUNDS: tuple[tuple[str, Comparator], ...] = (
    (r"超过|突破", ">"),
    (r"不超过|不高于|最多|以内|以下|控制在|压缩至", "<="),
    (r"不少于|不低于|至少|以上", ">="),
    (r"左右", "~"),
)
_SCALES = {"万": 10_000, "亿": 100_000_000}


def quantity(target: str) -> Quantity | None:
    """A printed target as a figure with its comparator and unit; None where it holds no figure.

    万 and 亿 are multiplied out (突破170万 is > 1,700,000) unless the unit is money, which keeps them (3亿元).
    """
    figure = _TARGET.search(target)
    if figure is None:
        return None
    said: list[Comparator] = [comparator for words, comparator in _BOUNDS if re.search(words, target)]
    comparator: Comparator = "<=" if "<=" in said else said[0] if said else "="
    value, unit = float(figure["value"]), (figure["scale"] or "").replace("％", "%")
    if unit[:1] in _SCALES and not unit.endswith("元"):
        value, unit = value * _SCALES[unit[0]], unit[1:]
    return Quantity(comparator, value, unit)


def dates(text: str, year: int | None) -> tuple[Deadline, ...]:
    """Every date in a text that can be laid on the calendar; ``year`` is the document's, for 年底前 and 6月底."""
    found = [_span(match, year) for match in _DATE.finditer(text)]
    return tuple(dict.fromkeys(found))


def deadline(cell: str, text: str, year: int | None) -> tuple[Deadline | None, tuple[Deadline, ...]]:
    """A row's deadline and the other dates of its text. A deadline cell wins over dates in the text."""
    inside = dates(text, year)
    if cell.strip():
        known = dates(cell, year)
        due = Deadline(cell.strip(), known[0].start, known[-1].end) if known else Deadline(cell.strip())
        return due, tuple(each for each in inside if each.text != due.text)
    due_in_text = next((each for each in inside if is_due(each.text)), None)
    return due_in_text, tuple(each for each in inside if each is not due_in_text)


def is_due(printed: str) -> bool:
    """Whether a printed date sets an end: 年底前, 6月底, 年内; not 第二季度开始 or a mere month."""
    return bool(re.search(r"前|底|末|年内", printed))


def _span(match: re.Match[str], document_year: int | None) -> Deadline:
    text = re.sub(r"\s+", "", match.group())
    printed = match["year"] or match["year2"] or match["year3"]
    year = int(printed) if printed else document_year
    if year is None:
        return Deadline(text)
    if match["yearend"] or match["within"]:
        return Deadline(text, None if match["yearend"] else f"{year}-01-01", f"{year}-12-31")
    if match["quarter"]:
        first = 3 * ((number(match["quarter"]) or 1) - 1) + 1
        open_end = bool(match["from"])
        return Deadline(text, f"{year}-{first:02}-01", None if open_end else _last_day(year, first + 2))
    return _month_span(match, text, year)


def _month_span(match: re.Match[str], text: str, year: int) -> Deadline:
    month, third = int(match["month"]), match["third"]
    if not 1 <= month <= 12:
        return Deadline(text)
    last = calendar.monthrange(year, month)[1]
    if match["day"]:
        day = min(int(match["day"]), last)
        return Deadline(text, None if match["before"] else f"{year}-{month:02}-{day:02}", f"{year}-{month:02}-{day:02}")
    if third in ("上旬", "初", "中旬", "下旬"):
        start, end = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "下旬": (21, last)}[third]
        return Deadline(text, f"{year}-{month:02}-{start:02}", f"{year}-{month:02}-{end:02}")
    if third:
        return Deadline(text, None, f"{year}-{month:02}-{last:02}")
    if match["before"]:  # 6月前: done when June begins
        return Deadline(text, None, _last_day(year, month - 1) if month > 1 else f"{year - 1}-12-31")
    return Deadline(text, f"{year}-{month:02}-01", f"{year}-{month:02}-{last:02}")


def _last_day(year: int, month: int) -> str:
    return f"{year}-{month:02}-{calendar.monthrange(year, month)[1]:02}"
