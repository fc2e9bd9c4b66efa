"""What ends a float and what fills it."""

from __future__ import annotations

import pytest

from offline_digest.reading.prose import prose
from offline_digest.reading.scenes import scene
from offline_digest.reading.values import Column, Graphic

from .lines import BODY, line, sheet

COLUMN = Column(left=72.0, right=540.0)


def _walls(page, graphics):
    page = type(page)(**{name: getattr(page, name) for name in page.__dataclass_fields__} | {"graphics": tuple(graphics)})
    return scene(page, page.lines, (COLUMN,), frozenset(), ()).walls


@pytest.mark.parametrize("cells", [1, 3])
def test_a_footnote_rule_stands_alone(cells):
    """A short rule at the edge of a column has footnotes below it; the border of a table's first cell has the next cell beside it."""
    rules = [Graphic(image=False, box=(72.0 + 60 * i, 500.0, 132.0 + 60 * i, 500.7)) for i in range(cells)]
    assert bool(_walls(sheet(line("North 12 40", 76, 505)), rules)) is (cells == 1)


@pytest.mark.parametrize(("row", "wall"), [("y = x + 2", True), ("0.3 0.4 0.5", False)])
def test_a_formula_has_its_number_on_either_side(row, wall):
    """A number at the left edge belongs to a formula when one stands beside it."""
    assert bool(_walls(sheet(line("(2)", 72, 300), line(row, 250, 300)), ())) is wall


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (line("Slow Lanterns", 274, 221, bold=True), True),  # centred, 9 points above the text
        (line("Slow Lanterns", 200, 221, bold=True), False),
        (line("Experiments", 200, 195, size=12.0, bold=True), True),  # far above it, but called as a section is
        (line("Experiments", 200, 195, size=10.0, bold=True), False),
        (line("IV. SLOW LANTERNS", 200, 195, size=9.0, bold=True), True),  # as RevTeX sets it
        (line("IV. Slow Lanterns", 200, 195, size=9.0, bold=True), False),
    ],
)
def test_a_heading_is_no_part_of_the_table_over_it(head, found):
    """A title in its own type counts at the edge or in the middle of its column, and anywhere when it has a section's name or number."""
    text = [
        line("This is a line of the running text, which goes on and on over the whole of its column, as it does.", 72, y)
        for y in (240, 252)
    ]
    assert (id(head) in prose([line("North 12", 76, 170), head, *text], (COLUMN,), BODY)) is found


@pytest.mark.parametrize(("gap", "found"), [(8.0, True), (40.0, False)])
def test_a_title_right_above_the_text_is_no_part_of_the_table_over_it(gap, found):
    """An italic numbered line belongs to what it is nearer to."""
    text = [
        line("This is a line of the running text, which goes on and on over the whole of its column, as it does.", 72, y)
        for y in (240, 252)
    ]
    head = line("2.1 The lamps", 72, 230 - gap, italic=True)
    cells = [line("North 12", 76, 170)]
    assert (id(head) in prose([*cells, head, *text], (COLUMN,), BODY)) is found
