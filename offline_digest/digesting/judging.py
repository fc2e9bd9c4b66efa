"""What may be printed of an answer: its lines tidied, checked, and tied to pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from offline_digest.digesting.checks import failures
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.fields import FIELDS, TRANSLATED, Field
from offline_digest.digesting.glossary import Pair
from offline_digest.digesting.passage import abstract_of, sentences_of
from offline_digest.digesting.places import PLACES, Places
from offline_digest.digesting.prompts import Prompts, prompts_for
from offline_digest.digesting.repeats import says_again
from offline_digest.digesting.source import Source
from offline_digest.digesting.support import SUPPORT, Support
from offline_digest.language import sentence_spans, without_citations
from offline_digest.records import Digest, Language, Line, Metadata, Paper


class Judge:
    """Judges answers about one paper.

    Args:
        source: The paper's own words.
        support: Finds the page a line rests on, and knows what stands where.
        glossary: The user's translations.
    """

    def __init__(self, source: Source, support: Support, glossary: Sequence[Pair] = ()) -> None:
        self._source = source
        self._support = support
        self._places = Places(support.index)
        self._glossary = glossary

    def judge(
        self, field: Field, prompts: Prompts, lines: Iterable[Line], *, others: Sequence[str] = ()
    ) -> tuple[tuple[Line, ...], tuple[str, ...]]:
        """Return the lines that may be printed and the checks that failed.

        A list keeps its good lines and falls only when fewer than its `min_lines` are left.

        Args:
            field: What was asked for.
            prompts: How.
            lines: What was answered.
            others: Lines of other fields, and the question, which must not be said again.
        """
        check = partial(
            failures,
            language=prompts.language,
            target=prompts.target(field),
            source=self._source,
            wording=None if field in TRANSLATED else prompts.wording,
            whole_sentences=not field.is_list and field not in TRANSLATED,
            own_words=field in FIELDS,
            glossary=self._glossary if prompts.glossary else (),
        )
        good: list[Line] = []
        faults: list[str] = []
        for line in lines:
            text = tidy(line.text, field.max_sentences)
            earlier = [x.text for x in good]
            found = [*check([text], others=[*others, *earlier]), *(["repetition"] if says_again(text, earlier) else [])]
            if not found and field not in TRANSLATED and self._places.misplaced(text):
                found.append(PLACES)
            free = field in TRANSLATED or (found and not field.needs_page)  # what falls anyway needs no page
            tied = Line(text=text) if free else self._support.tie(text)
            if field.needs_page and not tied.pages:
                found.append(SUPPORT)
            faults += found
            if not found:
                good.append(tied)
        whole = check([x.text for x in good]) if len(good) > 1 else {}  # one good line is a good whole, and of none nothing is told
        if len(good) < field.min_lines:
            return (), tuple(dict.fromkeys([*faults, *whole])) or ("length",)
        return (tuple(good), ()) if not whole else ((), tuple(whole))


def judge_digest(
    paper: Paper, digest: Digest, prompts: Mapping[Language, Prompts], glossary: Sequence[Pair] = ()
) -> dict[tuple[str, Language], tuple[str, ...]]:
    """Return what is wrong with the model's fields of a finished digest; empty for a good one.

    Args:
        paper: What the digest is about.
        digest: Its digest, whose facts stand for the metadata.
        prompts: Questions by language.
        glossary: The user's translations.

    Returns:
        (field, language) → the failed checks, or `changed` for a text that would be printed otherwise.
    """
    known = Metadata(title=digest.title, authors=digest.authors, abstract=digest.abstract)
    sentences = sentences_of(paper, digest.abstract)
    read = sentences if digest.engine.reads == "paper" else abstract_of(sentences)
    judge = Judge(Facts(paper, known).source(digest.engine.reads), Support(read, glossary), glossary)
    prompts = prompts_for(digest.engine.purpose, prompts)
    fields = {field.name: field for field in (*TRANSLATED, *FIELDS)}
    written = [text for text in digest.fields if text.origin == "model"]
    found: dict[tuple[str, Language], tuple[str, ...]] = {}
    for text in written:
        others = [line.text for other in written if other is not text and other.language == text.language for line in other.lines]
        lines, faults = judge.judge(fields[text.field], prompts[text.language], text.lines, others=others)
        if faults or lines != text.lines:
            found[text.field, text.language] = faults or ("changed",)
    return found


_OWN_MARKER = re.compile(r"^\s*(?:[-•·]|\*(?!\*)|[（(]?\d{1,2}[.)）、])(?!\d)\s*")
_NEXT_MARKER = re.compile(r"(?:(?<=[.!?…])\s+|(?<=[。！？])\s*|\s*\n\s*)(?:[-•·]|(?<!\*)\*(?!\*)|[（(]?\d{1,2}(?:[.)）、]|$)\s*)+$")
_QUOTED = re.compile(r"^[\"“「](.*)[\"”」]$")


def tidy(text: str, max_sentences: int) -> str:
    """Return one line of an answer without its own and the next line's list marker, quotation marks around it and reference marks.

    What is longer than *max_sentences* is cut behind the last of them.
    """
    text = " ".join(without_citations(_OWN_MARKER.sub("", text)).split())
    text = _NEXT_MARKER.sub("", text)
    quoted = _QUOTED.match(text)
    if quoted and not any(c in quoted[1] for c in '"“”「」'):
        text = quoted[1].strip()
    spans = sentence_spans(text)
    cut = text[: spans[max_sentences - 1][1]] if len(spans) > max_sentences else text
    return _NEXT_MARKER.sub("", cut)  # where the cut fell behind a marker, too
