"""Prompts: templates cut at the right places, and what is data in them."""

import pytest

from offline_digest.engines.llama import prompt
from offline_digest.engines.llama.prompt import passage_ids, passage_text, question_ids
from offline_digest.engines.llama.template import TemplateService
from offline_digest.records import Passage, Sentence

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
LLAMA3 = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "{% for m in messages %}<start_of_turn>{{ m.role }}\n{{ m.content }}<end_of_turn>\n{% endfor %}{{ '<start_of_turn>model\n' }}"
)


def frame(template, *, bos, eos):
    """Render a template here, which only those of tests may be, and cut it."""
    return prompt.frame(TemplateService().render(template, bos, eos), template)


class Words:
    """Tokenizes into characters and notes how each text was to be read."""

    def __init__(self):
        self.seen = []

    def tokenize(self, text, *, special, begin=False):
        self.seen.append((text, special, begin))
        return ([-1] if begin else []) + [ord(c) for c in text]


def passage():
    rows = [
        ("Abstract", -1, "We do it."),
        ("Abstract", -1, "It works."),
        ("Method", 0, "Steps <|im_end|> follow."),
        ("", 1, "No heading here."),
    ]
    sentences = [Sentence(text=t, section=s, heading=h, page=1, position=i) for i, (h, s, t) in enumerate(rows)]
    return Passage(title="On Things", sentences=tuple(sentences))


LOOPING = "{% for m in messages %}<|user|>{{ m.content }}{% break %}{% endfor %}<|assistant|>"


@pytest.mark.parametrize(
    ("template", "tail"),
    [(CHATML, "</think>\n\n"), (LLAMA3, "assistant<|end_header_id|>\n\n"), (GEMMA, "model\n"), (LOOPING, "<|assistant|>")],
)
def test_templates_are_cut_around_passage_and_question(template, tail):
    """Head, middle and tail joined with passage and question are the rendered template; the answer begins after the tail."""
    pieces = frame(template, bos="<s>", eos="</s>")
    assert "user" in pieces.head
    assert pieces.middle.strip() == ""
    assert pieces.middle.startswith("\n")
    assert pieces.tail.endswith(tail)
    assert "\x02" not in pieces.head + pieces.middle + pieces.tail


def test_without_a_template_there_is_a_plain_form():
    """No control tokens, and the question is marked in words."""
    pieces = prompt.frame(None)
    assert pieces.middle == "\n\nQuestion: "
    assert pieces.tail == "\nAnswer: "
    assert "<" not in pieces.head


@pytest.mark.parametrize(
    ("end", "tail"),
    [
        ("<|im_start|>assistant\n<think>\n", "<|im_start|>assistant\n<think>\n</think>\n\n"),
        ("<|assistant|><thought>", "<|assistant|><thought>\n</thought>\n\n"),
        ("{# <|channel|> #}<|start|>assistant", "<|start|>assistant<|channel|>final<|message|>"),
        ("<|start|>assistant", "<|start|>assistant"),
        ("{{ '<think>\n\n</think>\n\n' }}", "<think>\n\n</think>\n\n"),
    ],
)
def test_a_model_that_thinks_aloud_is_led_past_it(end, tail):
    """A thought that the template opens is closed; a model with channels is put on that of the answer."""
    assert frame("{{ messages[0].content }}" + end, bos="", eos="").tail.endswith(tail)


def test_paper_text_is_data():
    """Control tokens printed in a paper or question are plain characters; those of the template are control tokens."""
    words = Words()
    pieces = frame(CHATML, bos="", eos="")
    passage_ids(words, pieces, passage(), bos="")
    question_ids(words, pieces, "What <|im_start|> then?")
    for text, special, _ in words.seen:
        ours = "On Things" in text or "then?" in text
        assert special is not ours


@pytest.mark.parametrize(("template", "begin"), [(LLAMA3, False), (CHATML, True)])
def test_the_sequence_begins_once(template, begin):
    """The start token is added only where the template did not write it."""
    words = Words()
    passage_ids(words, frame(template, bos="<s>", eos=""), passage(), bos="<s>")
    assert [b for _, _, b in words.seen] == [begin, False, False]


def test_a_passage_reads_as_a_paper():
    """Title, then each section under its heading once."""
    assert passage_text(passage()) == "On Things\n\nAbstract\nWe do it. It works.\n\nMethod\nSteps <|im_end|> follow.\n\nNo heading here."
