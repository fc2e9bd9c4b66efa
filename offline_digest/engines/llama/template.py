"""The chat template of a model, which is a program that came with the weights: nobody here has read it.

Jinja2's immutable sandbox keeps it from Python's insides, but not from computing for ever or from filling the memory: `{{ 'a' * 10**10 }}` is
one line. So it is rendered once, in a child process of its own with limits of time and memory, with marks in the places of passage and
question. What does not come back as text with each mark once is not used.
"""

from __future__ import annotations

from datetime import date

from offline_digest.errors import DigestError, ModelUnusable, OutOfMemory, WorkerTimeout
from offline_digest.workers import Worker

PASSAGE, QUESTION = "\x02passage\x02", "\x02question\x02"
INSTRUCTION = "Below is a scientific paper. Read it, then answer the question after it from the paper alone.\n\n"
LONGEST_TEMPLATE = 2**17  # characters; the longest of the well-known ones, with tools, have a tenth of it
LONGEST_RENDERING = 2**16
LIMIT_BYTES = 2**30  # of address space; Python and Jinja2 take a third of it
RENDER_S = 15.0  # well-known templates take milliseconds
_START_S = 120.0
_SERVICE = "offline_digest.engines.llama.template:TemplateService"


def render_safely(template: str, *, bos: str, eos: str) -> str:
    """Return what a template makes of one message, in which `PASSAGE` and `QUESTION` stand where they belong, each once.

    Args:
        template: Untrusted.
        bos: The text of the token that begins a sequence, empty where there is none.
        eos: Likewise of the one that ends it.

    Raises:
        ModelUnusable: It gives no such text, or it takes too long or too much memory; the message is the reason, part of a sentence.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise ModelUnusable(f"it has {len(template)} characters")
    with Worker(_SERVICE, limit_bytes=LIMIT_BYTES) as worker:
        worker.call("start", timeout_s=_START_S)
        try:
            rendered: str = worker.call("render", template, bos, eos, timeout_s=RENDER_S)
        except ModelUnusable:
            raise
        except WorkerTimeout as error:
            raise ModelUnusable("it takes too long") from error
        except OutOfMemory as error:
            raise ModelUnusable("it takes too much memory") from error
        except DigestError as error:
            raise ModelUnusable("it cannot be rendered") from error
    if rendered.count(PASSAGE) != 1 or rendered.count(QUESTION) != 1:
        raise ModelUnusable("it does not show what it is given")
    return rendered


class TemplateService:
    """The child's side."""

    def start(self) -> None:
        """Import what rendering needs, so that its time is not the template's."""
        import jinja2.sandbox  # noqa: F401

    def render(self, template: str, bos: str, eos: str) -> str:
        """Return the rendered template; the parent watches over time and memory.

        Raises:
            ModelUnusable: The sandbox or the template itself refuses, or the text grows too long.
        """
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(message: str) -> None:
            raise TemplateError(message)

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
        environment.globals.update(raise_exception=refuse, strftime_now=lambda _form: date(2024, 1, 1).isoformat())
        content = f"{INSTRUCTION}{PASSAGE}\n\n{QUESTION}"
        rendered = ""
        try:
            for chunk in environment.from_string(template).generate(
                messages=[{"role": "user", "content": content}],
                add_generation_prompt=True,
                enable_thinking=False,
                bos_token=bos,
                eos_token=eos,
            ):
                rendered += chunk
                if len(rendered) > LONGEST_RENDERING:
                    raise ModelUnusable("it writes without end")
        except TemplateError as error:
            raise ModelUnusable("it refuses, or does what a template may not") from error
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
            raise ModelUnusable(f"it fails with {type(error).__name__}") from error
        return rendered
