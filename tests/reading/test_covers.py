"""Pages that stand before the title page."""

from __future__ import annotations

import pytest

from offline_digest.reading.covers import after_covers

from .lines import line, sheet

TITLE = "Small Lamps in Dry Rooms"


def _page(number, *rows):
    made = [line(text, y=80.0 + 40 * i, page=number, block=i, size=size) for i, (text, size) in enumerate(rows)]
    return sheet(*made, number=number)


BULLETS = (("Lamps are weighed each morning.", 10.0), ("The room is kept dry.", 10.0))
HIGHLIGHTS = _page(1, ("Highlights", 17.0), (TITLE, 12.0), ("Ann Bee, Carl Dee", 12.0), *BULLETS)
FRONT = _page(2, (TITLE, 17.0), ("Ann Beea, Carl Deeb", 12.0), ("Fern University", 10.0), ("Abstract", 12.0), ("A lamp is small.", 10.0))


@pytest.mark.parametrize(
    ("pages", "first"),
    [
        ((HIGHLIGHTS, FRONT), 2),
        (
            (
                _page(1, (TITLE, 17.0), ("Ann Bee", 12.0)),
                _page(2, ("Made with care", 10.0)),
                _page(3, *((li.text, li.size) for li in FRONT.lines)),
            ),
            3,
        ),
        ((_page(1, (TITLE, 17.0), ("Eve Fox", 12.0)), FRONT), 1),
        ((_page(1, ("Large Kilns", 17.0), ("Ann Bee", 12.0)), FRONT), 1),
        ((_page(1, (TITLE, 17.0), ("Ann Bee", 12.0), ("Abstract", 12.0)), FRONT), 1),
        ((HIGHLIGHTS, _page(2, ("1 Introduction", 12.0))), 1),
        (
            (
                _page(1, ("SMALL LAMPS", 10.0), (TITLE, 12.0), ("Ann Bee", 12.0)),
                _page(2, ("SMALL LAMPS", 10.0), ("Abstract", 12.0)),
                _page(3, ("SMALL LAMPS", 10.0), ("Introduction", 12.0)),
            ),
            1,
        ),
    ],
    ids=[
        "highlights",
        "a cover and its back",
        "another's name",
        "another title",
        "an abstract of its own",
        "no abstract",
        "a running head",
    ],
)
def test_the_title_page_has_the_abstract_and_repeats_title_and_names(pages, first):
    """Highlights, graphical abstracts and covers announce the paper; where title or names differ, page 1 is the title page."""
    assert after_covers(pages)[0].number == first
