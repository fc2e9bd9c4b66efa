"""The fields an engine fills: their form and their length (DESIGN section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from offline_digest.records import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. Lengths are targets for one line: words in English, characters in Chinese (Latin words count one each)."""

    name: str
    en: tuple[int, int]
    zh: tuple[int, int]
    min_lines: int = 1
    max_lines: int = 1

    def target(self, language: Language) -> tuple[int, int]:
        """Return the wished shortest and longest line."""
        return self.zh if language == "zh" else self.en

    def max_tokens(self, language: Language) -> int:
        """Return a limit for one line that a good answer never meets: models spend up to two tokens a word or character."""
        return 2 * self.target(language)[1] + 16


_PARAGRAPH = {"en": (25, 110), "zh": (60, 220)}
_REMARK = {"en": (15, 80), "zh": (40, 160)}

FIELDS: tuple[Field, ...] = (
    Field(name="summary", en=(15, 45), zh=(30, 100)),
    Field(name="takeaways", en=(6, 35), zh=(15, 60), min_lines=5, max_lines=7),
    Field(name="background", **_PARAGRAPH),
    Field(name="prior_work", **_PARAGRAPH),
    Field(name="approach", **_PARAGRAPH),
    Field(name="results", **_PARAGRAPH),
    Field(name="methods", en=(6, 50), zh=(15, 100), min_lines=3, max_lines=6),
    Field(name="significance", **_REMARK),
    Field(name="innovation", **_REMARK),
    Field(name="performance", **_REMARK),
    Field(name="workload", **_REMARK),
)
TRANSLATED: tuple[Field, ...] = (
    Field(name="title_zh", en=(1, 1), zh=(4, 60)),
    Field(name="keywords_zh", en=(1, 1), zh=(2, 120)),
    Field(name="affiliations_zh", en=(1, 1), zh=(2, 240)),
)
"""Chinese only: facts of the paper that a model puts into Chinese, never invents."""
