"""Personal data are found wherever and however they are written; nothing else is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from assistant.privacy import MARKERS, find, mask
from tests.conftest import CORPUS, ORIGINALS, ROOT

QUESTIONS = ROOT.parent / "shared" / "questions" / "sample.jsonl"

MASKED = {
    # mobile numbers
    "我电话13800138000，谁牵头": "我电话〔手机号〕，谁牵头",
    "+86 138 0013 8000": "〔手机号〕",
    "0086-138-0013-8000": "〔手机号〕",
    "（+86）13800138000": "〔手机号〕",
    "8613800138000": "〔手机号〕",
    "013800138000": "〔手机号〕",
    "１３８００１３８０００": "〔手机号〕",
    "138.0013.8000；1380013 8000；1 3 8 0 0 1 3 8 0 0 0": "〔手机号〕；〔手机号〕；〔手机号〕",
    "一三八零零一三八零零零，幺三八〇〇幺三八〇〇〇": "〔手机号〕，〔手机号〕",
    "一三八零零一三八零零零一直没人接": "〔手机号〕一直没人接",
    "13800138000一直没人接": "〔手机号〕一直没人接",
    "13800138000、13900139000": "〔手机号〕、〔手机号〕",
    # telephones
    "0743-8222222转801": "〔电话〕",
    "(0743)8222222或（０７４３）８２２２２２２": "〔电话〕或〔电话〕",
    "010-12345678 +86-743-8222222": "〔电话〕 〔电话〕",
    "电话：8222222": "电话：〔电话〕",
    # ID numbers
    "身份证360426199101010071": "身份证〔身份证号〕",
    "360426 19910101 0071，360426-19910101-0071": "〔身份证号〕，〔身份证号〕",
    "11010519491231002X 11010519491231002x １１０１０５１９４９１２３１００２Ｘ": "〔身份证号〕 〔身份证号〕 〔身份证号〕",
    "三六零四二六一九九一零一零一零零七一": "〔身份证号〕",
    "110105491231002": "〔身份证号〕",
    # bank cards
    "卡号6222021234567890128": "卡号〔银行卡号〕",
    "4111 1111 1111 1111，4111-1111-1111-1111，378282246310005": "〔银行卡号〕，〔银行卡号〕，〔银行卡号〕",
    # mail
    "zhang.san@qq.com发我": "〔邮箱〕发我",
    "ｚｈａｎｇ＠ｑｑ．ｃｏｍ": "〔邮箱〕",
    # plates
    "京A12345、湘U·12345、湘u·d12345": "〔车牌号〕、〔车牌号〕、〔车牌号〕",
    "湘AD12345 湘A12345D": "〔车牌号〕 〔车牌号〕",
    "湘A1234警，湘A1234学，湘A1234挂，粤Z1234港，粤Z1234澳": "，".join(["〔车牌号〕"] * 5),
    # addresses: the region stays, the road, village or estate and all after it go
    "我住在湘西州吉首市人民路12号3栋2单元301室": "我住在湘西州吉首市〔住址〕",
    "龙山县里耶镇岩冲村3组5号": "龙山县里耶镇〔住址〕",
    "岩冲村三组五号": "〔住址〕",
    "家住和平路十二号；阳光花园2栋1单元301室": "家住〔住址〕；〔住址〕",
    "中山北路1234弄5号602室": "〔住址〕",
    "开福区芙蓉中路一段12号": "开福区〔住址〕",
    "吉首大道88号；东街5号；2栋1单元301室；3栋502": "〔住址〕；〔住址〕；〔住址〕；〔住址〕",
    # names
    "我叫张三，想问低保": "我叫〔姓名〕，想问低保",
    "我叫张三想问低保": "我叫〔姓名〕想问低保",
    "我是王小明，我要投诉": "我是〔姓名〕，我要投诉",
    "本人欧阳锋，身份证丢了": "本人〔姓名〕，身份证丢了",
    "我姓名李四": "我姓名〔姓名〕",
    "联系人：张三 13800138000": "联系人：〔姓名〕 〔手机号〕",
    "姓名：张　三": "姓名：〔姓名〕",
    "我叫买买提·艾力": "我叫〔姓名〕",
}
UNTOUCHED = [
    *("12345热线", "拨打12345、12315或12388", "400-800-1234", "4008001234", "800-820-8820", "0743-12345"),
    *("国办发〔2021〕35号", "湘政办发〔2022〕12号", "湘政办发[2021]72号文", "国办发8号文", "附件1", "附件3第12项"),
    *("2022年3月15日", "2022-03-15", "2022.03.15", "20220315103045123", "2022年1月1日至12月31日", "95%以上", "2000项"),
    *("xiangxi-2022/1/48", "hunan-2023/2/16", "州政府办（州大数据中心）", "nDCG@10 用全部等级；R@5、R@10"),
    *(
        "我是居民",
        "我是坐席",
        "我是湘西的",
        "我是龙山人",
        "我是龙山的",
        "我是高中生，没有社保",
        "我是包工头",
        "我是老师，",
    ),
    *(
        "本人户口在吉首",
        "本人常住邵阳",
        "网上证明是我本人",
        "我叫了外卖",
        "姓名和电话都要填吗",
        "联系人信息",
        "我是方便面厂的",
    ),
    *(
        "一条路3号线",
        "高速公路12号段",
        "地铁2号线",
        "一楼二楼的窗口",
        "整个园区没完工，我那栋能先搬进去吗",
        "3栋5层楼",
        "道路2号",
    ),
    *("一二三四五六七八九十", "第一二三四五六七八九条", "1 20 300 4000 50000", "13 14 15 16 17 1 2", "0.13800138", ""),
    *("360426199101010072", "创新H5解读", "新A股", "云平台ECS", "5G", "川A类", "电话一直打不通", "我们村三组的路没修"),
]


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_what_is_personal_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked and find(masked) == ()


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_not_stays(text: str) -> None:
    assert find(text) == () and mask(text) == text


def test_places_are_those_of_the_text_as_given() -> None:
    text = "我叫张三，电话１３８－００１３－８０００，\n邮箱a@b.cn"
    assert [(each.kind, text[each.start : each.end]) for each in find(text)] == [
        ("name", "张三"),
        ("mobile", "１３８－００１３－８０００"),
        ("email", "a@b.cn"),
    ]


# Around a number: anything but digits and what may join digits to one number.
AROUND = st.text(st.sampled_from("的我在：，。、（）〔〕\n号码一家人abcXYZ湘西路"), max_size=12)
DIGITS = st.text(st.sampled_from("0123456789"), min_size=9, max_size=9)
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")


def covered(text: str, start: int, end: int) -> str:
    """The kind of what covers a place of a text as a whole."""
    return "".join(each.kind for each in find(text) if each.start <= start and end <= each.end)


@given(AROUND, AROUND, st.sampled_from("3456789"), DIGITS, st.sampled_from([" ", "-", ".", "", "－", "\u3000"]))
def test_mobiles_are_found(before: str, after: str, second: str, rest: str, sign: str) -> None:
    number = f"1{second}{rest[0]}{sign}{rest[1:5]}{sign}{rest[5:]}"
    for said in (number, number.translate(WIDE), f"+86{sign}{number}", f"0086{number}"):
        assert covered(before + said + after, len(before), len(before + said)), said


@given(st.sampled_from("3456789"), DIGITS, st.sampled_from(["", " ", "-"]))
def test_mobiles_in_chinese_digits_are_found(second: str, rest: str, sign: str) -> None:
    said = f"1{second}{rest[0]}{sign}{rest[1:5]}{sign}{rest[5:]}".translate(CHINESE)
    assert covered(f"电话{said}，谢谢", 2, 2 + len(said))
    assert covered(f"电话{said.replace('一', '幺').replace('零', '〇')}，谢谢", 2, 2 + len(said))


BORN = st.dates(min_value=date(1930, 1, 1), max_value=date(2022, 12, 31))


@given(AROUND, AROUND, BORN, st.integers(0, 999), st.sampled_from(["", " ", "-"]), st.booleans())
def test_id_numbers_are_found(before: str, after: str, born: date, order: int, sign: str, lower: bool) -> None:
    bare = f"433130{born:%Y%m%d}{order:03}"
    check = ric.calc_check_digit(bare + "0")
    said = f"433130{sign}{born:%Y%m%d}{sign}{order:03}{check.lower() if lower else check}"
    assert "id_number" in covered(before + said + after, len(before), len(before + said))
    wrong = next(digit for digit in "0123456789" if digit != check)
    assert "id_number" not in {each.kind for each in find(f"号码{bare}{wrong}。")}


@given(st.text(st.sampled_from("0123456789"), min_size=13, max_size=17), st.sampled_from(["", " ", "-"]))
def test_bank_cards_are_found(rest: str, sign: str) -> None:
    bare = "6" + rest
    number = bare + luhn.calc_check_digit(bare)
    said = sign.join(number[at : at + 4] for at in range(0, len(number), 4)) if len(number) in (16, 19) else number
    assert covered(f"卡号：{said}。", 3, 3 + len(said))


SIGNS = "0123456789一三八零幺〇 -.·()（）+Ｘx@UD路街号栋单元室村组我叫是张三姓名：本人，转区\t\u3000\n〔〕"
WHOLE = (
    "13800138000 138-0013-8000 360426199101010071 6222021234567890128 0743-8222222 湘A12345 我叫张三 q.com 人民路12号 "
    "3栋2单元301 一三八零零一三八零零零 zhang@qq.com 岩冲村3组5号 〔手机号〕 小区 +86"
)
PIECES = st.sampled_from([*SIGNS, *WHOLE.split()])


@given(st.lists(PIECES, max_size=24).map("".join) | st.text(max_size=60))
@settings(max_examples=300)
def test_masked_text_stays_and_places_are_valid(text: str) -> None:
    ends = 0
    for each in find(text):
        assert ends <= each.start < each.end <= len(text) and each.kind in MARKERS
        ends = each.end
    masked = mask(text)
    assert find(masked) == () and mask(masked) == masked


HOSTILE = [
    *("1", "1 ", "13800138000 ", "4111 ", "360426 ", "+86 ", "(0743)", "电话82", "一", "幺三八零零", "1\n", "湘A"),
    *("a", "a@", "@", "a.", "人民路1", "村3组", "2栋", "3栋2单元", "路", "五一", "-", "\0", "〔手机号〕"),
    *("我叫", "我叫阿·", "我是张", "文苑3号", "年苑3栋502", "楼苑3栋2号"),  # each could set the one before it free
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_input_takes_linear_time(piece: str) -> None:
    text = piece * (50_000 // len(piece)) + "路12号"
    began = time.process_time()
    find(text)
    assert time.process_time() - began < 5  # seconds; about 0.6 where it is slowest, minutes if it were quadratic


def strings(value: Any) -> Iterator[str]:
    """All texts in a value read from YAML or JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def texts_of(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        yield from strings(yaml.safe_load(text))
    elif path.suffix == ".jsonl":
        yield from strings([json.loads(line) for line in text.splitlines()])
    else:
        yield text


FILES = [*CORPUS.glob("*.yaml"), *(path for path in (ROOT / "eval").rglob("*.*") if path.suffix != ".py")]
FILES = sorted(path for path in FILES if path.suffix in (".yaml", ".jsonl", ".txt", ".csv", ".html", ".md"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_found_where_there_is_nothing(path: Path) -> None:
    assert [(text, find(text)) for text in texts_of(path) if find(text)] == []


def test_the_files_are_there() -> None:
    assert len(FILES) > 30


def test_nothing_is_found_in_the_originals(originals: Path) -> None:
    assert sorted(path.stem for path in originals.glob("*.txt")) == sorted(path.stem for path in CORPUS.glob("*.yaml"))
    assert [find(path.read_text(encoding="utf-8")) for path in sorted(ORIGINALS.iterdir())] == [()] * 5


def test_nothing_is_found_in_the_sample_questions() -> None:
    if not QUESTIONS.is_file():
        pytest.skip("the sample questions are not beside this checkout (../shared/questions/sample.jsonl)")
    assert [text for text in texts_of(QUESTIONS) if find(text)] == []
