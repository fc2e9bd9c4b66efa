"""The wording of questions: one file per language in `templates/prompts`, with a version that provenance records."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from string import Template

from offline_digest.digesting.fields import Field
from offline_digest.digesting.repeats import Wording
from offline_digest.records import Language, Question, Record


class Prompts(Record):
    """All questions of one language. `ask` is field → wording, `again` is failed check → what to add at the second try."""

    version: str
    language: Language
    ask: dict[str, str]
    again: dict[str, str]

    @cached_property
    def wording(self) -> Wording:
        """All questions and hints, to be recognised where an engine says them back."""
        return Wording([*self.ask.values(), *self.again.values()], self.language)

    def question(self, field: Field, facts: dict[str, str], *, failed: tuple[str, ...] = (), attempt: int = 0) -> Question:
        """Return the question for *field*; *facts* are values for the wording, *failed* the checks its last answer did not pass."""
        low, high = field.target(self.language)
        prompt = Template(self.ask[field.name]).substitute(facts, low=low, high=high, lines=f"{field.min_lines}-{field.max_lines}")
        hints = " ".join(self.again[name] for name in failed if name in self.again)
        return Question(
            field=field.name,
            language=self.language,
            prompt=f"{prompt} {hints}".strip(),
            min_lines=field.min_lines,
            max_lines=field.max_lines,
            max_tokens=field.max_tokens(self.language),
            attempt=attempt,
        )


def load_prompts(folder: Path) -> dict[Language, Prompts]:
    """Return language → prompts from `<folder>/<language>.toml`."""
    loaded = [Prompts.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.toml"))]
    return {prompts.language: prompts for prompts in loaded}
