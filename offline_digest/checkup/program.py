"""Python, the packages beside this program, and the libraries that run in child processes."""

from __future__ import annotations

import locale
import platform
import sys
from collections.abc import Iterator
from importlib import metadata

from offline_digest import __version__
from offline_digest.checkup.finding import Case, Finding, error, ok, warning

_OURS = "offline-digest"


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
    from packaging.requirements import Requirement

    try:
        wanted = metadata.requires(_OURS) or []
    except metadata.PackageNotFoundError:
        yield warning("packages", "offline-digest is not installed, only unpacked: nobody knows what it wants.", "pip install .")
        return
    needed = [r for r in map(Requirement, wanted) if r.marker is None or r.marker.evaluate({"extra": ""})]
    bad = 0
    for requirement in needed:
        name, mend = requirement.name, f"pip install '{requirement.name}{requirement.specifier}'"
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            bad += 1
            yield error("packages", f"{name} is missing.", mend)
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            bad += 1
            yield error("packages", f"{name} {found} is installed, and {requirement.specifier} is wanted.", mend)
    if not bad:
        yield ok("packages", f"{len(needed)} packages, as this version wants them")


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
