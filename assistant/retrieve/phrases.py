"""How people ask: the phrases that carry an intent and are not part of the topic. Matched on folded text."""

from __future__ import annotations

import re

from assistant.schema import Intent

# Each intent with the phrases that ask for it; they are taken out of the topic where they are found.
ASKING: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        "deadline",
        re.compile(
            r"(要求)?(在|到)?(什么|啥|哪个)(时候|时间点?|日子)(之?前)?(要|能|才|得|必须)?(完成|办成|办好|办完|做完|搞完|落实|录完|实现)?"
            r"|何时(要|能|前)?(完成|实现)?|几月(份|底)?(之?前)?(要)?(完成)?|几号|哪天|哪一年|多久(能|要)?(完成|办好)?|(完成|办理)?(时限|期限)(是|到)?"
            r"|截止(时间|日期)?|最晚|最迟|啥时侯|多会儿|来得及|deadline"
        ),
    ),
    (
        "responsible",
        re.compile(
            r"(是|由|归|该|应该?|要)?(找|联系|问)?(谁|哪(一|几|两|三)?(个|些|家)?(单位|部门|局|机构|牵头部门))(来|去)?(管|定|牵头|负责|主管|办|做|抓|公开|落实|配合)?(的|着|了)?"
            r"|(分别|各|都|还)?由?(谁|哪些单位)?(来)?(牵头|主办|主责)(单位|部门|负责)?(是|有|都有|算|为)?|(责任|负责|配合|落实|主管|参与)(单位|部门|方)(是|有|呢)?"
            r"|谁负责|归谁管?|几个部[门们]来?定?|部门负责|负责(的)?(单位|部门)?是"
        ),
    ),
    (
        "list",
        re.compile(
            r"(都|一共|总共|共)?(有|列了?|包括|负责|牵头)?(多少|几|哪几|哪些)(项|条|个|件)?(任务|工作|事项|条目|事)(了)?|(多少|几|哪几)(项|条)"
            r"|(牵头|负责)(了|着|过)?(哪些|哪几|几|多少)|(任务|工作)(都)?有(哪些|几项|多少)|列(一下|出来?|个清单)|分别是什么|一共|总共|加起来|有几"
        ),
    ),
)
ASKING_CONTENT = re.compile(
    r"要?(做|干)些?(什么|啥|哪些)(事|工作)?|怎么(建|做|办|搞|推|抓|落实|安排|推进)|有?(什么|哪些)(要求|规定|安排|措施|内容|举措)|要求是什么|说的?了?是?什么"
)
SMALLTALK = re.compile(
    r"^(你好|您好|hi|hello|在吗|在不在|谢谢|多谢|感谢|再见|拜拜|辛苦了|你是谁|你会什么|你能做什么|怎么用|帮助|help)+[啊呀吗呢了你您]*$"
)
# Marks of a question that only makes sense after the one before.
FOLLOWUP = re.compile(
    r"^(那么?|然后|还有|它|这个?|那个|其中|另外|再|上面|前面|下一|上一|第[一二三四五六七八九十\d]个|配合单位|责任单位|牵头单位|时限|什么时候|从什么时候)"
    r"|同年|对应的是|第二年|次年"
)
NEXT_ITEM = re.compile(r"(下|后|上|前)一(?:项|条|个)")
PICK = re.compile(r"第([一二三四五六七八九十\d]+)个")
YEAR_AFTER = re.compile(r"第二年|次年|下一年|来年")
YEAR_BEFORE = re.compile(r"上一年|前一年|头一年")
# Asking for what is due at or before a time; the year, if any, is a slot of its own.
DUE = re.compile(
    r"(?<![\d第])(\d{1,2}月|年)(?:份|底|末)*(之?前|以前)?(?=[^,。?]{0,6}(?:完成|办成|办完|做完|到期|截止))"
)
WHICH = re.compile(r"哪些|哪几|几项|多少|什么(任务|工作|事)?$|什么(任务|工作|事)|列")
NO_MATTER = re.compile(
    r"20\d{2}年|任务|工作|事项?|要求?|必须|应当?|需要?|完成|办成|办完|做完|到期|截止|都|有|是|的|哪些|哪几|几|项|个|多少|什么|列出?|请问"
)
# Asking where a number is cited.
CITING = re.compile(r"引用|提到|哪些(地方|任务|文件|条|项)")
FILLERS = re.compile(
    r"请问(一下)?|我?想(问|了解|知道|咨询|查)(一下|下)?啊?|麻烦(你|您)?|帮我?(查|看|问)(一下|下)?|告诉我(一下)?|(你|您)好|谢谢|知不知道|能不能|可不可以|有没有|是不是|怎么样|怎么回事"
    r"|是什么|是啥|说了什么|说的是什么|关于什么|有什么(要求|规定|安排)?|有哪些(要求|措施|内容|规定)?|要做(什么|哪些)|怎么(做|办|搞|说|弄|安排)|具体|内容|今年|今天|明天|昨天|现在|目前|主要|规定|要达到|达到多少|是多少|多少|要求"
)
# A name that looks like a unit's, asked for its tasks.
NAMED_UNIT = re.compile(r"([\u4e00-\u9fff]{2,8}?(?:局|厅|委|办|中心|公司|协会))(?:都|一共|总共|负责|牵头)")
# Answers that documents of plans do not hold: what has happened, not what is asked for.
ACTUALS = re.compile(
    r"实际(上)?(有|达|完成|是)?|到底完成了|一共(接|办|收|发|查|处理)了|接了多少|办了多少|花了多少|用了多少钱|完成得怎么样|完成情况"
)
# Facts of contact and the like, which task rows never carry.
UNCARRIED = re.compile(
    r"电话(号码)?(是)?多少|(联系|办公|咨询|投诉|监督)电话|传真|邮编|邮政编码|地址在|办公地址|在哪条路|网址|邮箱|局长|厅长|市长是谁|州长是谁|姓名"
)
