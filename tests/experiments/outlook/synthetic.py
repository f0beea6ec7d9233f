"""Synthetic tables with the shapes of a real ensemble, for tests of figures and report (no model is run)."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.drawing.ground import ValleyPlace
from experiments.drawing.marks import Mark
from experiments.outlook.figures import finished, makers
from experiments.outlook.tables import Geography, OutlookTables, Route
from experiments.stats.bands import Periods, gather
from experiments.stats.seasonality import weeks_by_month
from sim.outcomes import SERIES

ENDINGS = (
    "consolidation",
    "scattered_insurgency",
    "valley_resurgence",
    "multi_front_civil_war",
    "settlement",
)


def square_country(count: int = 34) -> Geography:
    """Provinces as unit squares on a grid, a small valley and a few routes."""
    centres = np.array([(62.0 + i % 6, 31.0 + i // 6) for i in range(count)], float)
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
    names = tuple("Panjshir" if i == 7 else f"Province {i:02d}" for i in range(count))
    valley = (
        ValleyPlace("Mouth", "floor", "", 0, True),
        ValleyPlace("Middle", "floor", "Mouth", 1, True),
        ValleyPlace("Spur", "floor", "Mouth", 2, False),
        ValleyPlace("Head", "floor", "Middle", 3, True),
        ValleyPlace("Side A", "side", "Mouth", 0, False),
        ValleyPlace("Side B", "side", "Middle", 1, False),
        ValleyPlace("Side C", "side", "Spur", 2, False),
        ValleyPlace("Side D", "side", "Head", 3, False),
    )
    links = (
        Route(names[0], names[1], "road", "Plain road"),
        Route(names[1], names[2], "road", "High road", "12-01", "04-01", 0.2),
        Route("Head", names[8], "pass", "Head pass", "11-15", "05-15", 0.0),
        Route("Mouth", names[6], "gorge", "Gorge road"),
        Route(names[5], "Tajikistan", "border", "River ferry"),
        Route("Mouth", "Middle", "valley", "valley road"),
    )
    return Geography(names, tuple((corners + c,) for c in centres), centres, valley, links)


def make_tables(
    runs: int = 60,
    days: int = 1096,
    seed: int = 5,
    geography: Geography | None = None,
    start: str = "2021-09-06",
) -> OutlookTables:
    """An ensemble of plausible noise; the same arguments give the same numbers."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    ground = geography or square_country()
    dates = np.datetime64(start) + np.arange(days)
    weeks = dates[::7][: days // 7]
    season = 1.0 + 0.8 * np.sin(2 * np.pi * (np.arange(days) - 210) / 365.25)
    level = rng.lognormal(0.0, 0.7, (runs, 1))
    walk = np.cumsum(rng.normal(0.0, 0.02, (runs, days)), axis=1)
    series = _series(rng, level, walk, season, days)
    weights = np.exp(rng.normal(0.0, 1.2, len(ground.provinces)))
    shape = (runs, weights.size)
    places = {
        "deaths": rng.poisson(level * weights * season[::7].sum(), shape).astype(float),
        "pockets": rng.poisson(level * 0.3 * weights, shape).astype(float),
        "control_by_province": np.clip(1.0 - 0.04 * weights * level * rng.random(shape), 0, 1),
    }
    twins = _twins(rng, runs)
    return OutlookTables(
        scenario="baseline", title="Baseline", seed=1, version="0.1.0",
        dates=dates, weeks=weeks,
        endings=rng.choice(ENDINGS, runs, p=(0.34, 0.46, 0.12, 0.05, 0.03)), ending_names=ENDINGS,
        measures=_measures(rng, runs, days), series=series, places=places, geography=ground,
        routes=_routes(rng, weeks, ground), paths=paths_of(series, dates),
        valley_held=rng.beta(0.5, 4.0, (runs, len(ground.valley))), twins=twins,
        marks=(Mark(np.datetime64("2022-03-23"), "girls' schools stay shut"),),
    )  # fmt: skip


def _twins(rng: np.random.Generator, runs: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Twins with correlations of 0.8, 0.4 and 0."""
    made = {}
    for name, rho in (("deaths", 0.8), ("refugees", 0.4), ("final_grievance", 0.0)):
        y = rng.normal(size=runs)
        made[name] = (y, rho * y + np.sqrt(1 - rho * rho) * rng.normal(size=runs))
    return made


def _series(
    rng: np.random.Generator, level: np.ndarray, walk: np.ndarray, season: np.ndarray, days: int
) -> dict:
    share = np.clip(0.5 + 0.15 * np.log(level) + 0.3 * walk, 0.0, 1.0)
    pockets = np.maximum(0.0, np.round(level * (4.0 + 6.0 * np.arange(days) / days) * np.exp(walk)))
    held = rng.poisson(0.4 * level * season[None, :] * np.ones((1, days)))
    return {
        "front_fighters": 900.0 * level * np.exp(walk), "pocket_fighters": 30.0 * pockets, "pockets": pockets,
        "deaths": rng.poisson(6.0 * level * season), "services": share, "grievance": 1.0 - 0.8 * share,
        "attacks_front": rng.poisson(0.2 * level * season),
        "attacks_iskp": rng.poisson(0.4 * level, (len(level), days)),
        "districts_held": np.minimum(held, 7), "valleys_held": np.minimum(3 * held, 22),
    }  # fmt: skip


def _measures(rng: np.random.Generator, runs: int, days: int) -> dict[str, np.ndarray]:
    first = rng.exponential(400.0, runs)
    back = rng.exponential(900.0, runs)
    militia = rng.exponential(4000.0, runs)
    late = {"first_rising_day": first, "first_return_day": back, "first_militia_day": militia}
    return {name: np.where(v < days, np.floor(v), np.nan) for name, v in late.items()}


def paths_of(series: dict[str, np.ndarray], dates: np.ndarray) -> dict[str, Periods]:
    """Paths as a study keeps them: months, or days of a short run."""
    made = {}
    for name, daily in series.items():
        flow = SERIES[name].kind == "flow"
        unit = "day" if dates.size < 120 else "month"
        periods = gather(daily, dates, unit, "sum" if flow else "mean")
        made[name] = periods.whole() if flow else periods
    return made


def _routes(rng: np.random.Generator, weeks: np.ndarray, ground: Geography) -> np.ndarray:
    weight = np.exp(rng.normal(-1.0, 1.5, len(ground.links)))
    season = 1.0 + 0.8 * np.sin(2 * np.pi * (np.arange(12) - 3) / 12)
    flow = rng.gamma(0.6, 1.0, (12, weight.size)) * weight * season[:, None]
    flow[weeks_by_month(weeks) == 0] = np.nan
    return flow


def drawn(tables: OutlookTables) -> dict[str, Figure]:
    """All figures of an outlook, by name."""
    return {name: finished(make, tables) for name, make in makers(tables).items()}
