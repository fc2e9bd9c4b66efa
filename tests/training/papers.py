"""Fifty short abstracts with Chinese digests, all made up: ten pieces of work, each told in five ways."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Work:
    """A piece of work; pairs are English and Chinese."""

    name: str
    task: tuple[str, str]
    trouble: tuple[str, str]
    idea: tuple[str, str]
    data: tuple[str, str]
    measure: tuple[str, str]
    before: str
    after: str


WORKS = (
    Work(
        "TideNet",
        ("predicting water levels in small harbours", "小型港口的水位预测"),
        ("gauges fail during storms, when forecasts matter most", "风暴期间水位计容易失效，而此时预报最为重要"),
        ("fills the gaps of one gauge from its neighbours along the coast", "利用沿岸相邻水位计的读数补全缺失数据"),
        ("records of 31 harbours over 12 years", "31 个港口 12 年的记录"),
        ("mean error", "平均误差"),
        "14.2",
        "9.6",
    ),
    Work(
        "LeafScan",
        ("finding leaf diseases from phone pictures", "基于手机照片的叶片病害检测"),
        ("pictures from the field are blurred and badly lit", "田间照片往往模糊且光照不足"),
        ("learns from pairs of sharp and spoiled pictures of the same leaf", "从同一叶片的清晰照片与受损照片对中学习"),
        ("8,400 pictures of tomato plants", "8,400 张番茄植株照片"),
        ("error rate", "错误率"),
        "18.5",
        "11.3",
    ),
    Work(
        "GraphCut",
        ("splitting very large graphs over several machines", "超大规模图在多台机器上的划分"),
        ("moving vertices between machines costs more than computing on them", "在机器之间移动顶点的开销高于计算本身"),
        ("moves a vertex only when two neighbours ask for it", "仅当两个相邻顶点提出请求时才移动顶点"),
        ("four social graphs with up to 90 million edges", "四个社交网络图，边数最多 90 million"),
        ("traffic", "通信量"),
        "62",
        "38",
    ),
    Work(
        "EchoSort",
        ("telling bird species apart by their calls", "根据叫声区分鸟类"),
        ("several birds call at once in most recordings", "多数录音中有多只鸟同时鸣叫"),
        ("separates the calls by pitch before it names them", "先按音高分离叫声，再判断种类"),
        ("640 hours of sound from two forests", "两片森林中 640 小时的录音"),
        ("error rate", "错误率"),
        "27.4",
        "19.8",
    ),
    Work(
        "QuietArm",
        ("planning smooth motions for a robot arm", "机械臂的平滑运动规划"),
        ("fast plans shake the arm and slow ones waste time", "快速的规划会使机械臂抖动，缓慢的规划则浪费时间"),
        ("bounds the jerk of each joint while it searches", "在搜索过程中限制每个关节的加加速度"),
        ("2,000 tasks on a desk with 7 joints", "桌面上 2,000 个任务，机械臂有 7 个关节"),
        ("planning time", "规划时间"),
        "3.1",
        "1.2",
    ),
    Work(
        "CodeLens",
        ("explaining failing unit tests to beginners", "向初学者解释失败的单元测试"),
        ("error messages name the place of a fault and not its cause", "错误信息只指出故障位置，而不说明原因"),
        ("compares the values of a passing run with those of a failing one", "比较成功运行与失败运行中的变量取值"),
        ("510 programs of first-year students", "510 个一年级学生的程序"),
        ("minutes to a fix", "修复所需分钟数"),
        "21",
        "13",
    ),
    Work(
        "StarBin",
        ("sorting faint stars by their light curves", "根据光变曲线对暗弱恒星分类"),
        ("most curves have gaps of weeks because of clouds", "由于云层遮挡，多数光变曲线存在数周的空缺"),
        ("models the gaps as missing on purpose and skips them", "将空缺视为有意缺失并直接跳过"),
        ("1.5 million curves of a sky survey", "一次巡天观测得到的 1.5 million 条光变曲线"),
        ("share of unsorted stars", "未分类恒星的比例"),
        "9.7",
        "4.4",
    ),
    Work(
        "MemPage",
        ("serving language models with little memory", "在少量内存下运行语言模型"),
        ("long contexts fill the cache and push out what is needed next", "长上下文会占满缓存，挤出随后需要的内容"),
        ("keeps the pages of the cache that recent tokens looked at", "保留最近词元所关注的缓存页"),
        ("five models of 1 to 8 billion parameters", "五个参数量为 1 到 8 billion 的模型"),
        ("memory", "内存占用"),
        "24",
        "11",
    ),
    Work(
        "BrickFlow",
        ("simulating heat in old buildings", "老旧建筑的热量模拟"),
        ("the thickness of walls is unknown in most of them", "多数老旧建筑的墙体厚度未知"),
        ("estimates the walls from one night of temperatures", "根据一夜的温度变化估计墙体厚度"),
        ("46 houses in three towns", "三座城镇的 46 栋房屋"),
        ("error of the heat demand", "热需求误差"),
        "22.8",
        "12.1",
    ),
    Work(
        "FairQueue",
        ("sharing a computing cluster among research groups", "研究小组之间的计算集群共享"),
        ("short jobs wait behind long ones for hours", "短任务往往要在长任务之后等待数小时"),
        ("lends idle time to short jobs and takes it back in small steps", "将空闲时间借给短任务，并以小步长收回"),
        ("logs of 18 months from two clusters", "两个集群 18 个月的日志"),
        ("median wait", "等待时间中位数"),
        "47",
        "16",
    ),
)


def papers():
    """Return fifty rows: title, abstract and Chinese fields, the first of each five with takeaways."""
    return [row for work in WORKS for row in _told(work)]


def write(path: Path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _told(w):
    task, trouble, idea, data, measure = (x[0] for x in (w.task, w.trouble, w.idea, w.data, w.measure))
    gain = f"lowers the {measure} from {w.before} to {w.after}"
    abstracts = (
        f"We study {task}. The work is hard because {trouble}. We present {w.name}, a method that {idea}. On {data} it {gain}.",
        (
            f"Systems for {task} share one weakness: {trouble}. This paper describes {w.name}, which {idea}. We tested it with {data}. "
            f"It {gain}, without further tuning."
        ),
        (
            f"How far can a simple rule go in {task}? {w.name} {idea}. This helps because {trouble}. In tests on {data}, the rule {gain}. "
            f"We publish the code."
        ),
        f"In {task}, {trouble}. Earlier methods ignore this. Ours, {w.name}, {idea}. An evaluation on {data} shows that it {gain}.",
        (
            f"{w.name} is a new method for {task}. It {idea}. Its design follows from the observation that {trouble}. "
            f"Measured on {data}, it {gain}. Ablations show that each part is needed."
        ),
    )
    titles = (f"{w.name}: A Method for {task.title()}", f"Better {task.title()}", f"A Simple Rule for {task.title()}")
    for n, abstract in enumerate(abstracts):
        fields = {
            "summary": f"本文提出 {w.name}，用于{w.task[1]}，将{w.measure[1]}从 {w.before} 降至 {w.after}。",
            "background": f"本文研究{w.task[1]}。其难点在于：{w.trouble[1]}。",
            "method": f"{w.name} {w.idea[1]}。",
            "result": f"在{w.data[1]}上的实验表明，{w.measure[1]}从 {w.before} 降至 {w.after}。",
            "conclusion": f"{w.name} 为{w.task[1]}提供了一种简单有效的方法。",
        }
        if n == 0:
            takeaways = [
                f"{w.task[1]}很难，因为{w.trouble[1]}。",
                f"{w.name} {w.idea[1]}。",
                f"实验使用了{w.data[1]}。",
                f"{w.measure[1]}从 {w.before} 降至 {w.after}。",
                f"该方法适用于{w.task[1]}。",
            ]
            fields = {"summary": fields["summary"], "takeaways": takeaways}
        yield {"title": titles[n % 3], "abstract": abstract, "zh": fields}
