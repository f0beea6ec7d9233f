"""Whether a contrast moves an outcome, by how much, and whether it always moves it the same way.

The data are paired: a *draw* is one point of the uncertain parameters, and at each draw both arms of a contrast are
run with the same luck (common random numbers), several times over. So every number here is an array ``[draw, luck]``
and the effect of a draw is the mean over luck of ``high - low``. Draws are the
independent units: all intervals are over draws.

Errors, as stated to the reader:

* *supported* and *contradicted* need an effect that differs from zero at ``alpha / family`` (Bonferroni
  over the claims of a ledger), so the chance that any claim whose true effect is nil gets one of the two is at most
  ``alpha``.
* *no effect* needs two one-sided tests at ``alpha`` (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657),
  so an effect of ``margin`` spreads or more is called none with a chance of at most ``alpha`` for each claim.
* *mixed* is the rest: effects of both signs over the parameters, or too few runs to tell; ``why`` says
  which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from experiments.stats.intervals import generator

DIRECTIONS = ("increases", "decreases", "none")
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Rule:
    """The thresholds of a verdict.

    margin: smallest effect that matters, in standard deviations of the outcome over runs (0.2 is Cohen's 'small').
    alpha: error rate of each family of tests. family: number of claims judged together.
    agreement: share of parameter draws that must have the claimed sign. level: coverage of the intervals shown.
    """

    margin: float = 0.2
    alpha: float = 0.05
    family: int = 1
    agreement: float = 0.75
    level: float = 0.95
    resamples: int = 400


@dataclass(frozen=True)
class Effect:
    """Effect of a contrast: ``mean [low, high]`` in the outcome's unit, over ``draws`` and ``runs`` pairs of runs.

    spread: standard deviation of the outcome over runs of both arms. tau: standard deviation of the true effect over
    draws, with its one-sided lower bound ``tau_low``. positive: probability that the effect at a random draw is above
    zero, and its interval; small: the same for an effect within the margin. p_zero:
    two-sided p-value of no mean effect. p_margin: p-value of 'at least the margin' (small means equivalent to none).
    """

    mean: float
    low: float
    high: float
    error: float
    spread: float
    tau: float
    tau_low: float
    positive: Triple
    small: Triple
    p_zero: float
    p_margin: float
    draws: int
    runs: int


@dataclass(frozen=True)
class Dependence:
    """How the effect changes with one driver.

    slope: change of the effect from the lowest to the highest draw of the driver, the other drivers held
    (least squares on ranks, HC3 errors), with its interval; clear: slope differs from zero after correction
    for the number of tests. thirds: (mean, low, high) of the effect where the driver is low, middle, high.
    """

    driver: str
    slope: float
    low: float
    high: float
    clear: bool
    thirds: tuple[Triple, ...]


@dataclass(frozen=True)
class Finding:
    """All that is said about one claim.

    p_direction: probability that at a random draw of the parameters the effect goes the way the claim says
    (for 'none': stays within the margin), with its interval.
    """

    verdict: str
    why: str
    p_direction: Triple
    estimate: Effect
    dependence: tuple[Dependence, ...] = field(default=())


def judge(
    low: np.ndarray,
    high: np.ndarray,
    drivers: Mapping[str, np.ndarray],
    direction: str,
    rule: Rule,
    seed: int = 0,
) -> Finding:
    """Weigh one claim: ``low`` and ``high`` are the outcome ``[draw, luck]`` of the two arms, pair by pair.

    ``drivers`` holds one value a draw; ``direction`` is what the claim says the change from low to high does. Raises
    ValueError when shapes differ, there are fewer than 10 draws or 2 runs a draw, or a value is not finite.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"direction {direction!r}: one of {', '.join(DIRECTIONS)}")
    estimate = estimate_effect(low, high, rule, seed)
    effects = (np.asarray(high, float) - np.asarray(low, float)).mean(axis=1)
    dependence = depend_on(effects, drivers, rule)
    verdict, why = decide(direction, estimate, rule)
    share, low_share, high_share = estimate.positive
    if direction == "decreases":
        share, low_share, high_share = 1 - share, 1 - high_share, 1 - low_share
    p_direction = estimate.small if direction == "none" else (share, low_share, high_share)
    return Finding(verdict, why, p_direction, estimate, dependence)


def estimate_effect(low: np.ndarray, high: np.ndarray, rule: Rule, seed: int = 0) -> Effect:
    """The mean paired effect and its variation over draws (see :class:`Effect`)."""
    low, high = np.asarray(low, float), np.asarray(high, float)
    if low.shape != high.shape or low.ndim != 2 or low.shape[0] < 10 or low.shape[1] < 2:
        raise ValueError(f"need two equal arrays [draw >= 10, luck >= 2], got {low.shape} and {high.shape}")
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        raise ValueError("outcomes must be finite: give runs in which nothing happened a value first")
    gap = high - low
    draws, luck = gap.shape
    effects = gap.mean(axis=1)
    spread = float(np.concatenate([low, high]).std())
    mean, error = float(effects.mean()), _error(effects, _pseudo_scale(low, high, spread))
    reach = stats.t.ppf(0.5 + rule.level / 2, draws - 1) * error
    margin = rule.margin * spread
    within = gap.var(axis=1, ddof=1) / luck
    tau2, positive, small = _over_draws(effects, within, margin, rule.resamples, seed)
    tau = np.sqrt(max(effects.var(ddof=1) - within.mean(), 0.0))
    return Effect(
        mean, mean - reach, mean + reach, error, spread,
        float(tau), float(np.sqrt(max(np.quantile(tau2, rule.alpha), 0.0))),
        _summary(positive, rule.level), _summary(small, rule.level),
        _tail(abs(mean), error, draws) * 2, _tail(margin - abs(mean), error, draws), draws, draws * luck,
    )  # fmt: skip


def _summary(resampled: np.ndarray, level: float) -> Triple:
    """Mean and percentile interval of a resampled share."""
    low, high = np.quantile(resampled, [0.5 - level / 2, 0.5 + level / 2])
    return float(resampled.mean()), float(low), float(high)


def _pseudo_scale(low: np.ndarray, high: np.ndarray, spread: float) -> float:
    """Size of the pseudo-effects that keep an interval open when no pair differs: 1 for yes/no outcomes."""
    yes_no = np.isin(low, (0.0, 1.0)).all() and np.isin(high, (0.0, 1.0)).all()
    return 1.0 if yes_no and spread > 0 else spread


def _error(effects: np.ndarray, scale: float) -> float:
    """Standard error of the mean with half a pseudo-draw at plus and minus ``scale`` added.

    After Agresti and Min (2005, Stat. Med. 24:729) for paired proportions: without it a contrast that
    happened to flip no run would claim to be known exactly.
    """
    n = effects.size
    return float(np.sqrt((((effects - effects.mean()) ** 2).sum() + scale**2) / ((n + 1) * n)))


def _tail(distance: float, error: float, draws: int) -> float:
    """One-sided p-value of a t statistic; an outcome that never varies says nothing against either side."""
    if error == 0.0:
        return 0.5 if distance <= 0 else 0.0
    return float(stats.t.sf(distance / error, draws - 1))


def _over_draws(
    effects: np.ndarray, within: np.ndarray, margin: float, resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bootstrap over draws: variance of the true effect, share of draws above zero, share within the margin.

    The observed effects are spread wider than the true ones, by luck. Each resample pulls them towards its mean until
    their variance is what is left after luck (constrained empirical Bayes; Louis 1984, JASA 79:393).
    """
    rows = generator(seed).integers(0, effects.size, (resamples, effects.size))
    drawn = effects[rows]
    centre = drawn.mean(axis=1, keepdims=True)
    total = drawn.var(axis=1, ddof=1)
    tau2 = total - within[rows].mean(axis=1)
    pull = np.sqrt(np.clip(tau2, 0, None) / np.where(total > 0, total, 1.0))
    true = centre + pull[:, None] * (drawn - centre)
    positive = (true > 0).mean(axis=1) + 0.5 * (true == 0).mean(axis=1)
    return tau2, positive, (np.abs(true) <= margin).mean(axis=1)


def depend_on(effects: np.ndarray, drivers: Mapping[str, np.ndarray], rule: Rule) -> tuple[Dependence, ...]:
    """Slope and thirds of the effect (one a draw) for each driver; drivers that do not vary are left out."""
    varying = {name: np.asarray(x, float) for name, x in drivers.items() if np.ptp(x) > 0}
    if not varying:
        return ()
    n, k = effects.size, len(varying)
    ranks = np.column_stack([(stats.rankdata(x) - 0.5) / n - 0.5 for x in varying.values()])
    slopes, errors = _least_squares(ranks, effects)
    t = stats.t.ppf(0.5 + rule.level / 2, n - k - 1)
    strict = stats.t.ppf(1 - rule.alpha / (2 * k * rule.family), n - k - 1)
    out = []
    for j, name in enumerate(varying):
        thirds = tuple(_third(effects, ranks[:, j], i, rule.level) for i in range(3))
        s, e = float(slopes[j]), float(errors[j])
        out.append(Dependence(name, s, s - t * e, s + t * e, bool(abs(s) > strict * e), thirds))
    return tuple(out)


def _least_squares(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and their HC3 standard errors (MacKinnon and White 1985) of y on an intercept and x."""
    design = np.column_stack([np.ones(len(y)), x])
    bread = np.linalg.pinv(design.T @ design)
    beta = bread @ design.T @ y
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    weighted = design * ((y - design @ beta) / np.clip(1 - leverage, 1e-9, None))[:, None]
    return beta[1:], np.sqrt(np.diag(bread @ weighted.T @ weighted @ bread))[1:]


def _third(effects: np.ndarray, rank: np.ndarray, i: int, level: float) -> Triple:
    """Mean effect and interval in the i-th third of a driver (ranks run from -0.5 to 0.5)."""
    part = effects[np.clip(((rank + 0.5) * 3).astype(int), 0, 2) == i]
    if part.size < 2:
        return (float("nan"),) * 3
    reach = stats.t.ppf(0.5 + level / 2, part.size - 1) * part.std(ddof=1) / np.sqrt(part.size)
    return float(part.mean()), float(part.mean() - reach), float(part.mean() + reach)


def decide(direction: str, e: Effect, rule: Rule) -> tuple[str, str]:
    """The verdict and the reason for it in a few words."""
    margin = rule.margin * e.spread
    if e.spread == 0:
        return ("supported" if direction == "none" else "no effect"), "the outcome is the same in every run"
    varied = e.tau_low > 0 and e.tau > margin
    equivalent = e.p_margin < rule.alpha
    if direction == "none":
        return _decide_none(e, margin, varied, equivalent, rule)
    if equivalent and not varied:
        real = e.p_zero < rule.alpha / rule.family
        return "no effect", "real but smaller than what matters" if real else "within the margin"
    right = e.positive[0] if direction == "increases" else 1 - e.positive[0]
    if varied and 1 - rule.agreement < right < rule.agreement:
        return "mixed", "the sign depends on the parameters"
    if e.p_zero >= rule.alpha / rule.family:
        return "mixed", f"too few runs to tell: about {_draws_needed(e, rule):,} draws would"
    claimed = (e.mean > 0) == (direction == "increases")
    if max(right, 1 - right) < rule.agreement or (right > 0.5) != claimed:
        return "mixed", f"{'right' if claimed else 'wrong'} on average, not for most draws"
    return ("supported" if claimed else "contradicted"), "clear"


def _decide_none(e: Effect, margin: float, varied: bool, equivalent: bool, rule: Rule) -> tuple[str, str]:
    """Verdict on a claim that something does not matter."""
    if equivalent and not varied:
        return "supported", "no effect that matters"
    strict = stats.t.ppf(1 - rule.alpha / (2 * rule.family), e.draws - 1)
    if abs(e.mean) - strict * e.error > margin:
        return "contradicted", "the effect is clearly larger than what matters"
    if varied:
        return "mixed", "it depends on the parameters"
    return "mixed", f"too few runs to tell: about {_draws_needed(e, rule):,} draws would"


def _draws_needed(e: Effect, rule: Rule) -> int:
    """Draws that would settle it nine times in ten if the effect is what it seems: as one that matters or as none."""
    margin, size = rule.margin * e.spread, abs(e.mean)
    reach = {
        "none": (stats.norm.ppf(1 - rule.alpha), margin - size),
        "some": (stats.norm.ppf(1 - rule.alpha / (2 * rule.family)), size),
    }
    wanted = [((z + stats.norm.ppf(0.9)) * e.error / gap) ** 2 for z, gap in reach.values() if gap > 0]
    return max(e.draws + 1, int(np.ceil(e.draws * min(wanted))))
