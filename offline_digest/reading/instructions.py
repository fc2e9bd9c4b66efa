"""Passages that give orders to whoever reads the paper, a reviewer or a language model, instead of telling about the work.

The patterns are narrow: they need an order, not a statement (`give a positive review`, not `users give positive reviews`). A paper about
such attacks that quotes them is found too.

Source: wording seen in papers on arXiv in July 2025 (reports on hidden prompts for reviewers) and in the common jailbreak phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ORDER = r"(?:^|[.!?:;,()\[\]\"“”'‘’]\s*|\b(?:please|kindly|must|should|you|now|then|always|and do|instead)\s+)"
_MACHINE = r"(?:(?:large |ai )?language model|llm|ai(?: (?:assistant|model|reviewer|agent|system))?|chat ?bot|gpt|chatgpt|(?:peer |ai |llm )?reviewer)"
_BEFORE = r"(?:previous|prior|above|preceding|earlier|foregoing|original|existing|system|your)"
_PRAISE = r"(?:positive|favou?rable|glowing|enthusiastic|excellent|outstanding|perfect)"
_FAULTS = r"(?:weakness(?:es)?|negatives?|limitations?|flaws?|shortcomings?|criticisms?|drawbacks?|negative (?:points?|aspects?|comments?|remarks?))"
_PAPER = r"this (?:paper|submission|manuscript|work|article)"

_ENGLISH = (
    (
        rf"(?<!we )\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|every|each|of|the|these|those|my|your|and) )*{_BEFORE} "
        r"(?:(?:system|user|and|above|given|reviewing|safety|review) )*(?:instructions?|prompts?|directions?|directives?|commands?|guidelines?)\b"
    ),
    (
        rf"{_ORDER}(?:ignore|disregard|forget) (?:all|any|every) (?:the )?(?:instructions?|prompts?|directives?|guidelines)(?: above| before)?"
        r"(?=\s*(?:[.!?,;:]|and\b|$))"
    ),
    r"(?<!we )\b(?:ignore|disregard|forget) (?:everything|all|anything)(?: that (?:is|was|came|comes))?(?: written| said)? (?:above|before this)\b",
    rf"\byou are (?:now )?an? (?:\w+ )?{_MACHINE}\b",
    r"\bfrom now on,? you (?:are|will|must|act)\b",
    (
        rf"\bas an? (?:\w+ )?{_MACHINE}(?: [\w ]{{0,40}})?, ?"
        r"(?:you (?:must|should|are|will|have)|please|give|write|do not|don't|rate|accept|recommend|output|praise|say)\b"
    ),
    (
        rf"{_ORDER}(?:only )?(?:give|write|provide|return|output|assign|produce|submit|leave|generate|make)(?: only)?(?: {_PAPER}| it| me| us)?"
        rf"(?: an?| only)?(?: \w+ly| very)? {_PRAISE}(?: and \w+)? (?:peer )?"
        r"(?:reviews?|evaluations?|assessments?|feedback|ratings?|scores?|recommendations?)\b"
    ),
    (
        rf"{_ORDER}(?:do not|don't|don’t|never|refrain from|avoid) (?:mention|highlight|list|discuss|report|point out|critici[sz]e|include|raise|reveal|state)"
        rf"(?:ing)?(?: (?:any|the|its|their|of|potential|possible|major|minor|paper's|this|paper’s))* {_FAULTS}\b"
    ),
    rf"\brecommend (?:accepting|acceptance of|to accept|the acceptance of) {_PAPER}",
    rf"{_ORDER}(?:accept|praise|endorse|strongly recommend|highly recommend|strongly accept) {_PAPER}",
    r"\b(?:note|message|instructions?) to (?:the |all |any )?(?:ai|llm|language model|chatgpt|automated|machine)(?: \w+)?s? ?:",
    r"\b(?:print|output|reveal|repeat|show|leak) your (?:system |initial |hidden )?(?:prompt|instructions)\b",
)
_CHINESE = (
    (
        r"(?<!我们)(?<!本文)(?:忽略|无视|忘记|忘掉|不要理会|不要遵循|不再遵循)(?:掉|了)?(?:你)?"
        r"(?:以上|上述|上面|之前|先前|此前|前面|前述|所有|一切|全部|任何|原有|系统)的?(?:所有|全部|一切|任何|其他|系统)?的?(?:指令|提示词|提示|命令|指示|设定)"
    ),
    (
        r"(?:请你?|务必|必须|只能|仅|只)(?:对?(?:本文|本论文|该论文|这篇论文|论文))?(?:给出|给予|写出|写|提供|输出|生成|作出|做出|撰写|返回)(?:一[个篇份条])?"
        r"(?:非常|十分|高度|完全)?(?:正面|积极|肯定|赞扬|赞赏|好评|满分|最高分|高分)(?:的)?(?:评价|评审|审稿|意见|评论|评分|反馈|推荐|分数)?"
    ),
    r"(?:不要|请勿|切勿|不得|不准|禁止)(?:提及|提到|指出|讨论|列出|强调|透露|报告|说出)(?:任何|本文|论文|该文|其|它|这篇论文|的)*(?:缺点|不足|弱点|缺陷|负面|局限|问题|短处)",
    r"你(?:现在)?是(?:一[个名位])?(?:资深|专业)?的?(?:大型?语言模型|语言模型|大模型|人工智能|AI|聊天机器人|审稿人|评审专家)",
    r"作为(?:一[个名位])?(?:资深|专业)?的?(?:审稿人|评审人?|评审专家|AI|人工智能|大型?语言模型|语言模型)(?:助手|模型)?[，,]?(?:请|你(?:必须|应|要|需)|务必|必须)",
    r"(?:请你?|务必|必须|强烈)(?:推荐|建议)?(?:接收|录用|接受)(?:本文|本论文|该论文|这篇论文)",
)
_HAN = r"[\u3400-\u9fff，。、；：！？（）]"
_ANY_ENGLISH = re.compile("|".join(_ENGLISH), re.IGNORECASE)
_ANY_CHINESE = re.compile("|".join(_CHINESE), re.IGNORECASE)
_HAN_SPACE = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


def find_instructions(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the passages in *lines*, the text of one page in reading order, that give orders to the reader; without any, nothing."""
    text = " ".join(" ".join(lines).split())
    english = re.sub(r"(?<=[a-z])- (?=[a-z])", "", text)
    chinese = _HAN_SPACE.sub("", text)
    found = [*_ANY_ENGLISH.finditer(english), *_ANY_CHINESE.finditer(chinese)]
    return tuple(m[0].strip(" .!?:;,()[]\"“”'‘’") for m in found)
