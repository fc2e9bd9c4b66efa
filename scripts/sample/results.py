"""The simulation's figures by name, and the `[[name]]` places of the text filled with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .simulation import (
    DAYS,
    POLICIES,
    SEASONS,
    SIDE,
    SWEEP,
    SWEEP_LINES,
    TRIGGERS,
    Outcome,
    Season,
    make_season,
    mean_outcome,
    probe_sites,
)

PLACE = re.compile(r"\[\[(\w+)(?:([-/])(\w+))?\.(\w+)(±?)\]\]")
DECIMALS = {"water": 1, "drained": 1, "doses": 1, "stress": 2}
PICTURED = 3
PICTURE_SIDE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What the text, the table and the drawings are made from.

    `outcomes` holds (mean, standard error) by name, `sweep` and `trade` those of the lines of figure 3, `facts` single figures by
    `group.name`, `surface` the capacities of one field from the top, `sites` its probes as places in the unit square.
    """

    outcomes: dict[str, tuple[Outcome, Outcome]]
    sweep: dict[str, list[tuple[Outcome, Outcome]]]
    trade: dict[str, list[tuple[Outcome, Outcome]]]
    facts: dict[str, str]
    surface: list[list[float]]
    sites: list[tuple[float, float]]


def simulate() -> Results:
    """Run the whole study; some seconds."""
    seasons = [make_season(k) for k in range(SEASONS)]
    outcomes = {name: mean_outcome(seasons, policy) for name, policy in POLICIES.items()}
    sweep = {name: [mean_outcome(seasons, replace(policy, probes=count)) for count in SWEEP] for name, policy in SWEEP_LINES.items()}
    trade = {
        name: [mean_outcome(seasons, replace(policy, probes=4, trigger=trigger)) for trigger in TRIGGERS]
        for name, policy in SWEEP_LINES.items()
    }
    for name, line in sweep.items():
        outcomes |= {f"{name}{count}": pair for count, pair in zip(SWEEP, line, strict=True)}
    surface, sites = pictured(seasons[PICTURED])
    runs = SEASONS * (len(POLICIES) + len(SWEEP_LINES) * (len(SWEEP) + len(TRIGGERS)))
    saved = outcomes["calendar"][0].water - outcomes["full"][0].water
    facts = {
        "n.seasons": str(SEASONS), "n.days": str(DAYS), "n.cells": str(SIDE * SIDE), "n.runs": f"{runs:,}",
        "weather.demand": f"{sum(sum(s.demand) for s in seasons) / SEASONS:.0f}",
        "weather.rain": f"{sum(sum(s.rain[:DAYS]) for s in seasons) / SEASONS:.0f}",
        "saved.volume": f"{saved / 1000 * (12 * SIDE) ** 2:,.0f}",
        "field.low": f"{min(map(min, surface)):.0f}", "field.high": f"{max(map(max, surface)):.0f}",
    }  # fmt: skip
    return Results(outcomes=outcomes, sweep=sweep, trade=trade, facts=facts, surface=surface, sites=sites)


def pictured(season: Season) -> tuple[list[list[float]], list[tuple[float, float]]]:
    """Return the capacities of *season*'s field on a fine grid, and where its four sited probes stand."""
    import random

    scale = range(PICTURE_SIDE)
    surface = [[season.field((i + 0.5) / PICTURE_SIDE, (j + 0.5) / PICTURE_SIDE) for i in scale] for j in scale]
    cells = probe_sites(season, POLICIES["full"], random.Random(0))  # noqa: S311 - sited probes draw nothing
    return surface, [((cell % SIDE + 0.5) / SIDE, (cell // SIDE + 0.5) / SIDE) for cell in cells]


def shown(results: Results, name: str, measure: str, *, error: bool = False) -> str:
    """Return one figure with the decimals in which the paper prints it."""
    value = getattr(results.outcomes[name][1 if error else 0], measure)
    return f"{value:.{DECIMALS[measure]}f}"


def fill_places(text: str, results: Results) -> str:
    """Return *text* with every `[[place]]` filled.

    A place is a fact (`n.days`) or a mean (`full.water`), its standard error (`full.water±`), the difference of two
    (`calendar-full.water`), or the percentage that the second saves on the first (`calendar/full.water`).
    """

    def value(match: re.Match[str]) -> str:
        name, sign, other, measure, error = match.groups()
        if name not in results.outcomes:
            return results.facts[f"{name}.{measure}"]
        first = shown(results, name, measure, error=bool(error))
        if not sign:
            return first
        second = float(shown(results, other, measure))
        if sign == "/":
            return f"{100 * (float(first) - second) / float(first):.1f}"
        return f"{float(first) - second:.{DECIMALS[measure]}f}"

    return PLACE.sub(value, text)
