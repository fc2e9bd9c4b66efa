"""What is said of every paper: words and phrases that tell nothing about one.

A line that holds little else is empty: `This paper presents a comprehensive study of the proposed approach.`
"""

from __future__ import annotations

import re

from offline_digest.language.likeness import STOP_WORDS

_ENGLISH = frozenset(
    "paper article work study research researcher author topic field area domain subject issue question aspect goal aim objective purpose "
    "method methodology approach technique strategy framework solution procedure process mechanism concept idea theory way step tool model "
    "system algorithm data dataset task application scenario setting case example experiment evaluation analysis test result finding outcome "
    "conclusion performance effectiveness efficiency efficacy quality accuracy improvement advantage benefit contribution innovation novelty "
    "significance importance impact implication insight understanding knowledge potential possibility challenge problem difficulty limitation "
    "gap need requirement shortcoming weakness drawback "
    "propose present introduce describe discuss explore investigate examine analyze analyse address tackle solve provide offer give show "
    "demonstrate prove illustrate highlight emphasize indicate suggest reveal report find achieve obtain reach yield outperform improve enhance "
    "increase reduce enable allow help support facilitate contribute aim focus seek develop design build create implement apply employ use "
    "utilize conduct perform carry evaluate validate verify compare test include involve consist contain cover make take become play lead pave "
    "advance "
    "proposed presented new novel innovative original existing previous prior earlier current recent traditional conventional "
    "state-of-the-art state art "
    "comprehensive extensive thorough detailed systematic general various different several numerous wide range variety important significant "
    "significantly key main major crucial critical essential valuable useful helpful promising effective efficient effectively efficiently "
    "robust superior better best good great high low strong powerful successful successfully excellent competitive comparable remarkable "
    "notable considerable substantial practical real world real-world future further related relevant specific certain particular overall "
    "various multiple many first second third finally additionally moreover furthermore therefore thus well able based term set number part "
    "role community summary abstract takeaway title keyword background literature foundation direction perspective detail overview "
    "introduction section information extensively widely highly fully worth mention note touch ability capability aware term explain "
    # what quantifies without telling how much
    "more less much level degree "
    # what is said of the times
    "rapid rapidly development technology nowadays today attract growing increasingly widespread society year high-quality".split()
)
_CHINESE = (
    "本文|论文|文章|本研究|该研究|这项研究|研究者|研究人员|研究|作者|工作量|工作|学者|领域|方向|课题|主题|问题|难题|挑战|现状|背景|目标|目的|任务|场景|"
    "方法论|方法|方案|途径|手段|技术|策略|框架|机制|思路|思想|理念|概念|理论|原理|流程|过程|步骤|工具|模型|系统|算法|数据集|数据|实验|试验|测试|评估|评价|分析|"
    "验证|对比|比较|结果|结论|发现|性能|效果|效率|质量|准确性|精度|有效性|优越性|优势|优点|贡献|创新点|创新性|创新|新颖性|新颖|意义|价值|影响|作用|前景|潜力|"
    "可能性|可行性|实用性|鲁棒性|稳定性|可靠性|泛化能力|能力|水平|程度|细节|信息|知识|基础|参考|启示|启发|视角|见解|思考|讨论|探讨|探索|探究|介绍|描述|阐述|"
    "综述|概述|总结|归纳|说明|解释|展示|展现|体现|表明|显示|证明|证实|指出|提出|提供|给出|采用|使用|利用|运用|应用|设计|开发|构建|建立|实现|实施|完成|进行|"
    "开展|解决|处理|应对|克服|缓解|改进|改善|提高|提升|增强|促进|推动|推进|有助于|帮助|支持|旨在|致力于|针对|关于|通过|基于|根据|相比|相较于|与其他|与现有|"
    "达到|取得|获得|得到|具有|具备|拥有|带来|产生|引起|包括|包含|涉及|涵盖|结合|关注|重视|值得|需要|可以|能够|可能|应该|"
    "现有|已有|传统|以往|过去|先前|之前|目前|当前|近年来|未来|后续|进一步|相关|各种|多种|多个|一系列|一种|一个|一些|不同|广泛|大量|丰富|充分|详细|全面|深入|"
    "系统性|系统地|重要|关键|主要|核心|显著|明显|有效|高效|优秀|优异|良好|出色|卓越|强大|先进|最先进|领先|更好|更高|更强|较好|较高|较大|较强|很好|很大|很高|"
    "复杂|具体|实际|现实|真实|潜在|独特|全新|新的|新型|新|清晰|连贯|逻辑|内容|表述|结构|部分|方面|角度|层面|学术界|工业界|学术|社会|行业|"
    "摘要|要点|关键词|标题|译名|译文|概括|单位|小结|"
    "以及|并且|并|而且|同时|此外|另外|因此|从而|然而|但是|但|不仅|而|还|也|都|均|其|它|该|这|那|其中|对于|对|在|上|中|下|于|为|是|有|和|与|及|或|的|地|得|了|着|"
    "随着|快速|迅速|飞速|日益|发展|受到|引起|越来越多|越来越|广阔|总体而言|总体上|总的来说|综上所述|综上|总之|一篇|高质量|高水平|读者|时代|"
    "将|把|被|由|从|向|以|使|让|更|最|较|很|非常|十分|一定|某些|所有|整个|我们|他们|存在|不足|局限性|局限|缺陷|缺点|优化|性"
)
_GENERIC_ZH = re.compile("|".join(sorted(set(_CHINESE.split("|")), key=len, reverse=True)))
_LABEL = re.compile(r"^[\s*]*(?P<label>[A-Za-z][A-Za-z ]{2,30}|(?![该本这其此])[\u3400-\u9fff]{2,9})[\s*]*[:：]")
_LATIN_WORD = re.compile(r"[a-zà-öø-ɏ]{2,}(?:-[a-zà-öø-ɏ]+)*")
_NOT_CHINESE = re.compile(r"[^\u3400-\u9fff]+")
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|e|s|ly)$")


def _base(word: str) -> str:
    """Return a word without the endings that make it another form of a generic one."""
    return _ENDING.sub("", word)


_ENGLISH_BASES = frozenset(_base(word) for word in _ENGLISH)


def telling_words(text: str) -> set[str]:
    """Return the English words of *text*, lower case, that are not said of every paper."""
    words = {word for word in _LATIN_WORD.findall(text.lower()) if word not in STOP_WORDS}
    return {word for word in words if word not in _ENGLISH and _base(word) not in _ENGLISH_BASES}


def telling_characters(text: str) -> int:
    """Return how many Chinese characters are left when the words that are said of every paper are taken out."""
    return 0 if text.isascii() else len(_NOT_CHINESE.sub("", _GENERIC_ZH.sub(" ", text)))


def opens_with_label(text: str) -> bool:
    """Tell whether *text* begins with the name of a field (`Main results:`, 研究方法：) and not with what it is about."""
    found = _LABEL.match(text)
    return found is not None and not telling_words(found["label"]) and not telling_characters(found["label"])
