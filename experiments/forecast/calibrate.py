"""``outlook calibrate``: from the prior and what was observed to a posterior, with its diagnostics."""

from __future__ import annotations

import calendar
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from experiments.forecast.options import Checked, Round

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from experiments.config import Job
    from experiments.forecast.posterior import Posterior
    from experiments.forecast.sample import Sample, SamplePlan
    from experiments.forecast.targets import Targets
    from experiments.runs.plan import Study
    from experiments.runs.store import StudyFolder
    from experiments.runs.tables import Reduction

ASKED = Round
SUMMARY = "Fit the uncertain parameters to what was observed, by likelihood"
EXAMPLES = [
    "outlook calibrate out=results/calibration",
    "outlook calibrate as_of=2022-10-01 out=results/calibration_first_year",
    "outlook calibrate runs=4096 trials=50 out=results/quick",
    "outlook calibrate targets=./my_targets.yaml out=results/mine save=my_posterior.csv",
]

GROUPS = {"targets": "second_year"}


class OPTIONS(Checked):
    """Options of ``outlook calibrate``."""

    as_of: str | None = Field(
        None, description="use only what was known on this day, such as 2022-10-01 (default: all targets)"
    )
    check: int = Field(2000, ge=100, le=100_000, description="runs from the posterior to check it with")
    out: str = Field(
        "results/calibration", description="folder for sample and results; an interrupted one is resumed"
    )
    save: str | None = Field(None, description="also write the posterior table to this path (.csv)")
    replace: bool = Field(False, description="whether save= may replace a posterior that is there")
    figures: bool = Field(True, description="draw the figures")


def main(options: OPTIONS, job: Job) -> int:
    """Sample, infer, check, write; returns the exit code."""
    from experiments.config.questions import load_questions
    from experiments.forecast.forecast import checked
    from experiments.forecast.posterior import Learner, infer
    from experiments.forecast.sample import make_sample, plan_sample, there
    from experiments.forecast.save import may_save, save
    from experiments.forecast.targets import chosen_targets
    from experiments.kit.files import check_own

    target = may_save(options.save, options.replace)
    out, began = Path(options.out), time.perf_counter()
    if not there(out / "sample"):
        checked(out)
    check_own(out)
    targets = chosen_targets(options, job)
    as_of = read_day(options.as_of, targets)
    plan = plan_sample(job.scenario, targets, load_questions(options.resolved), options.seed)
    check_sizes(options, plan)
    sample = make_sample(plan, out / "sample", options.runs, options.threads)
    posterior = infer(Learner.of(sample, targets), as_of, options.draws, options.seed)
    found = check(options, plan, sample, posterior)
    record = write(out, options, plan, sample, posterior, found)
    if options.figures:
        draw(out, plan, sample, posterior, found)
    if target is not None:
        save(target, out / "posterior.csv", record)
    tell(out, record, time.perf_counter() - began)
    return 0


def read_day(text: str | None, targets: Targets) -> np.datetime64:
    """The day as of which to calibrate: given, or the one on which all targets are known."""
    import numpy as np

    from experiments.kit.errors import UserError
    from sim.world.clock import parse_date

    if text is None:
        return np.datetime64(targets.last_day, "D")
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
    from experiments.forecast.sample import schedule
    from experiments.kit.errors import UserError

    prior = schedule(plan, options.runs)[0][0]
    for key, least in (("keep", options.keep + 1), ("trials", options.trials)):
        if least > prior:
            raise UserError(
                f"command line: {key}={getattr(options, key)}: allowed: fewer than {prior}, the runs from the prior"
            )


def reduction(study: Study) -> Reduction:
    """What is kept of the runs of a round of a sample."""
    from experiments.forecast.sample import plan_of, reduction_of

    return reduction_of(plan_of(study))


def conclude(folder: StudyFolder, *, figures: bool = True) -> int:
    """Say what comes after the runs of a round of a sample, which is no calibration yet; the exit code."""
    from experiments.kit import screen

    screen.line(
        f"{folder.runs_done():,} runs in {folder.path}; go on with the verb that began the sample, as typed"
    )
    return 0


def check(options: Checked, plan: SamplePlan, sample: Sample, posterior: Posterior) -> dict[str, Any]:
    """Tables of everything that tells whether the posterior can be trusted."""
    import numpy as np

    from experiments.forecast import posterior as calibration
    from experiments.forecast.predictive import from_posterior, score_file
    from experiments.forecast.recovery import coverage
    from experiments.forecast.sample import values_of
    from experiments.forecast.surrogate import checked as surrogate_checked
    from experiments.kit.progress import progress as bar

    targets, space = (
        plan.targets,
        calibration.UnitSpace.of(plan.names, plan.scenario.space.priors, plan.scenario.schema),
    )
    rows = posterior.rows[np.arange(options.check) % len(posterior.rows)]
    after = from_posterior(
        plan, values_of(plan.scenario, plan.names, sample.z[rows]), options.seed, options.threads
    )
    with bar("Recovery", options.trials) as progress:
        recovered = calibration.recover(sample, posterior, targets, options.trials, options.seed, progress)
    opinion = calibration.second_opinion(sample, targets, posterior.as_of, space, options.keep, options.seed)
    first = sample.first()
    return {
        "parameters": calibration.learned(sample, posterior),
        "targets": calibration.check_targets(targets, first.summaries, after.summaries, options.seed),
        "months_prior": months(plan, first.totals, sample.months, "prior", options.seed),
        "months": months(plan, after.totals, sample.months, "posterior", options.seed),
        "surrogate": surrogate_checked(posterior.surrogate, targets, sample.z[rows], after.summaries),
        "recovered": recovered,
        "recovery": coverage(recovered, space.names),
        "second_opinion": calibration.side_by_side(sample, posterior, opinion),
        "questions_prior": score_file(plan.questions, first.answers),
        "questions": score_file(plan.questions, after.answers),
    }


def months(
    plan: SamplePlan, totals: Mapping[str, np.ndarray], names: np.ndarray, label: str, seed: int
) -> pd.DataFrame:
    """Predictive check of the observed months of all deaths, the first and cut month left out."""
    from experiments.forecast.likelihood import monthly_errors, recorded
    from experiments.forecast.posterior import check_months
    from experiments.observed import load_observations
    from experiments.stats.intervals import generator

    observed = load_observations("ucdp_monthly").monthly("deaths")
    errors = monthly_errors(plan.targets, "deaths")
    seen = recorded(totals["deaths"][:, 1:], *errors, generator(seed * 1000 + 104))
    return check_months(observed, seen, names[1:], label)


def write(
    out: Path, options: Checked, plan: SamplePlan, sample: Sample, posterior: Posterior, found: dict[str, Any]
) -> dict[str, Any]:
    """The posterior, the tables and the record; returns the record."""
    import pandas as pd

    from experiments.kit import files
    from experiments.kit.tables import write_csv

    tables = {name: part for name, part in found.items() if isinstance(part, pd.DataFrame)}
    write_csv(out, {"posterior": posterior.table, **tables})
    record = made_record(options, plan, sample, posterior, found)
    files.write_json(out / "posterior.json", record)
    return record


def made_record(
    options: Checked, plan: SamplePlan, sample: Sample, posterior: Posterior, found: dict[str, Any]
) -> dict[str, Any]:
    """The record of a posterior: as of when it is, what it rests on, and whether it can be trusted."""
    until = posterior.as_of.astype("datetime64[M]") - (1 if str(posterior.as_of).endswith("-01") else 0)
    words = f"{calendar.month_name[until.astype(int) % 12 + 1]} {str(until)[:4]}"
    command = f"outlook calibrate targets={plan.targets.name} as_of={posterior.as_of} runs={options.runs} "
    command += f"draws={options.draws} seed={options.seed} scenario={plan.scenario.name}"
    return {
        "kind": "posterior",
        "as_of": str(posterior.as_of),
        "basis": f"what was observed from September 2021 to {words}",
        "command": command,
        **plan.identity(options.runs),
        "targets": plan.targets.name,
        "targets_known": [plan.targets.names[j] for j in posterior.columns],
        "rounds": list(sample.rounds),
        **diagnostics(posterior, found),
    }


def diagnostics(posterior: Posterior, found: dict[str, Any]) -> dict[str, Any]:
    """The numbers that sum a calibration up."""
    recovery, targets, seen = found["recovery"], found["targets"], found["months"]
    opinion, surrogate = found["second_opinion"], found["surrogate"]
    informed = found["parameters"]["informed"]
    used = targets["weight"] > 0
    return {
        "effective_sample_size": round(posterior.effective, 1),
        "largest_weight": round(posterior.largest, 5),
        "tail_of_weights": round(posterior.shape, 3),
        "draws": len(posterior.draws),
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


def draw(out: Path, plan: SamplePlan, sample: Sample, posterior: Posterior, found: dict[str, Any]) -> None:
    """The figures."""
    from functools import partial

    import pandas as pd

    from experiments.drawing import sheets
    from experiments.forecast.figures import calibration as plots
    from experiments.forecast.figures import scores as score_plots

    prior = pd.DataFrame(sample.first().parameters, columns=list(sample.names))
    fans = {
        "What was assumed on 15 September 2021 (prior)": found["months_prior"],
        f"Posterior as of {posterior.as_of} (fitted to the months before, not a forecast of them)": found[
            "months"
        ],
    }
    hits, count = int(found["months"]["covered_90"].sum()), len(found["months"])
    head = f"The fitted model holds {hits} of {count} observed months in its 90 % interval"
    how = "Deaths a month in all organised violence, runs of the model against UCDP. Scale: log(1 + deaths)."
    drawn = {
        "parameters": partial(
            plots.parameters, prior, posterior.table, found["parameters"], str(posterior.as_of)
        ),
        "information": partial(plots.information, found["parameters"], str(posterior.as_of)),
        "targets": partial(plots.targets, found["targets"]),
        "recovery": partial(plots.recovery, found["recovered"], found["recovery"]),
        "months": partial(score_plots.fans_against_observed, fans, head, how),
    }
    note = f"as of {posterior.as_of}, effective {posterior.effective:,.0f}"
    sheets.write(
        sheets.footed(drawn, runs=sample.runs, scenario=plan.scenario.name, note=note), out / "figures"
    )


def tell(out: Path, told: dict[str, Any], seconds: float) -> None:
    """The summary for people to read."""
    from experiments.kit import screen

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
