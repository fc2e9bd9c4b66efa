"""What the extractive engine looks for in papers written in Chinese: fewer words than in English, for these papers name their moves plainly.

The zones are those of `cues`; a field takes a sentence only by a word that announces it.
"""

from __future__ import annotations

import re

from offline_digest.engines.cues import Cue, CueSet

_re = re.compile
_INTRODUCTION = "引言|绪论|前言|背景|概述|导论"
_RELATED = "相关|现状|综述|已有|预备"
_RESULT = "实验|结果|评估|评价|性能|对比|比较|分析|消融|仿真|测试|应用"
_END = "结论|总结|结语|小结|讨论|结束语"
_METHOD = rf"^(?!.*(?:{_INTRODUCTION}|{_RELATED}|{_RESULT}|{_END}|展望|致谢|附录|局限|数据集))"
_OTHER_PARTS = f"{_RELATED}|{_RESULT}|{_END}|展望|附录"
_THIS = "本文|本研究|本工作|本论文|我们|笔者"
_OWN = _re(rf"{_THIS}|所提")
_MAKE = rf"(?:{_THIS})[^。，；]{{0,20}}?(?:提出|设计|构建|建立|开发|实现|引入|给出)|提出(?:了)?一[种个套]"
_OFFER = rf"{_MAKE}|(?:{_THIS})[^。，；]{{0,20}}?(?:研究|探讨|分析|考察|介绍|证明|讨论)"
_NEW = "新颖|创新|首次|首个|不同于|与[^。，；]{2,20}不同|新的|新型|一种新|贡献"
_GAIN = "提高|提升|优于|超过|降低|减少|缩短|改善|增加|达到|最好|最优|最高|最低|更好|更高|更低|更快|显著|节省|节约"
_COMPARED = (
    r"优于|超过|相比|相较|比[^。，；较例如重值对率特喻]{1,20}(?:高|低|快|少|多|好)"
    r"|(?:提高|提升|降低|减少|缩短|节省|节约)(?:了|至|到)?\s*(?:约)?\s*\d|最好|最优|最先进"
)
_SHOWN = "(?:结果|实验|仿真|研究|测试|分析)[^。，；]{0,10}?(?:表明|显示|证明|说明|发现)"
_LACK = "然而|但是|但(?!不限)|不足|缺乏|难以|困难|尚未|忽略|依赖|受限|无法|不能|昂贵|较高的(?:成本|代价)|问题"
_OTHERS = "现有|已有|传统|以往|此前|近年来|目前|当前|前人|早期|多数|常用"
_PLANS = "未来|今后|下一步|后续|将来|有待|展望|进一步(?:研究|工作)|局限"
_PERHAPS = rf"可能|或许|如果|假如|假设|希望|{_PLANS}|？$"
_BAD_NEWS = "局限|失败|失效|变差|下降(?!到)|不明显|不显著|较差|不如|没有(?:明显|显著)|未能|然而|尽管"
_STEP = (
    "首先|其次|然后|接着|随后|最后|再(?=[将把用对])|(?:将|把)[^。，；]{1,30}(?:转换|输入|映射|划分|分解|编码|合并|送入|作为)"
    "|(?:采用|使用|利用|通过)[^。；]{2,40}(?:计算|训练|提取|得到|估计|预测|生成|构建|优化|选择|判断|更新|校正|滤除|剔除)"
)
_AMOUNT = (
    r"\d[\d.,]*\s*(?:万|亿|千|百)?\s*(?:余)?(?:个|张|条|幅|名|位|篇|组|次|段|台|块|天|年|季|周|月|小时|分钟|样本|图像|层|轮|例|对|句|类|GB|TB)"
    "|(?:代码|数据集?|模型)[^。，；]{0,12}(?:公开|开源|发布)"
)
_DID = "收集|采集|标注|构建|训练|测试|评估|使用|采用|包含|包括|共|运行|仿真|模拟|实验|数据|公开|开源|耗时"
_OPENS_UP = "意义|价值|应用前景|广阔|推广|有助于|有望|为[^。；]{2,40}提供|奠定|促进|可用于|适用于|可应用|实用|参考|启示"
_OTHERS_WORK = "(?:现有|已有|传统|以往|前人|其他)的?(?:方法|工作|研究|模型|系统|算法|方案)"

CHINESE = CueSet(
    own=_OWN,
    closing=_re(rf"^(?!.*(?:局限|展望)).*(?:{_END})"),
    fields={
        "summary": Cue(
            sections=_re(rf"{_INTRODUCTION}|{_END}"), cues=_re(_OFFER), needs=(_re(_OFFER),), strong=_re(_MAKE), never=_re(_PLANS),
            inside=True, abstract=2.0, mine=0.6, place=0.0,
        ),
        "innovation": Cue(
            sections=_re(rf"{_INTRODUCTION}|{_RELATED}|{_END}|{_METHOD}"), cues=_re(rf"{_NEW}|{_MAKE}"), needs=(_re(rf"{_NEW}|{_MAKE}"),),
            strong=_re(_NEW), never=_re(_PERHAPS), own=True, inside=True, against=_re(_OTHERS_WORK), abstract=-0.1, cites=-0.6, place=0.1,
        ),
        "performance": Cue(
            sections=_re(rf"{_INTRODUCTION}|{_RESULT}|{_END}"), cues=_re(_COMPARED), needs=(_re(_COMPARED), _re(_GAIN)),
            strong=_re(rf"优于|超过|{_SHOWN}"), never=_re(rf"{_PERHAPS}|{_BAD_NEWS}"), inside=True, abstract=-0.4, mine=0.7,
            numbers=0.8, place=0.7,
        ),
        "workload": Cue(
            sections=_re(rf"{_RESULT}|{_METHOD}|数据集"), cues=_re(rf"{_AMOUNT}|{_DID}"), needs=(_re(_DID), _re(_AMOUNT)), inside=True,
            never=_re(rf"{_PERHAPS}|{_BAD_NEWS}|{_COMPARED}|{_OTHERS_WORK}"), abstract=-0.7, cites=-0.3, mine=0.3, numbers=0.4, place=0.6,
        ),
        "significance": Cue(
            sections=_re(rf"{_INTRODUCTION}|{_END}"), cues=_re(_OPENS_UP), needs=(_re(_OPENS_UP),), never=_re(rf"{_PLANS}|{_BAD_NEWS}|？$"),
            own=True, inside=True, against=_re(rf"{_OTHERS_WORK}|{_COMPARED}"), abstract=0.1, place=1.0,
        ),
        "methods": Cue(
            sections=_re(_METHOD), outside=_re(_OTHER_PARTS), cues=_re(_STEP), needs=(_re(_STEP),), never=_re(rf"{_PERHAPS}|{_SHOWN}|优于|例如"), inside=True,
            against=_re(rf"{_OTHERS_WORK}|{_LACK}"), abstract=-1.0, cites=-0.3, mine=0.5, place=0.35,
        ),
        "approach": Cue(
            sections=_re(rf"{_INTRODUCTION}|{_METHOD}"), outside=_re(_OTHER_PARTS), own=True, inside=True,
            cues=_re(rf"{_MAKE}|基于|通过|利用|采用|由[^。，；]{{2,20}}组成"),
            needs=(_re(rf"{_MAKE}|基于|通过|利用|采用|组成"),), never=_re(rf"{_PERHAPS}|{_SHOWN}|优于"), strong=_re(_MAKE),
            against=_re(_OTHERS_WORK), abstract=0.3, place=0.1,
        ),
        "results": Cue(
            sections=_re(rf"{_RESULT}|{_END}"), cues=_re(rf"{_GAIN}|{_SHOWN}"), needs=(_re(rf"{_GAIN}|{_SHOWN}"),),
            never=_re(rf"{_PERHAPS}|{_OTHERS_WORK}的"), inside=True, mine=0.7, numbers=0.5, place=0.75, bar=0.6,
        ),
        "prior_work": Cue(
            sections=_re(rf"{_RELATED}|{_INTRODUCTION}"), cues=_re(rf"{_OTHERS}|{_LACK}"), needs=(_re(_OTHERS), _re(rf"{_LACK}|{_OTHERS_WORK}")),
            inside=True, strong=_re(_OTHERS_WORK), against=_OWN, never=_re(rf"？$|{_MAKE}"), abstract=-0.3, cites=0.5, mine=-0.8, place=0.1,
        ),
        "background": Cue(
            sections=_re(_INTRODUCTION), cues=_re("重要|广泛|关键|基础|核心|日益|越来越|迅速|挑战|热点|需求"), against=_OWN,
            needs=(_re("重要|广泛|关键|基础|核心|日益|越来越|迅速|挑战|热点|需求"),), never=_re(rf"{_PLANS}|{_SHOWN}|？$"), inside=True,
            abstract=0.2, cites=0.0, mine=-0.8, place=0.0,
        ),
        "takeaways": Cue(
            sections=_re(rf"{_INTRODUCTION}|{_END}"), cues=_re(rf"{_OFFER}|{_GAIN}|{_SHOWN}|贡献"), needs=(_re(rf"{_OFFER}|{_GAIN}|{_SHOWN}|贡献"),),
            inside=True, own=True, never=_re(rf"{_PERHAPS}|致谢|感谢|组织如下"), against=_re(rf"{_OTHERS_WORK}|{_BAD_NEWS}"), abstract=0.7,
            mine=0.8, numbers=0.2, bar=1.0,
        ),
    },
)  # fmt: skip
