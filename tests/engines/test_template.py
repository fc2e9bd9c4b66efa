"""Chat templates are programs of strangers: whatever they do, there is a text or a reason within limits, and this process goes on."""

import sys

import pytest

from offline_digest.engines.llama import template as module
from offline_digest.engines.llama.template import PASSAGE, QUESTION, render_safely
from offline_digest.errors import ModelUnusable

CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
SAYS = "{{ messages[0].content }}"
NO_TIME = {
    "loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
    "a power without end": "{{ 7 ** (10 ** 9) }}",
    "a filter in loops": "{% for a in range(99999) %}{% set x = range(99999) | list | sort | join %}{% endfor %}",
}
NO_MEMORY = {
    "a repetition": "{{ 'a' * 10 ** 11 }}",
    "a format of great width": "{{ '%100000000000d' | format(1) }}",
    "centred in a great width": "{{ 'a' | center(10 ** 11) }}",
    "a list that is repeated": "{% set x = [0] * 10 ** 11 %}",
    "doubled and doubled": "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "indented": "{{ ('a\n' * 10 ** 6) | indent(10 ** 7) }}",
}
REFUSED = {
    "Python's insides": "{{ messages[0].content.__class__.__mro__ }}",
    "Python's insides by a filter": "{{ messages | attr('__class__') }}",
    "globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "globals of a macro": "{{ raise_exception.__globals__ }}",
    "format as a way in": "{{ '{0.__class__}'.format(messages) }}",
    "an import": "{% import 'os' as os %}{{ os }}",
    "an include": "{% include '/etc/passwd' %}",
    "a change": "{{ messages.append(1) }}",
    "its own refusal": "{{ raise_exception('no') }}",
    "a range of a thousand million": "{% for i in range(10 ** 9) %}x{% endfor %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "macros that call each other": "{% macro a(n) %}{{ b(n) }}{% endmacro %}{% macro b(n) %}{{ a(n) }}{% endmacro %}{{ a(1) }}",
    "a walk of a thousand attributes": "{{ messages" + ".a" * 1000 + " }}",
    "brackets in brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "blocks in blocks": "{% if 1 %}" * 5000 + "{% endif %}" * 5000,
    "broken": "{% broken",
    "what is not defined": "{{ undefined_thing.attribute }}",
    "a message that is not there": "{{ messages[5].content }}",
    "a wrong type": "{{ ''.join(messages) }}",
    "a division by zero": "{{ 1 // 0 }}",
    "more text than anyone reads": "{% for i in range(99999) %}" + SAYS + "{% endfor %}",
    "one long text": "{{ 'a' * 10 ** 6 }}",
    "the message twice": SAYS + SAYS,
    "nothing of the message": "Hello",
    "too long": "{# " + "long " * 30_000 + "#}" + SAYS,
}


def test_a_template_is_rendered():
    """Text, control tokens of the template, and both marks in their places."""
    text = render_safely("{{ bos_token }}" + CHATML + "{{ eos_token }}", bos="<s>", eos="</s>")
    assert text.startswith("<s><|im_start|>user\n")
    assert text.index(PASSAGE) < text.index(QUESTION)
    assert text.endswith("<|im_end|>\n<|im_start|>assistant\n</s>")


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_or_broken_template_is_refused(name):
    """With a reason in a few words."""
    with pytest.raises(ModelUnusable) as caught:
        render_safely(REFUSED[name], bos="", eos="")
    assert caught.value.message.startswith("it ")
    assert len(caught.value.message) < 80


@pytest.mark.parametrize("name", NO_TIME)
def test_a_template_without_end_is_ended(name, monkeypatch):
    """However it spends its time, in Python or in C."""
    monkeypatch.setattr(module, "RENDER_S", 1.0)
    with pytest.raises(ModelUnusable, match="it takes too"):
        render_safely(NO_TIME[name] + SAYS, bos="", eos="")


@pytest.mark.skipif(sys.platform != "linux", reason="the address space can be limited on Linux")
@pytest.mark.parametrize("name", NO_MEMORY)
def test_a_template_that_fills_the_memory_is_ended(name):
    """The child is refused what it asks for; nothing here grows."""
    with pytest.raises(ModelUnusable, match="it takes too much memory"):
        render_safely(NO_MEMORY[name] + SAYS, bos="", eos="")
