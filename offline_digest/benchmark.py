"""`bench engine`: what a whole digest costs, asked in our way and in others, of a model or of a file of realistic shape.

What is asked is what a digest asks: `digest_paper` is run on the paper with an engine that says nothing and keeps the questions. A file of
random weights never ends a line or an answer, so its questions get the lengths that good answers have.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

from offline_digest.config import Settings, state_folder
from offline_digest.digesting import Prompts, digest_paper, load_prompts
from offline_digest.digesting.fields import FIELDS, TRANSLATED
from offline_digest.engines import LlamaEngine, LlamaSettings
from offline_digest.engines.extractive import ExtractiveEngine
from offline_digest.engines.llama.bench import Deed, Essay, Exam, Run, Way, run_way
from offline_digest.engines.llama.machine import build_identity
from offline_digest.engines.llama.shapes import SHAPES, write_shape
from offline_digest.engines.protocol import WithoutProcess
from offline_digest.errors import DigestError, PaperError
from offline_digest.files import FileState
from offline_digest.library import Library
from offline_digest.pipeline import Timing, keep_timing, read_papers, trusted_model
from offline_digest.progress import Reporter, Unheard
from offline_digest.records import Answer, EngineInfo, Language, Paper, Passage, Progress, Question, Record, Sentence
from offline_digest.resources import resource_dir

TOKENS_PER_WORD = 1.3  # of English prose, in the vocabularies of current open-weight models
TOKENS_PER_CHARACTER = 0.8  # of Chinese prose, names in Latin letters and punctuation included
SEED_PASSAGE_TOKENS = 3000  # of the paper, cut from its head, that each of the seed's calls was given
_SEED_CALLS: tuple[tuple[str, str, int], ...] = (
    # What the call reads, a wording of its kind, and the median length of its answers in characters, measured over the seed's posts:
    # a summary of 45 and seven takeaways of 27; its section 6; its section 7; its section 8.
    ("abstract", "Summarize this abstract in one line of Chinese, and list up to seven key takeaways.", 45 + 7 * 27),
    ("paper", "Summarize this paper in Chinese: background, past methods and their problems, the proposed method, results.", 525),
    ("paper", "Describe the method of this paper in Chinese, in numbered steps.", 504),
    ("paper", "As a critical reviewer, conclude in Chinese: significance, innovation, performance, workload.", 406),
)
_WORD = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]|[^\s\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")


class BenchOrder(Record):
    """What one `bench engine` call is asked to do: a *model* (name or file) or a *shape*, one of the two.

    `ways` are run beside ours, in this order, `repeat` times in turn.
    """

    paper: Path
    model: str | None = None
    trust_model: bool = False
    shape: str | None = None
    passage_tokens: int = 1500
    ways: tuple[Way, ...] = ()
    repeat: int = 1
    settings: LlamaSettings = LlamaSettings()


class Score(Record):
    """One way, over all its runs: median seconds and their spread, and how many times as long as ours it took."""

    way: Way
    seconds: float
    fastest: float
    slowest: float
    ratio: float
    load_s: float
    written: int
    written_per_s: float
    fed: int
    batches: int
    peak_bytes: int
    runs: int


def bench_engine(order: BenchOrder, settings: Settings, report: Reporter) -> tuple[Score, ...]:
    """Run all ways of *order*; ours comes first.

    Raises:
        DigestError: The paper cannot be read, the model is not here or does not fit, or its process died.
    """
    with tempfile.TemporaryDirectory(prefix="offline-digest-bench-") as folder:
        paper = _read(order.paper, Path(folder))
        prompts = load_prompts(resource_dir("templates") / "prompts")
        driven = order.settings.model_copy(
            update={
                "passage_tokens": order.passage_tokens,
                "threads": order.settings.threads or settings.threads,
                "gpu_layers": min(order.settings.gpu_layers, settings.gpu_layers),
            }
        )
        files: tuple[FileState, ...] = ()
        if order.shape is not None:
            path = Path(folder) / f"{order.shape}.gguf"
            report.step(f"writing random weights of shape {order.shape}")
            words = shape_words(paper, prompts)
            write_shape(path, SHAPES[order.shape], words, spoken=as_sentences(words))
            exam = make_exam(paper, prompts, path, driven, languages=tuple(prompts), shape=True)
            name = f"shape {order.shape}"
        else:
            trusted = trusted_model(order.model or "", settings, report, trust=order.trust_model)
            path, name, files = trusted.model.path, trusted.model.name, trusted.files
            exam = make_exam(paper, prompts, path, driven, files=files)
        runs = tuple(run_exam(exam, path, driven, order.ways, order.repeat, report, files))
        _keep(name, path.stat().st_size, runs, report)
        return scores(runs)


def _keep(name: str, weight_bytes: int, runs: Sequence[Run], report: Reporter) -> None:
    """Keep the fastest run of ours, from which `models check` tells how long others would take."""
    fastest = min((run for run in runs if run.way == "ours"), key=lambda run: run.seconds)
    timing = Timing(
        model=name,
        machine=build_identity(),
        day=datetime.now().astimezone().date().isoformat(),
        weight_bytes=weight_bytes,
        fed=fastest.tally.fed,
        seconds=fastest.seconds,
        disturbed=fastest.disturbed,
    )
    try:
        keep_timing(state_folder(), timing)
    except DigestError as error:
        report.warn(f"the time is not kept for `models check`: {error.message}")


def run_exam(
    exam: Exam, path: Path, settings: LlamaSettings, ways: Sequence[Way], repeat: int, report: Reporter, files: tuple[FileState, ...] = ()
) -> Iterator[Run]:
    """Yield the runs of ours and of *ways*, interleaved, so that a machine that slows down slows all of them; *files* as `run_way`."""
    for number in range(1, repeat + 1):
        deeds: tuple[Deed, ...] = ()
        for way in ("ours", *ways):
            run, tape = run_way(way, path, settings, exam, deeds, files=files)
            deeds = tape or deeds
            report.step(f"[{number}/{repeat}] {way}: {run.seconds:.1f} s")
            if run.disturbed:
                report.warn(f"other programs were busy beside {way}: its time says little")
            yield run


def scores(runs: Iterable[Run]) -> tuple[Score, ...]:
    """Return one score for each way, in the order of their first runs."""
    by_way: dict[Way, list[Run]] = {}
    for run in runs:
        by_way.setdefault(run.way, []).append(run)
    ours = median(r.seconds for r in by_way["ours"])
    return tuple(_score(way, group, ours) for way, group in by_way.items())


def _score(way: Way, runs: Sequence[Run], ours: float) -> Score:
    seconds = [r.seconds for r in runs]
    tally = runs[0].tally
    return Score(
        way=way,
        seconds=median(seconds),
        fastest=min(seconds),
        slowest=max(seconds),
        ratio=median(seconds) / ours,
        load_s=median(r.load_s for r in runs),
        written=tally.written,
        written_per_s=tally.written / median(seconds),
        fed=tally.fed,
        batches=tally.batches,
        peak_bytes=max(r.peak_bytes for r in runs),
        runs=len(runs),
    )


def make_exam(
    paper: Paper,
    prompts: Mapping[Language, Prompts],
    path: Path,
    settings: LlamaSettings,
    *,
    languages: tuple[Language, ...] = (),
    shape: bool = False,
    files: tuple[FileState, ...] = (),
) -> Exam:
    """Return what is asked of the model in *path* about *paper*.

    Args:
        paper: What was read.
        prompts: Questions by language.
        path: The GGUF file; its tokenizer measures the passage.
        settings: `passage_tokens` is the size of the passage.
        languages: In which it is asked; empty: those it writes.
        shape: Whether its weights are random and answers need fixed lengths.
        files: The states in which the model's files were checked.
    """
    with LlamaEngine(path, name=path.stem, sha256="", settings=settings, files=files) as engine:
        info = engine.describe()
        listener = Listener(engine.count, languages or info.languages, min(info.passage_tokens, settings.passage_tokens))
        digest_paper(paper, None, listener, fallback=ExtractiveEngine(), prompts=prompts)
        seed = seed_calls(paper, engine.count)
        frame = engine.frame
    calls = tuple(tuple(fixed_length(q) if shape else q for q in call) for call in listener.calls)
    whole = "\n".join(["Answer all of the following as one JSON object.", *(q.prompt for call in calls for q in call)])
    return Exam(passage=listener.passage, frame=frame, calls=calls, seed=seed, whole=whole)


class Listener(WithoutProcess):
    """An engine that says nothing and keeps what a digest asks it at the first attempt, call by call."""

    def __init__(self, count: Callable[[Sequence[str]], list[int]], languages: tuple[Language, ...], passage_tokens: int) -> None:
        self.count = count
        self._info = EngineInfo(name="listener", origin="model", languages=languages, passage_tokens=passage_tokens)
        self.passage = Passage(title="", sentences=())
        self.calls: list[tuple[Question, ...]] = []

    def describe(self) -> EngineInfo:
        """Return the limits it was given."""
        return self._info

    def answer(
        self,
        passage: Passage,
        questions: Sequence[Question],
        progress: Callable[[Progress], None] | None = None,  # noqa: ARG002
    ) -> Iterator[Answer]:
        """Keep passage and questions."""
        first = tuple(q for q in questions if q.attempt == 0)
        if first:
            self.passage = passage
            self.calls.append(first)
        return iter(())


def fixed_length(question: Question) -> Question:
    """Return *question* with the lines and tokens of an answer in the middle of its field's targets.

    Words of English count `TOKENS_PER_WORD` tokens, characters of Chinese `TOKENS_PER_CHARACTER`; a list has the middle of its fewest and
    most lines, rounded down.
    """
    field = next(f for f in (*FIELDS, *TRANSLATED) if f.name == question.field)
    unit = TOKENS_PER_CHARACTER if question.language == "zh" else TOKENS_PER_WORD
    lines = (question.min_lines + question.max_lines) // 2
    tokens = round(sum(field.target(question.language)) / 2 * unit)
    return question.model_copy(update={"min_lines": lines, "max_lines": lines, "max_tokens": tokens})


def seed_calls(paper: Paper, count: Callable[[Sequence[str]], list[int]]) -> tuple[Essay, ...]:
    """Return the calls of the blog that this program succeeds: one on the abstract, three on the head of the paper."""
    texts = [p.text for s in paper.sections for p in s.paragraphs]
    head: list[str] = []
    room = SEED_PASSAGE_TOKENS
    for text, tokens in zip(texts, count(texts), strict=True):
        room -= tokens
        if room < 0:
            break
        head.append(text)
    read = {"abstract": _passage(paper, [paper.abstract or paper.title]), "paper": _passage(paper, head)}
    sizes = {name: sum(count([p.title, *(s.text for s in p.sentences)])) + 8 for name, p in read.items()}
    return tuple(
        Essay(passage=read[source], passage_tokens=sizes[source], prompt=prompt, tokens=round(TOKENS_PER_CHARACTER * characters))
        for source, prompt, characters in _SEED_CALLS
    )


def _passage(paper: Paper, texts: Sequence[str]) -> Passage:
    return Passage(
        title=paper.title,
        sentences=tuple(Sentence(text=text, section=0, heading="", page=1, position=n) for n, text in enumerate(texts)),
    )


def shape_words(paper: Paper, prompts: Mapping[Language, Prompts]) -> list[str]:
    """Return the words a vocabulary needs for one token a word of the paper and a character of Chinese, in order."""
    texts = [paper.title, paper.abstract or "", *(text for p in prompts.values() for text in p.ask.values())]
    texts += [p.text for s in paper.sections for p in s.paragraphs]
    return list(dict.fromkeys(word for text in texts for word in _WORD.findall(text)))


def as_sentences(words: Sequence[str]) -> list[str]:
    """Return *words*, each with a full stop: of an answer that meets its limit the engine keeps whole sentences, and a list goes on from them."""
    return [f"{word.rstrip('.')}." for word in words]


def _read(path: Path, folder: Path) -> Paper:
    """Return the reading of one PDF; nothing of it stays."""
    with Library(folder / "library") as library:
        outcomes = list(read_papers([path], library, Unheard(), readers=1))  # what is wrong is raised
    for outcome in outcomes:
        if outcome.paper is not None:
            return outcome.paper
    raise next((o.error for o in outcomes if o.error), PaperError(f"{path} holds no paper.", "Name one PDF."))
