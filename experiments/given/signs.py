"""The outlook among the runs in which something came true, and what set those runs apart early.

Early signs are looked for month by month among the runs in which the matter was still open at the end of that month
(a landmark analysis: van Houwelingen 2007, Scand. J. Stat. 34:70), so that a consequence is not taken for a warning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from experiments.stats.intervals import LEVEL, critical, wilson

FEW_MET = 30
"""Below this many runs on either side the early signs are not worth reading."""


def conditional_endings(
    ending: np.ndarray, names: Sequence[str], met: np.ndarray, level: float = LEVEL
) -> pd.DataFrame:
    """Probability of each ending in all runs, in those that met the condition and in the others.

    ``ending``: str ``(run,)``; ``met``: bool ``(run,)``. Columns: ending, p, p_low, p_high (all runs), given,
    given_low, given_high, otherwise, otherwise_low, otherwise_high (Wilson), difference, difference_low,
    difference_high (given minus otherwise; Newcombe 1998, Stat. Med. 17:873).
    """
    rows = []
    for name in names:
        is_it = np.asarray(ending) == name
        row: dict[str, object] = {"ending": name}
        for key, part in (("p", np.ones_like(met)), ("given", met), ("otherwise", ~met)):
            found = wilson(int(is_it[part].sum()), int(part.sum()), level)
            row |= {key: found.estimate, f"{key}_low": found.low, f"{key}_high": found.high}
        row |= _newcombe(row)
        rows.append(row)
    return pd.DataFrame(rows)


def _newcombe(row: Mapping[str, object]) -> dict[str, float]:
    """Interval of a difference of two independent shares from their Wilson limits."""
    p, low, high = (float(row[k]) for k in ("given", "given_low", "given_high"))  # type: ignore[arg-type]
    q, q_low, q_high = (float(row[k]) for k in ("otherwise", "otherwise_low", "otherwise_high"))  # type: ignore[arg-type]
    return {
        "difference": p - q,
        "difference_low": p - q - np.hypot(p - low, q_high - q),
        "difference_high": p - q + np.hypot(high - p, q - q_low),
    }


def conditional_measures(measures: Mapping[str, np.ndarray], met: np.ndarray) -> pd.DataFrame:
    """Median and the range of the middle 90 % of each measure in all runs and in those that met the condition.

    ``measures``: name -> float ``(run,)``; nan (did not happen) is left out and counted in ``happened`` and
    ``given_happened`` (shares of runs). Measures that never vary are left out.
    """
    rows = []
    for name, values in measures.items():
        seen = values[~np.isnan(values)]
        if seen.size == 0 or (np.ptp(seen) == 0 and seen.size == values.size):
            continue
        row: dict[str, object] = {"measure": name}
        for prefix, part in (("", values), ("given_", values[met])):
            there = part[~np.isnan(part)]
            cuts = np.quantile(there, [0.5, 0.05, 0.95]) if there.size else (np.nan,) * 3
            row |= {f"{prefix}{k}": float(c) for k, c in zip(("median", "low", "high"), cuts, strict=True)}
            row[f"{prefix}happened"] = there.size / max(part.size, 1)
        rows.append(row)
    return pd.DataFrame(rows)


def early_signs(
    signals: Mapping[str, np.ndarray],
    months: np.ndarray,
    last_days: np.ndarray,
    met: np.ndarray,
    settled: np.ndarray,
    level: float = LEVEL,
) -> pd.DataFrame:
    """How well each series, month by month, tells the runs that will meet the condition from those that will not.

    signals: series name -> float ``(run, month)``. months: datetime64[M]; last_days: int ``(month,)``, last day of each
    (from the start). met: bool ``(run,)``; settled: int ``(run,)``, the first day on which the answer may be decided: a
    run counts in a month only while that day lies ahead. Months with fewer than ``FEW_MET`` runs on either
    side are left out.

    Columns: series, month, runs, met (runs that will), auc, auc_low, auc_high (the chance that a run that will has
    the higher value), sign ('high' or 'low'), chance (of the condition among the third of runs with the most telling
    values), base (among all), odds, odds_low, odds_high (likelihood ratio of that third against the rest), p
    (adjusted by Holm over all rows). All intervals hold together at ``level`` (Bonferroni).
    """
    rows: list[dict[str, object]] = []
    names = list(signals)
    for m, month in enumerate(months):
        open_ = settled > last_days[m]
        positive = met[open_]
        if min(positive.sum(), (~positive).sum()) < FEW_MET:
            continue
        values = np.column_stack([signals[name][open_, m] for name in names]).astype(float)
        keep = np.ptp(values, axis=0) > 0
        shared = {"month": month, "runs": positive.size, "met": int(positive.sum())}
        for name, row in zip(np.array(names)[keep], _separate(values[:, keep], positive), strict=True):
            rows.append({"series": str(name), **shared, **row})
    return _adjusted(pd.DataFrame(rows), level)


def _separate(values: np.ndarray, positive: np.ndarray) -> list[dict[str, object]]:
    """One row a column of ``values`` [run, series]: AUC with DeLong's error, its p-value, and the telling third."""
    n1, n0 = int(positive.sum()), int((~positive).sum())
    ranks = stats.rankdata(values, axis=0)
    above = (ranks[positive] - stats.rankdata(values[positive], axis=0)) / n0
    below = 1 - (ranks[~positive] - stats.rankdata(values[~positive], axis=0)) / n1
    auc = above.mean(axis=0)
    # DeLong et al. 1988 (Biometrics 44:837); half a run at the wrong end is the least error allowed
    error = np.sqrt(above.var(axis=0, ddof=1) / n1 + below.var(axis=0, ddof=1) / n0)
    error = np.maximum(error, 0.5 / min(n1, n0))
    p = 2 * stats.norm.sf(np.abs(auc - 0.5) / _null_error(ranks, n1, n0))
    rows: list[dict[str, object]] = []
    for j in range(values.shape[1]):
        sign = "high" if auc[j] >= 0.5 else "low"
        telling = _telling_third(values[:, j] if sign == "high" else -values[:, j])
        hit, false = int(telling[positive].sum()), int(telling[~positive].sum())
        rows.append({
            "auc": float(auc[j]), "error": float(error[j]), "p": float(p[j]), "sign": sign,
            "chance": hit / (hit + false), "base": n1 / (n1 + n0), **_ratio(hit, n1, false, n0),
        })  # fmt: skip
    return rows


def _null_error(ranks: np.ndarray, n1: int, n0: int) -> np.ndarray:
    """Standard deviation of the AUC when the series says nothing, ties accounted for (Mann and Whitney)."""
    return np.sqrt(ranks.var(axis=0) / (n1 * n0 * (n1 + n0 - 1)))


def _telling_third(x: np.ndarray) -> np.ndarray:
    """The largest set of runs with the highest values that is at most a third of them; at least those at the top."""
    ordered = np.sort(x)[::-1]
    cut = ordered[x.size // 3]
    return x > cut if (x > cut).any() else x == ordered[0]


def _ratio(hit: int, n1: int, false: int, n0: int) -> dict[str, float]:
    """Likelihood ratio of being in the telling third and the error of its logarithm, half a run added to
    each cell."""
    a, b = hit + 0.5, false + 0.5
    spread = np.sqrt(max(1 / a - 1 / (n1 + 1) + 1 / b - 1 / (n0 + 1), 1e-12))
    return {"odds": (a / (n1 + 1)) / (b / (n0 + 1)), "odds_error": float(spread)}


_COLUMNS: tuple[str, ...] = (
    "series", "month", "runs", "met", "auc", "auc_low", "auc_high", "sign", "chance", "base",
    "odds", "odds_low", "odds_high", "p",
)  # fmt: skip


def _adjusted(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Holm's p-values and Bonferroni's intervals over every row."""
    if table.empty:
        return pd.DataFrame(columns=list(_COLUMNS))
    z = critical(1 - (1 - level) / len(table))
    table["auc_low"] = (table["auc"] - z * table["error"]).clip(0, 1)
    table["auc_high"] = (table["auc"] + z * table["error"]).clip(0, 1)
    table["odds_low"] = table["odds"] * np.exp(-z * table["odds_error"])
    table["odds_high"] = table["odds"] * np.exp(z * table["odds_error"])
    table["p"] = holm(table["p"].to_numpy())
    return table[list(_COLUMNS)]


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's adjusted p-values (1979, Scand. J. Stat. 6:65): any below alpha keeps the family's error at alpha."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (p.size - np.arange(p.size)))
    adjusted = np.empty_like(p, dtype=float)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def first_signs(signs: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """For each series the first month in which it is a clear sign, strongest first (by distance of the AUC
    from 1/2)."""
    clear = signs[signs["p"] < alpha].sort_values("month", kind="stable").drop_duplicates("series")
    order = (clear["auc"].astype(float) - 0.5).abs().sort_values(ascending=False, kind="stable").index
    return clear.loc[order].reset_index(drop=True)
