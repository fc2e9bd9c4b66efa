"""Common words of papers in Chinese and English, to find where an English paper says what a Chinese line says.

Not a translation: a Chinese line becomes the set of English words that it may rest on. Words of one field only are mostly missing; names,
abbreviations and numbers, which both languages share, are not listed.
"""

from __future__ import annotations

import re
from functools import cache

# Chinese, then the English words that may stand for it.
_PAIRS = """
注意力 attention; 自注意力 self-attention attention; 变换 transform; 变换器 transformer; 编码 encoding encode; 编码器 encoder
解码 decoding decode; 解码器 decoder; 嵌入 embedding embed; 位置 position positional location; 序列 sequence; 词元 token; 词 word
语言 language; 文本 text; 句子 sentence; 段落 passage paragraph; 文档 document; 问题 question problem; 问答 question answering answer
回答 answer; 翻译 translation translate; 摘要 summarization summary abstract; 语料 corpus data; 训练 train training
预训练 pretrain pre-training pretraining; 微调 fine-tune fine-tuning; 推理 inference reasoning; 学习 learn learning; 提示 prompt prompting
思维链 chain-of-thought chain thought; 监督 supervision supervised; 自监督 self-supervised; 无监督 unsupervised; 强化 reinforcement
奖励 reward; 标注 annotation label annotate annotated; 标签 label; 样本 sample example; 负样本 negative; 正样本 positive
数据 data dataset; 数据集 dataset data; 批 batch; 批次 batch; 批内 in-batch batch; 轮 epoch round; 网络 network; 神经 neural
卷积 convolution convolutional; 循环 recurrent recurrence loop cycle; 残差 residual; 快捷 shortcut; 恒等 identity; 映射 mapping map
连接 connection connect; 层 layer; 深度 depth deep; 宽度 width; 参数 parameter; 权重 weight; 梯度 gradient; 损失 loss; 误差 error
错误 error wrong; 错误率 error rate; 准确率 accuracy; 精度 accuracy precision; 召回 recall; 困惑度 perplexity; 过拟合 overfitting overfit
正则 regularization; 归一化 normalization; 激活 activation; 优化 optimization optimize; 收敛 convergence converge
反向传播 backward backpropagation; 前向 forward; 内存 memory; 显存 memory; 带宽 bandwidth; 读写 read write reads writes; 读取 read
写入 write; 缓存 cache; 芯片 chip on-chip; 速度 speed fast; 加速 speedup accelerate faster; 更快 faster; 快 fast; 慢 slow slowest
慢速 slow; 并行 parallel parallelize; 串行 sequential; 计算 compute computation calculate; 计算量 computation cost compute
复杂度 complexity; 开销 cost overhead; 成本 cost; 时间 time; 空间 space spatial memory; 线性 linear; 平方 quadratic square; 二次 quadratic
指数 exponential; 多项式 polynomial; 对数 logarithm log; 离散 discrete; 连续 continuous; 矩阵 matrix; 向量 vector; 张量 tensor
低秩 low-rank rank; 稀疏 sparse; 稠密 dense; 块 block; 分块 block tile tiling; 切块 tile; 统计量 statistics; 精确 exact precise
近似 approximate approximation; 内积 product inner dot; 相似度 similarity; 距离 distance; 尺寸 size dimension; 尺度 scale metric
规模 scale size; 扩展 scale extend; 扩张 expanding expansive; 收缩 contracting; 路径 path; 上下文 context; 长度 length long
长序列 long sequence; 图像 image; 图片 image; 视觉 vision visual; 视频 video; 像素 pixel; 分割 segmentation segment; 检测 detection detect
识别 recognition recognize; 分类 classification classify; 定位 localization localize locate; 目标 object target; 物体 object
边界 border boundary; 边缘 border edge; 细胞 cell; 追踪 tracking track; 跟踪 tracking track; 形变 deformation deform; 弹性 elastic
增强 augmentation augment; 镜像 mirror mirroring; 重叠 overlap; 接触 touching touch; 医学 medical; 三维 3d three-dimensional
二维 2d two-dimensional; 深度图 depth; 几何 geometry geometric; 相机 camera; 机器人 robot robotics; 机械 mechanical; 标注器 annotator
生成 generate generation; 生成器 generator; 扩散 diffusion; 噪声 noise; 去噪 denoising; 采样 sampling sample; 分布 distribution
概率 probability; 随机 random; 贝叶斯 bayesian; 先验 prior; 后验 posterior; 不确定 uncertainty uncertain; 方差 variance; 均值 mean
平均 average mean; 标准差 deviation; 偏差 bias deviation; 偏见 bias; 毒性 toxicity; 记忆 memory memorization memorize
检索 retrieval retrieve; 检索器 retriever; 搜索 search; 索引 index; 匹配 match matching; 排序 ranking rank sort; 推荐 recommendation
知识 knowledge; 图 graph figure; 节点 node; 边 edge; 树 tree; 词嵌入 embedding; 句法 parsing syntax syntactic constituency
成分 constituency component; 英语 english; 德语 german; 英德 english-to-german german; 法语 french; 中文 chinese; 多语言 multilingual
通道 channel; 混合 mixing mix mixture; 头 head; 多头 multi-head; 子空间 subspace; 正弦 sinusoidal sine; 余弦 cosine; 架构 architecture
结构 structure structural; 模块 module block; 组件 component; 堆叠 stack; 集成 ensemble; 单个 single; 交替 alternate alternating
量子 quantum; 经典 classical; 计算机 computer; 分解 factor factoring factorization decomposition; 整数 integer number; 质数 prime
素数 prime; 阶 order; 元素 element; 模幂 modular exponentiation; 幂 power; 傅里叶 fourier; 幺正 unitary; 可逆 reversible
退相干 decoherence; 密码 cryptography cryptosystem; 加密 encryption; 电路 circuit gate; 门 gate; 门限 gate gated threshold; 比特 bit qubit
叠加 superposition; 测量 measurement measure; 粒子 particle; 能量 energy; 质量 mass quality; 温度 temperature; 压力 pressure stress
密度 density; 速率 rate; 频率 frequency; 波 wave; 光 light optical; 光谱 spectrum spectral; 星系 galaxy; 恒星 star; 行星 planet
宇宙 universe cosmic; 引力 gravity gravitational; 磁场 magnetic field; 电场 electric field; 电子 electron electronic; 原子 atom atomic
分子 molecule molecular; 蛋白质 protein; 基因 gene genetic; 病毒 virus; 疾病 disease; 患者 patient; 临床 clinical; 药物 drug
治疗 treatment; 大脑 brain; 神经元 neuron; 组织 tissue; 材料 material; 晶体 crystal; 表面 surface; 界面 interface; 流体 fluid
湍流 turbulence turbulent; 方程 equation; 微分 differential; 积分 integral; 边值 boundary; 定理 theorem; 证明 proof prove; 引理 lemma
猜想 conjecture; 群 group; 环 ring; 域 field; 流形 manifold; 拓扑 topology topological; 函数 function; 算子 operator; 变量 variable
常数 constant; 上界 bound upper; 下界 bound lower; 界 bound; 维 dimension dimensional; 空间推理 spatial reasoning
模拟 simulation simulate simulated; 模拟器 simulator; 仿真 simulation; 季节 season; 调度 schedule scheduling; 调度器 scheduler
灌溉 irrigation irrigate; 浇水 water watering irrigate; 用水 water; 水量 water; 水泵 pump; 阀门 valve; 土壤 soil; 湿度 moisture humidity
含水量 moisture water; 探头 probe; 传感器 sensor probe; 读数 reading; 滤波 filter; 滤波器 filter; 卡尔曼 kalman; 平衡 balance
日历 calendar; 预报 forecast; 降雨 rain rainfall; 雨 rain; 排水 drainage drain; 受旱 stress dry; 干旱 drought dry; 果园 orchard; 农场 farm
农民 farmer; 作物 crop; 蒸散 evapotranspiration; 选址 siting site placement; 尖峰 spike; 卡死 stuck; 异常 outlier anomaly abnormal
误报 false alarm; 警报 alarm; 舍弃 reject discard drop; 拒绝 reject; 修正 correct correction; 校正 correct correction
估计 estimate estimation; 预测 predict prediction; 阈值 threshold; 触发 trigger; 控制 control; 控制器 controller; 原始 raw original
固定 fixed; 每日 daily day; 每天 daily day; 启动 start; 等待 wait; 节省 save saving; 减少 reduce less fewer; 降低 reduce lower decrease
增加 increase add; 上升 rise increase grow; 下降 fall drop decrease; 超过 exceed outperform beat above; 优于 outperform better
高于 higher above; 低于 below lower less; 相当 par comparable equal; 最大 largest maximum; 最小 smallest minimum; 更高 higher; 更低 lower
更深 deeper; 更小 smaller; 多个 multiple; 少 few less; 很少 few little; 首次 first; 赢得 won win; 第一 first; 挑战赛 challenge competition
竞赛 competition; 人类 human; 专家 expert; 用户 user; 任务 task; 基准 benchmark; 测试 test; 评测 evaluation evaluate; 指标 metric measure
相对 relative; 绝对 absolute; 提升 improvement improve gain; 能力 ability capability; 涌现 emergent emerge discontinuous
跳跃 jump discontinuous; 多步 multi-step; 常识 commonsense; 算术 arithmetic; 数学 math mathematical; 代码 code; 程序 program
开源 open-source public release; 公开 public release available; 开放域 open-domain open; 端到端 end-to-end; 零样本 zero-shot
少样本 few-shot; 大模型 large model; 大语言模型 large language model; 视觉语言模型 vision-language model; 语言模型 language model
图神经网络 graph neural network; 知识蒸馏 distillation; 蒸馏 distillation distill; 剪枝 pruning prune; 量化 quantization quantize
压缩 compress compression; 联邦 federated; 隐私 privacy private; 安全 security safe safety; 攻击 attack; 防御 defense
鲁棒 robust robustness; 泛化 generalization generalize; 迁移 transfer; 领域 domain field; 对齐 alignment align; 偏好 preference
对话 dialogue conversation; 情感 sentiment emotion; 语音 speech voice; 音频 audio; 音乐 music; 时间序列 time series; 信号 signal
频谱 spectrum; 天线 antenna; 通信 communication; 无线 wireless; 延迟 latency delay; 吞吐 throughput; 硬件 hardware; 软件 software
分布式 distributed; 集群 cluster; 服务器 server; 云 cloud; 能耗 energy power; 功耗 power; 电池 battery; 电压 voltage; 电流 current
轨道 orbit; 地面 ground; 海洋 ocean sea; 气候 climate; 天气 weather; 地震 earthquake seismic; 交通 traffic; 车辆 vehicle
自动驾驶 autonomous driving; 路径规划 planning path; 策略 policy strategy; 博弈 game; 均衡 equilibrium; 市场 market; 价格 price
经济 economic economy; 金融 financial finance; 风险 risk; 社会 social society; 教育 education; 学生 student; 法律 law legal
假设 assumption hypothesis; 限制 limitation limit; 局限 limitation; 快慢 speed; 因果 causal; 相关 correlation related; 回归 regression
聚类 cluster clustering; 降维 dimensionality; 特征 feature; 表示 representation represent; 潜在 latent; 隐藏 hidden; 输入 input
输出 output; 状态 state; 动作 action; 转换 transform convert; 依赖 dependency depend rely; 依靠 rely; 摒弃 dispense drop without
仅 only solely; 无需 without need no; 额外 additional extra; 不需要 without no need; 模式 pattern mode; 选择 select choose selection
组成 consist compose; 捕获 capture; 提取 extract extraction; 融合 fusion merge combine; 结合 combine merge; 分配 allocate allocation
更新 update; 迭代 iterate iteration iterative; 求解 solve solution; 解 solution; 最优 optimal; 局部 local; 全局 global; 动态 dynamic
静态 static; 稳定 stable stability; 瓶颈 bottleneck; 冗余 redundant redundancy; 一致 consistent consistency; 多样 diverse diversity
退化 degrade degradation; 镜头 shot lens; 反射 reflection; 散射 scattering; 吸收 absorption; 发射 emission; 辐射 radiation
加热 heating heat; 冷却 cooling; 真空 vacuum; 样品 sample; 实验室 laboratory
"""
_ENTRY = re.compile(r"([\u3400-\u9fff]+) ([^;\n]+)")


@cache
def _lexicon() -> dict[str, tuple[str, ...]]:
    return {m[1]: tuple(m[2].split()) for m in _ENTRY.finditer(_PAIRS)}


@cache
def _known() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_lexicon(), key=len, reverse=True)))


def english_words(text: str) -> list[tuple[str, ...]]:
    """Return, for each known Chinese word of *text*, the longest first where they overlap, the English words it may stand for."""
    return [_lexicon()[m[0]] for m in _known().finditer(text)]
