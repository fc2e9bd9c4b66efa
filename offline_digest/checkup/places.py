"""The configuration, the folders that this program writes to, the disks below them, and the index of the library. Nothing is changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from offline_digest.checkup.finding import Case, Finding, error, ok, warning
from offline_digest.progress import amount

LITTLE_BYTES = 10**9
NOTHING_BYTES = 50 * 10**6


def config(case: Case) -> Iterator[Finding]:
    """Read the configuration as every command does."""
    from offline_digest.config import load_settings
    from offline_digest.errors import ConfigError
    from offline_digest.posting import formats

    settings = load_settings(case.config if case.is_named else None)
    is_there = case.is_named or case.config.is_file()
    for name in {settings.format, *(topic.format for topic in settings.topics if topic.format)}:
        if name not in formats():
            raise ConfigError(f"{case.config}: there is no post format {name!r}.", f"Known formats: {', '.join(formats())}.")
    topics = len(settings.topics)
    if is_there:
        yield ok("configuration", f"{case.config}, {topics} {'topic' if topics == 1 else 'topics'}")
    else:
        yield ok("configuration", f"none, all settings have their defaults ({case.config} would be it)")
    for topic in settings.topics:
        if topic.out is None:
            mend = f'Give it one in {case.config}: out = "~/blog/source"'
            yield warning("configuration", f"The topic {topic.name!r} has no folder for its posts; `run` cannot make one.", mend)


def folders(case: Case) -> Iterator[Finding]:
    """Find out whether the folders can be written, and how much space is left for each."""
    from offline_digest.config import state_folder

    if case.settings is None:
        return
    named = {
        "library": case.settings.library,
        "models": case.settings.models,
        "state": state_folder(),
        "temporary": Path(tempfile.gettempdir()),
    }
    for name, folder in named.items():
        yield _folder(name, folder)


def _folder(name: str, folder: Path) -> Finding:
    there = _nearest(folder)
    # What is not there yet may lie in a folder of the system's: nobody should be led to take that over.
    own = f"chown -R \"$USER\" '{folder}'" if there == folder.absolute() else f"sudo install -d -o \"$USER\" '{folder}'"
    other = "Name another folder in TMPDIR" if name == "temporary" else f'Choose another with `{name} = "..."` in the configuration'
    mend = {"state": own, "temporary": f"{other}."}.get(name, f"{other}, or: {own}")
    try:
        if not there.is_dir():
            away = f"mv '{there}' '{there}.old'"
            return error(f"{name} folder", f"{there} is no folder.", away if name == "state" else f"{other}, or: {away}", code=2)
        with tempfile.TemporaryFile(dir=there):
            pass
        free = shutil.disk_usage(there).free
    except OSError as fault:
        if name == "library" and there == folder.absolute() and os.access(there, os.R_OK):
            return warning(f"{name} folder", f"{folder} can be read and not be written: nothing can be digested into it.", mend)
        return error(f"{name} folder", f"{folder} cannot be written: {fault.strerror}.", mend, code=2)
    text = f"{folder}, {amount(free)} free" + ("" if there == folder.absolute() else ", made when it is needed")
    if free < NOTHING_BYTES:
        return error(f"{name} folder", f"Only {amount(free)} are free for {folder}.", "Free some space on that disk.", code=15)
    if free < LITTLE_BYTES:
        return warning(f"{name} folder", f"Only {amount(free)} are free for {folder}.", "Free some space on that disk.")
    return ok(f"{name} folder", text)


def _nearest(folder: Path) -> Path:
    """Return the folder, or what there is of the way to it."""
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    return there


def library(case: Case) -> Iterator[Finding]:
    """Look whether the index of the library is whole, as far as that takes no time."""
    from offline_digest.library import glance

    if case.settings is None or not _nearest(case.settings.library).is_dir():  # told by the check of the folders
        return
    seen = glance(case.settings.library)
    if seen is None:
        yield ok("library", "none yet; the first digest makes it")
        return
    text = f"{seen.papers} {'paper' if seen.papers == 1 else 'papers'}, {seen.digests} {'digest' if seen.digests == 1 else 'digests'}"
    if seen.is_complete:
        yield ok("library", text)
    else:
        yield ok("library", f"{text}; too large to be looked through here (`offline-digest library verify` does)")
