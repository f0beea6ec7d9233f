"""Projection of a series for ``outlook forecast series=...``: paths, quantiles by month, scores, figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.config import DEFAULT_SCENARIO, Job
from experiments.config.posteriors import brief
from experiments.drawing import sheets
from experiments.forecast.figures import scores as plots
from experiments.forecast.figures.scores import name_of
from experiments.forecast.forecasters import naive_forecasts
from experiments.forecast.pool import MODEL, POOL, Pooled, history_of, pooled
from experiments.forecast.product import Forecast
from experiments.forecast.projection import DERIVED, Conditions, Projection, Wanted, project
from experiments.forecast.skill import means, score_months
from experiments.forecast.targets import Targets, chosen_targets
from experiments.kit import files, record, screen
from experiments.kit.errors import UserError
from experiments.kit.numbers import number, span
from experiments.kit.progress import progress as bar
from experiments.observed import Observations, load_observations
from experiments.runs import folders
from sim.outcomes import PLACE_SERIES, SERIES
from sim.scenario import Scenario
from sim.values import hint
from sim.world.geography import load_geography

if TYPE_CHECKING:
    from experiments.forecast.forecast import _Options


@dataclass(frozen=True)
class Made:
    """What a forecast of a series consists of: the model alone, the pool (None if there is none), and what to know."""

    wanted: Wanted
    model: Projection
    pool: Pooled | None
    notes: tuple[str, ...]

    @property
    def values(self) -> np.ndarray:
        """Paths ``(paths, months)`` of the forecast that is stood behind."""
        return self.model.values if self.pool is None else self.pool.values

    @property
    def record(self) -> dict[str, Any]:
        """What the model's paths were held to, and the weights of the pool."""
        model, pool = self.model, self.pool
        return {
            "known": list(model.known), "runs": model.runs, "effective": round(model.effective, 1),
            "effective_luck": round(model.effective_luck, 2), "power": round(model.power, 4),
            "pool": None if pool is None else {name: round(share, 4) for name, share in pool.weight.items()},
            "notes": list(self.notes),
        }  # fmt: skip


def series(options: _Options, scenario: Scenario, job: Job) -> Forecast:
    """Project, print and write; gives the tables and the figure."""
    wanted = read_wanted(options, scenario)
    if options.out:
        folders.holds(Path(options.out), "a forecast of a series is always made anew")
    truth = load_observations(options.observations) if options.observations else None
    made = _made(options, scenario, job, wanted)
    tables = {
        "paths": wanted.table(made.values), "paths_model": wanted.table(made.model.values),
        "quantiles": wanted.quantiles(made.values), "quantiles_model": wanted.quantiles(made.model.values),
    }  # fmt: skip
    seen = None
    if truth is not None:
        scored = tables["scores"] = _scores(made, truth, options.seed)
        seen = scored[scored["forecast"] == MODEL].set_index("month")["observed"]
    _print(made, tables, scenario, job.basis.basis)
    kind = "the model alone" if made.pool is None else "model and statistical forecasters, pooled"
    paths = partial(
        plots.projection, tables["quantiles"], seen, wanted.series, wanted.place, kind, job.basis.as_of
    )
    drawings = sheets.footed({"paths": paths}, runs=len(made.values), scenario=scenario.name, seed=options.seed,
                             note=brief(job.basis.basis))  # fmt: skip
    product = Forecast.of(f"{wanted.series} ({wanted.place}) by month", tables, drawings)
    if options.out:
        with folders.fresh(Path(options.out)) as folder:
            product.write(folder)
            contents = made.record | record.asked(options, job, scenario)
            files.write_json(folder / folders.RECORD, record.study("forecast of a series", contents))
        screen.say(f"Written to {options.out}")
    return product


def _made(options: _Options, scenario: Scenario, job: Job, wanted: Wanted) -> Made:
    """The forecast: the model's paths, and the pool where the series is observed and the scenario is the baseline."""
    targets, as_of = chosen_targets(options, job), None
    if options.uncertainty == "posterior" and job.basis.as_of is not None:
        as_of = np.datetime64(job.basis.as_of, "D")
    held = Conditions(targets, as_of, options.candidates) if options.condition else None
    runs = options.paths * (1 + (options.candidates if options.condition else 0))
    with bar("Runs", runs) as progress:
        model = project(scenario, wanted, options.paths, options.seed, options.threads, held,
                        targets if options.recording else None, progress)  # fmt: skip
    mixed, alone = None, "pool=false"
    if options.pool and (job.choices.get("scenario") != DEFAULT_SCENARIO or scenario.fixed):
        alone = "statistical forecasters know nothing of a scenario other than the baseline"
    elif options.pool:
        mixed = pooled(wanted, model.values, options.seed)
        alone = f"no record of {wanted.series} ({wanted.place}) by month is packaged"
    notes = [*_notes(wanted, model, targets, as_of, options.condition)]
    if mixed is None:
        notes.append(f"the model alone: {alone}")
    elif not mixed.learned:
        notes.append("the first weights of the pool: no forecast from an earlier origin has been scored")
    return Made(wanted, model, mixed, tuple(notes))


def _notes(
    wanted: Wanted, model: Projection, targets: Targets, as_of: np.datetime64 | None, condition: bool
) -> Iterator[str]:
    """What a reader should know of the model's paths before trusting them, a sentence each."""
    origin, last = wanted.first.astype("datetime64[D]"), targets.last
    if as_of is not None and as_of > origin:
        yield (
            f"the posterior holds what became known to {as_of}, after the forecast begins: this is no forecast "
            "(posterior=first_year, or a later from=)"
        )
    if condition and origin > last:
        yield f"nothing is known from {last} to {origin}: held to what was known before"
    if condition and not model.known:
        yield "nothing was known before the first month: free runs"
    if model.power < 0.999:
        yield f"few draws come near what was known: its likelihood was tempered (power {model.power:.2f})"


def read_wanted(options: _Options, scenario: Scenario) -> Wanted:
    """The series, place and months asked for.

    Raises
    ------
    UserError
        One line for the first thing that is wrong, with the nearest name.
    """
    provinces = load_geography().province_names
    if options.place != "national" and options.place not in provinces:
        near = hint(options.place, ("national", *provinces))
        raise UserError(
            f"command line: place: found {options.place!r}; allowed: national or a province{near}"
        )
    names = (
        (*SERIES, *(n for n in DERIVED if n not in SERIES)) if options.place == "national" else PLACE_SERIES
    )
    if options.series not in names:
        near = hint(str(options.series), names)
        raise UserError(f"command line: series: found {options.series!r}; allowed: {', '.join(names)}{near}")
    first, last = (_month(options, key) for key in ("from", "to"))
    start = np.datetime64(scenario.start, "D")
    if first.astype("datetime64[D]") < start or last < first:
        least = (start + np.timedelta64(30, "D")).astype("datetime64[M]")
        raise UserError(f"command line: from={first} to={last}: allowed: whole months from {least}, in order")
    if last - first > np.timedelta64(12 * 15, "M"):
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


def _scores(made: Made, truth: Observations, seed: int) -> pd.DataFrame:
    """Scores of the months that were observed, beside naive forecasts where their history is packaged."""
    wanted = made.wanted
    seen = truth.monthly(wanted.series, wanted.place)
    periods = pd.PeriodIndex(wanted.months.astype(str), freq="M")
    known = np.flatnonzero(periods.isin(seen.index))
    if not known.size:
        raise UserError(
            f"{truth.name}: holds none of the months {periods[0]} to {periods[-1]} of {wanted.series}"
        )
    keys = pd.DataFrame(
        {"origin": str(wanted.first), "month": periods[known].astype(str), "horizon": known + 1}
    )
    forecasts = {MODEL: made.model.values.T}
    if made.pool is not None:
        forecasts[POOL] = made.pool.values.T
    past = history_of(wanted)
    if past.size:
        forecasts |= naive_forecasts(past, int(known.max()) + 1, len(made.values), seed)
    values = seen[periods[known]].to_numpy(dtype=float)
    tables = [score_months(keys, values, samples[known], name, seed) for name, samples in forecasts.items()]
    return pd.concat(tables, ignore_index=True)


def _print(made: Made, tables: dict[str, pd.DataFrame], scenario: Scenario, basis: str) -> None:
    """The forecast that is stood behind, for people to read."""
    wanted, model = made.wanted, made.model
    held = f"held to {len(model.known)} facts known before" if model.known else "free runs"
    screen.heading(f"{wanted.series} ({wanted.place}) by month")
    screen.line(
        f"{len(made.values):,} paths; model: {model.runs:,} runs, {held}; scenario {scenario.name}; {basis}",
        "dim",
    )
    if made.pool is not None:
        parts = ", ".join(f"{name_of(name).lower()} {share:.0%}" for name, share in made.pool.weight.items())
        screen.line(f"Pool: {parts}", "dim")
    for text in made.notes:
        screen.note(text)
    rows = [
        (row.month, number(row.q500), span(row.q250, row.q750), span(row.q050, row.q950))
        for row in tables["quantiles"].itertuples()
    ]
    screen.table(rows, ["month", "median", "50 %", "90 %"])
    if "scores" in tables:
        table = means(tables["scores"])
        for row in table[table["horizon"] == "all"].itertuples():
            screen.line(f"{row.forecast:24s} CRPS {number(row.crps)}  90 % covered {row.covered_90:.2f}")
