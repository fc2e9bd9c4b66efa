"""All checks, in the order in which one thing depends on another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from offline_digest.checkup import machine, models, places, program, trial
from offline_digest.checkup.finding import Case, Finding, error
from offline_digest.errors import DigestError, WorkerError
from offline_digest.progress import Reporter

Check = Callable[[Case], Iterator[Finding]]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("Python", program.python),
    ("packages", program.packages),
    ("configuration", places.config),
    ("CPU", machine.cpu),
    ("llama.cpp", machine.llama),
    ("PDFs", program.pdf_library),
    ("memory", machine.memory),
    ("folders", places.folders),
    ("library", places.library),
    ("model", models.model),
    ("trusted files", models.pins),
)


def examine(
    report: Reporter,
    config: Path | None,
    *,
    library: Path | None,
    model: str | None,
    trust_model: bool,
    deep: bool,
) -> Iterator[Finding]:
    """Yield what every check finds, as soon as it is known.

    Args:
        report: Hears what takes time.
        config: Configuration file instead of the user's own.
        library: Folder of the library instead of the one that is set.
        model: Model instead of the one that is set.
        trust_model: The user vouches for its files.
        deep: Load it, and let it answer.
    """
    case = replace(_case(report, config, library, model), trust_model=trust_model)
    for topic, check in (*CHECKS, *((("trial", trial.trial),) if deep else ())):
        yield from _survived(topic, check, case)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code of the first error, 0 when there is none."""
    return next((finding.code for finding in findings if finding.state == "error"), 0)


def _survived(topic: str, check: Check, case: Case) -> Iterator[Finding]:
    """Yield what a check finds; what it fails with is found too."""
    try:
        yield from check(case)
    except ImportError as fault:
        yield error(topic, f"Not looked at: {fault}.", f"pip install '{fault.name}'" if fault.name else "Install what is missing above.")
    except WorkerError as fault:
        yield error(topic, fault.message.strip().splitlines()[-1], fault.hint, code=fault.exit_code)
    except DigestError as fault:
        yield error(topic, fault.message, fault.hint, code=fault.exit_code)
    except OSError as fault:
        yield error(topic, f"{fault.filename or topic} cannot be reached: {fault.strerror or fault}.", "Check its access rights.", code=2)
    except Exception as fault:  # noqa: BLE001 (what makes everything else fail is what a doctor is called for)
        yield error(topic, f"Not looked at: {type(fault).__name__}: {fault}", "Please report this.")


def _case(report: Reporter, config: Path | None, library: Path | None, model: str | None) -> Case:
    """Return what is examined; of a configuration that cannot be read what the defaults say."""
    try:
        from offline_digest.config import default_config_file, load_settings, parse_settings
    except ImportError:  # told by the check of the packages
        return Case(report=report, config=config or Path("config.toml"), is_named=config is not None, settings=None, model=model)
    unread = Case(report=report, config=config or default_config_file(), is_named=config is not None, settings=None, model=model)
    try:
        settings = load_settings(config)
    except DigestError:  # told by the check of the configuration
        try:
            settings = parse_settings("", unread.config)
        except DigestError:  # the environment
            return unread
    if library is not None:
        settings = settings.model_copy(update={"library": library})
    return replace(unread, settings=settings, model=model or settings.model)
