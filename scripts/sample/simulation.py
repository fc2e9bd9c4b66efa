"""The seeded simulation behind every number of the sample paper: one field, one season, several ways to decide when to water.

Pure Python on purpose: it runs in seconds and needs nothing that the program itself does not install. Units are millimetres of
water and days. The water balance follows the single-crop-coefficient method of FAO Irrigation and Drainage Paper 56.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

SEED = 20240611
SEASONS = 60
DAYS = 120
SIDE = 10
CAPACITY_MEAN = 110.0
CAPACITY_SD = 18.0
DOSE = 24.0
TRIGGER = 0.40
HOLD_LIMIT = 0.46
STRESS_FROM = 0.50
NOISE_SD = 8.0
SPIKE_SHARE = 0.08
SPIKE_SIZE = 40.0
GATE = 2.5
MODEL_VARIANCE = 8.0
SITE_VARIANCE = 100.0
CALENDAR_DAYS = 6

Field = Callable[[float, float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """One field and its weather. `cells` are capacities row by row, `demand` and `rain` are daily, `forecast` is of two days."""

    field: Field
    cells: tuple[float, ...]
    survey: tuple[float, ...]
    crop_factor: float
    demand: tuple[float, ...]
    rain: tuple[float, ...]
    forecast: tuple[float, ...]
    noise_seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How to decide. `probes` 0 means bookkeeping alone; `period` waters by the calendar; `perfect` sees every cell.

    `spikes` and `stuck` are no decisions but faults of the probes: the share of spikes, and how many probes always read too dry.
    """

    probes: int = 0
    filtered: bool = True
    forecast: bool = True
    sited: bool = True
    period: int = 0
    perfect: bool = False
    trigger: float = TRIGGER
    model_variance: float = MODEL_VARIANCE
    site_variance: float = SITE_VARIANCE
    spikes: float = SPIKE_SHARE
    stuck: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One season under one policy: water applied and drained (mm), share of stressed cell-days (%), doses given."""

    water: float
    stress: float
    drained: float
    doses: float


def soil_field(rng: random.Random) -> Field:
    """Return plant-available capacity (mm) as a smooth random function of a place in the unit square."""
    waves = [(rng.gauss(0, 4.2), rng.gauss(0, 4.2), rng.uniform(0, 2 * math.pi)) for _ in range(24)]
    scale = CAPACITY_SD * math.sqrt(2 / len(waves))

    def capacity(x: float, y: float) -> float:
        return max(60.0, CAPACITY_MEAN + scale * sum(math.cos(u * x + v * y + phase) for u, v, phase in waves))

    return capacity


def make_season(index: int) -> Season:
    """Return season *index*, the same one on every call."""
    rng = random.Random(SEED + index)  # noqa: S311 - a simulation, not a secret
    field = soil_field(rng)
    cells = tuple(field((i + 0.5) / SIDE, (j + 0.5) / SIDE) for j in range(SIDE) for i in range(SIDE))
    demand = tuple(max(1.0, 4.2 + 1.6 * math.sin(math.pi * day / DAYS) + rng.gauss(0, 0.7)) for day in range(DAYS))
    rain: list[float] = []
    for _ in range(DAYS + 2):
        wet = rng.random() < (0.45 if rain and rain[-1] > 0 else 0.20)
        rain.append(rng.expovariate(1 / 8.0) if wet else 0.0)
    coming = [rain[day + 1] + rain[day + 2] for day in range(DAYS)]
    forecast = tuple(0.0 if rng.random() < 0.15 else amount * math.exp(rng.gauss(0, 0.4)) for amount in coming)
    return Season(
        field=field, cells=cells, survey=tuple(c + rng.gauss(0, 8) for c in cells), crop_factor=1 + rng.gauss(0, 0.10),
        demand=demand, rain=tuple(rain), forecast=forecast, noise_seed=rng.getrandbits(32),
    )  # fmt: skip


def probe_sites(season: Season, policy: Policy, rng: random.Random) -> list[int]:
    """Return the cells that hold a probe: at even quantiles of the survey, or anywhere when the policy does not site them."""
    if not policy.sited:
        return rng.sample(range(SIDE * SIDE), policy.probes)
    order = sorted(range(SIDE * SIDE), key=lambda cell: season.survey[cell])
    return [order[int((k + 0.5) / policy.probes * SIDE * SIDE)] for k in range(policy.probes)]


def step_cells(depletion: list[float], season: Season, day: int, water: float) -> tuple[float, int]:
    """Advance every cell by one day in place; return water drained (mm, field mean) and the number of stressed cells."""
    supply = season.rain[day] + water
    full_use = season.demand[day] * season.crop_factor
    drained, stressed = 0.0, 0
    for cell, capacity in enumerate(season.cells):
        before = depletion[cell]
        limit = STRESS_FROM * capacity
        use = full_use
        if before > limit:
            stressed += 1
            use *= max(0.0, (capacity - before) / (capacity - limit))
        after = before + use - supply
        if after < 0.0:
            drained -= after
            after = 0.0
        depletion[cell] = after
    return drained / len(depletion), stressed


def read_probes(depletion: list[float], sites: list[int], policy: Policy, rng: random.Random) -> list[float]:
    """Return one noisy reading of depletion (mm) per probe; a few are spikes towards dry."""
    spikes = [SPIKE_SIZE if rng.random() < policy.spikes or k < policy.stuck else 0.0 for k in range(len(sites))]
    return [depletion[site] + rng.gauss(0, NOISE_SD) + spike for site, spike in zip(sites, spikes, strict=True)]


def corrected(estimate: float, variance: float, readings: list[float], site_variance: float) -> tuple[float, float]:
    """Return estimate and variance after the day's readings, those beyond the gate left out (equations 3 to 5)."""
    spread = math.sqrt(variance + site_variance)
    kept = [reading for reading in readings if abs(reading - estimate) <= GATE * spread]
    if not kept:
        return estimate, variance
    gain = variance / (variance + site_variance / len(kept))
    return estimate + gain * (sum(kept) / len(kept) - estimate), (1 - gain) * variance


def wants_water(estimate: float, season: Season, policy: Policy, day: int) -> bool:
    """Return whether to give a dose today (equation 6 and the hold rule)."""
    if policy.period:
        return day % policy.period == 0
    if estimate < policy.trigger * CAPACITY_MEAN:
        return False
    rain_comes = policy.forecast and season.forecast[day] >= DOSE / 2
    return not (rain_comes and estimate < HOLD_LIMIT * CAPACITY_MEAN)


def run_season(season: Season, policy: Policy, trace: list[float] | None = None) -> Outcome:
    """Return what *policy* does in *season*; *trace* receives the field-mean depletion of each day."""
    rng = random.Random(season.noise_seed)  # noqa: S311 - a simulation, not a secret
    sites = probe_sites(season, policy, rng)
    depletion = [0.2 * capacity for capacity in season.cells]
    estimate, variance = 0.2 * CAPACITY_MEAN, 100.0
    water_sum, drained_sum, stressed_sum, doses = 0.0, 0.0, 0, 0
    for day in range(DAYS):
        readings = read_probes(depletion, sites, policy, rng)
        if policy.perfect:
            estimate = sum(depletion) / len(depletion)
        elif readings and not policy.filtered:
            estimate = sum(readings) / len(readings)
        elif readings:
            estimate, variance = corrected(estimate, variance + policy.model_variance, readings, policy.site_variance)
        water = DOSE if wants_water(estimate, season, policy, day) else 0.0
        drained, stressed = step_cells(depletion, season, day, water)
        estimate = max(0.0, estimate + season.demand[day] - season.rain[day] - water)
        water_sum, drained_sum, stressed_sum, doses = (
            water_sum + water, drained_sum + drained, stressed_sum + stressed, doses + (water > 0))  # fmt: skip
        if trace is not None:
            trace.append(sum(depletion) / len(depletion))
    share = 100 * stressed_sum / (DAYS * len(depletion))
    return Outcome(water=water_sum, stress=share, drained=drained_sum, doses=doses)


def mean_outcome(seasons: list[Season], policy: Policy) -> tuple[Outcome, Outcome]:
    """Return the mean outcome over *seasons* and, in the same shape, the standard errors of the means."""
    runs = [run_season(season, policy) for season in seasons]
    means, errors = {}, {}
    for name in ("water", "stress", "drained", "doses"):
        values = [float(getattr(run, name)) for run in runs]
        mean = sum(values) / len(values)
        means[name] = mean
        errors[name] = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))
    return Outcome(**means), Outcome(**errors)


FULL = Policy(probes=4)
POLICIES = {
    "calendar": Policy(period=CALENDAR_DAYS),
    "weekly": Policy(period=7),
    "balance": Policy(forecast=False),
    "one": Policy(probes=1, filtered=False, forecast=False, sited=False),
    "mean": Policy(probes=4, filtered=False, forecast=False),
    "filter": Policy(probes=4, forecast=False),
    "full": FULL,
    "nosite": replace(FULL, sited=False),
    "nofilter": replace(FULL, filtered=False),
    "late": Policy(probes=4, filtered=False, forecast=False, trigger=0.43),
    "perfect": Policy(perfect=True),
    "clean": Policy(probes=4, filtered=False, forecast=False, spikes=0.0),
    "cleanfull": replace(FULL, spikes=0.0),
    "dirty": Policy(probes=4, filtered=False, forecast=False, spikes=2 * SPIKE_SHARE),
    "dirtyfull": replace(FULL, spikes=2 * SPIKE_SHARE),
    "stuck": Policy(probes=4, filtered=False, forecast=False, stuck=1),
    "stuckfull": replace(FULL, stuck=1),
    "lowq": replace(FULL, model_variance=MODEL_VARIANCE / 4),
    "highq": replace(FULL, model_variance=MODEL_VARIANCE * 4),
    "lowr": replace(FULL, site_variance=SITE_VARIANCE / 2),
    "highr": replace(FULL, site_variance=SITE_VARIANCE * 2),
}
SWEEP = (1, 2, 3, 4, 6, 8)
TRIGGERS = (0.34, 0.37, 0.40, 0.43, 0.46)
SWEEP_LINES = {
    "mean": Policy(filtered=False, forecast=False),
    "filter": Policy(forecast=False),
    "full": Policy(),
}
