"""Where the files that ship beside the code lie: templates and the model catalogue.

The wheel carries them in `offline_digest/_data`; in a checkout they stay in the folders of the repository, beside the package.
This module is the only one that knows both places.
"""

from __future__ import annotations

from pathlib import Path

from offline_digest.errors import IntegrityError, UsageError

_NAMES = ("templates", "models")
_PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """Return the folder of the shipped resource *name*: `templates` or `models`.

    Raises:
        UsageError: No such resource ships with the program.
        IntegrityError: The installation lacks the folder.
    """
    if name not in _NAMES:
        raise UsageError(f"There is no resource folder {name!r}.", f"Those that ship: {', '.join(_NAMES)}.")
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise IntegrityError(f"The folder {name!r} of offline-digest is missing.", "Install offline-digest again.")
