"""What rounds would do, without doing it: which papers, how much to fetch, how long to digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_digest.errors import DigestError, NetworkError
from offline_digest.gathering import Choice, Choosing, Known, name_of
from offline_digest.library import Library, find_pdf
from offline_digest.pipeline.course import Pace, pace_note
from offline_digest.pipeline.rounds import Plan, Rounds
from offline_digest.topics import Topic

if TYPE_CHECKING:
    from offline_digest.gathering.online import Arxiv

MOST_SIZES = 20  # PDFs whose size is asked for: a minute, with arXiv's pause between two questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the round of one topic would do.

    `absent` are the names of the PDFs to fetch, `sizes` the bytes of those of which the server told them. `seconds` is what digesting the
    chosen papers would take at the pace of the last batch, None when there was none. `error` says why arXiv did not tell everything.
    """

    topic: str
    chosen: Choosing
    absent: tuple[str, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)
    seconds: float | None = None
    error: DigestError | None = None


def forecasts(topics: Sequence[Topic], rounds: Rounds, plan: Plan, library: Library, arxiv: Arxiv | None) -> Iterator[Forecast]:
    """Yield what the round of each topic would do, one after the other; no PDF is fetched and nothing is written."""
    note = library.note(pace_note(plan.model))
    pace = Pace.model_validate_json(note) if note else None
    chosen_before: list[Known] = []
    left = MOST_SIZES
    for topic in topics:
        picked = rounds.pick(topic, chosen_before)
        kept = picked.chosen.kept
        chosen_before += [Known(row=choice.row, where=f"in {topic.name}, {plan.day}") for choice in kept]
        absent = [choice for choice in kept if find_pdf(library, choice.row.arxiv_id or "", choice.row.version) is None]
        sizes = _sizes(absent[:left], arxiv) if arxiv else {}
        left -= len(absent[:left])
        yield Forecast(
            topic=topic.name,
            chosen=picked.chosen,
            absent=tuple(name_of(choice.row) for choice in absent),
            sizes=sizes,
            seconds=len(kept) * pace.seconds if pace else None,
            error=picked.error,
        )


def _sizes(choices: Sequence[Choice], arxiv: Arxiv) -> dict[str, int]:
    """Return name → bytes of the PDFs whose size the server tells."""
    sizes: dict[str, int] = {}
    for choice in choices:
        try:
            size = arxiv.pdf_bytes(choice.row)
        except NetworkError as error:
            if error.ends_all:
                break
            continue
        if size:
            sizes[name_of(choice.row)] = size
    return sizes
