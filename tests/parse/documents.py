"""Documents of invented plans, written for the tests in layouts that offices use."""

from __future__ import annotations

PROSE = """常德市人民政府办公室
关于印发《常德市2024年政务服务工作要点》的通知
常政办函〔2024〕9号

各区县市人民政府，市直各单位：
现将要点印发给你们。
常德市人民政府办公室
2024年3月5日

常德市2024年政务服务工作要点

一、把窗口办好
（一）推行周末延时服务。周六上午开放不少于10个窗口，6月底前区县全部做到。（市行政审批服务局牵头，
- 2 -
市人社局、市医保局按职责分工负责；各区县市人民政府均为责任单位，以下不再列出）
（二）设立流动服务车。年底前每个山区乡镇
每月到访2次以上。（市行政审批服务局、市交通运输局牵头，市直相关单位按职责分工负责）
二、把热线接稳
（三）缩短接听等待。按照常政办发〔2023〕17号文件，等待时间不超过15秒。（市政务热线中心、市数据局按职责分工负责）
"""

LIST = """附件1
永州市2024年政务公开任务清单

序号\t工作任务\t工作要求\t完成时限\t牵头单位\t责任单位
一、把信息发出来
1\t（一）公开预算\t上墙公布村级账目，覆盖率达到95%以上。\t2024年9月底\t市财政局\t市农业农村局、各县区人民政府
2\t\t网上同步更新。\t全年\t市财政局\t市数据局（市大数据中心）
二、把意见收回来
3\t（二）回应留言\t48小时内回复。\t持续推进\t市政府办、市信访局\t市直各单位
"""

FIVE_COLUMNS = """附件1
永州市2024年专项任务清单

序号\t工作任务\t工作要求\t牵头单位\t落实单位
1\t（一）办好夜间窗口\t每周两晚开放。\t市行政审批服务局\t市直相关单位
\t（二）办好流动车\t进山入村。\t市交通运输局\t各县区人民政府
"""

YAML = """document:
  id: zhangjiajie-2024
  title: 张家界市2024年政务服务要点
  place: 张家界市
  level: 市
  year: 2024
parts:
  - title: 张家界市2024年政务服务要点
    rows:
      - label: （一）
        heading: 办好景区服务点
        summary: 在三个景区各设一个服务点，10月底前开门。
        lead_units: [市行政审批服务局]
        responsible_units: []
        deadline: 2024年10月底
"""

PLAN = """document: {{id: {id}, title: {place}2024年{name}, place: {place}, level: 市, year: 2024, doc_number: {number}}}
parts:
  - title: {place}2024年{name}
    everyone_responsible: [{everyone}]
    rows:
      - label: （一）
        printed_no: 1
        section: [一、{section}]
        heading: {first}
        summary: {first_text}
        lead_units: [{lead}]
        responsible_units: [市财政局]
        deadline: 2024年9月底
        targets: [不少于37项]
        doc_numbers: [{cited}]
        asked_as: [{asked}]
      - label: （二）
        printed_no: 2
        section: [一、{section}]
        heading: {second}
        summary: {second_text}
        lead_units: [市行政审批服务局]
        responsible_units: [{other}]
        deadline: 全年
"""
# An internal plan, and one of each of two units: places, units, words and numbers that no other document has.
OF_STAFF = PLAN.format(
    id="hengyang-2024",
    place="衡阳市",
    name="内部督办要点",
    number="衡内办〔2024〕5号",
    everyone="各县市区督办室",
    section="把督办抓实",
    first="建立灵犀审签平台",
    first_text="建立灵犀审签平台，接入不少于37项内部事项，按照衡内办〔2023〕11号执行。",
    lead="市低空督查办",
    cited="衡内办〔2023〕11号",
    asked="灵犀平台怎么推",
    second="推行周末延时服务督查",
    second_text="对周末延时服务逐月督查，流动服务车一并检查。",
    other="市灵犀数据中心",
)
OF_LETTERS = PLAN.format(
    id="xinfang-2024",
    place="郴州市",
    name="信访内部分工",
    number="郴信〔2024〕3号",
    everyone="各县市区信访局",
    section="把来信办好",
    first="建立鸿雁回访台账",
    first_text="建立鸿雁回访台账，覆盖不少于37项。",
    lead="市鸿雁回访中心",
    cited="郴信〔2023〕8号",
    asked="来信多久回",
    second="核查重复来访",
    second_text="核查重复来访，逐件销号。",
    other="市信访局",
)
OF_DATA = PLAN.format(
    id="shuju-2024",
    place="株洲市",
    name="数据内部分工",
    number="株数〔2024〕6号",
    everyone="各县市区数据局",
    section="把数据管好",
    first="建立蜂巢归集中台",
    first_text="建立蜂巢归集中台，归集不少于37项。",
    lead="市蜂巢数据中心",
    cited="株数〔2023〕2号",
    asked="数据归哪里",
    second="清理僵尸接口",
    second_text="清理僵尸接口，逐月通报。",
    other="市数据局",
)
