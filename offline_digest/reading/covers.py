"""Where a paper begins: its title page may come after highlights, a graphical abstract or the cover of a series."""

from __future__ import annotations

from collections.abc import Sequence

from offline_digest.reading.front import find_title, is_abstract_start, letters_of, names_somebody
from offline_digest.reading.persons import split_names
from offline_digest.reading.spelling import Words
from offline_digest.reading.values import Line, Sheet

LAST = 3
"""The title page is one of so many first pages."""


def after_covers(sheets: Sequence[Sheet]) -> Sequence[Sheet]:
    """Return the *sheets* from the title page on: the first with an abstract, if it repeats title and names of the first page."""
    for i, sheet in enumerate(sheets[:LAST]):
        lines = sorted(sheet.lines, key=lambda li: li.box[1])
        start = next((k for k, li in enumerate(lines) if is_abstract_start(li)), None)
        if start is not None:
            head = [li for li in lines[:start] if not all(_repeats(li, other) for other in sheets[:LAST])]  # a running head is no title
            return sheets[i:] if i and _announces(sheets[0], head) else sheets
    return sheets


def _repeats(line: Line, sheet: Sheet) -> bool:
    """Whether *sheet* has *line* too, at the same height."""
    return any(li.text == line.text and abs(li.box[1] - line.box[1]) < 1 for li in sheet.lines)


def _announces(cover: Sheet, head: Sequence[Line]) -> bool:
    """Whether *cover* bears the title that stands in the *head* of another page, and a name from there."""
    title = find_title(head, cover.height, Words()).text
    announced = find_title(cover.lines, cover.height, Words(), title).text
    names = [name for li in cover.lines if names_somebody(li) for name in split_names(li.text)]
    text = " ".join(li.text for li in head)
    return letters_of(title) == letters_of(announced) != "" and any(name in text for name in names)
