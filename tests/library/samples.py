"""Digests and answers for the tests of the library."""

from offline_digest.records import Answer, Coverage, Digest, EngineInfo, FieldText, Line, ModelInfo, Question

PDF = "ab" * 32
OTHER = "cd" * 32
CHINESE = "扩散模型从噪声出发，逐步生成图像。"


def model(name="Tiny 1B"):
    info = ModelInfo(name=name, file="tiny.gguf", sha256="0" * 64, quantization="Q4_0", settings="{}")
    return EngineInfo(name="llama", origin="model", languages=("en", "zh"), passage_tokens=512, model=info)


def text(field, language, *lines):
    said = tuple(Line(text=line, pages=(2,)) for line in lines)
    return FieldText(field=field, language=language, origin="model" if lines else "absent", lines=said)


def digest(**changes):
    values = {
        "title": "Diffusion Models for Naïve Readers",
        "authors": ("Žofie Lee", "Bo Example"),
        "affiliations": (),
        "keywords": ("denoising",),
        "keywords_origin": "printed",
        "abstract": "We sample pictures out of noise.",
        "arxiv_id": "2401.01234",
        "version": "v2",
        "doi": "10.1000/XYZ",
        "comment": None,
        "links": (),
        "figures": (),
        "tables": (),
        "fields": (text("summary", "en", "Noise becomes a picture, step by step."), text("summary", "zh", CHINESE)),
        "coverage": Coverage(sections=(), sentences_read=4, sentences=8),
        "engine": model(),
        "prompt_version": "en:3 zh:3",
    }
    return Digest(**values | changes)


def answer(field="summary", language="en", attempt=0, **changes):
    asked = Question(field=field, language=language, prompt="?", max_tokens=10, attempt=attempt)
    return Answer(**{"question": asked, "lines": (Line(text="a"),), "tokens": 30, "seconds": 1.5} | changes)


# The table of posts before version 9 of the index.
OLD_POSTS = """
DROP TABLE post;
CREATE TABLE post (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, titles TEXT NOT NULL, made_at TEXT NOT NULL);
"""
