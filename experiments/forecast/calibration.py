"""A calibration as a whole: what is checked before it, and its tables, record, figures and summary."""

from __future__ import annotations

import calendar
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing import sheets
from experiments.drawing.sheets import Figures
from experiments.forecast.diagnostics import diagnose
from experiments.forecast.figures import calibration as plots
from experiments.forecast.figures.scores import fans_against_observed
from experiments.forecast.options import Checked
from experiments.forecast.posterior import Posterior
from experiments.forecast.sample import SamplePlan, schedule
from experiments.forecast.targets import Targets
from experiments.kit import files, screen
from experiments.kit.dictionary import write_csv
from experiments.kit.errors import UserError
from sim.world.clock import parse_date

Tables = dict[str, pd.DataFrame]


def read_day(text: str | None, targets: Targets) -> np.datetime64:
    """The day as of which to calibrate: given, or the one on which all targets are known."""
    if text is None:
        return targets.last
    try:
        day = np.datetime64(parse_date(text), "D")
    except ValueError as error:
        raise UserError(f"command line: as_of: {error}") from None
    if not targets.columns_until(day).size:
        first = min(target.known for target in targets.targets if target.weight > 0)
        raise UserError(f"command line: as_of={day}: no target is known by then; allowed: {first} or later")
    return day


def check_sizes(options: Checked, plan: SamplePlan) -> None:
    """UserError unless the sample holds as many runs from the prior as its uses need."""
    prior = schedule(plan, options.runs)[0][0]
    for key, least in (("keep", options.keep + 1), ("trials", options.trials)):
        if least > prior:
            raise UserError(
                f"command line: {key}={getattr(options, key)}: allowed: fewer than {prior}, the runs from the prior"
            )


def write(
    posterior: Posterior, options: Checked, out: Path, began: float, figures: bool = True
) -> dict[str, Any]:
    """Check a posterior, write it with tables, record and figures, and sum it up; returns the record.

    Parameters
    ----------
    posterior, options : what was found, and how it is checked.
    out : folder, made if it is not there.
    began : when the work began, by `time.perf_counter`.
    figures : whether they are drawn.
    """
    found, sample = diagnose(posterior, options), posterior.learner.sample
    record = _record(options, posterior, found)
    out.mkdir(exist_ok=True)
    write_csv(out, {"posterior": posterior.table, **found})
    files.write_json(out / "posterior.json", record)
    if figures:
        note = f"as of {posterior.as_of}, effective {posterior.weights.effective:,.0f}"
        drawn = sheets.footed(
            _figures(posterior, found), runs=sample.runs, scenario=sample.plan.scenario.name, note=note
        )
        sheets.write(drawn, out / "figures")
    _tell(out, record, time.perf_counter() - began)
    return record


def _record(options: Checked, posterior: Posterior, found: Tables) -> dict[str, Any]:
    """The record of a posterior: as of when it is, what it rests on, and whether it can be trusted."""
    sample, day = posterior.learner.sample, posterior.as_of
    plan, until = sample.plan, day.astype("datetime64[M]") - (1 if str(day).endswith("-01") else 0)
    words = f"{calendar.month_name[until.astype(int) % 12 + 1]} {str(until)[:4]}"
    command = f"outlook calibrate targets={plan.targets.name} as_of={day} runs={options.runs} "
    command += f"draws={options.draws} seed={options.seed} scenario={plan.scenario.name}"
    return {
        "kind": "posterior",
        "as_of": str(day),
        "basis": f"what was observed from September 2021 to {words}",
        "command": command,
        **plan.identity(options.runs),
        "targets": plan.targets.name,
        "targets_known": [plan.targets.names[j] for j in posterior.columns],
        "rounds": list(sample.rounds),
        **_numbers(posterior, found),
    }


def _numbers(posterior: Posterior, found: Tables) -> dict[str, Any]:
    """The numbers that sum a calibration up."""
    recovery, targets, seen = found["recovery"], found["targets"], found["months"]
    opinion, surrogate = found["second_opinion"], found["surrogate"]
    informed = found["parameters"]["informed"]
    used = targets["weight"] > 0
    return {
        "effective_sample_size": round(posterior.weights.effective, 1),
        "largest_weight": round(posterior.weights.largest, 5),
        "tail_of_weights": round(posterior.weights.shape, 3),
        "draws": len(posterior.rows),
        "different_draws": len(set(posterior.rows.tolist())),
        "parameters_informed": found["parameters"].loc[informed, "parameter"].tolist(),
        "parameters_silent": found["parameters"].loc[~informed, "parameter"].tolist(),
        "targets_covered_90": [int(targets.loc[used, "covered"].sum()), int(used.sum())],
        "months_covered": {
            level: [int(seen[f"covered_{level}"].sum()), len(seen)] for level in ("50", "80", "90")
        },
        "months_covered_90_prior": [int(found["months_prior"]["covered_90"].sum()), len(seen)],
        "surrogate_largest_gap": round(float(surrogate["gap"].abs().max()), 3),
        "second_opinion_gap": {
            "median": round(float(opinion["gap"].median()), 3), "largest": round(float(opinion["gap"].max()), 3),
        },
        "recovery_coverage_90": {
            "mean": round(float(recovery["coverage"].mean()), 4),
            "lowest": round(float(recovery["coverage"].min()), 4),
            "highest": round(float(recovery["coverage"].max()), 4),
            "inside_80_to_97": [int(recovery["coverage"].between(0.80, 0.97).sum()), len(recovery)],
            "trials": int(recovery["trials"].iloc[0]),
            "effective_runs": round(float(found["recovered"]["effective"].median()), 1),
        },
        "rank_uniformity_p_below_0.001": recovery.loc[recovery["rank_p"] < 1e-3, "parameter"].tolist(),
    }  # fmt: skip


def _figures(posterior: Posterior, found: Tables) -> Figures:
    """The name of each figure to what draws it."""
    sample, day = posterior.learner.sample, str(posterior.as_of)
    prior = pd.DataFrame(sample.first().parameters, columns=list(sample.plan.names))
    fitted = f"Posterior as of {day} (fitted to the months before, not a forecast of them)"
    fans = {"What was assumed on 15 September 2021 (prior)": found["months_prior"], fitted: found["months"]}
    hits, count = int(found["months"]["covered_90"].sum()), len(found["months"])
    head = f"The fitted model holds {hits} of {count} observed months in its 90 % interval"
    how = "Deaths a month in all organised violence, runs of the model against UCDP. Scale: log(1 + deaths)."
    return {
        "parameters": partial(plots.parameters, prior, posterior.table, found["parameters"], day),
        "information": partial(plots.information, found["parameters"], day),
        "targets": partial(plots.targets, found["targets"]),
        "recovery": partial(plots.recovery, found["recovered"], found["recovery"]),
        "months": partial(fans_against_observed, fans, head, how),
    }


def _tell(out: Path, told: dict[str, Any], seconds: float) -> None:
    """The summary for people to read."""
    covered, targets = told["months_covered"]["90"], told["targets_covered_90"]
    inside, opinion = told["recovery_coverage_90"], told["second_opinion_gap"]
    screen.heading(
        f"Posterior as of {told['as_of']}: {told['runs']:,} runs, effective {told['effective_sample_size']:,.0f}, "
        f"largest weight {told['largest_weight']:.2%}, tail {told['tail_of_weights']:.2f}"
    )
    screen.line(
        f"Months inside the 90 % interval: {covered[0]} of {covered[1]} (prior {told['months_covered_90_prior'][0]})"
    )
    screen.line(f"Targets inside the 90 % interval: {targets[0]} of {targets[1]}")
    screen.line(
        f"Recovery: 90 % intervals cover {inside['mean']:.0%} on average ({inside['lowest']:.0%} to "
        f"{inside['highest']:.0%}), {inside['trials']} worlds"
    )
    screen.line(
        f"Second opinion (ABC): gap of the two posteriors at most {opinion['largest']:.2f}, median "
        f"{opinion['median']:.2f}"
    )
    names = told["parameters_informed"]
    screen.line(f"Parameters that the data moved ({len(names)}): {', '.join(names)}")
    screen.line(f"Parameters that they say nothing about: {len(told['parameters_silent'])}")
    screen.line(f"Written to {out} in {seconds:.0f} s", "dim")
