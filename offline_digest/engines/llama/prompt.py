"""From the rendered chat template to the token ids around a passage and a question.

The text that `template.render_safely` brought is cut at its marks. Template pieces are tokenized with control tokens on, passage and question
with them off, so that a `<|im_end|>` printed in a paper ends nothing; joined as ids, no token spans a cut.

Models that think aloud are asked not to (`enable_thinking`); a template that opens a thought all the same gets it closed, empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from offline_digest.engines.llama.template import INSTRUCTION, PASSAGE, QUESTION
from offline_digest.records import Passage

# What a prompt may end with, and what is added to it so that the answer itself comes next.
_THOUGHTS = (("<think>", "\n</think>\n\n"), ("<thought>", "\n</thought>\n\n"))
_HARMONY_START, _HARMONY_ANSWER = "<|start|>assistant", "<|channel|>final<|message|>"
_PLAIN = f"{INSTRUCTION}{PASSAGE}\n\nQuestion: {QUESTION}\nAnswer: "


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


def frame(rendered: str | None, template: str | None = None) -> Frame:
    """Return the three pieces of a prompt.

    Args:
        rendered: What a template made of `PASSAGE` and `QUESTION`; None: a plain form without control tokens.
        template: That template, of which only the words are looked at.
    """
    head, rest = (rendered or _PLAIN).split(PASSAGE)
    middle, tail = rest.split(QUESTION)
    return Frame(head, middle, _answering(tail, template or ""))


def _answering(tail: str, template: str) -> str:
    """Return *tail* so that a thought it opens is closed, and the channel for answers chosen where a model has several."""
    for opened, closing in _THOUGHTS:
        if tail.rstrip().endswith(opened):
            return tail.rstrip() + closing
    if tail.endswith(_HARMONY_START) and "<|channel|>" in template:
        return tail + _HARMONY_ANSWER
    return tail


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
