"""Where a paper mentions web addresses: its link annotations and its printed lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from offline_digest.reading.boxes import centre, holds
from offline_digest.reading.footnotes import begins_with_mark
from offline_digest.reading.links import Mention, clean_url, runs_on, urls_in
from offline_digest.reading.values import Line, Sheet

_LAST_URL = re.compile(r"(?:https?://|www\.)\S*(?: \S+)?$")


def find_mentions(sheets: Sequence[Sheet], listed: frozenset[int]) -> Iterator[Mention]:
    """Yield the addresses of each page, annotations first; lines whose `id()` is in *listed* belong to the reference list."""
    for sheet in sheets:
        for target in sheet.targets:
            url = clean_url(target.url)
            at = next((i for i, li in enumerate(sheet.lines) if holds(li.box, centre(target.box), 2.0)), None)
            if url:
                yield Mention(url=url, page=sheet.number, before=_before(sheet.lines, at, url, listed))
        for i, line in enumerate(sheet.lines):
            text = line.text
            if i + 1 < len(sheet.lines) and sheet.lines[i + 1].block == line.block and runs_on(text, sheet.lines[i + 1].text):
                text += sheet.lines[i + 1].text.split(" ")[0]
            for url, _ in urls_in(text):
                yield Mention(url=url, page=sheet.number, before=_before(sheet.lines, i, url, listed))


def _before(lines: Sequence[Line], at: int | None, url: str, listed: frozenset[int]) -> str | None:
    """Return the words before the address on its line and, within its block or footnote, on the line above."""
    if at is None:
        return ""
    line = lines[at]
    if id(line) in listed:
        return None
    start = url.split("//")[-1][:12]
    cut = line.text.find(start)
    here = line.text[:cut] if cut >= 0 else line.text
    above = lines[at - 1] if at else None
    joined = above is not None and not begins_with_mark(line) and above.block == line.block and line.box[1] - above.box[3] < line.size
    text = f"{above.text} {here}" if above is not None and joined else here
    return _LAST_URL.sub("", text)  # an address over two lines begins in the words before it
