"""From paper, metadata and engine to a digest: facts filled in, prose asked for, checked, asked again, or replaced by quotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offline_digest.digesting.asking import Asking, Keep, Recall
from offline_digest.digesting.facts import Facts
from offline_digest.digesting.fields import FIELDS
from offline_digest.digesting.passage import choose_passage, coverage, sentences_of
from offline_digest.digesting.prompts import Prompts
from offline_digest.digesting.support import Support
from offline_digest.engines import Engine
from offline_digest.records import Digest, FieldText, Language, Metadata, Paper, Passage

DIGEST_VERSION = "3"  # raised when the same inputs would give another digest


def digest_paper(
    paper: Paper,
    metadata: Metadata | None,
    engine: Engine,
    *,
    fallback: Engine,
    prompts: Mapping[Language, Prompts],
    recall: Recall | None = None,
    keep: Keep | None = None,
) -> Digest:
    """Return the digest of one paper.

    Args:
        paper: What was read.
        metadata: What a catalogue says of it, or None.
        engine: Writes the prose.
        fallback: Quotes the paper where *engine* fails a field.
        prompts: Questions by language; languages the engine does not write are not asked.
        recall: An answer kept by an earlier run, or None.
        keep: Called with each answer as soon as it ends.
    """
    facts = Facts(paper, metadata)
    info = engine.describe()
    sentences = sentences_of(paper, facts.abstract)
    passage = choose_passage(facts.title, sentences, engine.count, info.passage_tokens)
    quotes = _quotations(fallback, Passage(title=facts.title, sentences=sentences), prompts["en"])
    fields: list[FieldText] = []
    if info.origin == "model":
        asking = Asking(engine, passage, facts, Support(sentences), recall=recall, keep=keep)
        fields += _with_fallback(asking.all_fields([prompts[language] for language in info.languages]), quotes)
    if "en" not in info.languages or info.origin == "extract":
        fields += quotes.values()
    return Digest(
        title=facts.title,
        authors=facts.authors,
        affiliations=paper.affiliations,
        keywords=facts.keywords,
        keywords_origin="printed" if paper.keywords else "extract" if facts.keywords else "absent",
        abstract=facts.abstract,
        arxiv_id=facts.arxiv_id,
        version=facts.version,
        doi=facts.doi,
        comment=facts.comment,
        links=tuple(link for link in paper.links if link.own),
        figures=paper.figures,
        tables=paper.tables,
        fields=tuple(fields),
        coverage=coverage(sentences, passage),
        engine=info,
        prompt_version=" ".join(f"{p.language}:{p.version}" for p in prompts.values()),
        warnings=paper.warnings,
    )


def _quotations(fallback: Engine, everything: Passage, prompts: Prompts) -> dict[str, FieldText]:
    """Return field → the paper's own sentences for it."""
    questions = [prompts.question(field, {}) for field in FIELDS]
    answers = {a.question.field: a.lines for a in fallback.answer(everything, questions)}
    return {
        f.name: FieldText(field=f.name, language="en", origin="extract" if answers.get(f.name) else "absent", lines=answers.get(f.name, ()))
        for f in FIELDS
    }


def _with_fallback(written: Sequence[FieldText], quotes: Mapping[str, FieldText]) -> list[FieldText]:
    """Put the paper's own sentences where a field was not accepted."""
    return [
        text if text.lines or text.field not in quotes else quotes[text.field].model_copy(update={"language": text.language})
        for text in written
    ]
