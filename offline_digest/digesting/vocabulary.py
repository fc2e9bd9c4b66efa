"""Terms in Latin letters that a digest may use although the paper does not print them so."""

EXEMPT_TERMS = frozenset(
    "ai gpu cpu tpu api 2d 3d pdf url arxiv github code vs etc sota baseline ml dl nlp cv web app html the a of and in on for to with is it i "
    "e.g i.e a.k.a w.r.t u.s u.k ph.d "
    # units, which may be printed in another form (`gigabytes`, `per second`)
    "ns us µs ms s min h hz khz mhz ghz thz b kb mb gb tb pb kib mib gib bit kbps mbps gbps fps db dbm px nm µm um mm cm m km mg g kg t "
    "ml l pa kpa mpa k j kj w mw kw gw v mv kv ev kev mev gev a ma mah c ppm rpm bn x p".split()
)
SHORT_FORMS = {
    "cnn": "convolutional neural network", "rnn": "recurrent neural network", "lstm": "long short term memory", "gru": "gated recurrent unit",
    "gan": "generative adversarial network", "vae": "variational autoencoder", "mlp": "multi layer perceptron", "llm": "large language model",
    "sgd": "stochastic gradient descent", "rl": "reinforcement learning", "svm": "support vector machine", "qa": "question answering",
    "vqa": "visual question answering", "pca": "principal component analysis", "iou": "intersection over union", "mse": "mean squared error",
    "mri": "magnetic resonance imaging", "ct": "computed tomography", "cmb": "cosmic microwave background", "pde": "partial differential equation",
    "ode": "ordinary differential equation", "dnn": "deep neural network", "vlm": "vision language model", "nerf": "neural radiance field",
}  # fmt: skip
"""Short forms so common that a paper which prints the long one may be told with them."""
