"""The faults that an audit of such posts found, kind by kind, and good lines; all about the bundled sample paper."""

from pathlib import Path

import pytest

from offline_digest.digesting.checks import failures
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.prompts import load_prompts
from offline_digest.records import Paper
from offline_digest.resources import resource_dir

PAPER = Paper.model_validate_json((Path(__file__).parents[1] / "reading" / "golden" / "sample-paper.json").read_bytes())
SOURCE = Facts(PAPER, None).source("paper")
PROMPTS = load_prompts(resource_dir("templates") / "prompts")
TARGET = {"en": (6, 50), "zh": (10, 90)}

FAULTS = [
    ("leftovers", "en", "Sure, here is the summary of the paper about irrigation probes."),
    ("leftovers", "en", "I hope this summary of the irrigation scheduler is helpful."),
    ("leftovers", "en", "As an AI model, I read that the scheduler keeps a daily water balance."),
    ("leftovers", "en", "Based on the provided text, the scheduler keeps a daily water balance with four probes."),
    ("leftovers", "en", "Let me know if you want more detail on the probes."),
    ("leftovers", "zh", "好的，我会为您概括这篇关于灌溉探头的论文。"),
    ("leftovers", "zh", "希望以上总结符合您的要求，探头共有四个。"),
    ("leftovers", "zh", "以上就是对该调度器研究方法的简要概述。"),
    ("leftovers", "zh", "作为一个AI，我认为调度器的滤波器最重要。"),
    ("leftovers", "zh", "请注意，以上回答是基于您提供的摘要进行的概括。"),
    ("leftovers", "en", "**Summary:** The scheduler keeps a daily water balance with four probes."),
    ("leftovers", "en", "Key Takeaways: the filter that rejects spikes matters most."),
    ("leftovers", "zh", "摘要：调度器用四个探头修正每日水量平衡。"),
    ("leftovers", "zh", "研究方法：调度器用四个探头修正每日水量平衡。"),
    ("leftovers", "zh", "任务与性能：调度器用四个探头修正每日水量平衡。"),
    ("leftovers", "en", "The code of the scheduler is available at [link to code]."),
    ("leftovers", "en", "GitHub: None. The scheduler keeps a daily water balance."),
    ("leftovers", "zh", "代码链接为（请在此处填写实际的GitHub链接），调度器用四个探头。"),
    ("leftovers", "zh", "调度器的节水率为xx%，共有四个探头。"),
    ("leftovers", "zh", "GitHub代码链接：无，调度器用四个探头修正水量平衡。"),
    ("leftovers", "en", "The depletion $D_{t}$ follows the water balance of the scheduler."),
    ("leftovers", "en", "The scheduler of \\cite{allen} keeps a daily water balance."),
    ("leftovers", "zh", "深度 \\theta 决定调度器何时打开阀门浇水。"),
    ("leftovers", "en", "I'm sorry, but I cannot tell how the scheduler waters the field."),
    ("leftovers", "en", "The paper does not mention which probes the scheduler needs."),
    ("leftovers", "zh", "抱歉，我无法从论文中得知调度器的水量平衡。"),
    ("leftovers", "zh", "文中未提供探头和滤波器的训练时间。"),
    ("terms", "en", "Geoffrey Hinton and his team describe a scheduler with a daily water balance."),
    ("terms", "en", "Hinton and colleagues describe a scheduler with a daily water balance."),
    ("people", "zh", "辛顿等人提出用四个探头修正每日水量平衡。"),
    ("people", "zh", "由张志远等人提出的调度器每天计算水量平衡。"),
    ("people", "zh", "伊尔卡·布勒梅尔森提出每日水量平衡调度器。"),
    ("people", "zh", "伊尔卡（Ilka Brömmelsen）提出每日水量平衡调度器。"),
    ("terms", "zh", "Geoffrey Hinton 提出用四个探头修正每日水量平衡。"),
    ("numbers", "en", "The scheduler used 382.5 mm of water in 60 simulated seasons."),
    ("numbers", "en", "The scheduler used a fifth less water over seventy simulated seasons."),
    ("numbers", "en", "In total 32,400 seasons were simulated on one laptop core."),
    ("numbers", "zh", "全部研究共模拟了3.24万个季节，用时几秒。"),
    ("numbers", "zh", "调度器的用水量比固定日历减少百分之二十三。"),
    ("numbers", "zh", "调度器在两百个模拟季节中平均用水382.4毫米。"),
    ("units", "zh", "调度器把用水量减少了12倍，受旱天数也下降。"),
    ("numbers", "zh", "用水量为380至390毫米，低于固定日历。"),
    ("units", "en", "The scheduler used 382.4 ms of water in simulated seasons."),
    ("units", "en", "Stress fell by 20.3 percentage points against the calendar."),
    ("units", "zh", "与固定日历相比，用水量减少了20.3个百分点。"),
    ("units", "zh", "调度器平均用水382.4厘米，低于固定日历。"),
    ("units", "en", "Each probe sends a message of 16 GB per day to the scheduler."),
    ("units", "zh", "每个探头每天只发送16 GB的消息。"),
    ("expansions", "zh", "采用了 FNN（Filtered Neighbour Network）的调度器每天计算水量平衡。"),
    ("terms", "en", "The root zone capacity (RZC, rapid zonal calibration) decides when to irrigate."),
    (
        "repetition",
        "zh",
        "调度器每天计算水量平衡并用四个探头的读数修正估计再根据滤波器的门限舍弃不合理的读数然后在估计值超过阈值且没有降雨预报时打开阀门浇水从而减少用水。",
    ),
    ("repetition", "zh", "调度器计算每日水量平衡。探头修正估计。调度器计算每日水量平衡。"),
    ("length", "en", "The scheduler keeps a daily water balance and corrects it with the"),
    ("length", "zh", "调度器每天计算水量平衡，并用四个探头的读数修正（滤波器"),
    ("length", "zh", "调度器每天计算水量平衡，并且"),
    ("language", "zh", "調度器每天計算水量平衡，並用四個探頭的讀數修正估計。"),
    ("language", "zh", "调度器每天计算水量平衡，フィルタ舍弃不合理的读数。"),
    ("language", "en", "The scheduler keeps a daily water balance 水量平衡 with four probes."),
    ("language", "zh", "The scheduler keeps a daily water balance with four probes."),
    ("content", "en", "This paper presents a comprehensive study of the proposed approach."),
    ("content", "en", "The proposed method achieves significant improvements over existing methods on various tasks."),
    ("content", "en", "The results demonstrate the effectiveness and superiority of the framework."),
    ("content", "en", "The authors conducted extensive experiments and a detailed analysis of their results."),
    ("content", "zh", "该研究对推动相关领域的发展具有重要意义，为后续研究提供了新的思路。"),
    ("content", "zh", "文章进行了大量的实验和分析，工作量较大。"),
    ("content", "zh", "实验结果表明，该方法具有良好的性能和应用前景。"),
    ("content", "zh", "文章内容表述清晰，逻辑连贯，工作量较大。"),
    ("content", "en", "The scheduler keeps a daily water balance with four probes. The method does not compare to others."),
    ("content", "en", "The scheduler corrects its daily water balance in 80 minutes per minute of rain."),
    ("content", "zh", "调度器每天计算水量平衡，并用四个探头修正估计。该方法没有与其他方法比较。"),
    ("content", "zh", "调度器用四个探头修正水量平衡，每小时运行 80 小时。"),
    ("leftovers", "en", "The method is described in 3-6 steps, from reading the probes to opening the valve."),
    ("leftovers", "zh", "调度器用四个探头修正水量平衡（30 到 100 字）。"),
    ("prompt", "en", "What does this paper do, and what does it find?"),
    ("prompt", "zh", "这篇论文最重要的内容有哪些？"),
    ("leftovers", "zh", "更多探头细节请参阅论文原文。"),
    ("leftovers", "en", "Please refer to the original paper for details on the probes."),
]
GOOD = [
    ("en", "A gated Kalman filter merges a daily water balance with the readings of four probes."),
    ("en", "In 60 simulated seasons the scheduler used 382.4 mm of water, 20.3 percent less than the calendar."),
    ("en", "Readings that the balance cannot explain are dropped, so a spike cannot start the pump."),
    ("en", "Neither siting nor the forecast changed much, which surprised the authors."),
    ("en", "With a stuck probe the raw mean wastes 40.9 mm through drainage."),
    ("en", "All seasons are simulated, and the simulator shares its balance equation with the scheduler."),
    ("en", "A single raw probe saves little stress but lets 50.6 mm drain away."),
    ("en", "Bookkeeping alone uses the least water, 375.2 mm, yet 14.28 percent of cell-days are under stress."),
    ("en", "The gate lets more than 99 of 100 honest readings pass."),
    ("en", "On an ordinary day, slightly more than half of the estimate stems from the balance."),
    ("en", "Doubling the share of spikes to 16 percent costs the scheduler less than 1 mm."),
    ("en", "Perfect knowledge of the field would need 383.6 mm, so better sensing has little left to gain."),
    ("en", "The forecast can delay watering by a day or two but never cancels it."),
    ("en", "Two numbers and a few constants are all that the microcontroller stores."),
    ("en", "A drifting probe would stay inside the gate, which the authors name as a limitation."),
    ("en", "Stress is counted in cell-days, and no claim about yield is made."),
    ("en", "The study comprises 3,240 simulated seasons in pure Python and takes seconds on one core."),
    ("en", "Four probes are enough: with more, neither water nor stress changes much."),
    ("zh", "带门限的卡尔曼滤波把每日水量平衡与四个探头的读数结合起来。"),
    ("zh", "在 60 个模拟季节中，调度器用水 382.4 毫米，比固定日历少 20.3%。"),
    ("zh", "水量平衡无法解释的读数会被舍弃，尖峰因此不会启动水泵。"),
    ("zh", "探头选址和降雨预报的影响都很小，出乎作者意料。"),
    ("zh", "有一个探头卡死时，原始均值会因排水损失 40.9 毫米。"),
    ("zh", "全部季节都是模拟的，而且模拟器与调度器使用同一个平衡方程。"),
    ("zh", "单个原始探头的受旱比例很低，却白白排走 50.6 毫米水。"),
    ("zh", "只靠记账用水最少，为 375.2 毫米，但 14.28% 的格日处于受旱状态。"),
    ("zh", "门限让 100 个正常读数中的 99 个以上通过。"),
    ("zh", "平常的日子里，估计值有一半多来自水量平衡。"),
    ("zh", "尖峰比例加倍到 16% 时，调度器的用水量几乎不变。"),
    ("zh", "即使完全了解田块的状态，也需要 383.6 毫米水，可见改进传感的余地不大。"),
    ("zh", "降雨预报只能把浇水推迟一两天，不会取消浇水。"),
    ("zh", "微控制器只需保存两个数和几个常数。"),
    ("zh", "缓慢漂移的探头仍会落在门限之内，作者把这一点列为局限。"),
    ("zh", "受旱按格日统计，论文没有对产量下结论。"),
    ("zh", "全部研究包含 3240 个模拟季节，用纯 Python 在单核上几秒即可算完。"),
    ("zh", "四个探头已经足够，再多也不会明显改变用水和受旱。"),
]


def faults(language, text):
    """Return check → words for one line."""
    return failures([text], language, target=TARGET[language], source=SOURCE, wording=PROMPTS[language].wording)


@pytest.mark.parametrize(("check", "language", "text"), FAULTS)
def test_every_kind_of_fault_is_caught(check, language, text):
    """Chatter, empty prose, strangers, wrong numbers and the rest: each falls by the check that is there for it."""
    assert check in faults(language, text)


@pytest.mark.parametrize(("language", "text"), GOOD)
def test_faithful_lines_pass(language, text):
    """What a careful reader would write about the paper raises no alarm."""
    assert faults(language, text) == {}
