"""Terms in Latin letters that a digest may use although the paper does not print them so."""

EXEMPT_TERMS = frozenset(
    "ai gpu cpu tpu api 2d 3d pdf url arxiv github code vs etc sota baseline ml dl nlp cv web app html the a of and in on for to with is it i "
    "e.g i.e a.k.a w.r.t u.s u.k ph.d "
    # units, which may be printed in another form (`gigabytes`, `per second`)
    "ns us µs ms s min h hz khz mhz ghz thz b kb mb gb tb pb kib mib gib bit kbps mbps gbps fps db dbm px nm µm um mm cm m km mg g kg t "
    "ml l pa kpa mpa k j kj w mw kw gw v mv kv ev kev mev gev a ma mah c ppm rpm bn x p".split()
)
CHINESE_NAMES = {
    "斯坦福": "stanford", "哈佛": "harvard", "普林斯顿": "princeton", "耶鲁": "yale", "康奈尔": "cornell", "哥伦比亚大学": "columbia",
    "伯克利": "berkeley", "加州大学": "california", "加州理工": "caltech california", "麻省理工": "mit massachusetts", "卡内基梅隆": "cmu carnegie",
    "剑桥": "cambridge", "牛津": "oxford", "帝国理工": "imperial", "爱丁堡": "edinburgh", "多伦多": "toronto", "蒙特利尔": "montreal montréal",
    "苏黎世": "zurich zürich eth", "东京大学": "tokyo", "清华": "tsinghua", "北京大学": "peking pku", "复旦": "fudan", "浙江大学": "zhejiang",
    "上海交通大学": "shanghai sjtu", "中国科学院": "chinese cas", "南京大学": "nanjing", "香港": "hong hkust hku", "新加坡": "singapore",
    "谷歌": "google", "微软": "microsoft", "英伟达": "nvidia", "英特尔": "intel", "亚马逊": "amazon", "脸书": "facebook meta", "特斯拉": "tesla",
    "阿里巴巴": "alibaba", "腾讯": "tencent", "百度": "baidu", "华为": "huawei", "字节跳动": "bytedance", "三星": "samsung", "高通": "qualcomm",
    "维基百科": "wikipedia", "推特": "twitter",
}  # fmt: skip
"""Institutions and companies that models like to name, in Chinese, with words of which the paper must print one."""
SHORT_FORMS = {
    "cnn": "convolutional neural network", "rnn": "recurrent neural network", "lstm": "long short term memory", "gru": "gated recurrent unit",
    "gan": "generative adversarial network", "vae": "variational autoencoder", "mlp": "multi layer perceptron", "llm": "large language model",
    "sgd": "stochastic gradient descent", "rl": "reinforcement learning", "svm": "support vector machine", "qa": "question answering",
    "vqa": "visual question answering", "pca": "principal component analysis", "iou": "intersection over union", "mse": "mean squared error",
    "mri": "magnetic resonance imaging", "ct": "computed tomography", "cmb": "cosmic microwave background", "pde": "partial differential equation",
    "ode": "ordinary differential equation", "dnn": "deep neural network", "vlm": "vision language model", "nerf": "neural radiance field",
}  # fmt: skip
"""Short forms so common that a paper which prints the long one may be told with them."""
