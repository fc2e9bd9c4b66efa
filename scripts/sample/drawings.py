"""The three figures and the table of the sample paper. Each function draws at a top left corner and knows its height."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .canvas import BLACK, Canvas, Colour, Place
from .layout import COLUMN, LEFT, PAGE
from .results import Results, shown
from .simulation import SWEEP, Outcome

WIDE = PAGE[0] - 2 * LEFT
BLUE: Colour = (0.12, 0.33, 0.60)
GREEN: Colour = (0.16, 0.52, 0.36)
ORANGE: Colour = (0.82, 0.42, 0.10)
GREY: Colour = (0.45, 0.45, 0.45)
PALE_BLUE: Colour = (0.90, 0.94, 0.99)
PALE_GREEN: Colour = (0.90, 0.97, 0.92)
PALE_ORANGE: Colour = (1.0, 0.95, 0.88)
PALE: Colour = (0.96, 0.96, 0.96)
LOW: Colour = (0.97, 0.92, 0.76)
HIGH: Colour = (0.16, 0.22, 0.36)

DIAGRAM_HEIGHT = 168.0
FIELD_HEIGHT = 186.0
PLOTS_HEIGHT = 176.0
ROW = 13.0

LINES = {
    "mean": ("Raw mean", ORANGE, "square"),
    "filter": ("Filter", BLUE, "circle"),
    "full": ("Filter and forecast", GREEN, "triangle"),
}
TABLE_ROWS = (
    ("calendar", "Calendar, every 6 days", "0"),
    ("weekly", "Calendar, every 7 days", "0"),
    ("balance", "Balance", "0"),
    ("one", "One raw probe, random spot", "1"),
    ("mean", "Raw mean", "4"),
    ("late", "Raw mean, late (θ = 0.43)", "4"),
    ("filter", "Filter", "4"),
    ("full", "Filter and forecast (ours)", "4"),
    ("nosite", "Ours, random spots", "4"),
    ("nofilter", "Ours, without filter and gate", "4"),
    ("perfect", "Perfect knowledge", "all"),
)
TABLE_HEADS = ("Scheduler", "Probes", "Water (mm)", "Drained (mm)", "Stress (%)", "Doses")
TABLE_PLACES = (6.0, 200.0, 268.0, 340.0, 412.0, 474.0)
TABLE_BREAKS = (4, 7, 11)
TABLE_HEIGHT = ROW * (len(TABLE_ROWS) + 1) + 14.0


# --- figure 1 ------------------------------------------------------------------------------------------------------------


def arrow(canvas: Canvas, *places: Place) -> None:
    """Draw a line through *places* with a head at the end; the last leg is horizontal or vertical."""
    (x0, y0), (x1, y1) = places[-2:]
    canvas.path(places, weight=0.9)
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    wings = [(x1 - 5 * dx - 2.4 * dy, y1 - 5 * dy - 2.4 * dx), (x1 - 5 * dx + 2.4 * dy, y1 - 5 * dy + 2.4 * dx)]
    canvas.path([(x1, y1), *wings], weight=0.4, fill=BLACK, closed=True)


def station(canvas: Canvas, x: float, y: float, width: float, texts: tuple[str, str], fill: Colour) -> None:
    """Draw a rounded box 34 points high with a name and what it does."""
    canvas.rect(x, y, width, 34, fill=fill, radius=0.15)
    canvas.centred(x + width / 2, y + 14, texts[0], name="hebo", size=8)
    canvas.centred(x + width / 2, y + 25.5, texts[1], name="helv", size=6.8)


def diagram(canvas: Canvas, x: float, y: float) -> None:
    """Draw figure 1."""
    station(canvas, x, y + 4, 92, ("Weather", "rain, evaporation"), PALE)
    station(canvas, x, y + 64, 92, ("Four probes", "one reading each"), PALE)
    station(canvas, x, y + 124, 92, ("Forecast", "rain, two days"), PALE)
    station(canvas, x + 124, y + 4, 94, ("Balance", "predicts depletion"), PALE_BLUE)
    station(canvas, x + 124, y + 64, 94, ("Gate and filter", "keeps 2 numbers"), PALE_GREEN)
    station(canvas, x + 124, y + 124, 94, ("Rule", "one dose or none"), PALE_ORANGE)
    for top in (21, 81, 141):
        arrow(canvas, (x + 92, y + top), (x + 124, y + top))
    arrow(canvas, (x + 148, y + 38), (x + 148, y + 64))
    arrow(canvas, (x + 194, y + 64), (x + 194, y + 38))
    arrow(canvas, (x + 171, y + 98), (x + 171, y + 124))
    canvas.text(x + 113, y + 54, "predicted", name="heit", size=6.8)
    canvas.text(x + 198, y + 54, "kept", name="heit", size=6.8)
    canvas.text(x + 175, y + 114, "estimate", name="heit", size=6.8)
    canvas.path([(x + 218, y + 141), (x + 241, y + 141), (x + 241, y + 21)], weight=0.9, dashes="[3 2] 0")
    arrow(canvas, (x + 241, y + 21), (x + 218, y + 21))
    canvas.upwards(x + 236, y + 81, "water given", name="heit", size=6.8)


# --- figure 2 ------------------------------------------------------------------------------------------------------------


def shade(share: float) -> Colour:
    """Return the colour of *share* (0 to 1) of the way from sand to dark soil, over a green middle."""
    middle: Colour = (0.42, 0.64, 0.52)
    start, end, part = (LOW, middle, 2 * share) if share < 0.5 else (middle, HIGH, 2 * share - 1)
    red, green, blue = (a + (b - a) * part for a, b in zip(start, end, strict=True))
    return red, green, blue


def field_map(canvas: Canvas, x: float, y: float, results: Results) -> None:
    """Draw figure 2: the raster picture, then probes, frame and scale."""
    low, high = float(results.facts["field.low"]), float(results.facts["field.high"])
    side, left, top = 164.0, x + 14.0, y + 4.0
    rows = [[shade(min(1.0, max(0.0, (value - low) / (high - low)))) for value in row] for row in results.surface]
    canvas.picture(left, top, side, side, rows)
    canvas.rect(left, top, side, side, weight=0.6)
    for sx, sy in results.sites:
        canvas.dot(left + sx * side, top + sy * side, 4.2, fill=(1.0, 1.0, 1.0))
        canvas.dot(left + sx * side, top + sy * side, 1.4, fill=BLACK)
    canvas.centred(left + side / 2, top + side + 12, "120 m", name="helv", size=7)
    bar = left + side + 18
    canvas.picture(bar, top, 11, side, [[shade(1 - k / 99)] * 10 for k in range(100)])
    canvas.rect(bar, top, 11, side, weight=0.6)
    for k in range(5):
        height, value = top + side * (1 - k / 4), low + (high - low) * k / 4
        canvas.path([(bar + 11, height), (bar + 14, height)], weight=0.6)
        canvas.text(bar + 16, height + 2.4, f"{value:.0f}", name="helv", size=7)
    canvas.upwards(bar + 37, top + side / 2, "Capacity (mm)", name="helv", size=7.5)


# --- figure 3 ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A plot area in points and the values at its edges."""

    area: tuple[float, float, float, float]
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def place(self, x: float, y: float) -> Place:
        """Return where the value pair is drawn."""
        left, top, right, bottom = self.area
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return left + (x - x0) / (x1 - x0) * (right - left), bottom - (y - y0) / (y1 - y0) * (bottom - top)

    def frame(self, canvas: Canvas, x_ticks: Sequence[float], y_ticks: Sequence[float], names: tuple[str, str, str]) -> None:
        """Draw grid, ticks and the names of the x axis, the y axis and the panel."""
        left, top, right, bottom = self.area
        for tick in y_ticks:
            height = self.place(self.x_range[0], tick)[1]
            canvas.path([(left, height), (right, height)], weight=0.4, colour=(0.85, 0.85, 0.85))
            canvas.text(left - 17, height + 2.4, f"{tick:.0f}", name="helv", size=7)
        for tick in x_ticks:
            along = self.place(tick, self.y_range[0])[0]
            canvas.path([(along, bottom), (along, bottom + 3)], weight=0.6)
            canvas.centred(along, bottom + 10.5, f"{tick:g}", name="helv", size=7)
        canvas.path([(left, top), (left, bottom), (right, bottom)], weight=0.8)
        canvas.centred((left + right) / 2, bottom + 21, names[0], name="helv", size=7.5)
        canvas.upwards(left - 23, (top + bottom) / 2, names[1], name="helv", size=7.5)
        canvas.text(left + 6, top + 10, names[2], name="hebo", size=8)


def mark(canvas: Canvas, place: Place, shape: str, colour: Colour) -> None:
    """Draw a data point."""
    x, y = place
    if shape == "circle":
        canvas.dot(x, y, 2.2, fill=colour, colour=colour)
    elif shape == "square":
        canvas.rect(x - 2, y - 2, 4, 4, fill=colour, colour=colour, weight=0.4)
    else:
        canvas.path([(x, y - 2.8), (x + 2.6, y + 1.9), (x - 2.6, y + 1.9)], weight=0.4, colour=colour, fill=colour, closed=True)


def curve(canvas: Canvas, axes: Axes, line: list[tuple[float, Outcome, Outcome]], style: tuple[str, Colour, str]) -> None:
    """Draw one line of a panel with error bars; each point is x, mean and standard error, the y value is water."""
    _, colour, shape = style
    places = [axes.place(x, mean.water) for x, mean, _ in line]
    for (x, mean, error), (along, _) in zip(line, places, strict=True):
        ends = [axes.place(x, mean.water + sign * error.water)[1] for sign in (-1, 1)]
        canvas.path([(along, ends[0]), (along, ends[1])], weight=0.4, colour=colour)
    canvas.path(places, weight=1.2, colour=colour)
    for place in places:
        mark(canvas, place, shape, colour)


def plots(canvas: Canvas, x: float, y: float, results: Results) -> None:
    """Draw figure 3."""
    first = Axes(area=(x + 40, y + 6, x + 236, y + 146), x_range=(0.5, 8.5), y_range=(360, 460))
    second = Axes(area=(x + 296, y + 6, x + 492, y + 146), x_range=(0, 6), y_range=(360, 460))
    ticks = (360, 380, 400, 420, 440, 460)
    first.frame(canvas, (1, 2, 3, 4, 5, 6, 7, 8), ticks, ("Number of probes", "Water (mm)", "(a)"))
    second.frame(canvas, (0, 1, 2, 3, 4, 5, 6), ticks, ("Stress (% of cell-days)", "Water (mm)", "(b)"))
    for k, (name, style) in enumerate(LINES.items()):
        shift = 0.08 * (k - 1)
        curve(canvas, first, [(n + shift, *pair) for n, pair in zip(SWEEP, results.sweep[name], strict=True)], style)
        curve(canvas, second, [(mean.stress, mean, error) for mean, error in results.trade[name]], style)
        for left in (x + 146, x + 402):
            height = y + 14 + 11 * k
            canvas.path([(left, height), (left + 16, height)], weight=1.2, colour=style[1])
            mark(canvas, (left + 8, height), style[2], style[1])
            canvas.text(left + 21, height + 2.5, style[0], name="helv", size=7)


# --- table 1 -------------------------------------------------------------------------------------------------------------


def table(canvas: Canvas, x: float, y: float, results: Results) -> None:
    """Draw table 1 with rules above, below and between its groups."""
    top = y + 7.0
    canvas.rule(x, top, WIDE, 0.9)
    for place, head in zip(TABLE_PLACES, TABLE_HEADS, strict=True):
        canvas.text(x + place, top + 10.2, head, name="tibo", size=9)
    canvas.rule(x, top + ROW + 1, WIDE, 0.5)
    line = top + ROW + 1
    for number, (name, label, probes) in enumerate(TABLE_ROWS, start=1):
        measured = ((shown(results, name, m), shown(results, name, m, error=True)) for m in ("water", "drained", "stress"))
        texts = [label, probes, *(f"{mean} ± {error}" for mean, error in measured), shown(results, name, "doses")]
        for place, text in zip(TABLE_PLACES, texts, strict=True):
            canvas.text(x + place, line + 9.6, text, name="tibo" if name == "full" else "tiro", size=9)
        line += ROW
        if number in TABLE_BREAKS:
            canvas.rule(x, line, WIDE, 0.9 if number == len(TABLE_ROWS) else 0.4)


DRAWINGS: dict[str, tuple[float, Callable[[Canvas, float, float, Results], None]]] = {
    "diagram": (DIAGRAM_HEIGHT, lambda canvas, x, y, _: diagram(canvas, x, y)),
    "field": (FIELD_HEIGHT, field_map),
    "plots": (PLOTS_HEIGHT, plots),
    "results": (TABLE_HEIGHT, table),
}
ROOM = {"column": COLUMN, "wide": WIDE}
