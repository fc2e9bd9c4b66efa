"""Python, the packages beside this program, and the libraries that run in child processes."""

from __future__ import annotations

import locale
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from offline_digest import __version__
from offline_digest.checkup.finding import Case, Finding, error, ok, warning

_OURS = "offline-digest"
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?:\[[^]]*\])?\s*\(?(?P<bounds>[^;)]*)\)?\s*(?:;(?P<marker>.*))?")
_BOUND = re.compile(r"(?P<how>===?|!=|~=|>=|<=|>|<)\s*(?P<version>[\w.*]+)")


def python(_case: Case) -> Iterator[Finding]:
    """Tell the versions, and whether text of any language can be printed and files be called so."""
    yield ok("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}, offline-digest {__version__}")
    encoding = sys.getfilesystemencoding()
    if "utf" not in encoding.lower() or "utf" not in locale.getpreferredencoding(do_setlocale=False).lower():
        yield warning(
            "Python",
            f"Names of files are {encoding} here; Chinese titles cannot be names of posts.",
            "Set a UTF-8 locale: export LC_ALL=C.UTF-8",
        )


def packages(_case: Case) -> Iterator[Finding]:
    """Compare what is installed with what this version wants."""
    try:
        wanted = metadata.requires(_OURS) or []
    except metadata.PackageNotFoundError:
        yield warning("packages", "offline-digest is not installed, only unpacked: nobody knows what it wants.", "pip install .")
        return
    bad = 0
    names = 0
    for text in wanted:
        match = _REQUIREMENT.fullmatch(text.strip())
        if match is None or "extra" in (match["marker"] or ""):
            continue
        names += 1
        name, bounds = match["name"], match["bounds"].strip()
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            bad += 1
            yield error("packages", f"{name} is missing.", f"pip install '{name}{bounds}'")
            continue
        if not satisfies(found, bounds):
            bad += 1
            yield error("packages", f"{name} {found} is installed, and {bounds} is wanted.", f"pip install '{name}{bounds}'")
    if not bad:
        yield ok("packages", f"{names} packages, as this version wants them")


def pdf_library(_case: Case) -> Iterator[Finding]:
    """Load the library that reads PDFs, in a child process."""
    from offline_digest.workers import Worker

    with Worker("offline_digest.checkup.program:PdfLibrary") as worker:
        yield ok("PDFs", f"PyMuPDF {worker.call('version', timeout_s=60.0)} loads")


class PdfLibrary:
    """The child's side."""

    def version(self) -> str:
        """Return the version; loads the library."""
        from offline_digest.reading import library_version

        return library_version()


def satisfies(version: str, bounds: str) -> bool:
    """Tell whether a version lies within bounds such as `>=4.0.2,<4.1`; of what is neither a number nor known nothing is said.

    Source: PEP 440, for releases; this program's own bounds have nothing else.
    """
    for match in _BOUND.finditer(bounds):
        limit = match["version"].removesuffix(".*")
        there, wanted = _release(version), _release(limit)
        size = max(len(there), len(wanted))
        a, b = (tuple(part[n] if n < len(part) else 0 for n in range(size)) for part in (there, wanted))
        prefix = there[: len(wanted)] == wanted
        fits = {
            "==": prefix if match["version"].endswith(".*") else a == b,
            "!=": not prefix if match["version"].endswith(".*") else a != b,
            ">=": a >= b,
            "<=": a <= b,
            ">": a > b,
            "<": a < b,
            "~=": a >= b and there[: len(wanted) - 1] == wanted[:-1],
        }.get(match["how"], version == limit)
        if not fits:
            return False
    return True


def _release(version: str) -> tuple[int, ...]:
    match = re.match(r"(?:\d+!)?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()
