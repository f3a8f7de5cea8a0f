"""Slots that stand in the words of a question: places, years, ordinals, document numbers, times, roles.

Each reader takes folded text and gives what it found with the spans that it found it in. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from assistant import lexicon
from assistant.schema import Due, DueKind, Ordinal, PolicyDocument
from assistant.text import compact, number

Span = tuple[int, int]
NUMERAL = r"[〇零一二两三四五六七八九十百\d]+"
_ORDINAL = re.compile(
    rf"(倒数)?第\s*(\()?\s*({NUMERAL})\s*\)?\s*(?:项|条|款|(?:个|件)(?=任务|工作|事项))|\(({NUMERAL})\)\s*(?:项|条)?"
    rf"|(?:序号|编号|no\.?|排(?:在)?第)\s*({NUMERAL})(?:号)?|(?<![\d一二三四五六七八九十])({NUMERAL})号(?:任务|条|项)|(?:要点|清单|附件\d?)(?:里|的|中|里的)?\s*(\d{{1,3}})(?:项|条)(?!任务|以上)"
    rf"|(?<![\d第])(\d{{1,3}})(?:项|条)(?=\s*(?:跟|和|与|、)\s*\d{{1,3}}(?:项|条))|(?<=[跟和与、])\s*(\d{{1,3}})(?:项|条)(?=各|分别|都|是|由|归)"
)
_FIRST = re.compile(r"(?:头一|首)(?:项|条)")
_LAST_FEW = re.compile(rf"最后({NUMERAL})(?:项|条)")
_FIRST_FEW = re.compile(rf"(?<!提)前({NUMERAL})(?:项|条)")
_MOST_FEW = 20
_SPELT_YEAR = re.compile(
    r"(二[〇零][〇零一二三][〇零一二三四五六七八九]|(?<![十百〇零一二三四五六七八九])二[〇零一二三四五六七八九])年(?!前|以?来|间|内|后|代|的?时间|级|期)"
)
_EARLIEST = 2015  # a year before is told of, not asked about
_SHORT = 2  # digits of a year without its century
_LONGEST_STEM = 8
_MOST_ITEMS = 999  # above, a number in brackets is a year
_LAST = re.compile(r"(?:最后|最?末尾?)(?:的)?(?:那)?一?(?:项|条|款)")
_YEAR = re.compile(
    r"(?<!\d)(20\d{2})(?:年(?!\s*(?:底|末|\d{1,2}月))|(?=\s*(?:和|与|、|及|到|至|跟|比|对比|-|—|~|,)\s*20\d{2})|(?=\s*两年))"
)
_BARE_YEAR = re.compile(r"(?<![\d第])(20[0-3]\d)(?![\d年号项条个]|\.\d|\s*[〕\])】]\s*\d+\s*号)")
_SHORT_YEAR = re.compile(r"(?<![\d第])([1-3]\d)年(?!\d|前|以?来|间|内|后|代|的?时间|级|期)")
_CITED = re.compile(
    r"([\u4e00-\u9fff]{2,8}?)(?:[〔\[(【]\s*|(?<=[发函字办]))(20\d{2})\s*(?:[〕\])】]|年?第?)\s*(\d+)\s*号"
)
# Words that stand before the letters of a document number and are none of them.
_BEFORE_LETTERS = re.compile(r"引用|提到|涉及|依据|根据|按照?|落实|执行|任务|文件|哪[些几]项?|[的了是和与及在由对把过]")
_IN_TIME = r"(?=”?的?(?:期限|时限|硬)|”|”?[^,。?]{0,6}(?:完成|办成|办完|办好|做完|做好|落实|实现|到期|截止|建成|出台|要|的(?:任务|工作|事|有|是|几|哪))|$)"
_BEFORE = r"(?P<before>之前|以前|前)?"
_AFTER = r"(?P<after>之后|以后|后)?"
_WHEN = re.compile(
    rf"(?<![\d第])(?:(?P<year>20\d{{2}})年)?\s*(?:(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|底|末|中旬|上旬|下旬)*"
    rf"|第?(?P<quarter>[一二三四1-4])季度(?:末|底)?|(?P<half>上|下)半年(?:末|底)?|(?P<end>年底|年末)|(?P<of>20\d{{2}})年(?P<last>底|末)|(?P<within>年内|年度内|全年))"
    rf"{_BEFORE}{_AFTER}{_IN_TIME}"
)
_NOT_THEN = re.compile(r"(?:不是|并非|不为|不在|非)“?$")
_UNDATED = re.compile(r"(没有?|未)(写明?|规定|明确|注明|标明|要求|设定|设)*(完成)?(时限|期限|时间)(要求)?")
_DATED = re.compile(
    r"(?<!没)(?<!没有)(有|写了|写明了?|规定了|明确了?|标了|标明了?|标注了?|注明了?)(明确|具体|写明|规定)*的?(完成)?(时限|期限|(?<=完成)时间)(要求)?"
)
# Words that end like a county or a city and name none.
_NO_COUNTY = re.compile(
    r"(城|股|楼|夜|超|菜|集|黑|都|上|门|开|入|面|外|农业|牧业|贫困|山区|大|小|中|级|直辖|省辖|县辖|园林|卫生|发达|受灾|小康|先进|重点"
    r"|强|本|该|各|全|我|你|他|邻|市|县|下|进|出|到|为|近|郊|属|跨)[县市]$|[^\u4e00-\u9fff]"
)
# A level word before a matter: 州政务数据共享平台 is of the prefecture; 市场, 省长 and 州直 are words of their own.
_OF_LEVEL = re.compile(
    r"^(?:请问)?(?:在)?(?P<level>[省州市])(?!场|县|民|级|长|州|区|直|域|内|外|里|中|部|委|辖|人|面|容|局|厅|办|政(?!务))"
)
_TITLE_TAIL = re.compile(r"(要点|清单|方案|计划|意见|安排|措施|文件)$")


def cited_numbers(text: str) -> tuple[tuple[str, ...], list[Span]]:
    """Document numbers: 湘政办函〔2022〕22号, in any brackets."""
    found, spans = [], []
    for mention in _CITED.finditer(text):
        letters = _BEFORE_LETTERS.split(mention.group(1))[-1]
        found.append(f"{letters}〔{mention.group(2)}〕{mention.group(3)}号")
        spans.append((mention.end(1) - len(letters), mention.end()))
    return tuple(dict.fromkeys(found)), spans


def ordinals(text: str) -> tuple[tuple[Ordinal, ...], list[Span]]:
    """第48项, 第（十六）项, （十六）, 第9个任务, 序号21, 2号任务, 24项跟25项, 倒数第二项, 最后一条, 最后两项, 前三项."""
    found: dict[Ordinal, None] = {}
    spans = []
    for mention in _LAST.finditer(text):
        found[Ordinal(1, from_end=True)] = None
        spans.append(mention.span())
    for mention in _FIRST.finditer(text):
        found[Ordinal(1)] = None
        spans.append(mention.span())
    for pattern, from_end in ((_LAST_FEW, True), (_FIRST_FEW, False)):
        for mention in pattern.finditer(text):
            count = number(mention.group(1)) or 0
            if 1 < count <= _MOST_FEW:
                numbers = range(count, 0, -1) if from_end else range(1, count + 1)
                found |= {Ordinal(each, from_end=from_end): None for each in numbers}
                spans.append(mention.span())
    for mention in _ORDINAL.finditer(text):
        value = number(next(filter(None, mention.groups()[2:])).strip())
        if value is not None and value <= _MOST_ITEMS:
            label = bool(mention.group(2) or mention.group(4))
            found[Ordinal(value, label, bool(mention.group(1)))] = None
            spans.append(mention.span())
    return tuple(found), spans


def years(text: str) -> tuple[tuple[int, ...], list[Span]]:
    """2022年, 二〇二一年, 2022和2023两年, 22年底; not the year of a time (2022年6月底)."""
    found: dict[int, None] = {}
    spans = []
    for mention in _SPELT_YEAR.finditer(text):
        digits = "".join(str(number(char)) for char in mention.group(1))
        year = int(digits) if len(digits) > _SHORT else 2000 + int(digits)
        if year >= _EARLIEST:
            found[year] = None
            spans.append(mention.span())
    for mention in _YEAR.finditer(text):
        found[int(mention.group(1))] = None
        spans.append(mention.span())
    for mention in _BARE_YEAR.finditer(text):
        found[int(mention.group(1))] = None
        spans.append(mention.span())
    for mention in _SHORT_YEAR.finditer(text):
        spans.append(mention.span())
        found[2000 + int(mention.group(1))] = None
    return tuple(found), spans


def quoted(text: str) -> list[Span]:
    """Stretches in quotation marks or title marks, with the marks; of nested ones the outer."""
    return [mention.span() for mention in re.finditer(r"“[^”]*(?:“[^“”]*”[^”]*)*”|《[^》]*》", text)]


def places(text: str) -> list[tuple[Span, tuple[str, ...]]]:
    """Places of the gazetteer: their spans and all names, the longest at each position, none inside another."""
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for place in lexicon.places():
        for name in place.names:
            start = text.find(name)
            if start >= 0 and (start not in found or found[start][0] < start + len(name)):
                found[start] = (start + len(name), place.names)
    mentions: list[tuple[Span, tuple[str, ...]]] = []
    for start, (end, names) in sorted(found.items()):
        if not mentions or start >= mentions[-1][0][1]:
            mentions.append(((start, end), names))
    return mentions


def counties(text: str, is_word: Callable[[str], bool]) -> list[tuple[Span, str]]:
    """Counties and cities below those of the gazetteer, by the dictionary of the analyser: 新化县, 吉首市."""
    found = []
    for end in re.finditer(r"[县市]", text):
        names = ((start, text[start : end.end()]) for start in range(max(0, end.end() - 5), end.start()))
        place = next(((start, name) for start, name in names if is_word(name) and not _NO_COUNTY.search(name)), None)
        if place is not None and (len(place[1]) > 2 or place[1].endswith("县")):
            found.append(((place[0], end.end()), place[1]))
    return found


def due(text: str) -> tuple[Due | None, list[Span]]:
    """The time of a question for what is due: 6月底前, 第三季度, 下半年, 年内, 9月以后, 没有写明时限的."""
    undated, dated, when = _UNDATED.search(text), _DATED.search(text), _WHEN.search(text)
    if when and dated and when.start() > dated.end():
        dated = None  # 标了时限、但时限不是11月底
    if undated:
        return Due(undated.group(), "none"), [undated.span()]
    if dated:
        return Due(dated.group(), "some"), [dated.span()]
    if when is None:
        return None, []
    first, last = _months(when)
    kind: DueKind = "by" if when["before"] or when["within"] else "after" if when["after"] else "in"
    year = when["year"] or when["of"]
    excluded = bool(_NOT_THEN.search(text[: when.start()]))
    return Due(when.group(), kind, first, last, int(year) if year else None, excluded), [when.span()]


def _months(when: re.Match[str]) -> tuple[int, int]:
    """The first and last month of a time."""
    if when["month"]:
        month = number(when["month"]) or 12
        return month, month
    if when["quarter"]:
        quarter = number(when["quarter"]) or 4
        return 3 * quarter - 2, 3 * quarter
    if when["half"]:
        return (1, 6) if when["half"] == "上" else (7, 12)
    return (12, 12) if when["end"] or when["last"] else (1, 12)


def level(text: str) -> str | None:
    """The level word that a question begins with: 省数据要素基础制度."""
    mention = _OF_LEVEL.match(text)
    return mention["level"] if mention else None


def section_names(headings: Iterable[str]) -> dict[str, str]:
    """Folded section headings without their numeral → as printed; short ones are too common to count."""
    names: dict[str, str] = {}
    for heading in sorted(headings):
        key = compact(heading.split("、", 1)[-1])
        if len(key) >= 6:
            names[key] = heading
    return names


def part_names(documents: Sequence[PolicyDocument]) -> dict[str, tuple[str, ...]]:
    """Part key → what people call the part: its title without place and year, 工作 optional."""
    names: dict[str, tuple[str, ...]] = {}
    for document in documents:
        for part in document.parts:
            titles = [*re.findall(r"《([^《》]*)》", part.title), re.sub(r"《[^《》]*》", "", part.title)]
            plain = {_plain_title(title) for title in titles if title}
            plain |= {title.replace("工作", "") for title in plain}
            names[f"{document.id}/{part.part}"] = tuple(sorted(name for name in plain if _TITLE_TAIL.search(name)))
    return names


def _plain_title(title: str) -> str:
    text = compact(title)
    for place in lexicon.places():
        if text.startswith(place.names):
            text = text.removeprefix(next(name for name in place.names if text.startswith(name)))
            break
    return re.sub(r"^20\d{2}年", "", text)


def title_stems(title: str) -> tuple[str, ...]:
    """What tells a part's title apart, before 工作要点 and the like: 政务公开 and 公开, 政务管理服务 and 管理服务."""
    quoted_title = re.search(r"《([^《》]*)》", title)
    plain = _plain_title(quoted_title.group(1) if quoted_title else title)
    stem = re.sub(r"(工作)?(任务)?(分解)?(要点|清单|方案|计划|意见|安排|措施)$", "", plain)
    stem = stem.removesuffix("工作")
    return tuple(
        dict.fromkeys(
            each
            for each in (stem, stem.removeprefix("政务"), stem[-2:])
            if 2 <= len(each) <= _LONGEST_STEM and each.isalpha()
        )
    )


def within(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span lies in one of the others."""
    return any(start <= span[0] and span[1] <= end for start, end in others)


def without(text: str, spans: Sequence[Span]) -> str:
    """The text with the given spans blanked."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = " " * (end - start)
    return "".join(chars)
