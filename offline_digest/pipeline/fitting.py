"""What models of the catalogue need on this machine and how fast they would be, without their files; and which one to take."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from offline_digest.config import Settings, state_folder
from offline_digest.engines import LlamaEngine, LlamaSettings
from offline_digest.engines.llama.bandwidth import memory_bandwidth
from offline_digest.engines.llama.machine import free_bytes
from offline_digest.engines.llama.memory import Need, cells
from offline_digest.errors import ModelNotFound
from offline_digest.pipeline.models import TrustedModel, trusted_model
from offline_digest.pipeline.run import driven
from offline_digest.pipeline.timings import Timing, nearest, timings
from offline_digest.progress import Reporter
from offline_digest.records import Language, Record
from offline_digest.weights import (
    CatalogEntry,
    Dimensions,
    Hosted,
    Listed,
    Reference,
    known_models,
    parse_name,
    quant_of,
    spelled,
    weight_sizes,
)

RESERVE = 0.15  # of what is needed: so much may an estimate be wrong (tests/project/test_fitting.py)
PATIENCE_S = 600.0  # for a paper: six in an hour
# Of the 25 questions that `bench engine --shape` asks in two languages, half: 3,426 tokens asked and answered, 2,301 of them answers.
QUESTION_TOKENS = 1700
ANSWER_TOKENS = 1150
_PROGRAM_BYTES = 110_000_000  # Python, numpy and llama.cpp in the model's process, measured
_FIRST_YEAR = 2024
_DOUBLING_MONTHS = 8  # in which a model of half the size becomes as good: Qwen3, seven months after Qwen2.5 (models/README.md)
_CACHE_BYTES = {"f16": 2.0, "q8_0": 34 / 32}  # a value of the KV cache; q8_0 keeps a scale of 2 bytes for 32
_FLOAT = 4
_ROWS = 4  # hidden states and queries that llama.cpp's plan keeps at once, as many of a width


class Machine(Record):
    """What of this machine decides how models run: memory that is free, how fast it is read (bytes per second), what benchmarks measured."""

    free: int
    bandwidth: float
    known: tuple[Timing, ...]


class Fit(Record):
    """How a model would run here. `exact`: llama.cpp itself was asked what it needs.

    `tokens_per_s` is what the memory allows one answer at most; several that are written together come faster in all. `paper_s` is for a
    whole digest in both languages, or those that the model writes, told from `after`; None before any benchmark.
    """

    name: str
    title: str
    quant: str
    languages: tuple[Language, ...]
    licence: str
    strength: float
    need: Need
    exact: bool = False
    fits: bool
    tokens_per_s: float
    paper_s: float | None = None
    after: Timing | None = None

    @property
    def in_time(self) -> bool:
        """Whether a paper takes no longer than anybody waits; before any benchmark, whether its answers could be written one by one in that time."""
        return (self.paper_s or ANSWER_TOKENS * len(self.languages) / self.tokens_per_s) <= PATIENCE_S


class Checked(Record):
    """How one model would run, its name, where its file lies (None where it is not here), and what this machine is.

    The languages of a file that the catalogue does not know are empty.
    """

    name: str
    path: Path | None
    fit: Fit
    machine: Machine


def this_machine(settings: Settings) -> Machine:
    """Return what is free now, and measure the memory: half a second."""
    return Machine(free=int(settings.memory_gb * 1e9) or free_bytes(), bandwidth=memory_bandwidth(), known=timings(state_folder()))


def strength(entry: CatalogEntry) -> float:
    """Return how good a model is held to be, for lack of a measure of Chinese digests: its parameters in billions, more for a later release.

    A mixture counts as the geometric mean of all its parameters and the active ones. `models/README.md` says why.
    """
    if entry.parameters is None or entry.released is None:
        return 0.0
    year, month = map(int, entry.released.split("-"))
    dense = math.sqrt(entry.parameters * (entry.active or entry.parameters)) / 1e9
    return float(dense * 2 ** (((year - _FIRST_YEAR) * 12 + month - 1) / _DOUBLING_MONTHS))


def context_bytes(shape: Dimensions, settings: LlamaSettings) -> int:
    """Return what the context of a transformer takes: the KV cache, and llama.cpp's work space for one evaluation of `ubatch_tokens`.

    The work space is dominated by the products of queries and keys, which flash attention does without; the rest is the mask, the keys of one
    layer, the logits, and rows of hidden states. Source: `engines.llama.memory.estimate` on random weights of many shapes.
    """
    many, rows = cells(settings), settings.ubatch_tokens
    keys = shape.kv_heads * shape.head_size
    cache = 2 * shape.layers * keys * many * _CACHE_BYTES[settings.kv_cache]
    plain = settings.kv_cache == "f16" and settings.flash_attention != "on"
    products = shape.heads * many * rows if plain else 0
    hidden = _ROWS * rows * (shape.width + shape.heads * shape.head_size)
    return round(cache + _FLOAT * (products + many * rows + many * keys + settings.branches * shape.vocabulary + hidden))


def need_of(entry: CatalogEntry, quant: str, settings: LlamaSettings) -> Need | None:
    """Return what a model would take of memory; None where the catalogue does not tell its shape."""
    sizes = weight_sizes(entry, quant)
    if sizes is None or entry.dimensions is None:
        return None
    return Need(weights=sizes.total, context=context_bytes(entry.dimensions, settings), program=_PROGRAM_BYTES)


def fit_of(name: str, entry: CatalogEntry, quant: str, machine: Machine, settings: Settings, *, need: Need | None = None) -> Fit | None:
    """Return how a model of the catalogue would run; *need*, where llama.cpp was asked for it. None where nobody can tell."""
    passage = settings.passage_tokens or entry.passage_tokens
    sizes = weight_sizes(entry, quant)
    found = need or need_of(entry, quant, driven(settings, passage))
    if found is None:
        return None
    per_token = sizes.per_token if sizes else found.weights
    paper_s, after = _paper(name, per_token, passage + QUESTION_TOKENS * len(entry.languages), machine.known)
    return Fit(
        name=name,
        title=entry.title,
        quant=quant,
        languages=entry.languages,
        licence=entry.licence,
        strength=strength(entry),
        need=found,
        exact=need is not None,
        fits=found.total * (1 if need else 1 + RESERVE) <= machine.free,
        tokens_per_s=machine.bandwidth / per_token,
        paper_s=paper_s,
        after=after,
    )


def check_model(name: str, settings: Settings, report: Reporter, *, trust: bool = False) -> Checked:
    """Return how one model would run: a name of the catalogue, a repository that the catalogue lists, or a file.

    Raises:
        ModelNotFound: There is no such model, or neither its file is here nor its shape in the catalogue.
        ModelUnusable: It is no model, or llama.cpp does not accept the file.
        IntegrityError: Nobody vouches for the file, nor does the user with *trust*: llama.cpp would have to read it.
    """
    catalog = known_models()
    listed, path, need = None, None, None
    with contextlib.suppress(ModelNotFound):  # what was imported has a name of its own
        listed = listed_as(parse_name(name, catalog), catalog)
    try:
        trusted = trusted_model(name, settings, report, trust=trust)
        file, path = trusted.model, trusted.model.path
        need = _asked(trusted, settings)
        label, entry, quant = file.name, CatalogEntry(title=path.name, languages=("en", "zh"), path=path), ""
    except ModelNotFound:
        if listed is None:
            raise
    if listed:
        label, entry, quant = listed.name, catalog[listed.name], listed.quant or quant_of(catalog[listed.name])
    machine = this_machine(settings)
    fit = fit_of(label, entry, quant, machine, settings, need=need)
    if fit is None:
        raise ModelNotFound(f"The catalogue does not tell the shape of {label}, and its file is not on this machine.")
    return Checked(name=label, path=path, fit=fit if listed else fit.model_copy(update={"languages": ()}), machine=machine)


def _asked(trusted: TrustedModel, settings: Settings) -> Need:
    """Return what llama.cpp says that a file needs; it reads the header in a child process."""
    wished = driven(settings, settings.passage_tokens or trusted.model.passage_tokens)
    model = trusted.model
    with LlamaEngine(model.path, name=model.name, sha256=trusted.sha256, settings=wished, files=trusted.files) as engine:
        return engine.estimate()


def listed_as(meant: Reference, catalog: Mapping[str, CatalogEntry]) -> Listed | None:
    """Return the entry that a name stands for; of a repository the one whose files are meant."""
    if isinstance(meant, Listed):
        return meant
    if isinstance(meant, Hosted):
        for name, entry in catalog.items():
            if entry.hub and entry.hub.repository.casefold() == meant.repository.casefold():
                quant = spelled(meant.quant, entry.hub.quants) if meant.quant else entry.hub.default_quant
                return Listed(name=name, quant=quant) if quant else None
    return None


def fits_of(catalog: Mapping[str, CatalogEntry], machine: Machine, settings: Settings) -> tuple[Fit, ...]:
    """Return how all models would run, each in the quantization that its name stands for, the strongest first."""
    found = [fit for name, entry in catalog.items() if (fit := fit_of(name, entry, quant_of(entry), machine, settings))]
    return tuple(sorted(found, key=lambda fit: fit.strength, reverse=True))


def best(fits: Sequence[Fit]) -> Fit | None:
    """Return the one to take: of those that fit and end in time the strongest that writes both languages, else the strongest."""
    able = [fit for fit in fits if fit.fits and fit.in_time]
    bilingual = [fit for fit in able if len(fit.languages) > 1]
    return max(bilingual or able, key=lambda fit: fit.strength, default=None)


def _paper(name: str, per_token: int, tokens: int, known: Sequence[Timing]) -> tuple[float | None, Timing | None]:
    """Return the seconds of a whole digest, and what they are told from: this model's own timing, else the nearest in size.

    Time grows with the tokens that are evaluated and with the weights that each of them meets: reading is multiplication, and so is writing many
    answers together.
    """
    own = [timing for timing in known if timing.model == name]
    after = own[-1] if own else nearest(known, per_token)
    if after is None:
        return None, None
    heavier = 1.0 if own else per_token / after.weight_bytes
    return after.seconds * heavier * tokens / after.fed, after
