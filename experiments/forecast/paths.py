"""A series by month, forecast and scored by the runs of a study: paths, quantiles, scores, figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.config import DEFAULT_SCENARIO, Job
from experiments.config.posteriors import brief
from experiments.drawing import sheets
from experiments.forecast import projection
from experiments.forecast.figures import scores as plots
from experiments.forecast.figures.scores import name_of
from experiments.forecast.forecasters import naive_forecasts
from experiments.forecast.horizon import read_month
from experiments.forecast.options import Choice, SeriesAsked
from experiments.forecast.pool import MODEL, POOL, Pooled, history_of, pooled
from experiments.forecast.product import Forecast
from experiments.forecast.projection import DERIVED, Conditions, Wanted, choose
from experiments.forecast.skill import means, score_months
from experiments.forecast.targets import Targets, chosen_targets, read_targets
from experiments.kit import files, screen
from experiments.kit.errors import UserError
from experiments.kit.numbers import number, span
from experiments.kit.progress import progress as bar
from experiments.observed import load_observations
from experiments.runs import folders
from experiments.runs.carry_out import asked_of, compile_if_cold, without_failures
from experiments.runs.plan import Study
from experiments.runs.store import StudyFolder
from experiments.runs.tables import Reduction
from sim.outcomes import PLACE_SERIES, SERIES
from sim.scenario import Scenario
from sim.values import hint
from sim.world.geography import load_geography

if TYPE_CHECKING:
    from experiments.forecast.forecast import _Options

RESULT = "forecast.json"


@dataclass(frozen=True)
class Made:
    """What a forecast of a series consists of: the model alone, the pool (None if there is none), and what to know."""

    wanted: Wanted
    choice: Choice
    model: np.ndarray
    pool: Pooled | None
    notes: tuple[str, ...]

    @property
    def values(self) -> np.ndarray:
        """Paths ``(paths, months)`` of the forecast that is stood behind."""
        return self.model if self.pool is None else self.pool.values

    @property
    def record(self) -> dict[str, Any]:
        """What the model's paths were held to, and the weights of the pool."""
        found, pool = self.choice, self.pool
        return {
            "known": found.known, "runs": found.runs, "effective": round(found.effective, 1),
            "effective_luck": round(found.effective_luck, 2), "power": round(found.power, 4),
            "pool": None if pool is None else {name: round(share, 4) for name, share in pool.weight.items()},
            "notes": list(self.notes),
        }  # fmt: skip


def study_of(options: _Options, scenario: Scenario, job: Job) -> Study:
    """The runs behind the paths of a series: chosen by runs to the last day of which anything is known.

    Raises
    ------
    UserError
        If the series, the place or the months are wrong, or the observations hold none of the months.
    """
    wanted = read_wanted(options, scenario)
    if options.out and not (Path(options.out) / folders.RECORD).exists():
        folders.holds(Path(options.out), "no study yet")
    observed = _observed(wanted, options.observations) if options.observations else None
    targets, as_of = chosen_targets(options, job), _as_of(job.basis.to_mapping())
    seen = targets.seen_from(scenario.start)
    held = Conditions(seen, as_of, options.candidates) if options.condition else None
    compile_if_cold(scenario)
    with bar("Runs", options.paths * options.candidates if options.condition else 0) as progress:
        chosen = choose(scenario, wanted, options.paths, options.seed, options.threads, held, progress)
    asked = SeriesAsked(
        series=wanted.series, place=wanted.place, first=str(wanted.first), last=str(wanted.last),
        choice=chosen.choice, targets=dict(targets.data), observed=observed, outlook=job.basis.to_mapping(),
        baseline=job.choices.get("scenario") == DEFAULT_SCENARIO and not scenario.fixed,
        condition=options.condition, recording=options.recording, pool=options.pool,
    )  # fmt: skip
    return projection.study_of(scenario, wanted, chosen, options.seed, asked.model_dump())


def tell(folder: StudyFolder, figures: bool = True) -> Forecast:
    """Forecast, and score what has come, by the runs of a study; print and write."""
    made, product = told(folder)
    _print(made, product.tables, folder)
    files.write_json(folder.path / RESULT, made.record)
    product.write(folder.path, figures)
    screen.line(f"Written to {folder.path}", "dim")
    return product


def told(folder: StudyFolder) -> tuple[Made, Forecast]:
    """The forecast of a study, and its tables and figure."""
    asked, study = asked_of(folder, SeriesAsked), folder.study
    made = _made(folder, asked)
    wanted = made.wanted
    tables = {
        "paths": wanted.table(made.values), "paths_model": wanted.table(made.model),
        "quantiles": wanted.quantiles(made.values), "quantiles_model": wanted.quantiles(made.model),
    }  # fmt: skip
    seen = None
    if asked.observed is not None:
        scored = tables["scores"] = _scores(made, asked.observed, study.seed)
        seen = scored[scored["forecast"] == MODEL].set_index("month")["observed"]
    kind = "the model alone" if made.pool is None else "model and statistical forecasters, pooled"
    known = str(asked.outlook.get("basis") or "")
    paths = partial(
        plots.projection,
        tables["quantiles"],
        seen,
        wanted.series,
        wanted.place,
        kind,
        asked.outlook.get("as_of"),
    )
    drawings = sheets.footed({"paths": paths}, runs=len(made.values), scenario=study.variants[0].scenario.name,
                             seed=study.seed, note=brief(known))  # fmt: skip
    return made, Forecast.of(f"{wanted.series} ({wanted.place}) by month", tables, drawings, folder.path)


def reduction(study: Study) -> Reduction:
    """What is kept of the runs of a study: the months of its series."""
    asked = SeriesAsked.model_validate(dict(study.asked))
    return projection.reduction_of(_asked(asked, study))


def _made(folder: StudyFolder, asked: SeriesAsked) -> Made:
    """The forecast: the model's paths, and the pool where the series is observed and the scenario is the baseline."""
    study = without_failures(folder).study
    wanted = _asked(asked, study)
    targets = read_targets(asked.targets, "targets", "targets")
    model = folder.reduced(study.variants[0].label).get("months", np.empty((0, 0)))
    if model.shape != (study.runs, len(wanted.months)):
        raise UserError(f"{folder.path}: reduced: found other months than {wanted.first} to {wanted.last}")
    if asked.recording:
        model = projection.as_recorded(wanted, model, targets, study.seed)
    mixed, alone = None, "pool=false"
    if asked.pool and not asked.baseline:
        alone = "statistical forecasters know nothing of a scenario other than the baseline"
    elif asked.pool:
        mixed = pooled(wanted, model, study.seed)
        alone = f"no record of {wanted.series} ({wanted.place}) by month is packaged"
    notes = [*_notes(wanted, asked, targets)]
    if mixed is None:
        notes.append(f"the model alone: {alone}")
    elif not mixed.learned:
        notes.append("the first weights of the pool: no forecast from an earlier origin has been scored")
    return Made(wanted, asked.choice, model, mixed, tuple(notes))


def _asked(asked: SeriesAsked, study: Study) -> Wanted:
    """The months that a study was made for."""
    return _wanted(asked.series, asked.place, asked.first, asked.last, study.variants[0].scenario)


def _as_of(outlook: Mapping[str, str | None]) -> np.datetime64 | None:
    """The day whose knowledge draws from a posterior hold."""
    if outlook.get("uncertainty") != "posterior" or outlook.get("as_of") is None:
        return None
    try:
        return np.datetime64(str(outlook["as_of"]), "D")
    except ValueError:
        raise UserError(f"as_of: found {outlook['as_of']!r}; allowed: a day such as 2022-10-01") from None


def _notes(wanted: Wanted, asked: SeriesAsked, targets: Targets) -> Iterator[str]:
    """What a reader should know of the model's paths before trusting them, a sentence each."""
    origin, last, as_of = wanted.first.astype("datetime64[D]"), targets.last, _as_of(asked.outlook)
    if as_of is not None and as_of > origin:
        yield (
            f"the posterior holds what became known to {as_of}, after the forecast begins: this is no forecast "
            "(posterior=first_year, or a later from=)"
        )
    if asked.condition and origin > last:
        yield f"nothing is known from {last} to {origin}: held to what was known before"
    if asked.condition and not asked.choice.known:
        yield "nothing was known before the first month: free runs"
    if asked.choice.power < 0.999:
        yield f"few draws come near what was known: its likelihood was tempered (power {asked.choice.power:.2f})"


def read_wanted(options: _Options, scenario: Scenario) -> Wanted:
    """The series, place and months asked for.

    Raises
    ------
    UserError
        One line for the first thing that is wrong, with the nearest name.
    """
    first, last = (str(getattr(options, key)) for key in ("from", "to"))
    return _wanted(str(options.series), options.place, first, last, scenario)


def _wanted(series: str, place: str, begin: str, end: str, scenario: Scenario) -> Wanted:
    """A series at a place from one month to another; raises UserError as `read_wanted`."""
    provinces = load_geography().province_names
    if place != "national" and place not in provinces:
        near = hint(place, ("national", *provinces))
        raise UserError(f"command line: place: found {place!r}; allowed: national or a province{near}")
    names = (*SERIES, *(n for n in DERIVED if n not in SERIES)) if place == "national" else PLACE_SERIES
    if series not in names:
        near = hint(series, names)
        raise UserError(f"command line: series: found {series!r}; allowed: {', '.join(names)}{near}")
    try:
        first, last = read_month("from", begin), read_month("to", end)
    except ValueError as error:
        raise UserError(f"command line: {error}") from None
    start = np.datetime64(scenario.start, "D")
    if first.astype("datetime64[D]") < start or last < first:
        least = (start + np.timedelta64(30, "D")).astype("datetime64[M]")
        raise UserError(f"command line: from={first} to={last}: allowed: whole months from {least}, in order")
    if last - first > np.timedelta64(12 * 15, "M"):
        raise UserError(f"command line: to={last}: allowed: at most 15 years after from={first}")
    return Wanted(series, place, first, last)


def _observed(wanted: Wanted, path_or_name: str) -> dict[str, float]:
    """The months of a table of observations that are wanted; raises UserError if there is none."""
    truth = load_observations(path_or_name)
    seen = truth.monthly(wanted.series, wanted.place)
    periods = pd.PeriodIndex(wanted.months.astype(str), freq="M")
    known = {str(month): float(seen[month]) for month in periods[periods.isin(seen.index)]}
    if not known:
        raise UserError(
            f"{truth.name}: holds none of the months {periods[0]} to {periods[-1]} of {wanted.series}"
        )
    return known


def _scores(made: Made, observed: Mapping[str, float], seed: int) -> pd.DataFrame:
    """Scores of the months that were observed, beside naive forecasts where their history is packaged."""
    wanted = made.wanted
    known = np.flatnonzero(np.isin(wanted.months.astype(str), list(observed)))
    if not known.size:
        raise UserError(f"observed: found {', '.join(observed) or 'none'}; allowed: months of the forecast")
    months = wanted.months[known].astype(str)
    keys = pd.DataFrame({"origin": str(wanted.first), "month": months, "horizon": known + 1})
    forecasts = {MODEL: made.model.T}
    if made.pool is not None:
        forecasts[POOL] = made.pool.values.T
    past = history_of(wanted)
    if past.size:
        forecasts |= naive_forecasts(past, int(known.max()) + 1, len(made.values), seed)
    values = np.array([observed[month] for month in months])
    tables = [score_months(keys, values, samples[known], name, seed) for name, samples in forecasts.items()]
    return pd.concat(tables, ignore_index=True)


def _print(made: Made, tables: Mapping[str, pd.DataFrame], folder: StudyFolder) -> None:
    """The forecast that is stood behind, for people to read."""
    wanted, choice, scenario = made.wanted, made.choice, folder.study.variants[0].scenario
    basis = asked_of(folder, SeriesAsked).outlook.get("basis")
    held = f"held to {len(choice.known)} facts known before" if choice.known else "free runs"
    screen.heading(f"{wanted.series} ({wanted.place}) by month")
    screen.line(
        f"{len(made.values):,} paths; model: {choice.runs:,} runs, {held}; scenario {scenario.name}; {basis}",
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
