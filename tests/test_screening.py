"""What must be looked at before a document is published, and what must not stop one."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parse import parse_file
from assistant.schema import Concern, ConcernKind, ParsedDocument
from assistant.screening import SAID, screen
from tests.conftest import CORPUS
from tests.parse.documents import PROSE
from tests.parse.makers import Cell, Grid, make_docx

MARKED: dict[ConcernKind, list[str]] = {
    "secret_mark": [
        *("机密★10年", "秘密★", "绝密★启用前", "机 密 ★ 1年", "【机密】", "（秘密）", "密级：机密", "密级： 秘密级"),
        *("机密", "  绝密  ", "机　密".replace("　", " "), "秘密 10年", "机密 长期", "第一行\n机密★1年\n第三行"),
    ],
    "internal_mark": [
        *(
            "内部资料，注意保存",
            "内部资料 不得外传",
            "内部文件",
            "仅供内部使用",
            "请勿外传！",
            "（内部资料，严禁外传）",
        ),
        *(
            "此件不公开",
            "（此件不予公开）",
            "（此件依申请公开）",
            "本文件不予公开",
            "公开方式：依申请公开",
            "【依申请公开】",
        ),
        *("公开属性：不予公开", "★内部使用★"),
    ],
    "id_number": ["张三，360426199101010071", "身份证：11010519491231002X"],
    "bank_card": ["账号 6222 0212 3456 7890 128"],
    "mobile": ["联系电话：13800138000", "手机 138-0013-8000"],
    "address": ["家庭住址：阳光花园2栋1单元301室", "岩冲村3组5号"],
    "plate": ["公务车湘U12345"],
    "email": ["邮箱：zhang@qq.com"],
}
UNMARKED = [
    *("防止泄露国家秘密、工作秘密和商业秘密", "保守国家秘密法", "机密级文件的管理办法", "按密级实行分类管理", "密级"),
    *(
        "国家秘密的密级分为绝密、机密、秘密三级",
        "加强内部管控",
        "省直部门的内部系统互联互通",
        "不小心把内部资料发网上了怎么防",
    ),
    *(
        "优化依申请公开办理流程",
        "依申请公开",
        "科学合理确定公开方式",
        "公开方式：主动公开",
        "此件公开发布",
        "此件主动公开",
    ),
    *("花了多少公不公开", "公开不公开", "联系人：李四，电话：0743-8222222", "拨打12345热线", "办公地址：人民路12号"),
    *("邮箱：zwgk@hunan.gov.cn", "湘政办发〔2022〕12号", ""),
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in MARKED.items() for text in texts])
def test_what_is_marked_is_a_concern(kind: ConcernKind, text: str) -> None:
    assert [(each.kind, each.where, each.count) for each in screen([("第1行", text)])] == [(kind, "第1行", 1)]


@pytest.mark.parametrize("text", UNMARKED)
def test_what_only_speaks_of_it_is_none(text: str) -> None:
    assert screen([("第1行", text)]) == ()


def test_each_kind_has_its_words() -> None:
    assert list(SAID) == list(ConcernKind.__args__) == list(MARKED)  # type: ignore[attr-defined]


def test_findings_of_a_kind_in_one_place_are_one_concern_and_the_gravest_come_first() -> None:
    texts = [
        ("第1段", "联系人：张三，手机13800138000或13900139000"),
        ("第2段", "此件不公开"),
        ("第3段", "机密★10年"),
        ("第1段", "13700137000"),
    ]
    assert screen(texts) == (
        Concern("secret_mark", "第3段", "机密★10年"),
        Concern("internal_mark", "第2段", "此件不公开"),
        Concern("mobile", "第1段", "联系人：〔姓名〕，手机〔手机号〕或〔手机号〕", 3),
    )


def test_an_excerpt_is_short_and_shows_no_number() -> None:
    (found,) = screen([("第1段", "甲" * 90 + "，电话13800138000，" + "13900139000，" * 9 + "乙" * 90)])
    assert (found.count, found.excerpt) == (10, "甲" * 17 + "，电话〔手机号〕，" + "〔手机号〕，" * 5 + "〔手机号")


def test_the_most_are_a_hundred() -> None:
    texts = [(f"第{n}段", "手机13800138000") for n in range(300)] + [("第300段", "机密★10年")]
    found = screen(texts)
    assert len(found) == 100 and found[0] == Concern("secret_mark", "第300段", "机密★10年")


def test_a_concern_has_a_json_form() -> None:
    concern = Concern("mobile", "第1段", "手机〔手机号〕", 2)
    assert Concern.from_dict(concern.to_dict()) == concern
    assert concern.to_dict() == {"kind": "mobile", "where": "第1段", "excerpt": "手机〔手机号〕", "count": 2}


@given(
    st.lists(
        st.text(st.sampled_from("机密秘★10年：（）内部资料，不公开138001380003604261991\n 甲"), max_size=30), max_size=5
    )
)
def test_any_texts_can_be_screened(texts: list[str]) -> None:
    for each in screen([(str(n), text) for n, text in enumerate(texts)]):
        assert each.count >= 1 and each.excerpt and "\n" not in each.excerpt and "13800138000" not in each.excerpt


TEXT = """机密★1年
某州2024年政务公开工作要点
（一）优化政务服务。做好窗口工作。（牵头单位：州政府办）
（二）推进数据共享。联系张三，手机13800138000。（牵头单位：州财政局）
（三）规范公开。（牵头单位：州民政局）
（此件不公开）
"""


def parsed(path: Path) -> ParsedDocument:
    return parse_file(path, id="some-2024")


def test_a_parsed_file_says_its_concerns(tmp_path: Path) -> None:
    path = tmp_path / "要点.txt"
    path.write_text(TEXT, encoding="utf-8")
    assert parsed(path).concerns == (
        Concern("secret_mark", "要点.txt 第1行", "机密★1年"),
        Concern("internal_mark", "要点.txt 第6行", "（此件不公开）"),
        Concern("mobile", "要点.txt 第4行", "（二）推进数据共享。联系张三，手机〔手机号〕。（牵头单位：州财政局）"),
    )
    assert parsed(path).to_dict()["concerns"][1]["kind"] == "internal_mark"


def test_what_is_merged_down_counts_once(tmp_path: Path) -> None:
    header = ["序号", "工作任务", "牵头单位"]
    cells = [Cell(0, at, text) for at, text in enumerate(header)]
    cells += [Cell(row, 0, str(row)) for row in (1, 2)] + [Cell(row, 1, f"办好第{row}件事") for row in (1, 2)]
    cells.append(Cell(1, 2, "州财政局（13800138000）", down=2))
    found = parsed(make_docx([Grid(3, 3, cells)], tmp_path / "清单.docx")).concerns
    assert found == (Concern("mobile", "清单.docx 第1个表 第2行", "州财政局（〔手机号〕）"),)


def test_traditional_marks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "要點.txt"
    path.write_text(
        "機密★1年\n某州2024年政務公開工作要點\n（一）優化政務服務。做好窗口工作。（牽頭單位：州財政局）\n（二）規範公開。（牽頭單位：州民政局）",
        encoding="utf-8",
    )
    assert [(each.kind, each.excerpt) for each in parsed(path).concerns] == [("secret_mark", "机密★1年")]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_corpus_has_none(path: Path) -> None:
    assert parse_file(path).concerns == ()


def test_a_corpus_file_is_screened_in_its_rows(tmp_path: Path) -> None:
    text = sorted(CORPUS.glob("*.yaml"))[0].read_text(encoding="utf-8")
    path = tmp_path / "甲.yaml"
    path.write_text(text.replace('summary: "', 'summary: "手机13800138000。', 1), encoding="utf-8")
    ((kind, where),) = [(each.kind, each.where) for each in parse_file(path).concerns]
    assert kind == "mobile" and where == str(parse_file(path).rows[0].locator)


def test_the_originals_have_none(originals: Path) -> None:
    assert [parse_file(path).concerns for path in sorted(originals.glob("*.txt"))] == [()] * 5


def test_marks_beside_the_text_of_word_and_excel_are_seen(tmp_path: Path) -> None:
    """A mark of secrecy is printed in the header more often than not; nothing of it becomes a task."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "机密★10年"
    document.sections[0].footer.paragraphs[0].text = "第1页"
    for line in PROSE.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "要点.docx"))
    parsed = parse_file(tmp_path / "要点.docx")
    assert [(each.kind, each.where) for each in parsed.concerns] == [("secret_mark", "要点.docx 页眉")]
    assert len(parsed.rows) == 3 and "机密" not in parsed.document.title

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "清单"
    sheet.oddHeader.right.text = "内部资料 注意保存"
    for row in (["序号", "工作任务", "工作要求", "牵头单位"], ["1", "延时服务", "周六开放。", "市数据局"]):
        sheet.append(row)
    book.save(tmp_path / "清单.xlsx")
    parsed = parse_file(tmp_path / "清单.xlsx", id="x-2024")
    assert {(each.kind, each.where) for each in parsed.concerns} == {("internal_mark", "清单.xlsx 表“清单”页眉")}
    assert len(parsed.rows) == 1
