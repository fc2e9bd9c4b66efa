"""From paper, metadata and engine to a digest: facts filled in, prose asked for, checked, asked again, or replaced by quotations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from offline_digest import __version__
from offline_digest.digesting.asking import RETRIES, Asking, Judged, Keep, Recall
from offline_digest.digesting.condensing import condense
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.fields import BRIEF, FIELDS, SECTION, TRANSLATED, Field
from offline_digest.digesting.glossary import Pair
from offline_digest.digesting.passage import abstract_of, choose_passage, coverage, sentences_of
from offline_digest.digesting.prompts import Prompts, prompts_for
from offline_digest.digesting.support import Support
from offline_digest.engines import Engine
from offline_digest.language import is_chinese
from offline_digest.records import Call, Coverage, Digest, EngineInfo, FieldText, Language, Line, Metadata, Paper, Passage, Progress, Record

DIGEST_VERSION = "11"  # raised when the same inputs would give another digest


class Wish(Record):
    """What the user wants of a digest.

    `brief`: only summary and takeaways. `thorough`: sections too long for the passage are first condensed by the engine. `glossary`: terms
    and their translations. `languages`: those that are asked for, where the engine writes them.
    """

    brief: bool = False
    thorough: bool = False
    glossary: tuple[Pair, ...] = ()
    languages: tuple[Language, ...] = ("en", "zh")


def digest_paper(
    paper: Paper,
    metadata: Metadata | None,
    engine: Engine,
    *,
    fallback: Engine,
    prompts: Mapping[Language, Prompts],
    wish: Wish | None = None,
    recall: Recall | None = None,
    keep: Keep | None = None,
    judged: Judged | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Digest:
    """Return the digest of one paper.

    Args:
        paper: What was read.
        metadata: What a catalogue says of it, or None.
        engine: Writes the prose.
        fallback: Quotes the paper where *engine* fails a field.
        prompts: Questions by language, for an engine that was not made for others of its own; languages that the engine does not write, or
            nobody wishes, are not asked.
        wish: What is wanted of it.
        recall: An answer kept by an earlier run, or None.
        keep: Called with each answer as soon as it ends.
        judged: Called with the questions of each attempt and the checks that their answers failed.
        progress: Is told how far the engine is.
    """
    wish = wish or Wish()
    facts = Facts(paper, metadata)
    info = _asked(engine.describe(), wish)
    prompts = prompts_for(info.purpose, prompts)
    sentences = sentences_of(paper, facts.abstract)
    wanted = [f for f in (*TRANSLATED, *FIELDS) if not wish.brief or f.name in BRIEF]
    offered = sentences if info.reads == "paper" else abstract_of(sentences)
    source, support = facts.source(info.reads), Support(offered, wish.glossary)
    asking = Asking(engine, facts, source, support, glossary=wish.glossary, recall=recall, keep=keep, judged=judged, progress=progress)

    def write_lines(piece: Passage, most: int) -> tuple[Line, ...]:
        # No second try: the section's own sentences are at hand, and there may be a hundred sections.
        language: Language = "en" if "en" in info.languages else info.languages[0]
        return asking.ask(piece, [replace(SECTION, max_lines=most)], [prompts[language]], retries=())[0].lines

    writes = info.origin == "model" and bool(offered)
    if wish.thorough and writes and info.reads == "paper" and info.languages:
        offered = condense(facts.title, sentences, engine.count, info.passage_tokens, write_lines)
    passage = choose_passage(facts.title, offered, engine.count, info.passage_tokens)
    asked = [prompts[language] for language in info.languages]
    written = asking.ask(passage, wanted, asked, retries=RETRIES[info.reads]) if writes else []
    quoted = not writes or not info.languages or ("en" in wish.languages and "en" not in info.languages)
    missing = {text.field for text in written if not text.lines}
    everything = Passage(title=facts.title, sentences=sentences)
    quotes = _quotations(fallback, everything, [f for f in wanted if f in FIELDS and (quoted or f.name in missing)], prompts["en"])
    held = {(text.field, text.language) for text in written}
    fields = [*_with_fallback(written, quotes), *(q for q in quotes.values() if quoted and (q.field, q.language) not in held)]
    return _assembled(
        paper,
        facts,
        licence=metadata.licence if metadata else None,
        fields=tuple(fields),
        coverage=coverage(sentences, passage, offered),
        engine=info,
        calls=tuple(asking.calls),
        prompt_version=" ".join(f"{p.language}:{p.version}" for p in prompts.values()),
    )


def _assembled(
    paper: Paper,
    facts: Facts,
    *,
    licence: str | None,
    fields: tuple[FieldText, ...],
    coverage: Coverage,
    engine: EngineInfo,
    calls: tuple[Call, ...],
    prompt_version: str,
) -> Digest:
    """Return the facts and what was written about them as one value."""
    return Digest(
        title=facts.title,
        authors=facts.authors,
        more_authors=facts.more_authors,
        affiliations=paper.affiliations,
        keywords=facts.keywords,
        keywords_origin="printed" if paper.keywords else "extract" if facts.keywords else "absent",
        abstract=facts.abstract,
        arxiv_id=facts.arxiv_id,
        version=facts.version,
        doi=facts.doi,
        comment=facts.comment,
        licence=licence,
        links=tuple(link for link in paper.links if link.own),
        figures=paper.figures,
        tables=paper.tables,
        fields=fields,
        coverage=coverage,
        engine=engine,
        calls=calls,
        prompt_version=prompt_version,
        tool_version=__version__,
        warnings=paper.warnings,
    )


def _asked(info: EngineInfo, wish: Wish) -> EngineInfo:
    """Return a model with those of its languages that are wished for; quotations stay in the paper's own."""
    wished = tuple(language for language in info.languages if language in wish.languages)
    return info.model_copy(update={"languages": wished}) if info.origin == "model" else info


def _quotations(fallback: Engine, everything: Passage, wanted: Sequence[Field], prompts: Prompts) -> dict[str, FieldText]:
    """Return field → the paper's own sentences for it; where nothing is wanted, nothing is asked."""
    if not wanted:
        return {}
    questions = [prompts.question(field, {}) for field in wanted]
    answers = {a.question.field: a.lines for a in fallback.answer(everything, questions)}
    language: Language = "zh" if is_chinese(" ".join(line.text for lines in answers.values() for line in lines)) else "en"
    return {
        f.name: FieldText(
            field=f.name, language=language, origin="extract" if answers.get(f.name) else "absent", lines=answers.get(f.name, ())
        )
        for f in wanted
    }


def _with_fallback(written: Sequence[FieldText], quotes: Mapping[str, FieldText]) -> list[FieldText]:
    """Put the paper's own sentences where a field was not accepted."""
    return [
        text if text.lines or text.field not in quotes else quotes[text.field].model_copy(update={"language": text.language})
        for text in written
    ]
