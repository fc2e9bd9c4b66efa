"""The wording of questions: one file per language in `templates/prompts`, with a version that provenance records."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from string import Template

from offline_digest.digesting.fields import Field
from offline_digest.digesting.glossary import Pair, worded
from offline_digest.digesting.repeats import Wording
from offline_digest.records import Language, Purpose, Question, Record


class Prompts(Record):
    """All questions of one language.

    `ask` is field → wording, `again` is failed check → what to add at the second try, `glossary` what introduces the user's translations
    (empty where nothing is translated into this language). `learned` are the questions of a model that was trained to answer them as it does.
    """

    version: str
    language: Language
    ask: dict[str, str]
    again: dict[str, str]
    glossary: str = ""
    learned: bool = False

    @cached_property
    def wording(self) -> Wording:
        """All questions and hints, to be recognised where an engine says them back."""
        return Wording([*self.ask.values(), *self.again.values(), self.glossary], self.language)

    def target(self, field: Field) -> tuple[int, int]:
        """Return the wished shortest and longest line of *field*; of a paragraph in answer to a question that was `learned`, half the shortest.

        Who cannot be told to write two or three sentences may say it in one.
        """
        low, high = field.target(self.language)
        return (low // 2 if self.learned and not field.is_list else low), high

    def question(
        self,
        field: Field,
        facts: Mapping[str, str],
        *,
        failed: Iterable[str] = (),
        attempt: int = 0,
        temperature: float = 0.0,
        glossary: Sequence[Pair] = (),
    ) -> Question:
        """Return the question for *field*.

        Args:
            field: What is asked for.
            facts: Values for the wording.
            failed: The checks that the last answer did not pass.
            attempt: How often it was asked before.
            temperature: Of what is drawn; 0 asks for the likeliest answer.
            glossary: The user's translations that the answer may need.
        """
        low, high = field.target(self.language)
        values = {"low": low, "high": high, "fewest": field.min_lines, "most": field.max_lines, "pairs": worded(glossary)}
        wordings = [
            self.ask[field.name],
            *([self.glossary] if glossary else []),
            *(self.again[name] for name in failed if name in self.again),
        ]
        join = " " if self.language == "en" else ""
        return Question(
            field=field.name,
            language=self.language,
            prompt=join.join(Template(wording).substitute(facts, **values) for wording in wordings),
            min_lines=field.min_lines,
            max_lines=field.max_lines,
            max_tokens=field.max_tokens(self.language),
            attempt=attempt,
            temperature=temperature,
        )


def load_prompts(folder: Path) -> dict[Language, Prompts]:
    """Return language → prompts from `<folder>/<language>.toml`."""
    loaded = [Prompts.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.toml"))]
    return {prompts.language: prompts for prompts in loaded}


def prompts_for(purpose: Purpose | None, shipped: Mapping[Language, Prompts]) -> dict[Language, Prompts]:
    """Return the *shipped* prompts, those of a model made for some purpose in place of them in its languages."""
    own = (
        {}
        if purpose is None
        else {lang: Prompts(version=purpose.version, language=lang, ask=ask, again={}, learned=True) for lang, ask in purpose.ask.items()}
    )
    return {**shipped, **own}
