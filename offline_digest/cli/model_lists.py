"""The commands that tell of models and fetch nothing: what there is, what is known of one, what fits this machine."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from offline_digest.cli.options import CONFIG, JSON_LINES, TRUST
from offline_digest.cli.own_models import own_facts, own_lines
from offline_digest.cli.streams import emit
from offline_digest.cli.tables import columns
from offline_digest.cli.terminal import Terminal
from offline_digest.errors import IntegrityError, ModelNotFound, OutOfMemory

if TYPE_CHECKING:
    from offline_digest.config import Settings
    from offline_digest.pipeline import Checked, Fit, Machine
    from offline_digest.weights import CatalogEntry, Places

_BENCH = "offline-digest bench engine --shape 1.5b"


@click.command("ls")
@click.option("--fit", is_flag=True, help="Tell which fit this machine, and recommend one. Measures the memory for half a second.")
@CONFIG
@JSON_LINES
def list_(fit: bool, config: Path | None, as_json: bool) -> None:
    """List the models that have a name: parameters, size, languages, licence, context, and whether the file is here. Never online.

    After those of the catalogue come others that you trust: with where the trust is from ("yours": imported) and their path.

    --fit puts the strongest first, each with memory, speed and time for a paper; + fits, - does not, * is recommended, with the reasons below.
    """
    from offline_digest.config import load_settings
    from offline_digest.weights import known_models, places_of

    settings, catalog = load_settings(config), known_models()
    places = places_of(settings)
    if fit:
        _tell_fits(settings, catalog, places, as_json=as_json)
    elif as_json:
        for name, entry in catalog.items():
            emit(json.dumps(_entry_line(name, entry, catalog, places), ensure_ascii=False))
        for own in own_lines(catalog, places):
            emit(json.dumps(own, ensure_ascii=False))
    else:
        head = ("name", "title", "parameters", "quantization", "size", "languages", "context", "licence", "here")
        listed = (_entry_row(name, entry, catalog, places) for name, entry in catalog.items())
        for line in columns([head, *listed, *map(_own_row, own_lines(catalog, places))]):
            emit(line)


@click.command()
@click.argument("name", metavar="NAME|FILE")
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def show(name: str, config: Path | None, as_json: bool) -> None:
    """Show what is known of a model: parameters, files, languages, licence, and where that is from. Never online.

    The catalogue tells of the models it has, with another quantization as NAME:QUANT or user/repo:QUANT; of others their file's own header.
    """
    from offline_digest.config import load_settings
    from offline_digest.pipeline import listed_as
    from offline_digest.weights import known_models, parse_name, places_of

    catalog, places = known_models(), places_of(load_settings(config))
    listed = None
    with contextlib.suppress(ModelNotFound):  # what was imported has a name of its own
        listed = listed_as(parse_name(name, catalog), catalog)
    if listed is None:
        facts = own_facts(name, catalog, places)
        if as_json:
            emit(json.dumps(facts, ensure_ascii=False))
        else:
            shown = {
                "parameters": _billions(facts["parameters"]),
                "size_bytes": _gb(facts["size_bytes"]),
                "context": f"{facts['context']:,} tokens",
            }
            words = {"quant": "quantization", "size_bytes": "size", "path": "here"}
            for text in columns([(words.get(key, key), str(shown.get(key, value))) for key, value in facts.items() if value]):
                emit(text)
        return
    entry = catalog[listed.name]
    if as_json:
        line = _entry_line(listed.name, entry, catalog, places, listed.quant)
        emit(json.dumps(line | entry.model_dump(mode="json", exclude_none=True), ensure_ascii=False))
    else:
        for row in columns(_facts(listed.name, entry, catalog, places, listed.quant)):
            emit(row)


@click.command()
@click.argument("name", metavar="NAME|FILE")
@TRUST
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.pass_context
def check(context: click.Context, name: str, trust_model: bool, config: Path | None, as_json: bool) -> None:
    """Tell what a model needs of memory and how fast it would be, without loading it. Never online.

    Of a file that is here llama.cpp says what it needs; of others it is estimated from the catalogue. Ends with 13 where it does not fit.
    """
    from offline_digest.config import load_settings
    from offline_digest.pipeline import check_model

    with Terminal() as report:
        found = check_model(name, load_settings(config), report, trust=trust_model)
    if as_json:
        emit(json.dumps(_check_line(found), ensure_ascii=False))
    else:
        for line in columns(_check_rows(found)):
            emit(line)
    context.exit(0 if found.fit.fits else OutOfMemory.exit_code)


def _tell_fits(settings: Settings, catalog: Mapping[str, CatalogEntry], places: Places, *, as_json: bool) -> None:
    """Print how all models would run, and which one to take."""
    from offline_digest.pipeline import best, fits_of, this_machine

    machine = this_machine(settings)
    fits = fits_of(catalog, machine, settings)
    taken = best(fits)
    if as_json:
        for fit in fits:
            why = reasons(fit, fits, machine) if fit is taken else ()
            emit(json.dumps(_fit_line(fit) | {"recommended": fit is taken, "why": why}, ensure_ascii=False))
        return
    head = ("", "name", "quantization", "needs", "tokens/s", "min/paper", "languages", "licence")
    rows = [
        (
            "*" if fit is taken else "+" if fit.fits and fit.in_time else "-",
            fit.name,
            fit.quant,
            _gb(fit.need.total),
            _speed(fit.tokens_per_s),
            _minutes(fit.paper_s),
            ", ".join(fit.languages),
            fit.licence,
        )
        for fit in fits
    ]
    for line in columns([head, *rows]):
        emit(line)
    emit("")
    if taken is None:
        emit(f"No listed model fits into the {_gb(machine.free)} that are free and is quick enough. Close other programs.")
        return
    emit(f"Take {taken.name}. {_next_step(taken.name, catalog, places)}")
    for reason in reasons(taken, fits, machine):
        emit(f"  {reason}")


def reasons(taken: Fit, fits: tuple[Fit, ...], machine: Machine) -> tuple[str, ...]:
    """Return why this model, in one sentence for each thing that counts."""
    languages = "It writes Chinese and English." if len(taken.languages) > 1 else "It writes English alone; none that writes Chinese fits."
    stronger = [fit for fit in fits if fit.strength > taken.strength]
    too_large = sum(not fit.fits for fit in stronger)
    others = f"Stronger in the list: {len(stronger)}, of them too large for the free memory {too_large}, too slow or without Chinese"
    paper = (
        f"A paper takes about {_minutes(taken.paper_s)} minutes, told from the bench of {_told_from(taken)}."
        if taken.paper_s
        else f"How long a paper takes is told after: {_BENCH}"
    )
    return (
        f"It needs {_gb(taken.need.total)} of the {_gb(machine.free)} that are free.",
        f"{others} {len(stronger) - too_large}." if stronger else "It is the strongest in the list.",
        languages,
        f"The memory is read at {machine.bandwidth / 1e9:.0f} GB/s: on the CPU one answer comes with up to {_speed(taken.tokens_per_s)} tokens a second.",
        paper,
        f"Its licence is {taken.licence}.",
    )


def _next_step(name: str, catalog: Mapping[str, CatalogEntry], places: Places) -> str:
    """Say how to use a listed model, or how to get it."""
    package = catalog[name].package
    if _path(name, catalog, places):
        return f"It is here: offline-digest digest PAPERS -o DIR --model {name}"
    return f"Get it with: {package.get if package else f'offline-digest models pull {name}'}"


def _told_from(fit: Fit) -> str:
    """Name the benchmark that a time is told from."""
    after = fit.after
    if after is None:
        return ""
    return f"{after.model} on {after.day}" + (", beside other busy programs" if after.disturbed else "")


def _check_rows(found: Checked) -> list[tuple[str, str]]:
    fit, machine = found.fit, found.machine
    asked = "llama.cpp was asked" if fit.exact else "estimated from the catalogue"
    rows = [
        ("model", f"{fit.title} {fit.quant}".strip()),
        ("file", str(found.path) if found.path else f"not here; get it with: offline-digest models pull {found.name}"),
        ("memory", f"{fit.need} ({asked})"),
        ("free", f"{_gb(machine.free)}: {'it fits' if fit.fits else 'it does not fit'}{'' if fit.exact else ', with 15% in reserve'}"),
        ("one answer", f"up to {_speed(fit.tokens_per_s)} tokens/s on the CPU (memory read at {machine.bandwidth / 1e9:.0f} GB/s)"),
    ]
    if fit.paper_s is None:
        return [*rows, ("a paper", f"unknown; told after: {_BENCH}")]
    return [*rows, ("a paper", f"about {_minutes(fit.paper_s)} min (told from the bench of {_told_from(fit)})")]


def _check_line(found: Checked) -> dict[str, Any]:
    return {
        **_fit_line(found.fit),
        "name": found.name,
        "path": str(found.path) if found.path else None,
        "free_bytes": found.machine.free,
        "bandwidth_bytes_per_s": round(found.machine.bandwidth),
    }


def _fit_line(fit: Fit) -> dict[str, Any]:
    """Return a fit as `--json` shows it."""
    row = fit.model_dump(mode="json", exclude={"strength", "tokens_per_s", "paper_s"})
    return row | {
        "need": {**fit.need.model_dump(), "total": fit.need.total},
        "in_time": fit.in_time,
        "tokens_per_s": round(fit.tokens_per_s, 2),
        "paper_seconds": fit.paper_s and round(fit.paper_s, 1),
    }


def _entry_row(name: str, entry: CatalogEntry, catalog: Mapping[str, CatalogEntry], places: Places) -> tuple[str, ...]:
    line = _entry_line(name, entry, catalog, places)
    return (
        name,
        entry.title,
        _parameters(entry),
        line["quant"],
        _gb(line["size_bytes"]) if line["size_bytes"] else "",
        ", ".join(entry.languages),
        f"{entry.context:,}" if entry.context else "",
        entry.licence,
        "yes" if line["path"] else "",
    )


def _own_row(line: Mapping[str, Any]) -> tuple[str, ...]:
    source = "yours" if line["source"] == "import" else line["source"]
    parameters = _billions(line["parameters"]) if line["parameters"] else ""
    context = f"{line['context']:,}" if line["context"] else ""
    return (line["name"], source, parameters, line["quant"], _gb(line["size_bytes"]), "", context, "", line["path"] or "")


def _entry_line(name: str, entry: CatalogEntry, catalog: Mapping[str, CatalogEntry], places: Places, quant: str = "") -> dict[str, Any]:
    """Return what `models ls --json` tells of an entry in *quant*, or its own. `size_bytes` is estimated, but of packages."""
    from offline_digest.weights import quant_of, weight_sizes

    quant = quant or quant_of(entry)
    sizes = weight_sizes(entry, quant)
    return {
        "name": name,
        "title": entry.title,
        "parameters": entry.parameters,
        "active": entry.active,
        "quant": quant,
        "quants": entry.hub.quants if entry.hub else (),
        "size_bytes": entry.package.size_bytes if entry.package else sizes and sizes.total,
        "languages": entry.languages,
        "context": entry.context,
        "licence": entry.licence,
        "path": _path(_full(name, entry, quant), catalog, places),
    }


def _full(name: str, entry: CatalogEntry, quant: str) -> str:
    """Return what `--model` takes for a model of the catalogue in *quant*."""
    return f"{name}:{quant}" if entry.hub and quant != entry.hub.default_quant else name


def _path(name: str, catalog: Mapping[str, CatalogEntry], places: Places) -> str | None:
    """Return where the model's file lies, None where it is not here."""
    from offline_digest.weights import find_model

    try:
        return str(find_model(name, catalog, places).path)
    except (ModelNotFound, IntegrityError):
        return None


def _facts(name: str, entry: CatalogEntry, catalog: Mapping[str, CatalogEntry], places: Places, chosen: str) -> list[tuple[str, str]]:
    """Return what is known of an entry, as names and values; *chosen* is the quantization of which its file is told."""
    from offline_digest.weights import weight_sizes

    def size(quant: str) -> str:
        sizes = weight_sizes(entry, quant)
        return f"{quant} (about {_gb(sizes.total)})" if sizes else quant

    quants = entry.hub.quants if entry.hub else (entry.package.quant,) if entry.package else ()
    facts = {
        "name": name,
        "title": entry.title,
        "family": entry.family,
        "released": entry.released,
        "parameters": _parameters(entry),
        "context": f"{entry.context:,} tokens" if entry.context else None,
        "languages": ", ".join(entry.languages),
        "licence": entry.licence,
        "chat template": entry.template,
        "thinking": entry.thinking,
        "passage": f"{entry.passage_tokens:,} tokens of a paper",
        "quantizations": ", ".join(map(size, quants)),
        "repository": entry.hub.repository if entry.hub else None,
        "file": entry.hub.file_of(chosen) if entry.hub else None,
        "size": size(chosen) if entry.hub else None,
        "package": entry.package.name if entry.package else None,
        "here": _path(_full(name, entry, chosen), catalog, places) or "no",
        "source": entry.source,
    }
    return [(key, value) for key, value in facts.items() if value]


def _parameters(entry: CatalogEntry) -> str:
    """Return `30.5B, 3.3B active`."""
    if entry.parameters is None:
        return ""
    return _billions(entry.parameters) + (f", {_billions(entry.active)} active" if entry.active else "")


def _billions(n: int) -> str:
    return f"{n / 1e9:.3g}B" if n >= 1e9 else f"{n / 1e6:.3g}M"


def _gb(n: float) -> str:
    return f"{n / 1e9:.1f} GB" if n >= 1e9 else f"{n / 1e6:.0f} MB"


def _speed(tokens_per_s: float) -> str:
    return f"{tokens_per_s:.0f}" if tokens_per_s >= 10 else f"{tokens_per_s:.1f}"


def _minutes(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 60:.0f}" if seconds >= 600 else f"{seconds / 60:.1f}"
