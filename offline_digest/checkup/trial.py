"""`doctor --deep`: the model is loaded as a digest loads it, computes a canary, and answers one short question."""

from __future__ import annotations

import time
from collections.abc import Iterator

from offline_digest.checkup.finding import Case, Finding, ok, warning


def trial(case: Case) -> Iterator[Finding]:
    """Let the model prove itself; nothing is remembered of how it went."""
    if case.settings is None or case.model is None:
        return
    from offline_digest.engines import LlamaEngine
    from offline_digest.pipeline import driven, trusted_model
    from offline_digest.records import Passage, Question, Sentence

    trusted = trusted_model(case.model, case.settings, case.report, trust=case.trust_model)
    said = "A field of tomatoes was watered by probes. It used a fifth less water than before."
    passage = Passage(title="Watering", sentences=(Sentence(text=said, section=0, heading="", page=1, position=0),))
    question = Question(field="summary", language="en", prompt="In one sentence: how much less water was used?", max_tokens=40)
    settings = driven(case.settings, case.settings.passage_tokens or trusted.model.passage_tokens)
    start = time.perf_counter()
    with LlamaEngine(trusted.model.path, name=trusted.model.name, sha256=trusted.sha256, settings=settings, files=trusted.files) as engine:
        engine.describe()
        loaded = time.perf_counter()
        answers = list(engine.answer(passage, [question]))
        steps = engine.steps
    tokens = sum(answer.tokens for answer in answers)
    yield ok("trial", f"loaded in {loaded - start:.1f} s, computes, wrote {tokens} tokens in {time.perf_counter() - loaded:.1f} s")
    if not any(line.text.strip() for answer in answers for line in answer.lines):
        yield warning("trial", "It wrote nothing when it was asked.", "Try another quantization, or another model.")
    if steps:
        yield warning("trial", f"Its process crashed and was started again with {', '.join(steps)}; every digest does so by itself.")
