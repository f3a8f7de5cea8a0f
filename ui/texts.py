"""Every text of the pages, in plain Chinese; ``SCRIPT`` holds those that the browser shows by itself."""

from __future__ import annotations

from assistant.access import Permission

NAME = "问政"
TITLES = {"chat": "问政 · 问答", "desk": "问政 · 坐席台", "library": "问政 · 文件库"}
NAVIGATION = {"chat": "问答", "desk": "坐席台", "library": "文件库"}
SKIP = "跳到正文"
MENU = "页面"
ELDER = "长辈模式"
NO_SCRIPT = "这个网页需要浏览器的脚本功能（JavaScript），请打开后再试。"
LOADING = "正在打开…"

# Chat
ASK_TITLE = "想问哪件事？"
ASK_HINT = "用平常的话问就行。回答只用收录文件里写明的内容，并列出依据。"
QUESTION = "问题"
PLACEHOLDER = "例如：12345热线改革由谁牵头？"
SEND = "提问"
EXAMPLES = {
    "lead": "{task}由谁牵头？",
    "content": "{task}要做什么？",
    "deadline": "{edition}{task}什么时候完成？",
    "count": "{edition}有多少项任务？",
}
BY_TOPIC = "按事项问"
BY_PLACE = "按地区问"
COVERED = "收录的文件：{editions}，{rows}行任务。"
NEW = "新对话"
PAST = "以前的对话"
CONVERSATION = "对话"
YEAR_NAME = "{year}年"
EDITION = "{place}{year}年"
UNDERSTOOD = "理解为"
PLACE, YEAR, DOCUMENT, UNIT = "地区", "年度", "文件", "单位"
ANY = "不限"
TAKE_AWAY = "去掉{name}"
EVIDENCE = "依据"
MARK = "依据{n}"
NEAR = "可能相关"
NEAR_NOTE = "下面的任务行只是接近，不能当作这个问题的依据。"
REST = "其余{count}行见下面的任务表。"
KINDS = {"digest": "摘要", "verbatim": "原文"}
KIND_NOTES = {"digest": "本系统概括的要求，以原文为准", "verbatim": "照录文件原文"}
LEAD, RESPONSIBLE, DEADLINE, EVERYONE = "牵头", "责任", "时限", "另有"
UNSTATED = "没有写明"
PASSED = "已过"
FULL_TEXT = "全文"
CONTEXT = "查看上下文"
OPEN_IN_LIBRARY = "在文件库中打开"
ROW_ID = "编号 {id}"
ITEM = "第{number}项"
THIS_ROW = "本条"
TASK_TABLE = "任务表"
SIDE_BY_SIDE = "对照表"
COUNT_ITEMS = "{count}项"
SORT_BY = "按{column}排序"
BY_UNIT, BY_SECTION, BY_PART = "按牵头单位", "按章节", "按文件"
OTHERS = "其余{count}个"
NEXT = "接着问"
COPY, COPY_SOURCED, MARKDOWN, EXCEL, LINK, SPEAK = (
    "复制回答",
    "复制（含依据）",
    "导出 Markdown",
    "导出 Excel",
    "复制链接",
    "朗读",
)
VOTE = "这个回答有帮助吗？"
HELPFUL, UNHELPFUL = "有帮助", "没帮助"
WHY = "哪里不对？（可不填）"
SUBMIT = "提交"
THANKS = "已记下，谢谢。"
SHOW_ALL = "展开全部"
ALL_ROWS = "显示全部{count}行"
NOT_HELD = "没有收录{name}的文件"
MORE_UNITS = "其余{count}个单位"
FAILED = "没有成功"
NO_ANSWER = {
    "not_held": "没有收录",
    "not_found": "没有找到依据",
    "outside": "不在收录范围",
    "not_stated": "文件没有写明",
    "false_presupposition": "与文件不符",
    "unclear": "请再说具体些",
    "instructions": "不能这样回答",
}
REFUSED = "没有回答"
READ_AS = "“{said}”按“{meant}”查找"

# Desk
DESK_TITLE = "坐席台"
DESK_PLACEHOLDER = "来电人说的事，边说边打，例如：网站字太小"
PINNED = "本班固定"
RESULTS = "查到的任务"
RECENT = "最近查过"
CARD = "责任卡"
LEADING = "牵头单位"
TAKING_PART = "责任单位"
EVERY_TASK = "每项任务的责任单位"
SAY = "话术"
COUNTERPARTS = "上下级对应"
SURE = {"high": "把握大", "middle": "请核对", "low": "只是接近"}
SECOND = "第二选择"
COPY_CARD, COPY_DISPATCH, COPY_REPLY = "复制责任卡", "复制派单依据", "复制答复"
NOWHERE = "不在任何文件中"
NOWHERE_NOTE = "可以按一般流程转办，不要引用文件。左边的任务只是接近，选定前请核对。"
NOWHERE_PLAIN = "可以按一般流程转办，不要引用文件。"
DESK_EMPTY = "输入来电人说的事，这里显示谁负责、能说什么。"
KEYS = (
    ("/", "回到输入框"),
    ("↑ ↓", "换一条"),
    ("Enter", "选定"),
    ("Esc", "清空"),
    ("1 2 3", "复制责任卡、派单依据、答复"),
)
SINGLE_KEYS = "单键快捷键"

# Library
LIBRARY_TITLE = "文件库"
LIBRARY_HINT = "回答只出自这里的文件。点开可以逐条看任务，也可以按单位看。"
DOCUMENT_COLUMNS = ("文件", "地区", "年度", "级别", "部分", "任务行", "文本", "解析")
ROW_COLUMNS = ("序号", "任务", "牵头单位", "责任单位", "完成时限")
SHEET_COLUMNS = ("要求", "出处", "编号")
LEVELS = {"ok": "通过", "check": "请核对", "refuse": "不可用"}
FINDINGS = {"ok": "提示", "check": "请核对", "refuse": "不可用"}
MIXED = "原文和摘要"
TOTAL = "{documents}份文件，{rows}行任务，{units}个单位"
ALL_DOCUMENTS = "全部文件"
UNITS_HINT = "牵头任务最多的单位"
ALL_UNITS = "全部单位"
SEARCH_TEXT = "在全文中查找"
UNIT_FILTER = "单位"
DUE_FILTER = "完成时限"
DUES = {"": "不限", "dated": "写明了时限", "passed": "时限已过", "open": "时限未到", "undated": "没有写明"}
FOUND = "找到{count}行"
NONE_FOUND = "没有符合条件的任务行，请放宽条件。"
LIBRARY_EMPTY = "还没有收录文件。"
ISSUED = "印发"
NUMBER = "文号"
ISSUER = "发文单位"
FILE = "来源文件"
UNIT_LEADS, UNIT_TAKES_PART, UNIT_ALL = "牵头{count}项", "参与{count}项", "共{count}项"
UNIT_CHART = "各文件里的任务"
ROLE = "角色"
UPLOAD = "添加文件"
UPLOAD_HINT = "先看解析结果，确认后才会收录。能读 {formats}，最大 {size} MB。"
UPLOAD_OFF = (
    "这里不能添加文件：还没有账号，只能在服务所在的机器上添加。要从别的电脑添加，请先用 wenzheng users add 建立账号。"
)
CHOOSE = "选择文件"
NOT_CHOSEN = "还没有选"
FILE_ID, FILE_TITLE = "编号（可不填）", "标题（可不填）"
LOOK = "解析并查看"
PUBLISH, FORCE, DISCARD = "收录这份文件", "仍然收录", "放弃"
REPORT = "解析体检单"
REPORT_NOTES = {
    "ok": "没有发现问题，可以收录。",
    "check": "能用，但下面几处请对照原件；回答引用它时会提醒。",
    "refuse": "很可能丢了行或单位，不建议收录。",
}
REPORT_CONCERNS = "解析没有发现问题；保密审查有发现，见下面，决定可以发布后才能收录。"
PARSED = "解析出{rows}行任务，分{parts}个部分"
SAMPLE = "前{count}行"
PUBLISHED = "已收录“{title}”（编号 {id}，{rows}行）。"
NO_FILE = "请先选择文件"
NOT_SENT = "文件没有传完整，请重新选择"
TOO_LARGE, TOO_LARGE_HINT = "文件超过{size} MB", "可用 WENZHENG_MAX_FILE_MB 调整"
SEEN = "可见范围"
SEEN_OWNER = "所属单位"
SEEN_OWNER_HINT = "只在“仅本单位”时填写，要与账号里的单位一致"
SEEN_AS_BEFORE = "照旧（新文件公开）"
SEEN_NOTES = {
    "public": "所有人都能问到、看到这份文件，包括没有登录的人。",
    "internal": "只有登录的工作人员能问到、看到；没有登录的人和访客账号看不到，也不会知道有这份文件。",
    "unit": "只有账号属于这个单位的工作人员和管理员能问到、看到；别的单位看不到，也不会知道有这份文件。",
}
SEEN_CHANGE = "更改可见范围"
SEEN_REASON = "理由（保密审查有发现时要写）"
SEEN_LOOK = "更改"
SEEN_CONFIRM = "确定改为“{word}”"
SEEN_CHANGED = "已改为“{word}”，马上生效。"
CANCEL = "取消"
CONCERNS = "保密审查"
CONCERNS_NOTE = "发布前请逐处核对。个人信息已经遮盖，只显示前后几个字。"
CONCERN = "{said}（{count}处）"
REVIEWED = "可以发布的理由（记入审计日志）"
REVIEW_NEEDED = "请先写明为什么可以发布"

# Signing in
SIGN_IN, SIGN_OUT, ACCOUNT = "登录", "退出登录", "我的账号"
SIGN_IN_HINT = "登录后可以看到内部文件，坐席还可以使用坐席台。"
ACCOUNT_NAME, PASSWORD = "账号", "密码"
NO_ACCOUNT_YET = "没有账号或忘了密码，请联系管理员。"
NO_ACCOUNTS = "还没有账号，不用登录。"
NO_ACCOUNTS_HINT = "要让不同的人看到不同的文件，请管理员在服务器上建立账号：wenzheng users add。"
TO_CHAT = "回到问答"
ELDER_OFF = "关闭长辈模式"
OWN_UNIT, NO_UNIT, I_MAY = "单位", "没有设置", "可以做"
MAY: dict[Permission, str] = {
    "read": "提问和查看",
    "desk": "使用坐席台",
    "edit": "添加、移除文件和更改可见范围",
    "manage": "管理账号",
    "questions": "查看提问记录",
    "metrics": "查看运行指标",
}
CHANGE_PASSWORD = "修改密码"
PASSWORD_HINT = "10个字以上，不要用常见的密码。改后其他地方的登录都会失效。"
OLD, NEW_PASSWORD, AGAIN = "原密码", "新密码", "再输一次新密码"
OLD_WRONG = "原密码不对"
NOT_THE_SAME = "两次输入的新密码不一样"
PASSWORD_CHANGED = "密码已修改，其他地方的登录都已失效。"
PAGE_REFUSED = "这个账号不能打开那个页面；能做的事列在下面。"
SESSION_ENDED, SESSION_ENDED_HINT = "登录已结束", "请重新登录，写好的内容还在"

SCRIPT = {
    "goOn": "接着问",
    "waiting": "正在查找…",
    "offline": "现在没有连上网络，连上后再试。",
    "unreachable": "连不上服务。请检查网络，或稍后再试。",
    "retry": "再试一次",
    "copied": "已复制",
    "copiedCard": "已复制责任卡",
    "copiedDispatch": "已复制派单依据",
    "copiedReply": "已复制答复",
    "notCopied": "浏览器不允许复制，请手动选中文字。",
    "exported": "已导出",
    "empty": "请先输入问题。",
    "newStarted": "已开始新对话。",
    "forget": "删除全部记录",
    "forgotten": "已删除浏览器里的记录。",
    "stop": "停止朗读",
    "speak": SPEAK,
    "noVoice": "这个浏览器不能朗读。",
    "elderOn": "已打开长辈模式。",
    "elderOff": "已关闭长辈模式。",
    "sending": "正在上传 {share}%",
    "parsing": "正在解析…",
    "publishing": "正在收录…",
    "noFile": NO_FILE,
    "results": "{count}条结果",
    "answered": "回答：",
    "signIn": SIGN_IN,
    "ended": f"{SESSION_ENDED}，写好的内容还在。",
    "again": "在新窗口登录，再回到这里",
    "accountOf": f"{ACCOUNT}：{{name}}",
    "reviewNeeded": REVIEW_NEEDED,
}
