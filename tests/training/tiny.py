"""A base of the same form as the real one, too small to know anything, with a vocabulary learned from a few texts."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np

from training.starter.model import Form, empty_weights
from training.starter.vocabulary import NORMAL, Vocabulary
from training.starter.writing import write_gguf

FORM = Form(layers=2, width=64, feed_forward=128, heads=4, kv_heads=2, head_size=16, context=2048)
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_WORD = re.compile(r"\s?[^\W\d]+|\s?\d|\s?[^\s\w]+|\s+")
_CONTROL_TYPE = 3


def _byte_letters():
    """Return GPT-2's letter for each byte: itself where it can be printed, else one beyond Latin-1."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + n) for n, b in enumerate(rest)}}


def learn_vocabulary(texts, merges, start=None):
    """Return a vocabulary with *merges* more merges than *start*: byte pair encoding, the most frequent pair first."""
    letters = _byte_letters()
    words = Counter(word for text in texts for word in _WORD.findall(text))
    spelled = {word: [letters[b] for b in word.encode()] for word in words}
    tokens = list(start.tokens) if start else [*CONTROL, *letters.values()]
    types = list(start.types) if start else [_CONTROL_TYPE] * len(CONTROL) + [NORMAL] * len(letters)
    done = []
    for number in range((len(start.merges) if start else 0) + merges):
        if start and number < len(start.merges):
            pair = tuple(start.merges[number].split(" "))
        else:
            pairs = Counter()
            for word, pieces in spelled.items():
                for one in pairwise(pieces):
                    pairs[one] += words[word]
            pair = min(pairs, key=lambda p: (-pairs[p], p))
        done.append(" ".join(pair))
        if "".join(pair) not in tokens:
            tokens.append("".join(pair))
            types.append(NORMAL)
        for pieces in spelled.values():
            i = 0
            while i < len(pieces) - 1:
                if (pieces[i], pieces[i + 1]) == pair:
                    pieces[i : i + 2] = ["".join(pair)]
                i += 1
    return Vocabulary(tuple(tokens), tuple(done), tuple(types))


def write_base(path: Path, vocabulary):
    """Write a model of random weights."""
    random = np.random.default_rng(0)
    weights = {
        name: np.ones_like(zeros) if zeros.ndim == 1 else random.normal(0, 0.05, zeros.shape).astype(np.float32)
        for name, zeros in empty_weights(FORM, len(vocabulary)).items()
    }
    write_gguf(path, FORM, vocabulary, weights)
