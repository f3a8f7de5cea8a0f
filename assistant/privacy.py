"""Personal data in a text, found and masked before a question is logged or shown to others.

What counts follows 个人信息保护法 art. 4 and the direct identifiers of GB/T 35273-2020, annex A. Numbers open to everyone
are not personal: 12345 and other short numbers, and those that begin with 400 or 800. Regions down to the town stay
readable, since questions are about them; an address is masked from its road, village or estate on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

PersonalKind = Literal["email", "id_number", "bank_card", "mobile", "landline", "plate", "address", "name"]

MARKERS: Mapping[PersonalKind, str] = {
    "email": "〔邮箱〕",
    "id_number": "〔身份证号〕",
    "bank_card": "〔银行卡号〕",
    "mobile": "〔手机号〕",
    "landline": "〔电话〕",
    "plate": "〔车牌号〕",
    "address": "〔住址〕",
    "name": "〔姓名〕",
}


@dataclass(frozen=True, slots=True)
class Personal:
    """One piece of personal data: ``text[start:end]``."""

    kind: PersonalKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a kind is written: group 1 of ``regex`` where ``holds`` is true of it."""

    kind: PersonalKind
    regex: re.Pattern[str]
    holds: Callable[[str], bool] = bool


def find(text: str) -> tuple[Personal, ...]:
    """The personal data of a text, in order and without overlap; none reaches over the end of a line."""
    return tuple(found for start, end in lines_with(text, _DOUBTFUL) for found in _in_line(text[start:end], start))


def mask(text: str) -> str:
    """The text with a marker such as 〔手机号〕 for each piece of personal data; masked text comes back as it is."""
    pieces, done = [], 0
    for each in find(text):
        pieces += [text[done : each.start], MARKERS[each.kind]]
        done = each.end
    return "".join((*pieces, text[done:]))


def lines_with(text: str, looks: Iterable[re.Pattern[str]]) -> list[tuple[int, int]]:
    """Start and end of the lines in which one of the patterns is found: a quick look that passes nearly all lines."""
    lines: set[tuple[int, int]] = set()
    for look in looks:
        end = -1
        for found in look.finditer(text):
            if found.start() > end:
                end = text.find("\n", found.start())
                end = len(text) if end < 0 else end
                lines.add((text.rfind("\n", 0, found.start()) + 1, end))
    return sorted(lines)


def _in_line(line: str, offset: int) -> list[Personal]:
    """What a line holds. What is found is struck out and the line is read again until nothing more comes to light, so
    that a masked text holds nothing that could be masked.
    """
    plain, found = line.translate(_HALF_WIDTH), list[Personal]()
    while fresh := _once(plain):
        plain = _struck(plain, fresh)
        found += fresh
    return [
        Personal(each.kind, each.start + offset, each.end + offset) for each in sorted(found, key=attrgetter("start"))
    ]


def _once(plain: str) -> list[Personal]:
    """One reading: numbers in digits, then in Chinese digits, then what is said in words."""
    found: list[Personal] = []
    for shapes, read in _READINGS:
        view = read(_struck(plain, found))
        for shape in shapes:
            if fresh := _matches(shape, view):
                view = _struck(view, fresh)
                found += fresh
    return found


def _matches(shape: _Shape, view: str) -> list[Personal]:
    """All of one shape, the leftmost first, none inside another."""
    end, matches = 0, list[Personal]()
    for found in shape.regex.finditer(view):
        start, stop = found.span(1)
        if start >= end and shape.holds(found[1]):
            matches.append(Personal(shape.kind, start, stop))
            end = stop
    return matches


def _struck(view: str, gone: Sequence[Personal]) -> str:
    """The view with what was found made unreadable, its length kept."""
    pieces, done = [], 0
    for each in sorted(gone, key=attrgetter("start")):
        pieces += [view[done : each.start], _GONE[each.kind in ("address", "name")] * (each.end - each.start)]
        done = each.end
    return "".join((*pieces, view[done:]))


def _in_digits(view: str) -> str:
    """Chinese digits as digits, but not the 一 that begins a word: …零零零一直没人接."""
    return _WORD_ONE.sub(_GONE[0], view).translate(_CHINESE_DIGITS)


def _number(found: str) -> str:
    """A number without what stands between its digits."""
    return re.sub("[^0-9X]", "", found.upper())


def _is_id(found: str) -> bool:
    """Whether a number is an ID number by GB 11643: province, day of birth and, of 18 digits, the check digit. The old
    form has 15. Counties are not looked up: lists of them miss what was renamed or founded since.
    """
    number = _number(found)
    whole = number if len(number) == 18 else f"{number[:6]}19{number[6:]}"
    try:
        born = ric.get_birth_date(whole)
    except ValidationError:
        return False
    known = number[:2] in _PROVINCES and 1850 < born.year < 2100
    return known and (len(number) == 15 or ric.calc_check_digit(number) == number[-1])


def _is_card(found: str) -> bool:
    """Whether a number is a card's by the check digit of ISO/IEC 7812-1; serial numbers that begin with a day are not."""
    number = _number(found)
    return luhn.is_valid(number) and not _DAY.match(number)


def _is_mobile(found: str) -> bool:
    """Whether the groups after the country code have eleven digits together."""
    return len(_number(_COUNTRY.sub("", found, count=1))) == 11


# -- how texts are made comparable, one character for one --
_GONE = ("\0", "\1")  # a number, and what is said in words
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= dict.fromkeys((*range(0x2000, 0x200E), *map(ord, "\t\u00a0\u3000\u2060\ufeff")), ord(" "))
_HALF_WIDTH |= dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), ord("-"))
_HALF_WIDTH |= dict.fromkeys(map(ord, "•‧∙・"), ord("·"))
_CHINESE_DIGITS = str.maketrans("零〇○幺一二三四五六七八九壹贰叁肆伍陆柒捌玖", "0001123456789123456789")
_WORD_ONE = re.compile("一(?=[直样定些共般边起下])")

# -- numbers --
_SIGN = "[ .·-]{0,2}"
_GAP = "[ -]{1,2}"
_COUNTRY = re.compile(r"^\(?(?:\+|00)?86\)?[ .·-]{0,2}(?=0?1)|^0(?=1)")
_CALLING = r"(?:\(?(?:\+|00)?86\)?[ .·-]{0,2})?0?"
_AREA = "(?:10|2[0-9]|[3-9][0-9]{2})"
_LOCAL = "[1-9][0-9]{2,3}[ -]?[0-9]{4}(?: ?(?:-|转|分机|ext[.]?) ?[0-9]{1,6})?"
_CODES = ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84), (91, 100))
_PROVINCES = {str(code) for first, after in _CODES for code in range(first, after)}  # 9: foreigners who live here
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")
_REGIONS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = rf"[{_REGIONS}] ?[A-HJ-NP-Z][ .·-]{{0,2}}"


def _digits(body: str) -> re.Pattern[str]:
    """A number that no digit touches; tried at every place, so that one that does not hold hides no other."""
    return re.compile(rf"(?<![0-9])(?=({body})(?![0-9]))", re.IGNORECASE)


_NUMBERS = (
    _Shape(
        "email",
        re.compile(r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9._%+-]{1,64} ?@ ?(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24})"),
    ),
    _Shape("id_number", _digits(rf"[1-9](?:{_SIGN}[0-9]){{16}}{_SIGN}[0-9X]"), _is_id),
    _Shape("id_number", _digits(rf"[1-8](?:{_SIGN}[0-9]){{14}}"), _is_id),
    _Shape("bank_card", _digits("[1-9][0-9]{14,18}"), _is_card),
    _Shape("bank_card", _digits(f"[3-69][0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{3}}{_GAP}[0-9]{{1,3}}"), _is_card),
    _Shape("bank_card", _digits(f"[3-69][0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{2}}{_GAP}[0-9]{{3,7}}"), _is_card),
    _Shape("bank_card", _digits(f"[3-69][0-9]{{5}}{_GAP}[0-9]{{9,13}}"), _is_card),
    _Shape("bank_card", _digits(f"3[0-9]{{3}}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{5}}"), _is_card),
    _Shape("mobile", _digits(rf"{_CALLING}1[3-9][0-9]{{9}}")),
    _Shape("mobile", _digits(rf"{_CALLING}1[3-9][0-9]{{1,3}}(?:[ .·-]{{1,2}}[0-9]{{3,5}}){{2}}"), _is_mobile),
    _Shape("mobile", _digits(rf"{_CALLING}1[3-9][0-9](?:[0-9]{{4}}{_GAP}[0-9]{{4}}|{_GAP}[0-9]{{8}})")),
    _Shape("mobile", _digits(rf"{_CALLING}1[ .·-]{{1,2}}[3-9](?:[ .·-]{{1,2}}[0-9]){{9}}")),
    _Shape("landline", _digits(rf"(?:\(?(?:\+|00)86\)?[ .·-]{{0,2}}\(?0?|\(?0){_AREA}\)?[ -]{{0,2}}{_LOCAL}")),
    _Shape("landline", re.compile(rf"(?:电话|座机|固话)(?:号码)?(?:是|为)?[: ]{{0,2}}((?!1){_LOCAL})(?![0-9])")),
    _Shape(
        "plate",
        re.compile(
            rf"({_PLATE}(?:(?=(?:[A-Z]{{0,3}}[0-9]){{2}})[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
            rf"|[A-K][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[A-K]))(?![A-Z0-9])",
            re.IGNORECASE,
        ),
    ),
)

# -- addresses --
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# What ends a word is not taken for an end once it is struck or masked, or each piece would set free the one before it.
_SAID = r"\x01|〔(?:姓名|住址)〕"
# A name of two to eight characters does not run over the end of a region or a verb; one of one or two may be any.
_NAME = rf"(?:(?:(?![在住址于是到问映我你他她的了市县区州省镇乡])[{_HAN}]){{2,8}}|[{_HAN}]{{1,2}})"
_NO = "(?:[0-9]{1,5}(?:-[0-9]{1,4})?|[一二三四五六七八九十百零〇两]{1,6})"
_ROAD = "(?:大道|(?<![公铁线思出网电道])路|街|巷|弄|胡同|坊|(?<![渠通频报街轨管隧赛车知])道)(?:[一二三四五六七八九]段)?"
_VILLAGE = "(?:村|社区|寨|屯|坪|湾|冲|塘|庄)"
_ESTATE = "(?:小区|花园|花苑|苑|公寓|家园|新村|嘉园|华庭|名城|宿舍|家属院)"
_BLOCK = rf"{_NO}(?:栋|幢|座|号楼|单元)"
_ROOM = rf"(?:{_NO}(?:室|房|号(?!楼|{_SAID}))|[0-9]{{3,4}}(?![0-9年月平㎡米元万千户套人个间亩层]|{_SAID}))"
_HOME = rf"(?:{_BLOCK}[ -]?){{1,3}}{_ROOM}|{_BLOCK}[ -]?{_NO}单元(?:[ -]?{_NO}楼)?"
_NOT_A_DOOR = f"(?![线文令公通任口]|{_SAID})"
_TAIL = rf"(?:[ ,]{{0,2}}(?:{_NAME}?(?:{_HOME})|(?:{_NO}|[A-Za-z])(?:号楼|栋|幢|座|单元|层|楼|室|号|户|房))){{0,4}}"

# -- names: after words that announce one; the frequent family names, of one and of two characters --
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康"
    "施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕裴霍涂成苗曲盛"
    "冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏"
    "宗瞿桂佟应臧闵苟邬边卞姬彦和栾隋丘刁沙巩寇桑郎甄丛巫仇麻粟储張劉陳楊趙黃吳孫馬許鄧馮韓蕭鄭謝羅葉蘇盧蔣賈閻"
    "呂魯龍萬錢湯賀賴龔顧鍾譚鄒陸嚴範"
)
_FAMILIES = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|长孙|宇文|轩辕|端木|呼延|南宫|西门|独孤|澹台|闻人|"
    "申屠|拓跋|完颜|纳兰|淳于|钟离|濮阳|万俟|歐陽|司馬|諸葛|東方|長孫"
)
_GIVEN = rf"(?:(?:{_FAMILIES})|[{_FAMILY}] ?)"
_ENDS = rf"(?![{_HAN}]|{_SAID})"
_NEXT = "想|要|请|咨询|反映|投诉|电话|手机|身份|联系|今年|男|女|家住|住"
_ASKS, _GOES_ON = f"(?={_NEXT})", f"(?={_NEXT}|的|是|在|来|有|问|办|你好|您好|和|就)"
_CALLED = (
    "(?:我叫|俺叫|名叫|我姓名是?|(?:我的|他的|她的|孩子)名字(?:是|叫)|名字(?:是|叫|:)|本人(?:叫|姓名是?)"
    "|(?:姓名|联系人|申请人|投诉人|当事人|户主|聯繫人|聯絡人)[:是为叫])[: ]{0,2}"
)
_MAYBE = "(?:我是|俺是|本人是?|联系人|姓名|投诉人) ?"
# Words after 我是 and 本人 that begin like a name: kinds of people, places, and what else goes on there.
_NO_NAME = (
    "(?:高[中龄管校考三二一]|白领|马上|方[便面案]|常[住年常德宁]|张家界|石[门油匠]|华[容侨裔]|宁[乡远]|安[化仁乡徽全置装检保]|汝城|"
    "江[华永西苏浙南]|祁[东阳]|蓝山|武[冈汉陵]|邵[阳东]|岳[阳麓塘]|龙[山岩]|温[州岭饱]|成[都年功]|金[融属华]|包[工括]|路[人过]|"
    "应[届该当]|文[科化盲]|左右|党[代]|时[候常]|车[主间上]|房[东客主]|童工|管[理家]|关[于心系键]|万一|于[今去前昨本上此是]|"
    "许[多久昌可]|向[您你来上]|严[格重]|黄[牌山石冈]|曾[经在]|唐山|沈阳|郑州|徐州|苏州|梁平|卫[生健]|蒙古|和[我你他家]|连[续着]|"
    "简单|古[丈城]|吉首|麻阳|桑植|娄底|冷水|桂[林阳东]|项目|费用|任[何职教]|余额|申[请报]|施工|柳州|贺州|康复|毕业|盛|"
    f".{{1,2}}[人户员者师们的了镇县市村州区局办乡厂]{_ENDS})"
)

_WORDS = (
    _Shape(
        "address",
        re.compile(
            rf"({_NAME}{_ROAD}{_NO}(?:号(?:院|大院)?|弄|巷){_NOT_A_DOOR}{_TAIL}"
            rf"|{_NAME}{_VILLAGE}(?:{_NO}(?:组|队|社|屯) ?)?(?:门牌)?{_NO}[号户]{_NOT_A_DOOR}{_TAIL}"
            rf"|{_NAME}{_ESTATE} ?(?:{_NO}号{_NOT_A_DOOR}{_TAIL}|{_NO}-{_NO}(?![0-9]))"
            rf"|(?:{_NAME}(?:{_ESTATE})? ?)?(?<![0-9])(?:{_HOME}))"
        ),
    ),
    _Shape(
        "name", re.compile(rf"{_CALLED}([{_HAN}]{{1,8}}(?:·[{_HAN}]{{1,8}}){{1,3}}|{_GIVEN}[{_HAN}]{{1,2}}{_ENDS})")
    ),
    _Shape("name", re.compile(rf"{_CALLED}({_GIVEN}[{_HAN}]{{1,2}}?{_GOES_ON}|{_GIVEN}[{_HAN}]{{1,2}})")),
    _Shape("name", re.compile(rf"{_MAYBE}(?!{_NO_NAME})({_GIVEN}[{_HAN}]{{1,2}}(?:{_ENDS}|{_ASKS}))")),
)
_READINGS: tuple[tuple[Sequence[_Shape], Callable[[str], str]], ...] = (
    (_NUMBERS, str),
    (_NUMBERS, _in_digits),
    (_WORDS, str),
)


# -- what a line must hold to be read at all; apart, since one look for one thing is several times as fast --
_ANY_DIGIT = "0-9０-９零〇○幺一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_ANY_SIGN = re.escape(" .·-" + "".join(chr(sign) for sign, plain in _HALF_WIDTH.items() if chr(plain) in " .·-"))
_DOUBTS = (
    rf"[{_ANY_DIGIT}](?:[{_ANY_SIGN}]{{0,2}}[{_ANY_DIGIT}]){{6}}",
    "[@＠]",
    rf"[{_REGIONS}]\W?[A-Za-zＡ-Ｚａ-ｚ]\W{{0,2}}[{_ANY_DIGIT}A-Za-zＡ-Ｚａ-ｚ]{{4}}",
    rf"[路街巷弄道同坊段村区寨屯坪湾冲塘庄园苑寓庭城舍院栋幢座楼元牌]\W?[{_ANY_DIGIT}十百两]{{1,6}}"
    r"(?:\W?[-－号弄巷组队社屯户栋幢座楼单室房]|(?<=[0-9０-９]{3}))",
    "(?:我叫|俺叫|名叫|姓名|名字|我是|俺是|本人|联系人|申请人|投诉人|当事人|户主|聯繫人|聯絡人)(?:姓名)?[是叫为]?"
    rf"\W{{0,3}}(?:{_GIVEN}|[{_HAN}]{{1,8}}[·•‧∙・])",
)
_DOUBTFUL = tuple(map(re.compile, _DOUBTS))
