"""Predictions from draws of the parameters, and the scores of files of questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.config.questions import QuestionFile
from experiments.forecast import scores
from experiments.forecast.sample import SamplePlan, reduce_block
from experiments.forecast.tables import group_weights, score_questions
from experiments.runs.road import collect, run_blocks
from experiments.stats.intervals import wilson

FloatArray = NDArray[np.float64]

#: Columns of the table of a file of questions.
COLUMNS = ("id", "text", "kind", "probability", "median", "low", "high", "resolution", "brier", "log_score",
           "crps", "covered_90", "weight", "group", "hindsight_shaped", "runs", "note")  # fmt: skip

#: Replicates of runs that check a posterior start here: luck that the sample has not used.
FRESH = 10_000_000


@dataclass(frozen=True)
class Predictive:
    """Runs from a posterior, reduced as the sample is: summaries ``(n, K)``, totals by series, answers ``(n, Q)``."""

    summaries: FloatArray
    totals: dict[str, FloatArray]
    answers: FloatArray


def from_posterior(plan: SamplePlan, values: FloatArray, seed: int, threads: int | None = None) -> Predictive:
    """Run the plan's scenario with parameter vectors ``(n, P)``, each with fresh luck."""
    luck = FRESH + np.arange(len(values))
    blocks = run_blocks(plan.scenario, luck, seed, values=values, held="places", threads=threads)
    reduced = collect(blocks, lambda block: reduce_block(plan, block))
    whole = {key: value.astype(np.float64) for key, value in reduced.items()}
    totals = {key.removeprefix("totals_"): value for key, value in whole.items() if key.startswith("totals_")}
    return Predictive(whole["summaries"], totals, whole["answers"])


def score_file(file: QuestionFile, answers: FloatArray, level: float = 0.95) -> pd.DataFrame:
    """Forecast and score of each question of a file, one row each, those that cannot be answered included.

    Parameters
    ----------
    answers
        ``(n, Q)`` of the answerable questions in order; NaN where a run does not reach the horizon.

    Returns
    -------
    pd.DataFrame
        Columns: id, text, kind (``binary``, ``numeric`` or ``cannot``), probability with low and high (Wilson), or
        median with low and high (90 % of runs), resolution, brier, log_score, crps, covered_90, weight, group,
        hindsight_shaped, runs, note (proxy, or why it cannot be answered).
    """
    column = {asked.id: j for j, asked in enumerate(file.answerable)}
    rows = []
    for asked in file.questions:
        row = {"id": asked.id, "text": asked.text, "kind": "cannot", "resolution": asked.resolution,
               "weight": asked.weight, "group": asked.group, "hindsight_shaped": asked.hindsight_shaped,
               "runs": 0, "note": asked.cannot or asked.proxy}  # fmt: skip
        if asked.question is not None:
            values = answers[:, column[asked.id]]
            values = values[np.isfinite(values)]
            row |= {"kind": asked.question.kind, "runs": values.size}
            if values.size:
                numeric = asked.question.kind == "numeric"
                row |= (_numeric if numeric else _binary)(values, asked.resolution, level)
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _binary(values: FloatArray, resolution: float, level: float) -> dict[str, float]:
    share, low, high = wilson(int(values.sum()), values.size, level)
    made = {"probability": share, "low": low, "high": high}
    if np.isfinite(resolution):
        made["brier"] = float(scores.brier(share, resolution)[0])
        made["log_score"] = float(scores.log_score_binary(share, resolution, runs=values.size)[0])
    return made


def _numeric(values: FloatArray, resolution: float, level: float) -> dict[str, float | bool]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    made: dict[str, float | bool] = {"median": middle, "low": low, "high": high}
    if np.isfinite(resolution):
        made["crps"] = float(scores.crps_ensemble([resolution], values[None, :])[0])
        made["log_score"] = float(
            scores.log_score_counts([round(resolution)], np.maximum(values, 0)[None, :])[0]
        )
        made["covered_90"] = bool(low <= resolution <= high)
    return made


def headline_scores(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Brier and log scores of the yes-or-no questions against benchmarks, on four readings of the same questions.

    ``all``: by weight; ``without hindsight``: those whose form owes something to the outcome left out;
    ``groups as one``: dependent questions share one weight; ``both``. The benchmark tables are those of
    `score_questions`."""
    part = table[(table["kind"] == "binary") & table["resolution"].notna() & table["probability"].notna()]
    if part.empty:
        return {}
    p, o, w = (part[name].to_numpy(dtype=float) for name in ("probability", "resolution", "weight"))
    clear = ~part["hindsight_shaped"].to_numpy(dtype=bool)
    shared = group_weights(w, part["group"].tolist())
    shared_clear = group_weights(np.where(clear, w, 0.0), part["group"].tolist())
    runs = int(part["runs"].min())
    return {
        "all": score_questions(p, o, w, runs),
        "without hindsight": score_questions(p, o, w, runs, clear),
        "groups as one": score_questions(p, o, shared, runs),
        "both": score_questions(p, o, shared_clear, runs, clear),
    }
