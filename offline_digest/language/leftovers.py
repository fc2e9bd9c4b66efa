"""Words that belong to a talk with a model or to an unfinished form, never to a digest."""

from __future__ import annotations

import re

_PATTERNS: dict[str, re.Pattern[str]] = {
    "courtesy": re.compile(
        r"^\s*(?:sure|certainly|of course|okay|ok|absolutely|here(?:'s| is| are)\b|as (?:requested|you asked))\b"
        r"|\b(?:i hope this|hope this helps|let me know|feel free to|if you have any (?:other )?questions)\b"
        r"|希望(?:以上|上述|这些|这份|本|对[您你]|能)|如有(?:其他|任何)?(?:问题|疑问|需要)|^\s*(?:好的|当然|明白|没问题)[，,。！!]"
        r"|(?:以下|下面)是(?:我|按照|根据|对)|(?:按照|根据)[您你]的|我(?:将|会)(?:按照|根据|为[您你])",
        re.IGNORECASE,
    ),
    "talks as an assistant": re.compile(
        r"\b(?:as an ai|language model(?:,| i)|i (?:cannot|can't|am unable to|don't have access)|i'm sorry|sorry|my apologies"
        r"|our conversation|as we discussed|(?:the|this) (?:passage|text|article) (?:above|below|provided))\b"
        r"|抱歉|很遗憾|作为(?:一个|一名)?(?:AI|人工智能|大?语言模型|助手)",
        re.IGNORECASE,
    ),
    "note to the asker": re.compile(
        r"^\s*(?:note|please note|important)\s*:|\bplease (?:note|refer|see|check|consult|provide|fill)\b|请注意|^\s*注(?:意)?\s*[:：]|仅供参考"
        r"|请(?:自行|参阅|查阅|查看|参考|提供|填写|填入|替换|补充)|(?:以|请以)(?:实际|原文|论文).{0,8}为准|待(?:补充|填写|填入|确认|核实|更新|定)",
        re.IGNORECASE,
    ),
    "placeholder": re.compile(
        r"(?<![A-Za-z])[xX]{3,}(?![A-Za-z])|\bplaceholder\b|\blorem ipsum\b|\bTBD\b|\bTODO\b|(?<![A-Za-z])N/A(?![A-Za-z])"
        r"|\[(?:insert|your|name|title|author|link|论文|文章|代码|插入|请|具体|填|您|在此|链接|点击)[^\]\n]{0,30}\](?!\()|\bSome Error\b",
        re.IGNORECASE,
    ),
    "prompt repeated": re.compile(
        r"<\|[a-z_]+\|>|</?think>|^\s*(?:question|answer|user|assistant|system)\s*:|\b(?:one|a) sentence of \d+ to \d+ words\b|^\s*(?:问题|回答|答)\s*[:：]"
        r"|只写这",
        re.IGNORECASE,
    ),
    "label": re.compile(
        r"^\s*\**(?:title|summary|abstract|key takeaways?|takeaways?|methods?|results?|conclusion|标题|摘要|总结|要点|方法|结论|研究背景|创新点)\**\s*[:：]",
        re.IGNORECASE,
    ),
    "markup": re.compile(r"\*\*|^#{1,6}\s|```|</?[a-z]{1,10}>|\{\{|\}\}|\{%|%\}|�"),
}


def leftovers(text: str) -> tuple[str, ...]:
    """Return the kinds of left-over chatter, placeholders or markup in *text*; empty for a clean one."""
    return tuple(kind for kind, pattern in _PATTERNS.items() if pattern.search(text))
