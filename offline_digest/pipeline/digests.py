"""Readings → digests, through the library: nothing done is done again unless its inputs changed."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from offline_digest.digesting import DIGEST_VERSION, Wish, digest_paper, load_prompts
from offline_digest.engines import Engine, ExtractiveEngine
from offline_digest.errors import DigestError, OutOfMemory, WorkerError, is_shortage
from offline_digest.library import Library, key_of
from offline_digest.pipeline.course import Course
from offline_digest.pipeline.naming import Named
from offline_digest.pipeline.redoing import Redo
from offline_digest.pipeline.values import Outcome
from offline_digest.progress import Reporter
from offline_digest.reading import READER_VERSION
from offline_digest.records import Answer, Digest, Metadata, Paper, PaperFile, Passage, Question
from offline_digest.resources import resource_dir

_log = logging.getLogger(__name__)


class Digesting:
    """Digests papers with one engine, through the library: nothing done is done again unless its inputs changed.

    `writer` is the name under which what the engine writes is kept.
    """

    def __init__(self, engine: Engine, wish: Wish, library: Library, redo: Redo | None = None) -> None:
        self._redo = redo
        self._engine = engine
        self._wish = wish
        self._prompts = load_prompts(resource_dir("templates") / "prompts")
        self._library = library
        self.writer = engine.describe().writer
        self._identity = engine.describe().model_dump_json()
        self._wording = "".join(p.model_dump_json() for p in self._prompts.values())

    @property
    def recipe(self) -> str:
        """Everything that a digest depends on, beside the paper and what is known of it."""
        return key_of(DIGEST_VERSION, READER_VERSION, self._identity, self._wording, self._wish.model_dump_json())

    @property
    def kind(self) -> str:
        """What the time for a paper depends on, beside the paper: engine, model, settings and wish."""
        return key_of(self._identity, self._wish.model_dump_json())

    def outcome(self, outcome: Outcome, metadata: Metadata | None, named: Named, course: Course, report: Reporter) -> Outcome:
        """Return *outcome* with a digest or with what went wrong; what would stop every paper is raised."""
        if outcome.file is None or outcome.paper is None:
            return outcome
        try:
            kept = self.kept(outcome.file, metadata)
            digest = kept or self.made(outcome.file, outcome.paper, metadata, course)
        except WorkerError as error:
            report.warn(named.failure(error))
            return replace(outcome, error=error)
        except DigestError:
            raise
        except Exception as error:  # noqa: BLE001 (the one place that protects a batch from a defect of ours, STYLE 2.6)
            if is_shortage(error):
                short = OutOfMemory(f"{outcome.path.name} could not be digested: there is no memory left.", "Close other programs.")
                report.warn(named.failure(short))
                return replace(outcome, error=short)
            _log.error("%s", traceback.format_exc())
            defect = DigestError(f"{outcome.path.name} could not be digested: {type(error).__name__}: {error}.", "Please report this.")
            report.warn(named.failure(defect))
            return replace(outcome, error=defect)
        report.step(f"{named}: digested{' before' if kept else ''}")
        return replace(outcome, digest=digest, is_kept=kept is not None)

    def kept(self, file: PaperFile, metadata: Metadata | None) -> Digest | None:
        """Return the digest of one paper as an earlier run made it, None where there is none or another is wanted."""
        return None if self._redone(file) else self._library.digest(file.sha256, self._key(metadata))

    def made(self, file: PaperFile, paper: Paper, metadata: Metadata | None, course: Course) -> Digest:
        """Return the digest of one paper, made now and kept."""
        course.check()
        redo = self._redone(file)

        @cache  # for as long as this paper is at work: each question's key is asked for three times
        def answer_key(passage_sha256: str, question: Question) -> str:
            return key_of(self._identity, passage_sha256, question.model_dump_json())

        def recall(passage: Passage, question: Question) -> Answer | None:
            key = answer_key(passage.sha256, question)
            return None if redo and not redo.has_answer(self._library, key) else self._library.answer(key)

        def keep(passage: Passage, answer: Answer) -> None:
            key, prompts = answer_key(passage.sha256, answer.question), self._prompts[answer.question.language].version
            self._library.keep_answer(key, answer, paper=file.sha256, model=self.writer, prompts=prompts, redone=redo is not None)
            if redo:
                redo.made(self._library, key)
            course.answered(answer)

        def judged(passage: Passage, verdicts: Sequence[tuple[Question, tuple[str, ...]]]) -> None:
            self._library.keep_verdicts([(answer_key(passage.sha256, question), failed) for question, failed in verdicts])

        digest = digest_paper(
            paper,
            metadata,
            self._engine,
            fallback=ExtractiveEngine(),
            prompts=self._prompts,
            wish=self._wish,
            recall=recall,
            keep=keep,
            judged=judged,
            progress=course.advance,
        )
        self._library.keep_digest(
            file.sha256, self._key(metadata), digest, version=f"{DIGEST_VERSION}.{READER_VERSION}", recipe=self.recipe
        )
        if redo:
            redo.made(self._library, file.sha256)

        return digest

    def _key(self, metadata: Metadata | None) -> str:
        known = metadata.model_dump_json() if metadata else ""
        return key_of(DIGEST_VERSION, READER_VERSION, known, self._identity, self._wording, self._wish.model_dump_json())

    def _redone(self, file: PaperFile) -> Redo | None:
        return self._redo if self._redo and self._redo.wants(self._library, file.sha256) else None
