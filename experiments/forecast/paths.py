"""Projection of a series for ``outlook forecast series=...``: paths, quantiles by month, scores, figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.forecast.baselines import MONTHLY as NAIVE
from experiments.forecast.projection import Projection, Wanted, project
from experiments.forecast.tables import means, score_months
from experiments.forecast.targets import chosen_targets
from experiments.kit import screen
from experiments.kit.errors import UserError, hint
from experiments.kit.numbers import number, span
from experiments.kit.progress import progress as bar
from experiments.observed import load_observations
from experiments.runs import folders
from sim.outcomes import PLACE_SERIES, SERIES
from sim.scenario import Scenario
from sim.world.geography import load_geography

if TYPE_CHECKING:
    from experiments.forecast.forecast import _Options

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)


def run(options: _Options, scenario: Scenario, job: Any) -> int:
    """Project, print, write; returns the exit code."""
    from experiments.forecast.forecast import checked

    wanted = read_wanted(options, scenario)
    out = checked(Path(options.out)) if options.out else None
    truth = load_observations(options.observations) if options.observations else None
    targets = chosen_targets(options, job) if options.condition else None
    history = load_observations("ucdp_monthly").monthly("deaths")
    runs = options.paths * (options.candidates if options.condition else 1)
    with bar("Runs", runs) as progress:
        made = project(scenario, wanted, options.paths, options.seed, options.threads, targets, history,
                       options.candidates, options.recording, progress)  # fmt: skip
    quantiles = quantile_table(made)
    scored = _scores(made, truth, options.seed) if truth is not None else None
    _print(made, quantiles, scored, options, scenario)
    if out is not None:
        with folders.fresh(out) as folder:
            _write(folder, made, quantiles, scored, options, scenario, job)
        screen.say(f"Written to {out}")
    return 0


def read_wanted(options: _Options, scenario: Scenario) -> Wanted:
    """The series, place and months asked for.

    Raises:
        UserError: one line for the first thing that is wrong, with the nearest name.
    """
    provinces = load_geography().province_names
    if options.place != "national" and options.place not in provinces:
        near = hint(options.place, ("national", *provinces))
        raise UserError(
            f"command line: place: found {options.place!r}; allowed: national or a province{near}"
        )
    names = tuple(SERIES) if options.place == "national" else PLACE_SERIES
    if options.series not in names:
        near = hint(str(options.series), names)
        raise UserError(f"command line: series: found {options.series!r}; allowed: {', '.join(names)}{near}")
    first, last = (_month(options, key) for key in ("from", "to"))
    start = np.datetime64(scenario.start, "D")
    if first.astype("datetime64[D]") < start or last < first:
        least = (start + 30).astype("datetime64[M]")
        raise UserError(f"command line: from={first} to={last}: allowed: whole months from {least}, in order")
    if last - first > 12 * 15:
        raise UserError(f"command line: to={last}: allowed: at most 15 years after from={first}")
    return Wanted(str(options.series), options.place, first, last)


def _month(options: _Options, key: str) -> np.datetime64:
    value = str(getattr(options, key))
    try:
        if len(value) != 7:
            raise ValueError
        return np.datetime64(value, "M")
    except ValueError:
        raise UserError(f"command line: {key}: found {value!r}; allowed: a month such as 2022-10") from None


def quantile_table(made: Projection) -> pd.DataFrame:
    """One row a month: mean and quantiles over paths."""
    columns = {f"q{round(1000 * q):03d}": np.quantile(made.values, q, axis=0) for q in QUANTILES}
    months = [str(month) for month in made.wanted.months]
    return pd.DataFrame({"month": months, "mean": made.values.mean(axis=0), **columns})


def _scores(made: Projection, truth: Any, seed: int) -> pd.DataFrame:
    """Scores of the months that were observed, beside naive forecasts where their history is packaged."""
    seen = truth.monthly(made.wanted.series, made.wanted.place)
    periods = pd.PeriodIndex([str(month) for month in made.wanted.months], freq="M")
    known = np.flatnonzero(periods.isin(seen.index))
    if not known.size:
        raise UserError(
            f"{truth.name}: holds none of the months {periods[0]} to {periods[-1]} of {made.wanted.series}"
        )
    keys = pd.DataFrame({"origin": str(made.wanted.first), "month": [str(periods[j]) for j in known],
                         "horizon": known + 1})  # fmt: skip
    values = seen[periods[known]].to_numpy(dtype=float)
    tables = [score_months(keys, values, made.values.T[known], "model", seed)]
    history = load_observations("ucdp_monthly").monthly(made.wanted.series, made.wanted.place)
    past = history[history.index < periods[0]].to_numpy(dtype=float)
    if past.size:
        for name, naive in NAIVE.items():
            samples = naive(past, int(known.max()) + 1, made.values.shape[0], seed)[known]
            tables.append(score_months(keys, values, samples, name, seed))
    return pd.concat(tables, ignore_index=True)


def _print(made: Projection, quantiles: pd.DataFrame, scored: pd.DataFrame | None, options: _Options,
           scenario: Scenario) -> None:  # fmt: skip
    wanted = made.wanted
    held = f"held to {len(made.known)} facts known before" if made.known else "free runs"
    screen.heading(f"{wanted.series} ({wanted.place}) by month")
    told = f"{made.values.shape[0]:,} paths from {made.runs:,} runs ({held}; scenario {scenario.name}, "
    screen.line(told + f"{options.uncertainty})", "dim")
    rows = [
        (row.month, number(row.q500), span(row.q250, row.q750), span(row.q050, row.q950))
        for row in quantiles.itertuples()
    ]
    screen.table(rows, ["month", "median", "50 %", "90 %"])
    if scored is not None:
        table = means(scored)
        for row in table[table["horizon"] == "all"].itertuples():
            screen.line(f"{row.forecast:24s} CRPS {number(row.crps)}  90 % covered {row.covered_90:.2f}")


def _write(folder: Path, made: Projection, quantiles: pd.DataFrame, scored: pd.DataFrame | None,
           options: _Options, scenario: Scenario, job: Any) -> None:  # fmt: skip
    """Paths, quantiles, scores, record and figure."""
    from experiments.drawing import style
    from experiments.forecast.figures import scores as plots
    from experiments.kit import files, record
    from experiments.kit.record import project_version
    from experiments.kit.tables import to_csv

    table = made.table()
    table.to_parquet(folder / "paths.parquet", index=False)
    files.write(folder / "quantiles.csv", to_csv(quantiles))
    seen = None
    if scored is not None:
        files.write(folder / "scores.csv", to_csv(scored))
        seen = scored[scored["forecast"] == "model"].set_index("month")["observed"]
    contents = {"known": list(made.known), "runs": made.runs, "effective": round(made.effective, 1),
                **record.asked(options, job, scenario)}  # fmt: skip
    files.write_json(folder / "study.json", record.study("forecast of a series", contents))
    figure = plots.projection(quantiles, seen, made.wanted.series, made.wanted.place, bool(made.known))
    style.finish(figure, runs=made.values.shape[0], scenario=scenario.name, version=project_version(),
                 seed=options.seed, note=f"uncertainty: {options.uncertainty}")  # fmt: skip
    style.save(figure, folder / "paths.png")
