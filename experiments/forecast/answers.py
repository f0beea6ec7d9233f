"""Forecast and score of each question of a file from the answers of runs, and headline scores beside benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from experiments.config.questions import QuestionFile
from experiments.forecast import scores
from experiments.stats.intervals import RANGE, wilson

FloatArray = NDArray[np.float64]

#: Columns of the table of a file of questions.
COLUMNS = ("id", "text", "kind", "probability", "median", "low", "high", "resolution", "brier", "log_score",
           "crps", "covered_90", "weight", "group", "hindsight_shaped", "runs", "note")  # fmt: skip


def score_file(file: QuestionFile, answers: FloatArray) -> pd.DataFrame:
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
                known = asked.resolution
                row |= _numeric(values, known) if numeric else _binary(values, known)
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _binary(values: FloatArray, resolution: float) -> dict[str, float]:
    share, low, high = wilson(int(values.sum()), values.size)
    made = {"probability": share, "low": low, "high": high}
    if np.isfinite(resolution):
        made["brier"] = float(scores.brier(share, resolution))
        made["log_score"] = float(scores.log_score_binary(share, resolution, runs=values.size))
    return made


def _numeric(values: FloatArray, resolution: float) -> dict[str, float | bool]:
    low, middle, high = np.quantile(values, RANGE)
    made: dict[str, float | bool] = {"median": middle, "low": low, "high": high}
    if np.isfinite(resolution):
        made["crps"] = float(scores.crps_ensemble([resolution], values[None, :])[0])
        made["log_score"] = float(
            scores.log_score_counts([round(resolution)], np.maximum(values, 0)[None, :])[0]
        )
        made["covered_90"] = bool(low <= resolution <= high)
    return made


def headline_scores(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Scores of the yes-or-no questions against benchmarks (`score_questions`), on four readings of the same questions.

    ``all``: by weight; ``without hindsight``: those whose form owes something to the outcome left out;
    ``groups as one``: dependent questions share one weight; ``both``.
    """
    part = table[(table["kind"] == "binary") & table["resolution"].notna() & table["probability"].notna()]
    if part.empty:
        return {}
    p, o, w = (part[name].to_numpy(dtype=float) for name in ("probability", "resolution", "weight"))
    clear = np.where(part["hindsight_shaped"].to_numpy(dtype=bool), 0.0, w)
    groups, runs = part["group"].tolist(), int(part["runs"].min())
    weights = {"all": w, "without hindsight": clear, "groups as one": group_weights(w, groups),
               "both": group_weights(clear, groups)}  # fmt: skip
    return {name: score_questions(p, o, weight, runs) for name, weight in weights.items()}


def score_questions(probability: ArrayLike, outcome: ArrayLike, weight: ArrayLike, runs: int) -> pd.DataFrame:
    """Weighted Brier and log scores of yes-or-no questions: the model, 'nothing changes', base rate, a coin.

    Parameters
    ----------
    probability, outcome, weight : of each question ``(Q,)``.
    runs : behind the model's probabilities (its log score draws them in by Jeffreys' prior; 'nothing changes' is drawn
        in the same way).

    Notes
    -----
    'Nothing changes' says no to all, since questions ask about changes and most do not come. The base rate knows how
    many of these very questions came true, which no forecaster did: a hard benchmark, on purpose.
    """
    p, o, w = (np.asarray(a, dtype=np.float64) for a in (probability, outcome, weight))
    names = ["forecast", "brier", "log_score", "questions", "weight"]
    p, o, w = p[w > 0], o[w > 0], w[w > 0]
    if not w.size:
        return pd.DataFrame(columns=names)
    forecasters = {
        "model": (p, runs), "nothing_changes": (np.zeros(o.size), runs),
        "base_rate": (np.full(o.size, np.average(o, weights=w)), None), "coin": (np.full(o.size, 0.5), None),
    }  # fmt: skip
    rows = []
    for name, (chance, size) in forecasters.items():
        quadratic = np.average(scores.brier(chance, o), weights=w)
        log = np.average(scores.log_score_binary(chance, o, runs=size), weights=w)
        rows.append((name, quadratic, log, w.size, w.sum()))
    return pd.DataFrame(rows, columns=names)


def group_weights(weight: ArrayLike, group: Sequence[str]) -> FloatArray:
    """Weights that give each group of dependent questions one question's worth: each is divided by its group's sum.

    A group's total is the largest weight in it; questions without a group (empty name) keep their weight.
    """
    w = np.array(weight, dtype=np.float64)
    for name in set(group) - {""}:
        inside = np.array(group) == name
        if w[inside].sum() > 0:
            w[inside] *= w[inside].max() / w[inside].sum()
    return w
