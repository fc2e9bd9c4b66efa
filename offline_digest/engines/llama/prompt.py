"""From the model's chat template to the token ids around a passage and a question.

The template is untrusted code: Jinja2's immutable sandbox renders it once, with two sentinels in the places of passage and question,
and the result is cut there. Template pieces are tokenized with control tokens on, passage and question with them off, so that a
`<|im_end|>` printed in a paper ends nothing; joined as ids, no token spans a cut.

Models that think aloud are asked not to (`enable_thinking`); a template that opens a thought all the same gets it closed, empty.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from offline_digest.records import Passage

_PASSAGE, _QUESTION = "\x02passage\x02", "\x02question\x02"
_INSTRUCTION = "Below is a scientific paper. Read it, then answer the question after it from the paper alone.\n\n"
_LONGEST_TEMPLATE = 2**17  # characters; the longest of the well-known ones, with tools, have a tenth of it
_LONGEST_RENDERING = 2**16
_RENDER_S = 5.0
# What a prompt may end with, and what is added to it so that the answer itself comes next.
_THOUGHTS = (("<think>", "\n</think>\n\n"), ("<thought>", "\n</thought>\n\n"))
_HARMONY_START, _HARMONY_ANSWER = "<|start|>assistant", "<|channel|>final<|message|>"
_PLAIN = f"{_PASSAGE}\n\nQuestion: {_QUESTION}\nAnswer: "


class Tokenizer(Protocol):
    """What assembling a prompt needs of a model."""

    def tokenize(self, text: str, *, special: bool, begin: bool = False) -> list[int]:
        """Return token ids."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A chat template cut at its sentinels: before the passage, between passage and question, after the question."""

    head: str
    middle: str
    tail: str


def frame(template: str | None, *, bos: str, eos: str, introduced: bool = True) -> Frame:
    """Return the template's three pieces; a plain one where the file has no template or it cannot be rendered so.

    Where the passage is *introduced*, an instruction stands before it.
    """
    instruction = _INSTRUCTION if introduced else ""
    rendered = _render(template, f"{instruction}{_PASSAGE}\n\n{_QUESTION}", bos, eos) if template else None
    if rendered is None or rendered.count(_PASSAGE) != 1 or rendered.count(_QUESTION) != 1:
        rendered = instruction + _PLAIN
    head, rest = rendered.split(_PASSAGE)
    middle, tail = rest.split(_QUESTION)
    return Frame(head, middle, _answering(tail, template or ""))


def _answering(tail: str, template: str) -> str:
    """Return *tail* so that a thought it opens is closed, and the channel for answers chosen where a model has several."""
    for opened, closing in _THOUGHTS:
        if tail.rstrip().endswith(opened):
            return tail.rstrip() + closing
    if tail.endswith(_HARMONY_START) and "<|channel|>" in template:
        return tail + _HARMONY_ANSWER
    return tail


def _render(template: str, content: str, bos: str, eos: str) -> str | None:
    """Return the template rendered around the user's *content*, None when the sandbox or the template itself refuses."""
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise TemplateError(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    environment.globals.update(raise_exception=refuse, strftime_now=lambda _form: date(2024, 1, 1).isoformat())
    if len(template) > _LONGEST_TEMPLATE:
        return None
    try:
        chunks = environment.from_string(template).generate(
            messages=[{"role": "user", "content": content}], add_generation_prompt=True, enable_thinking=False, bos_token=bos, eos_token=eos
        )
        return _joined(chunks)
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


def _joined(chunks: Iterator[str]) -> str | None:
    """Return a rendering, None when it takes too long or grows too large."""
    deadline = time.monotonic() + _RENDER_S
    rendered = ""
    for chunk in chunks:
        rendered += chunk
        if len(rendered) > _LONGEST_RENDERING or time.monotonic() > deadline:
            return None
    return rendered


def passage_ids(tokenizer: Tokenizer, pieces: Frame, passage: Passage, *, bos: str) -> list[int]:
    """Return the ids of everything before the question; the same for every question about one passage."""
    head = tokenizer.tokenize(pieces.head, special=True, begin=not (bos and pieces.head.startswith(bos)))
    return [*head, *tokenizer.tokenize(passage_text(passage), special=False), *tokenizer.tokenize(pieces.middle, special=True)]


def question_ids(tokenizer: Tokenizer, pieces: Frame, prompt: str) -> list[int]:
    """Return the ids of a question up to where the answer begins."""
    return [*tokenizer.tokenize(prompt, special=False), *tokenizer.tokenize(pieces.tail, special=True)]


def passage_text(passage: Passage) -> str:
    """Return a passage as the model reads it: title, then heading and text of each section."""
    parts = [passage.title]
    for (_, heading), group in groupby(passage.sentences, key=lambda s: (s.section, s.heading)):
        text = " ".join(s.text for s in group)
        parts.append(f"{heading}\n{text}" if heading else text)
    return "\n\n".join(parts)
