"""Common words of papers in Chinese and English, to find where an English paper says what a Chinese line says.

Not a translation: a Chinese line becomes the set of English words that it may rest on. Words of one field only are mostly missing; names,
abbreviations and numbers, which both languages share, are not listed.
"""

from __future__ import annotations

import re
from functools import cache

# Chinese, then the English words that may stand for it.
_PAIRS = """
注意力 attention; 自注意力 self-attention attention; 变换 transform; 变换器 transformer; 编码 encoding encode; 编码器 encoder; 解码 decoding decode
解码器 decoder; 嵌入 embedding embed; 位置 position positional location; 序列 sequence; 词元 token; 词 word; 语言 language; 文本 text; 句子 sentence
段落 passage paragraph; 文档 document; 问题 question problem; 问答 question answering answer; 回答 answer; 翻译 translation translate
摘要 summarization summary abstract; 语料 corpus data; 训练 train training; 预训练 pretrain pre-training pretraining; 微调 fine-tune fine-tuning
推理 inference reasoning; 学习 learn learning; 提示 prompt prompting; 思维链 chain-of-thought chain thought; 监督 supervision supervised
自监督 self-supervised; 无监督 unsupervised; 强化 reinforcement; 奖励 reward; 标注 annotation label annotate annotated; 标签 label
样本 sample example; 负样本 negative; 正样本 positive; 数据 data dataset; 数据集 dataset data; 批 batch; 批次 batch; 批内 in-batch batch
轮 epoch round; 网络 network; 神经 neural; 卷积 convolution convolutional; 循环 recurrent recurrence loop cycle; 残差 residual; 快捷 shortcut
恒等 identity; 映射 mapping map; 连接 connection connect; 层 layer; 深度 depth deep; 宽度 width; 参数 parameter; 权重 weight; 梯度 gradient; 损失 loss
误差 error; 错误 error wrong; 错误率 error rate; 准确率 accuracy; 精度 accuracy precision; 召回 recall; 困惑度 perplexity; 过拟合 overfitting overfit
正则 regularization; 归一化 normalization normalize; 激活 activation; 优化 optimization optimize; 收敛 convergence converge
反向传播 backward backpropagation; 前向 forward; 内存 memory; 显存 memory; 带宽 bandwidth; 读写 read write reads writes; 读取 read; 写入 write
缓存 cache; 芯片 chip on-chip; 速度 speed fast; 加速 speedup accelerate faster; 更快 faster; 快 fast; 慢 slow slowest; 慢速 slow
并行 parallel parallelize; 串行 sequential; 计算 compute computation calculate; 计算量 computation cost compute; 复杂度 complexity; 开销 cost overhead
成本 cost; 时间 time; 空间 space spatial memory; 线性 linear; 平方 quadratic square; 二次 quadratic; 指数 exponential; 多项式 polynomial
对数 logarithm log logarithmic; 离散 discrete; 连续 continuous; 矩阵 matrix; 向量 vector; 张量 tensor; 低秩 low-rank rank; 稀疏 sparse; 稠密 dense
块 block; 分块 block tile tiling; 切块 tile; 统计量 statistics; 精确 exact precise; 近似 approximate approximation; 内积 product inner dot
相似度 similarity; 距离 distance; 尺寸 size dimension; 尺度 scale metric; 规模 scale size; 扩展 scale extend expand expansive
扩张 expanding expansive; 收缩 contracting contract; 路径 path; 上下文 context; 长度 length long; 长序列 long sequence; 图像 image; 图片 image
视觉 vision visual; 视频 video; 像素 pixel; 分割 segmentation segment; 检测 detection detect; 识别 recognition recognize; 分类 classification classify
定位 localization localize locate; 目标 object target goal; 物体 object; 边界 border boundary; 边缘 border edge; 细胞 cell; 追踪 tracking track
跟踪 tracking track; 形变 deformation deform; 弹性 elastic; 增强 augmentation augment; 镜像 mirror mirroring; 重叠 overlap
接触 touching touch contact; 医学 medical; 三维 3d three-dimensional; 二维 2d two-dimensional; 深度图 depth map; 几何 geometry geometric; 相机 camera
机器人 robot robotics; 机械 mechanical; 标注器 annotator; 生成 generate generation; 生成器 generator; 扩散 diffusion; 噪声 noise
去噪 denoising denoise; 采样 sampling sample; 分布 distribution; 概率 probability; 随机 random stochastic; 贝叶斯 bayesian; 先验 prior; 后验 posterior
不确定 uncertainty uncertain; 方差 variance; 均值 mean average; 平均 average mean; 标准差 deviation standard; 偏差 bias deviation; 偏见 bias
毒性 toxicity; 记忆 memory memorization memorize; 检索 retrieval retrieve; 检索器 retriever; 搜索 search; 索引 index; 匹配 match matching
排序 ranking rank sort; 推荐 recommendation; 知识 knowledge; 图 graph figure; 节点 node; 边 edge; 树 tree; 词嵌入 embedding
句法 parsing syntax syntactic constituency; 成分 constituency component; 英语 english; 德语 german; 英德 english-to-german german; 法语 french
中文 chinese; 多语言 multilingual; 通道 channel; 混合 mixing mix mixture; 头 head; 多头 multi-head; 子空间 subspace; 正弦 sinusoidal sine; 余弦 cosine
架构 architecture; 结构 structure structural; 模块 module block modular; 组件 component; 堆叠 stack; 集成 ensemble; 单个 single
交替 alternate alternating; 量子 quantum; 经典 classical; 计算机 computer; 分解 factor factoring factorization decomposition; 整数 integer number
质数 prime; 素数 prime; 阶 order; 元素 element; 模幂 modular exponentiation; 幂 power exponent; 傅里叶 fourier; 幺正 unitary; 可逆 reversible
退相干 decoherence; 密码 cryptography cryptosystem; 加密 encryption encrypt; 电路 circuit gate; 门 gate; 门限 gate gated threshold; 比特 bit qubit
叠加 superposition; 测量 measurement measure; 粒子 particle; 能量 energy; 质量 mass quality; 温度 temperature; 压力 pressure stress; 密度 density
速率 rate; 频率 frequency; 波 wave; 光 light optical; 光谱 spectrum spectral; 星系 galaxy galactic; 恒星 star stellar; 行星 planet planetary
宇宙 universe cosmic cosmological; 引力 gravity gravitational; 磁场 magnetic field; 电场 electric field; 电子 electron electronic; 原子 atom atomic
分子 molecule molecular; 蛋白质 protein; 基因 gene genetic; 病毒 virus viral; 疾病 disease; 患者 patient; 临床 clinical; 药物 drug; 治疗 treatment
大脑 brain; 神经元 neuron neuronal; 组织 tissue; 材料 material; 晶体 crystal; 表面 surface; 界面 interface; 流体 fluid; 湍流 turbulence turbulent
方程 equation; 微分 differential; 积分 integral; 边值 boundary; 定理 theorem; 证明 proof prove; 引理 lemma; 猜想 conjecture; 群 group; 环 ring
域 field; 流形 manifold; 拓扑 topology topological; 函数 function; 算子 operator; 变量 variable; 常数 constant; 上界 bound upper; 下界 bound lower
界 bound; 维 dimension dimensional; 空间推理 spatial reasoning; 模拟 simulation simulate simulated; 模拟器 simulator; 仿真 simulation; 季节 season
调度 schedule scheduling; 调度器 scheduler; 灌溉 irrigation irrigate; 浇水 water watering irrigate; 用水 water; 水量 water; 水泵 pump; 阀门 valve
土壤 soil; 湿度 moisture humidity; 含水量 moisture water; 探头 probe; 传感器 sensor probe; 读数 reading; 滤波 filter; 滤波器 filter; 卡尔曼 kalman
平衡 balance balanced equilibrium; 日历 calendar; 预报 forecast; 降雨 rain rainfall; 雨 rain; 排水 drainage drain; 受旱 stress dry; 干旱 drought dry
果园 orchard; 农场 farm; 农民 farmer; 作物 crop; 蒸散 evapotranspiration; 选址 siting site placement; 尖峰 spike; 卡死 stuck
异常 outlier anomaly abnormal anomalous; 误报 false alarm; 警报 alarm; 舍弃 reject discard drop; 拒绝 reject; 修正 correct correction
校正 correct correction; 估计 estimate estimation; 预测 predict prediction; 阈值 threshold; 触发 trigger; 控制 control; 控制器 controller
原始 raw original; 固定 fixed; 每日 daily day; 每天 daily day; 启动 start; 等待 wait; 节省 save saving; 减少 reduce less fewer decrease
降低 reduce lower decrease; 增加 increase add; 上升 rise increase grow; 下降 fall drop decrease decline; 超过 exceed outperform beat above more over
优于 outperform better; 高于 higher above; 低于 below lower less; 相当 par comparable equal; 最大 largest maximum; 最小 smallest minimum; 更高 higher
更低 lower; 更深 deeper; 更小 smaller; 多个 multiple; 少 few less; 很少 few little; 首次 first; 赢得 won win; 第一 first; 挑战赛 challenge competition
竞赛 competition; 人类 human; 专家 expert; 用户 user; 任务 task; 基准 benchmark reference baseline; 测试 test; 评测 evaluation evaluate
指标 metric measure; 相对 relative; 绝对 absolute; 提升 improvement improve gain; 能力 ability capability; 涌现 emergent emerge discontinuous
跳跃 jump discontinuous; 多步 multi-step; 常识 commonsense; 算术 arithmetic; 数学 math mathematical; 代码 code; 程序 program
开源 open-source public release open code; 公开 public release available; 开放域 open-domain open; 端到端 end-to-end; 零样本 zero-shot
少样本 few-shot; 大模型 large model; 大语言模型 large language model; 视觉语言模型 vision-language model; 语言模型 language model
图神经网络 graph neural network; 知识蒸馏 distillation; 蒸馏 distillation distill; 剪枝 pruning prune; 量化 quantization quantize
压缩 compress compression; 联邦 federated; 隐私 privacy private; 安全 security safe safety secure; 攻击 attack; 防御 defense; 鲁棒 robust robustness
泛化 generalization generalize; 迁移 transfer; 领域 domain field; 对齐 alignment align; 偏好 preference; 对话 dialogue conversation
情感 sentiment emotion; 语音 speech voice; 音频 audio; 音乐 music; 时间序列 time series; 信号 signal; 频谱 spectrum; 天线 antenna; 通信 communication
无线 wireless; 延迟 latency delay; 吞吐 throughput; 硬件 hardware; 软件 software; 分布式 distributed; 集群 cluster; 服务器 server; 云 cloud
能耗 energy power; 功耗 power consumption; 电池 battery cell; 电压 voltage; 电流 current; 轨道 orbit; 地面 ground; 海洋 ocean sea marine; 气候 climate
天气 weather; 地震 earthquake seismic; 交通 traffic; 车辆 vehicle; 自动驾驶 autonomous driving; 路径规划 planning path; 策略 policy strategy
博弈 game; 均衡 equilibrium; 市场 market; 价格 price; 经济 economic economy; 金融 financial finance; 风险 risk; 社会 social society; 教育 education
学生 student; 法律 law legal; 假设 assumption hypothesis; 限制 limitation limit; 局限 limitation; 快慢 speed; 因果 causal; 相关 correlation related
回归 regression; 聚类 cluster clustering; 降维 dimensionality; 特征 feature; 表示 representation represent; 潜在 latent; 隐藏 hidden; 输入 input
输出 output; 状态 state; 动作 action; 转换 transform convert; 依赖 dependency depend rely; 依靠 rely; 摒弃 dispense drop without; 仅 only solely
无需 without need no; 额外 additional extra; 不需要 without no need; 模式 pattern mode; 选择 select choose selection; 组成 consist compose
捕获 capture; 提取 extract extraction; 融合 fusion merge combine fuse; 结合 combine merge; 分配 allocate allocation; 更新 update
迭代 iterate iteration iterative; 求解 solve solution; 解 solution; 最优 optimal; 局部 local; 全局 global; 动态 dynamic; 静态 static
稳定 stable stability; 瓶颈 bottleneck; 冗余 redundant redundancy; 一致 consistent consistency agree agreement concordance; 多样 diverse diversity
退化 degrade degradation; 镜头 shot lens; 反射 reflection; 散射 scattering; 吸收 absorption; 发射 emission; 辐射 radiation; 加热 heating heat
冷却 cooling; 真空 vacuum; 样品 sample; 实验室 laboratory; 写作 writing write; 作者 author writer; 读者 reader; 阅读 reading read
行文 composition writing prose text; 草稿 draft; 综述 survey review; 文献 literature document; 证据 evidence; 取证 evidence; 事实 fact
核对 verify check; 核实 verify; 观点 view opinion; 意见 opinion view; 创意 creative; 幻觉 hallucination; 综合 synthesis synthesize integrate
归纳 summarize; 概括 summarize summary; 引用 cite reference; 来源 source; 原文 original source; 全文 whole full text; 医生 doctor physician clinician
护士 nurse; 律师 lawyer; 病历 note record clinical; 工程师 engineer; 教师 teacher; 儿童 child children; 老人 elderly; 人群 population group
受试者 subject participant; 参与者 participant; 参加 participate participant; 访谈 interview; 问卷 questionnaire survey; 调查 survey; 收入 income
政策 policy; 公司 company firm; 企业 firm enterprise; 银行 bank; 贸易 trade; 国家 country national; 城市 city urban; 农村 rural
课程 course curriculum; 学校 school; 伦理 ethics ethical; 公平 fair fairness; 信任 trust; 交互 interaction interactive; 可视化 visualization
显示 display show; 屏幕 screen display; 监控 monitor monitoring; 支持 support; 辅助 assist support aid; 协作 collaboration; 责任 responsibility
早期 early; 阶段 stage phase; 设计 design; 组成部分 component part; 分组 group; 对比 contrast compare comparison; 链接 link; 抽取 extract
有限 limited finite; 有用 useful; 平滑 smooth smoothing; 峰度 kurtosis; 偏度 skewness; 中位数 median; 分位数 quantile; 自相关 autocorrelation
协方差 covariance; 抽样 sampling; 似然 likelihood; 熵 entropy; 信息 information; 检验 test; 显著 significant; 置信 confidence; 区间 interval
窗口 window; 差分 difference; 导数 derivative; 不等式 inequality; 系数 coefficient factor; 因子 factor; 因数 factor; 次数 degree number; 实数 real
复数 complex; 有理数 rational; 半环 semiring; 代数 algebra algebraic; 曲线 curve; 曲面 surface; 超曲面 hypersurface; 簇 variety
多面体 polyhedral polytope; 复形 complex; 公式 formula; 定义 definition define; 集合 set; 加法 addition add; 乘法 multiplication multiply
减法 subtraction; 相减 subtraction; 最小值 minimum; 最大值 maximum; 极值 extremum; 交集 intersection; 并集 union; 逆元 inverse; 逆 inverse; 权 weight
赋值 valuation; 维数 dimension; 维度 dimension; 坐标 coordinate; 特征值 eigenvalue; 对角 diagonal; 秩 rank; 展开 expansion; 级数 series; 取模 modulo
图论 graph; 顶点 vertex; 网格 grid mesh; 周期 period periodic; 相位 phase; 幅度 amplitude; 振幅 amplitude; 振荡 oscillation; 波长 wavelength
数量级 orders magnitude; 量级 order magnitude; 倍 times fold factor; 渐近 asymptotic asymptotically; 穷举 exhaustive; 窗 window; 吞吐量 throughput
候选 candidate; 聚合 aggregate aggregation; 预聚合 preaggregation; 流式 streaming stream; 离群 outlier; 偏离 deviation; 刷新 refresh
分辨率 resolution; 查询 query; 阅读器 reader; 双编码器 dual-encoder encoder; 负例 negative; 正例 positive; 难负样本 hard negative; 冻结 freeze frozen
词表 vocabulary; 前馈 feed-forward; 掩码 mask masking; 步 step; 步数 step; 轮次 epoch; 学习率 rate learning; 检查点 checkpoint; 基线 baseline
提示词 prompt; 衰减 decay; 递推 recurrence recurrent; 循环神经网络 recurrent; 块稀疏 block-sparse; 片上 on-chip; 高带宽 bandwidth; 核函数 kernel
访存 memory access; 访问 access; 反向 backward; 重计算 recomputation recompute; 重新计算 recompute; 序列长度 length; 纪录 record; 墙钟 wall-clock
编译 compile compiler; 操作系统 operating; 数据库 database; 客户端 client; 协议 protocol; 公钥 public-key public; 密钥 key; 区块链 blockchain
传输 transmission transfer; 量子比特 qubit; 纠缠 entanglement; 门阵列 gate; 酉 unitary; 图灵机 turing; 求 find compute; 寄存器 register
子程序 subroutine; 困难 hard difficult; 多项式时间 polynomial; 指数时间 exponential; 离散对数 discrete logarithm; 数域筛 sieve; 位数 digits
观测 observe observation measure; 规划 planning plan; 导航 navigation; 激光雷达 lidar; 单目 monocular; 度量 metric; 潜空间 latent
自编码器 autoencoder; 变分 variational; 合成 synthetic synthesis; 照片级 photorealistic photo-realistic; 真实感 realistic; 室内 indoor; 室外 outdoor
场景 scene; 重建 reconstruct reconstruction; 显卡 gpu; 消费级 consumer; 图块 patch tile; 切片 tile slice; 裁剪 crop; 拼接 concatenate concatenation
对称 symmetric; 分隔 separation separate; 像素级 pixel; 滑动窗口 sliding-window; 暗物质 dark matter; 暗能量 dark energy; 冷暗物质 cold dark matter
宇宙学 cosmology cosmological; 微波 microwave; 背景辐射 background; 黑洞 hole; 红移 redshift; 引力势阱 gravitational wells; 势阱 well potential
势 potential; 电离 ionization; 再电离 reionization; 光深 depth optical; 光子 photon; 质子 proton; 中子 neutron; 中微子 neutrino; 玻色 bosonic boson
玻色子 boson bosonic; 费米子 fermion fermionic; 重子 baryon baryonic; 标量 scalar; 标量场 scalar field; 场 field; 凝聚 condensate condensation
统计 statistics statistical; 相对论 relativistic relativity; 非相对论 non-relativistic relativistic; 声学 acoustic; 峰 peak
谱 spectrum spectra spectral; 能谱 spectrum; 数密度 number density; 度规 metric; 压强 pressure; 体积 volume; 物质 matter material; 能级 level energy
激光 laser; 光学 optical optics; 折射 refractive refraction; 磁 magnetic; 电阻 resistor resistance; 电容 capacitor capacitive capacitance
电源 supply power; 偏置 bias; 晶体管 transistor; 半导体 semiconductor; 硅 silicon; 压阻 piezoresistive; 压电 piezoelectric; 应变 strain; 应力 stress
应变片 gauge; 灵敏度 sensitivity; 敏感元件 sensing element; 迁移率 mobility; 阈值电压 threshold voltage; 载流子 carrier; 垂直 perpendicular vertical
取向 orientation; 弯曲 bending; 四点弯曲 four-point bending; 振动 vibration; 断裂 fracture; 疲劳 fatigue; 合金 alloy; 金属 metal metallic
陶瓷 ceramic; 聚合物 polymer; 石墨烯 graphene; 纳米管 nanotubes; 薄膜 film; 晶格 lattice; 掺杂 doping; 催化 catalytic catalyst
化学 chemical chemistry; 离子 ion ionic; 溶液 solution; 浓度 concentration; 氧化 oxidation oxide; 电极 electrode; 燃料 fuel; 氢 hydrogen; 氧 oxygen
碳 carbon; 氮 nitrogen; 流速 velocity flow; 粘度 viscosity; 边界层 boundary; 热 heat thermal; 传热 heat transfer; 发动机 engine; 桥梁 bridge
混凝土 concrete; 蛋白 protein; 基因组 genome genomic; 突变 mutation; 表达 expression; 酶 enzyme; 抗体 antibody; 细菌 bacteria bacterial
感染 infection; 疫苗 vaccine; 免疫 immune; 肿瘤 tumor tumour; 癌症 cancer; 癌 cancer; 诊断 diagnosis diagnostic; 剂量 dose; 症状 symptom
死亡 death mortality; 心脏 heart cardiac; 脑 brain; 皮层 cortex cortical; 血液 blood; 血压 blood pressure; 器官 organ
显微镜 microscope microscopy microscopic; 电镜 electron microscopy; 影像 imaging image; 扫描 scan; 睡眠 sleep; 植物 plant; 动物 animal
小鼠 mice mouse; 鸟 bird; 鱼 fish; 昆虫 insect; 森林 forest; 农业 agriculture agricultural; 生态 ecological ecosystem; 物种 species; 多样性 diversity
进化 evolution evolutionary; 种群 population; 降水 precipitation rainfall; 河流 river; 水位 level water; 洪水 flood; 火山 volcano volcanic; 冰 ice
大气 atmosphere atmospheric; 污染 pollution; 排放 emission; 卫星 satellite; 遥感 remote sensing; 至少 least; 至多 most; 最多 most; 必须 must
没有 no without not; 尚未 not yet; 不足 less lack under; 相当于 equivalent equal; 等价 equivalent; 相同 same identical; 不同于 unlike different
相反 opposite contrary; 唯一 only unique; 保留 keep preserve retain; 保持 keep preserve maintain; 替代 replace; 取代 replace; 去掉 remove
删除 remove delete; 缺少 lack missing; 缺乏 lack; 突出 highlight; 掩盖 obscure hide; 揭示 reveal; 记录 record; 报告 report; 发布 release; 免费 free
商业 commercial; 增大 increase enlarge; 减小 decrease reduce diminish; 缩短 reduce shorten decrease; 加深 deepen enhance; 升高 increase rise enhanced
调节 tune control adjust; 调整 tune adjust; 调参 tuning parameter; 手动 manual manually hand; 自动 automatic automatically; 放置 placed place
旋转 rotation rotate; 平移 shift translation; 变形 deformation; 集中 concentrate focus; 分散 disperse; 平行 parallel
相邻 adjacent neighboring touching; 之间 between; 内部 inside internal; 外部 external outside; 中心 center centre; 上部 upper; 底部 bottom; 左 left
右 right; 早 early; 晚 late; 日 day daily; 每周 weekly; 每年 annual yearly; 小时 hour; 分钟 minute; 秒 second; 年 year; 世纪 century
人 people user person; 人工 manual human artificial; 项 study item; 张 image; 名 participant; 半 half; 双 two dual; 单 single
敏感 sensitive sensitivity; 稳健 robust; 脆弱 fragile brittle; 便宜 cheap; 昂贵 expensive costly; 廉价 cheap; 易 easy; 简单 simple
复杂 complex complicated; 严格 strict rigorous
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
    return [words for _, _, words in english_spans(text)]


def english_spans(text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return `(start, end, English words)` of the same Chinese words, in order."""
    return [(m.start(), m.end(), _lexicon()[m[0]]) for m in _known().finditer(text)]
