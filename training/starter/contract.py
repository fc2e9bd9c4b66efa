"""How the starter model is asked: the same passage, questions and frame in training and in the program.

Nothing of this is written twice. The passage is what `digesting` makes of a paper that has an abstract and no body, the ids around it are
those of the engine's own `prompt` module, and the questions are a prompts file of the usual format.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from offline_digest.digesting.fields import FIELDS, Field
from offline_digest.digesting.passage import abstract_of, sentences_of
from offline_digest.digesting.prompts import Prompts, load_prompts
from offline_digest.engines.llama.prompt import Frame, frame
from offline_digest.engines.llama.template import TemplateService
from offline_digest.records import Language, Paper, Passage, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTIONS = Path(__file__).parent / "questions"
LANGUAGE: Language = "zh"
PASSAGE = "abstract"  # the kind of passage the model was made for: title and abstract
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
START, END = "<|im_start|>", "<|im_end|>"


def questions_text() -> str:
    """Return the prompts file as it is, for the metadata of the GGUF."""
    return (QUESTIONS / f"{LANGUAGE}.toml").read_text(encoding="utf-8")


def prompts() -> Prompts:
    """Return the model's questions."""
    return load_prompts(QUESTIONS)[LANGUAGE].model_copy(update={"learned": True})


def asked_fields() -> tuple[Field, ...]:
    """Return the fields that the model fills, in the program's order."""
    return tuple(field for field in FIELDS if field.name in prompts().ask)


def questions(fields: Sequence[Field]) -> list[Question]:
    """Return one question for each of *fields*."""
    wording = prompts()
    return [wording.question(field, {}) for field in fields]


def passage(title: str, abstract: str) -> Passage:
    """Return title and abstract as the program would pass them to an engine."""
    return Passage(title=title, sentences=abstract_of(sentences_of(Paper(n_pages=1, title=title), abstract)))


def framed() -> Frame:
    """Return what stands around passage and question: the template alone, without the program's own instruction."""
    return frame(TemplateService().render(CHAT_TEMPLATE, START, END), CHAT_TEMPLATE, introduced=False)
