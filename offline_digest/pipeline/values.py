"""What a call is asked to do and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from offline_digest.errors import DigestError, PaperError
from offline_digest.records import Digest, Language, Paper, PaperFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one `digest` call is asked to do.

    `figures` is that of `posting.render_post`; `model` None means quotations only, `trust_model` that the user vouches for its file; `brief`,
    `thorough` and `languages` are those of `digesting.Wish`; `wait` for another run on the same library; `redo` makes again what this model wrote
    (`fields`), or everything that is kept of the papers (`paper`). When `time_budget_s` is spent the call ends with what is done. `updates` tells
    of papers (SHA-256 of the PDF) which earlier version was posted; None: the posts of the same topic tell.
    """

    paths: tuple[Path, ...]
    out: Path
    topic: str
    day: date
    format: str = "hexo"
    figures: Literal["keep", "licensed"] = "keep"
    metadata: Path | None = None
    model: str | None = None
    trust_model: bool = False
    brief: bool = False
    thorough: bool = False
    languages: tuple[Language, ...] = ("en", "zh")
    updates: Mapping[str, str] | None = None
    wait: bool = True
    redo: Literal["fields", "paper"] | None = None
    time_budget_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one PDF (or of a path that led to none): a digest, which is kept where an earlier call made it, or an error."""

    path: Path
    file: PaperFile | None = None
    paper: Paper | None = None
    digest: Digest | None = None
    is_kept: bool = False
    error: DigestError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one `digest` call: every paper in order, and the post (None when no paper could be used).

    `left` counts papers for which the time budget was too short.
    """

    outcomes: tuple[Outcome, ...]
    post: Path | None = None
    left: int = 0

    @property
    def exit_code(self) -> int:
        """0 all done, 3 some done and some failed, else what ended the papers (DESIGN section 7)."""
        failed = [o.error for o in self.outcomes if o.error is not None]
        if not failed:
            return 0
        if self.post is not None:
            return 3
        codes = {error.exit_code for error in failed}
        return codes.pop() if len(codes) == 1 else PaperError.exit_code
