"""How other places print their plans: nesting, closings, headers, notes. Texts are invented for the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ParseError
from assistant.parse import parse_file
from assistant.parse.blocks import TableRow
from assistant.parse.header import columns_of, find_header
from assistant.parse.units import first_leads
from assistant.schema import Locator, ParsedDocument
from tests.parse.makers import Cell, Grid, make_docx, make_html, make_xlsx

TITLE = "永州市2025年优化营商环境重点任务分工方案\n"


def parse(folder: Path, body: str) -> ParsedDocument:
    path = folder / "方案.txt"
    path.write_text(TITLE + body, encoding="utf-8")
    return parse_file(path)


def outline(parsed: ParsedDocument) -> list[tuple[str | int | None, tuple[str, ...], str]]:
    return [(row.label or row.printed_no, row.section, row.heading) for row in parsed.rows]


def test_the_finest_item_with_units_is_the_task(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        """一、简政放权
（一）精简审批，提高效能。
1.承接下放权力。做好评估。〔牵头单位：市司法局，责任单位：市数据局〕
2.取消证明。〔牵头单位：市司法局〕
（二）整合热线。实现一号响应：
1.归并号码。（市政府办牵头）
2.统一平台。（市数据局牵头）
二、放管结合
（三）公平监管。不设门槛。（市市场监管局牵头）
""",
    )
    assert outline(parsed) == [
        (1, ("一、简政放权", "（一）精简审批，提高效能"), "承接下放权力"),
        (2, ("一、简政放权", "（一）精简审批，提高效能"), "取消证明"),
        (1, ("一、简政放权", "（二）整合热线"), "归并号码"),
        (2, ("一、简政放权", "（二）整合热线"), "统一平台"),
        ("（三）", ("二、放管结合",), "公平监管"),
    ]
    assert parsed.rows[0].lead_units == ("市司法局",) and parsed.rows[0].responsible_units == ("市数据局",)


def test_items_below_a_task_belong_to_its_text(tmp_path: Path) -> None:
    rows = parse(
        tmp_path,
        """一、办事
（一）整合热线。一号响应。（市政府办牵头）
1.归并号码；
2.统一平台。
（二）办好窗口。
（1）设窗口；
（2）配人员。（市数据局牵头）
""",
    ).rows
    assert [(row.label, row.text, row.lead_units) for row in rows] == [
        ("（一）", "整合热线。一号响应。1.归并号码；2.统一平台。", ("市政府办",)),
        ("（二）", "办好窗口。（1）设窗口；（2）配人员。", ("市数据局",)),
    ]


def test_framing_sections_hold_no_tasks_unless_they_name_units(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        """一、总体要求
（一）指导思想。坚持以人民为中心，深入贯彻。
（二）工作目标。年底前走在前列。
二、主要任务
（一）办好窗口。周末开放。（市数据局牵头）
（二）办好网站。及时更新。
三、保障措施
（一）加强组织领导。各单位要高度重视。
（二）强化督查。每季度通报一次。（市政府督查室负责）
""",
    )
    assert [row.heading for row in parsed.rows] == ["办好窗口", "办好网站", "强化督查"]
    assert any("办好网站" in finding.message for finding in parsed.report.findings)


def test_a_plan_without_units_has_its_finest_requirements_as_tasks(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        """一、总体要求
（一）指导思想
坚持以人民为中心，深入贯彻落实，做好各项工作。
二、深化公开
（一）公开重大战略
1.公开部署。围绕战略做好发布，及时解读。
2.公开项目。做好批准和实施信息的公开。
三、保障措施
（一）加强领导。各单位要高度重视，抓好落实。
""",
    )
    assert outline(parsed) == [
        (1, ("二、深化公开", "（一）公开重大战略"), "公开部署"),
        (2, ("二、深化公开", "（一）公开重大战略"), "公开项目"),
    ]
    assert [f.message for f in parsed.report.findings] == ["全部2行都没有写明单位"]


def test_chapters_and_clauses(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        """第一章 总则
第一条 为了规范服务，制定本办法。
第二章 职责
第二条 统筹协调。建立机制。（牵头单位：市数据局）
第三条 设立中心，做到：
（一）有场地；（责任单位：市财政局）
（二）有人员。（责任单位：市人社局）
第三章 附则
第四条 自印发之日起施行。
""",
    )
    assert outline(parsed)[1:] == [
        ("第二条", ("第二章职责",), "统筹协调"),
        ("（一）", ("第二章职责", "第三条设立中心，做到"), "有场地"),
        ("（二）", ("第二章职责", "第三条设立中心，做到"), "有人员"),
    ]


@pytest.mark.parametrize(
    ("closing", "lead", "responsible", "deadline"),
    [
        ("（市政府办牵头，市数据局、市财政局按职责分工负责）", ["市政府办"], ["市数据局", "市财政局"], None),
        ("〔牵头单位：市政府办；配合单位：市数据局；完成时限：6月底前〕", ["市政府办"], ["市数据局"], "6月底前"),
        ("【牵头单位:市政府办;责任单位:市数据局,市财政局】", ["市政府办"], ["市数据局", "市财政局"], None),
        ("[责任单位：市政府办，市数据局]", [], ["市政府办", "市数据局"], None),
        ("（责任单位：市数据局，6月底完成）", [], ["市数据局"], "6月底"),
        ("（责任单位：市数据局；长期坚持）", [], ["市数据局"], "长期坚持"),
        ("（责任单位：市数据局）（完成时限：2025年7月中旬）", [], ["市数据局"], "2025年7月中旬"),
        (
            "\n牵头单位：市政府办\n责任单位：市数据局、市财政局\n完成时限：持续推进",
            ["市政府办"],
            ["市数据局", "市财政局"],
            "持续推进",
        ),
        ("责任单位：市政府办牵头，市数据局配合。", ["市政府办"], ["市数据局"], None),
        ("（牵头：市政府办；配合：市数据局等相关单位）", ["市政府办"], ["市数据局", "相关单位"], None),
        (
            "（市市场监管局、发展改革委、民政局等按职责分工负责）",
            [],
            ["市市场监管局", "市发展改革委", "市民政局"],
            None,
        ),
        (
            "（州发改委（园区办）牵头，州政府办（州大数据中心）负责）",
            ["州发改委（园区办）"],
            ["州政府办（州大数据中心）"],
            None,
        ),
        ("（长沙、岳阳市人民政府负责）", [], ["长沙市人民政府", "岳阳市人民政府"], None),
        ("（市数据局、市财政局）", [], ["市数据局", "市财政局"], None),
    ],
)
def test_closings(tmp_path: Path, closing: str, lead: list[str], responsible: list[str], deadline: str | None) -> None:
    (row,) = parse(tmp_path, f"一、办事\n（一）办好窗口。周末（节假日）开放。{closing}\n").rows
    assert (list(row.lead_units), list(row.responsible_units)) == (lead, responsible)
    assert (row.deadline.text if row.deadline else None) == deadline
    assert row.text == "办好窗口。周末（节假日）开放。"


def test_a_bracket_that_closes_nothing_stays(tmp_path: Path) -> None:
    (row, other) = parse(
        tmp_path, "一、办事\n（一）办好窗口（含自助机）。\n（二）办好网站。建设专区（见市政府办通知）\n"
    ).rows
    assert row.text == "办好窗口（含自助机）。" and other.text == "办好网站。建设专区（见市政府办通知）"


def test_everyone_named_once(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "一、办事\n（一）办好窗口。开放。〔责任单位：市数据局。具体任务均涉及各县区人民政府，不再列出，下同。〕\n（二）办好网站。更新。〔责任单位：市政府办〕\n",
    )
    assert parsed.document.parts[0].everyone_responsible == ("各县区人民政府",)
    assert [row.responsible_units for row in parsed.rows] == [("市数据局",), ("市政府办",)]


def test_a_note_that_the_first_unit_leads(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "请抓好落实，责任分工中列第一位的责任单位为牵头单位。\n一、办事\n（一）办好窗口。（责任单位：市数据局、市财政局）\n（二）办好网站。（市政府办牵头，市数据局配合）\n",
    )
    assert [(row.lead_units, row.responsible_units) for row in parsed.rows] == [
        (("市数据局",), ("市财政局",)),
        (("市政府办",), ("市数据局",)),
    ]


@pytest.mark.parametrize(
    "note", ["列第一位的为牵头单位", "排名第一的责任单位为牵头单位", "牵头单位列首位", "标首位的是牵头部门"]
)
def test_ways_to_say_that_the_first_leads(note: str) -> None:
    assert first_leads(f"注：{note}。") and not first_leads("牵头单位要把任务列入首位。")


def test_prose_and_tables_in_one_document(tmp_path: Path) -> None:
    table = "序号\t重点任务\t具体举措\t主责单位\t完成时间\n1\t办好热线\t一号响应。\t市政府办\t6月\n"
    parsed = parse(
        tmp_path,
        f"一、提高站位。各单位要重视。\n二、强化督查。\n附件1\n永州市2025年任务清单\n{table}附件2\n永州市2025年政务公开工作要点\n一、公开\n（一）公开预算。上网。（市财政局牵头）\n",
    )
    assert [(part.part, part.title) for part in parsed.document.parts] == [
        (1, "永州市2025年任务清单"),
        (2, "永州市2025年政务公开工作要点"),
    ]
    assert [(row.id, row.heading, row.lead_units) for row in parsed.rows] == [
        ("yongzhou-2025/1/1", "办好热线", ("市政府办",)),
        ("yongzhou-2025/2/1", "公开预算", ("市财政局",)),
    ]


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        ("序号 工作任务 工作要求 完成时限 牵头单位 责任单位", "no task requirement deadline lead responsible"),
        ("编号 重点任务 工作举措 时间节点 主责单位 配合单位", "no task requirement deadline lead responsible"),
        ("工作任务 具体要求 责任科室 时限要求", "task requirement responsible deadline"),
        ("序号 主要任务 主要内容 落实单位", "no task requirement responsible"),
        ("序号 事项 责任部门 备注", "no task responsible remark"),
        ("类别 重点任务 具体举措 牵头部门", "section task requirement lead"),
        ("重点任务 工作任务 具体措施 责任单位", "section task requirement responsible"),
        ("序号 工作任务 责任领导 责任单位", "no task lead responsible"),
        ("序号 工作任务 责任领导 牵头单位 责任单位", "no task person lead responsible"),
        ("序号 工作任务 牵头（主责）单位 责任（配合）单位 完成时限（2025年）", "no task lead responsible deadline"),
        ("序号 任务类别 年度目标 市级牵头单位 责任单位及配合单位", "no section requirement lead responsible"),
        ("序号 公开事项 公开内容 公开时限 公开主体", "no task requirement deadline responsible"),
        ("序号 工作任务 牵头县级领导 牵头单位及责任人 责任单位", "no task person lead responsible"),
        ("序号 工作任务 完成情况 责任单位", "no task  responsible"),
        ("工 作 任 务 牵 头 单 位", None),
        ("序号 工作任务 工作要求", "no task requirement"),
        ("姓名 电话 单位", None),
        ("年份 金额 比例", None),
        ("序号 工作任务", None),
    ],
)
def test_headers_by_meaning(header: str, kinds: str | None) -> None:
    assert columns_of(header.split()) == (tuple(kinds.split(" ")) if kinds else ())


def test_spaces_inside_header_words() -> None:
    assert columns_of(("序 号", "工 作\n任 务", "责 任\n单 位")) == ("no", "task", "responsible")


def test_a_header_of_two_rows() -> None:
    place = Locator("x")
    rows = [
        TableRow(("清单", "", "", "", ""), place),
        TableRow(("序号", "工作任务", "责任分工", "", "完成时限"), place),
        TableRow(("序号", "工作任务", "牵头单位", "配合单位", "完成时限"), place, (0, 1, 4)),
        TableRow(("1", "办事", "市政府办", "市数据局", "年底"), place),
    ]
    assert find_header(rows) == (1, 3, ("no", "task", "lead", "responsible", "deadline"))


MERGED = Grid(
    7,
    6,
    [
        Cell(0, 0, "序号", 2), Cell(0, 1, "重点任务", 2), Cell(0, 2, "具体举措", 2), Cell(0, 3, "责任分工", 1, 2), Cell(0, 5, "完成时限", 2),
        Cell(1, 3, "牵头单位"), Cell(1, 4, "配合单位"),
        Cell(2, 0, "一、办好热线", 1, 6),
        Cell(3, 0, "1", 2), Cell(3, 1, "整合号码", 2), Cell(3, 2, "归并号码。"), Cell(3, 3, "市政府办", 2), Cell(3, 4, "市数据局"), Cell(3, 5, "6月底", 2),
        Cell(4, 2, "统一受理。"), Cell(4, 4, "市信访局"),
        Cell(5, 0, "2"), Cell(5, 1, "办好网站"), Cell(5, 2, "及时更新。"), Cell(5, 3, "市数据局"), Cell(5, 4, "各科室"), Cell(5, 5, "全年"),
        Cell(6, 0, "注：配合单位由牵头单位召集。", 1, 6),
    ],
)  # fmt: skip


@pytest.mark.parametrize(("make", "suffix"), [(make_docx, "docx"), (make_xlsx, "xlsx"), (make_html, "html")])
def test_merged_cells_two_header_rows_and_a_note(tmp_path: Path, make: object, suffix: str) -> None:
    assert callable(make)
    parsed = parse_file(make(["永州市2025年任务清单", MERGED], tmp_path / f"表.{suffix}"))
    assert [
        (r.printed_no, r.section, r.heading, r.text, r.lead_units, r.responsible_units, r.deadline and r.deadline.text)
        for r in parsed.rows
    ] == [
        (1, ("一、办好热线",), "整合号码", "归并号码。", ("市政府办",), ("市数据局",), "6月底"),
        (1, ("一、办好热线",), "整合号码", "统一受理。", ("市政府办",), ("市信访局",), "6月底"),
        (2, ("一、办好热线",), "办好网站", "及时更新。", ("市数据局",), ("各科室",), "全年"),
    ]
    assert any("取自上方合并单元格" in f.message for f in parsed.report.findings) and parsed.report.level == "ok"


def test_roles_inside_one_column(tmp_path: Path) -> None:
    rows = parse(
        tmp_path,
        "工作任务\t具体要求\t责任部门\n一、公开财政\t1.公开预算。\t办公室牵头，各科室配合\n二、更新网站\t2.及时更新。\t信息科\n",
    ).rows
    assert [(row.heading, row.text, row.lead_units, row.responsible_units) for row in rows] == [
        ("公开财政", "1.公开预算。", ("办公室",), ("各科室",)),
        ("更新网站", "2.及时更新。", (), ("信息科",)),
    ]


def test_a_table_of_something_else_is_said(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "姓名\t电话\n张\t1\n李\t2\n永州市2025年任务清单\n序号\t任务\t责任单位\n1\t办事\t市数据局\n",
    )
    assert len(parsed.rows) == 1
    assert any("没有认出任务清单的表头" in f.message and f.level == "check" for f in parsed.report.findings)
    with pytest.raises(ParseError):
        parse(tmp_path, "姓名\t电话\n张\t1\n")


def test_a_number_column_without_a_name(tmp_path: Path) -> None:
    rows = parse(
        tmp_path,
        "\t领域\t重点事项\t具体举措\t牵头单位\n1\t政务\t办成事\t推出。\t市数据局\n2\t\t办好事\t做好。\t市数据局\n",
    ).rows
    assert [(row.printed_no, row.section, row.heading) for row in rows] == [
        (1, ("政务",), "办成事"),
        (2, ("政务",), "办好事"),
    ]


def test_a_party_office_and_a_leading_year_are_of_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for title, id in (
        ("2023年新余市政务公开工作要点", "xinyu-2023"),
        ("中共长沙市委办公厅2024年工作要点", "changsha-2024"),
    ):
        path.write_text(f"{title}\n一、办\n（一）甲。做。（市政府办牵头）\n", encoding="utf-8")
        assert parse_file(path).document.id == id
