"""Words that belong to a talk with a model or to an unfinished form, never to a digest."""

from __future__ import annotations

import re
from functools import lru_cache

from offline_digest.language.generic import opens_with_label

_WHAT = (
    r"the|an?|how|what|why|which|whether|your|each|in|this|these|its|their|any|all|briefly|at least|\d+|one|two|three|four|five|six|seven"
)
_ENGLISH_ORDERS = (
    rf"(?:[Dd]escribe|[Ee]xplain|[Ss]ummari[sz]e|[Dd]iscuss|[Mm]ention|[Oo]utline) (?:{_WHAT})"
    rf"|(?:[Ll]ist|[Ee]numerate) (?:{_WHAT}|some|up to|key|main)|[Gg]ive (?:an? (?:brief|short|list|summary|overview|description"
    rf"|example)|your|examples)"
    r"|[Pp]rovide (?:an?|your|examples|details|the (?:answer|summary|text|name))|[Ww]rite (?:an?|your|in|only|about|one|two|three"
    r"|down|the (?:answer|summary|text))"
    r"|[Ss]ay (?:what|which|how|why|only|something)|[Tt]ell (?:me|us|what|how)|[Aa]nswer (?:the|in|with|this|only)"
    r"|[Kk]eep (?:to the asked|it short|your)"
    r"|[Uu]se (?:no|only|your own|complete|full) (?:numbers?|names?|words?|sentences?|abbreviations?)|[Dd]o not (?:use|repeat|write"
    r"|include|spell|copy|number)"
    r"|[Mm]ake sure (?:that|to|you)|[Nn]umber (?:the|each|your) (?:sentences?|steps?|points?|lines?)|[Ss]tart (?:each|every|with"
    r"|your) (?:sentence|line|point|answer|a )"
    r"|[Ee]ach (?:sentence|line|point|bullet|step) (?:should|must|is to) (?:be|start|begin|contain|have)"
    r"|(?:[Ii]gnore|[Dd]isregard|[Ff]orget) (?:all |any |the |your |these |those ){0,2}(?:previous|prior|above|earlier)"
    r"(?: \w+)? (?:instructions?|prompts?|rules?)"
)

# For texts without white space around them. Where all branches of a pattern begin with a bound of a word, or each with a mark or letter of its own,
# the others are passed over quickly; a pattern that mixes both tries every branch everywhere, which takes four times as long.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("courtesy", re.compile(
        r"\b^(?:sure|certainly|of course|okay|ok|absolutely|no problem)\s*(?:!|[,.]\s*(?:here|i\b|let|below|the following))"
        r"|\b^(?:in (?:summary|short),? )?here(?:'s| is| are)\b[^.]{0,60}(?:[:：]|\bsummary\b|\btranslation\b)|\b^as (?:requested|you asked)\b"
        r"|\b^(?:okay|ok|alright|all right|hmm|well), |\b^(?:great|good|excellent|nice|interesting|thanks?|thank you|hello|hi)\b[^.!?]{0,30}!"
        r"|\b^let me (?:think|see|start|begin|first|try|explain|summari[sz]e|break)\b|\bhappy to (?:help|assist|answer|elaborate)\b"
        r"|\bi hope this\b|\bhope this helps\b|\blet me know (?:if|whether|what|when)\b|\bfeel free to (?:ask|reach|contact|let)\b"
        r"|\bif you have any (?:other |further )?questions\b",
        re.IGNORECASE,
    )),
    ("talks as an assistant", re.compile(
        r"\b(?:as an? (?:ai|artificial intelligence)(?: language)? (?:model|assistant)|as a language model, i|i (?:cannot|can't"
        r"|am unable to|don't have access|need to|would like to|will (?:now )?(?:summari[sz]e|answer|provide|write|explain)|rate this paper)"
        r"|recommend (?:for )?acceptance|the user (?:wants|asks|asked|is asking|needs) (?:me|us|to know|(?:for )?an? (?:short |brief "
        r"|concise )?(?:summary|answer|list))"
        r"|i'm sorry|i am sorry|i apologi[sz]e|my apologies|our conversation|as we discussed"
        r"|(?:the|this) (?:passage|text|article|paper) (?:above|provided)|attached (?:document|file|paper|pdf)"
        r"|(?:the )?(?:provided|given) (?:passage|paper|article|abstract)"
        r"|based on the (?:provided|given) (?:text|information|content))\b",
        re.IGNORECASE,
    )),
    ("note to the asker", re.compile(
        r"\b(?:^|(?<=^\()|(?<=[.!?]\s)|(?<=[.!?]\s\())(?:note|please note|important)\s*:"
        r"|\bplease (?:note|refer|see|check|consult|provide|fill|replace)\b"
        r"|\b(?:see|read|refer to|consult) the (?:original|full) (?:paper|text|article)\b",
        re.IGNORECASE,
    )),
    ("non-answer", re.compile(
        r"\bthe (?:paper|text|passage|abstract|article|authors?) (?:does|do|did)(?: not|n't) (?:explicitly |directly )?"
        r"(?:mention|provide|specify|state|say|report)\b"
        r"|\bnot (?:explicitly )?(?:mentioned|provided|specified|stated|given|available) in the (?:paper|text|passage|abstract|article)\b"
        r"|\b^(?:none|unknown|not provided|not available)\s*\.?$",
        re.IGNORECASE,
    )),
    ("placeholder", re.compile(
        r"x(?<![A-Za-z]x)(?:xx+(?![A-Za-z])|x(?=[%％]))|X(?<![A-Za-z]X)XX+(?![A-Za-z])|N(?<![A-Za-z]N)/A(?![A-Za-z])|_{3,}"
        r"|[\[（(<]\s*placeholder\b"
        r"|[\[<【](?:[Ii]nsert|[Yy]our|[Nn]ame|[Tt]itle|[Aa]uthor|[Ll]ink|论文|文章|代码|插入|请|具体|填|您|在此|链接|点击|此处)[^\]>】\n]{0,30}[\]>】](?!\()",
    )),
    ("placeholder", re.compile(
        r"\b(?:lorem ipsum|TBD|TODO|Some Error)\b|\b[Gg]it[Hh]ub[^。.\n]{0,8}[:：]\s*(?:[Nn]one|无)",
    )),
    ("prompt repeated", re.compile(
        r"<\|[a-z_]+\|>|</?think>"
        r"|[\[【](?:you|user|assistant|answer|question|system|human|bot|response|instructions?|你|用户|助手|问题?|回答|答案?)[\]】]",
        re.IGNORECASE,
    )),
    ("prompt repeated", re.compile(
        r"\b^(?:question|answer|user|assistant|system|human|response|instructions?)\s*:"
        r"|\b(?<=[.!?\])]\s)(?:user|assistant|human|answer|question)\s*:|\b(?:^|(?<=[.!?]\s))(?-i:[QA]):\s"
        r"|\b(?:one|a) sentence of \d+ to \d+ words\b|\bin (?:one|two|three|a few)(?: (?:or|to) (?:two|three|four))? (?:short "
        r"|complete )?sentences?\b"
        r"|\bin \d{1,3}\s?(?:-|–|to)\s?\d{1,3} (?:words|sentences|steps|points|bullets?|lines)\b"
        r"|\b(?:one|a) (?:short )?sentence (?:each|per|for each)\b|\blist of (?:the )?(?:\w+ )?(?:most important|main"
        r"|key) (?:points|takeaways|ideas)\b",
        re.IGNORECASE,
    )),
    ("order to the writer", re.compile(
        rf"(?:^\s*|(?<=[.!?:]\s)(?=[A-Z]))(?:(?:[Pp]lease|Now|Then|First|Finally|Next),? )?(?:{_ENGLISH_ORDERS})\b",
    )),
    ("markup", re.compile(
        r"^\[[ xX]?\]\s|\\[A-Za-z]{2,}|\$[^$\n]{0,80}[\\_^{}][^$\n]{0,80}\$|\$[A-Za-z]\$|[_^]\{|\*\*|^#{1,6}\s|```|</?[a-z][a-z_]{0,20}>"
        r"|\{\{|\}\}|\{%|%\}|�"
    )),
)  # fmt: skip
# What needs a Chinese character to match.
_CHINESE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("courtesy", re.compile(
        r"希望.{0,12}(?:对[您你]|帮[到助]了?[您你]|满足[您你]|符合[您你])|希望(?:以上|上述)(?:内容|信息|回答|总结|概括|摘要|分析|解答|翻译)"
        r"|如需(?:更多|进一步|其他|详细|帮助)|(?:请|欢迎|可以?|随时)告(?:诉|知)我|^\s*(?:好问题|很好的问题|[你您]好)\s*[，,。！!]"
        r"|^\s*(?:总结|概括|概述|摘要|要点|回答|答案|译文|翻译|归纳|简述|分析|内容|主要内容)(?:一下)?如下\s*[:：]"
        r"|^[^，。]{0,8}(?:总结|概括|摘要|概述|译文|答案|回答)(?:是|为|如下)\s*[:：]|^\s*(?:根据|基于)(?:上文|上述|以上)(?:内容|信息|论文|文本)"
        r"|如(?:果[您你])?有(?:其他|任何|更多)?(?:的)?(?:问题|疑问|需要)[，,]?\s*(?:请|欢迎|随时|可以?随时)"
        r"|^\s*(?:好的|明白了?|没问题|收到)\s*[，,。！!]|^\s*当然\s*(?:[！!]|可以|[，,]\s*(?:以下|下面|我))"
        r"|^\s*以上(?:就)?是|^\s*(?:以下|下面|这)是(?:我|按照|根据|对|为|该|本|这篇|论文)|(?:按照|根据|应)[您你]的(?:要求|请求|问题|指示|需求)|我(?:将|会)(?:按照|根据|为[您你])",
    )),
    ("talks as an assistant", re.compile(
        r"^\s*(?:非常|很)?抱歉\s*[，,]|^\s*(?:很遗憾|对不起)\s*[，,]|作为(?:一个|一名)(?:AI|人工智能|大?语言模型)(?:大?语言)?(?:模型|助手)?\s*[，,]\s*我"
        r"|作为(?:一个|一名)?(?:AI|人工智能)(?:语言)?(?:模型|助手)?\s*[，,]\s*(?:我|无法|不能|很?抱歉)|我(?:无法|不能)(?:访问|提供|获取|直接)"
        # A digest never speaks of itself: 我 at the beginning of a clause, where no 我们, 我国 ... begins.
        r"|(?:^|[。！？；，,：])\s*(?:首先|接下来|现在|下面|那么|然后)?[，,]?\s*(?:让我|我)(?![们国省市县区校院方军党厂司])|^\s*用户(?:要求|希望|想要?|让|问)"
        r"|(?:推荐|建议)(?:接收|录用)|(?:[您你](?:所)?(?:提供|给出)|所提供|提供)的(?:论文|文章|文本|内容|摘要|信息|段落)",
        re.IGNORECASE,
    )),
    ("note to the asker", re.compile(
        r"(?:^|[。！？])\s*[（(]?(?:请注意|注意?\s*[:：])|请注意[，,：:]|仅供参考"
        r"|请(?:在(?:此处?|这里))?(?:自行|参阅|查阅|查看|参考|提供|填写|填入|替换|补充)|(?:以|请以)(?:实际|原文|论文).{0,8}为准"
        r"|(?:详见|参见|请见|阅读|查阅|参阅|参考)(?:论文)?(?:原文|全文)",
    )),
    ("non-answer", re.compile(
        r"(?:论文|文中|原文|文章|摘要|正文)(?:中|里)?(?:并)?(?:未|没有)(?:明确|具体|直接)?(?:给出|提供|提及|提到|说明|报告|涉及)"
        r"|(?:无法|不能)从.{0,6}(?:论文|文中|原文|文章|摘要).{0,4}(?:得知|判断|确定|获取)|^\s*(?:暂无|未知|不详|未提供|未提及|无)\s*[。.]?\s*$",
    )),
    ("placeholder", re.compile(
        r"某某|[（(](?:此处|在此|这里|请|需要?)(?:填写|填入|插入|补充|替换|省略)"
        r"|(?<![有尚亟等仍])待(?:补充|填写|填入|确认|核实|更新|定)(?=\s*(?:[)）\]】。，,；;]|$))",
    )),
    ("prompt repeated", re.compile(
        r"(?<!\d)\d{1,3}\s?(?:到|至|-|–)\s?\d{1,3}\s?个?(?:字(?![节符])|要点|步骤)"
        r"|^\s*(?:问题|问|回答|答案|答|用户|助手)\s*[:：]|用(?:一句|[一二两三]+句)?简体中文|只写译[文名]|[一二两三]+句话[（(，,]",
    )),
    ("order to the writer", re.compile(
        r"(?:^|[。！？：；])\s*(?:请(?:你|您)?(?:用|按|依次|简要|简单|详细|直接|描述|列出|列举|概括|总结|说明|解释|简述|介绍|写出?|给出|指出|回答|翻译|注明)"
        r"|(?:忽略|无视|忘记)(?:之前|以上|上述|前面|先前|所有|上面).{0,4}(?:指令|指示|提示|要求|规则)|列出(?!现)|列举|(?:用[^，。]{1,8})?(?:概括|描述|解释|总结|说明|简述|介绍|写出)"
        r"(?=一下|[这本该此]|论文|作者|文章|以[下上]|[下上]述|所有|[每其各]|\d|[一二三四五六七八九十两几])"
        r"|(?:不要|不得|请勿|必须)(?:写|用|使用|重复|复述|展开|编造|输出)|只(?:写|用|使用|输出)(?=论文|正文|译文|译名|答案|简体|中文))",
    )),
)  # fmt: skip


@lru_cache(maxsize=2**8)  # a line is looked at alone, then with the others of its field
def leftovers(text: str) -> tuple[str, ...]:
    """Return the kinds of left-over chatter, placeholders or markup in *text*; empty for a clean one."""
    text = text.strip()
    patterns = _PATTERNS if text.isascii() else _PATTERNS + _CHINESE
    found = dict.fromkeys([kind for kind, pattern in patterns if pattern.search(text)])
    return (*found, "label") if opens_with_label(text) else tuple(found)
