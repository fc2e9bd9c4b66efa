"""The fields an engine fills: their form and their length (DESIGN section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from offline_digest.records import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. Lengths are targets for one line: words in English, characters in Chinese (Latin words count one each).

    A line of more than `max_sentences` is cut after that many. Where `needs_page`, a line that no page of the paper supports falls.
    """

    name: str
    en: tuple[int, int]
    zh: tuple[int, int]
    min_lines: int = 1
    max_lines: int = 1
    max_sentences: int = 4
    needs_page: bool = False

    @property
    def is_list(self) -> bool:
        """Whether the field is printed as bullets or steps."""
        return self.max_lines > 1

    def target(self, language: Language) -> tuple[int, int]:
        """Return the wished shortest and longest line."""
        return self.zh if language == "zh" else self.en

    def max_tokens(self, language: Language) -> int:
        """Return a limit for one line that a good answer never meets: models spend up to two tokens a word or character."""
        return 2 * self.target(language)[1] + 16


def _paragraph(name: str) -> Field:
    """A field of section 6: two or three sentences."""
    return Field(name=name, en=(25, 110), zh=(60, 220))


def _remark(name: str) -> Field:
    """A field of section 8: one or two sentences."""
    return Field(name=name, en=(15, 80), zh=(40, 160))


FIELDS: tuple[Field, ...] = (
    Field(name="summary", en=(15, 45), zh=(30, 100), max_sentences=1),
    Field(name="takeaways", en=(6, 35), zh=(15, 60), min_lines=5, max_lines=7, max_sentences=2, needs_page=True),
    _paragraph("background"),
    _paragraph("prior_work"),
    _paragraph("approach"),
    _paragraph("results"),
    Field(name="methods", en=(6, 50), zh=(15, 100), min_lines=3, max_lines=6, max_sentences=2),
    _remark("significance"),
    _remark("innovation"),
    _remark("performance"),
    _remark("workload"),
)
BRIEF = ("summary", "takeaways", "title_zh")
"""What is asked when little is wanted."""
SECTION = Field(name="section", en=(8, 40), zh=(15, 80), min_lines=2, max_lines=6, max_sentences=2, needs_page=True)
"""What stands for a section that is too long to be read whole; never printed."""
TRANSLATED: tuple[Field, ...] = (
    Field(name="title_zh", en=(1, 1), zh=(4, 60)),
    Field(name="keywords_zh", en=(1, 1), zh=(2, 120)),
    Field(name="affiliations_zh", en=(1, 1), zh=(2, 240)),
)
"""Chinese only: facts of the paper that a model puts into Chinese, never invents."""
