"""Files of calibration targets: read, checked, and computed on runs and on observations.

The form of a file is explained at the top of ``configs/targets/first_year.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config import config_folder, group_choices, read_yaml
from experiments.kit.errors import UserError, hint
from experiments.observed import load_observations
from experiments.stats.summaries import STATISTICS, TRANSFORMS, Statistic, evaluate, from_months
from sim.outcomes import SERIES
from sim.world.clock import parse_date

FloatArray = NDArray[np.float64]

_KEYS = ("name", "series", "start", "by", "statistic", "against", "level", "transform", "observed", "error",
         "weight", "why")  # fmt: skip
_HEAD = ("title", "targets")


@dataclass(frozen=True)
class Target:
    """One target.

    Attributes:
        name: short name; statistic: what is computed on a run. observed: the world's value on the statistic's
        scale; error: standard deviation of its observation there. weight: in the distance; why: source of
        value and error. table: monthly observations that ``observed`` was computed from (months, totals), or
        None.
    """

    name: str
    statistic: Statistic
    observed: float
    error: float
    weight: float = 1.0
    why: str = ""
    table: tuple[NDArray[np.datetime64], FloatArray] | None = None

    def until(self, day: np.datetime64) -> Target | None:
        """The target as far as it was known on ``day``, its value recomputed; None if nothing was known."""
        part = self.statistic.until(day)
        if part is None or part == self.statistic:
            return None if part is None else self
        if self.table is None:
            return None
        months, totals = self.table
        value = float(from_months(part, totals[None, :], months)[0])
        return Target(self.name, part, value, self.error, self.weight, self.why, self.table)


@dataclass(frozen=True)
class Targets:
    """A checked file of targets, in order."""

    name: str
    title: str
    targets: tuple[Target, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order: the columns of the summaries."""
        return tuple(target.name for target in self.targets)

    @property
    def observed(self) -> FloatArray:
        """Observed values ``(K,)``."""
        return np.array([target.observed for target in self.targets])

    @property
    def error(self) -> FloatArray:
        """Observation errors ``(K,)``."""
        return np.array([target.error for target in self.targets])

    @property
    def weight(self) -> FloatArray:
        """Weights in the distance ``(K,)``."""
        return np.array([target.weight for target in self.targets])

    @property
    def series(self) -> tuple[str, ...]:
        """The series that are needed."""
        return tuple(sorted({target.statistic.series for target in self.targets}))

    @property
    def last_day(self) -> date:
        """The first day that is no longer needed."""
        days = [t.statistic.by for t in self.targets] + [t.statistic.against[1] for t in self.targets
                                                         if t.statistic.against]  # fmt: skip
        return max(days).astype("datetime64[D]").item()

    def until(self, day: np.datetime64) -> Targets:
        """The targets as far as they were known on ``day`` (possibly none)."""
        known = tuple(part for target in self.targets if (part := target.until(day)) is not None)
        return Targets(self.name, self.title, known)

    def summaries(self, series: Mapping[str, np.ndarray], dates: NDArray[np.datetime64]) -> FloatArray:
        """Summaries ``(n, K)`` of runs from their daily national series ``(n, days)``."""
        columns = [
            evaluate(target.statistic, series[target.statistic.series], dates) for target in self.targets
        ]
        return np.stack(columns, axis=1)


def load_targets(path_or_name: str | Path) -> Targets:
    """Read and check a file of targets, packaged (``first_year``) or one's own (path).

    Raises:
        UserError: one line a problem: file, target, key, what was found, what is allowed, the nearest name.
    """
    name = str(path_or_name)
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        known = group_choices("targets")
        if name not in known:
            raise UserError(
                f"targets: found {name!r}; allowed: {', '.join(known)}, or a .yaml file{hint(name, known)}"
            )
        path = config_folder() / "targets" / f"{name}.yaml"
    return read_targets(read_yaml(path), path.stem, name)


def chosen_targets(options: Any, job: Any) -> Targets:
    """The targets of a verb that has the config group ``targets``: its options hold the content, the job its
    name.
    """
    source = str(job.choices.get("targets", "targets"))
    return read_targets(options.targets, Path(source).stem, source)


def read_targets(data: Mapping[str, Any], name: str, source: str) -> Targets:
    """Check a file's content; see :func:`load_targets`. ``source`` stands in messages."""
    problems = [f"{source}: {key}: unknown key; allowed: {', '.join(_HEAD)}{hint(key, _HEAD)}"
                for key in data if key not in _HEAD]  # fmt: skip
    given = data.get("targets")
    if not isinstance(given, list) or not given:
        raise UserError("\n".join([*problems, f"{source}: targets: missing; allowed: a list of targets"]))
    targets: list[Target] = []
    for position, spec in enumerate(given):
        label = spec.get("name") if isinstance(spec, Mapping) else None
        try:
            target = _read(spec)
            if target.name in [other.name for other in targets]:
                raise ValueError("the name stands twice")
            targets.append(target)
        except (ValueError, UserError) as error:
            problems.append(f"{source}: {label or f'targets[{position}]'}: {error}")
    if not problems and not any(target.weight > 0 for target in targets):
        problems.append(f"{source}: weight: all targets have weight 0; allowed: at least one above 0")
    if problems:
        raise UserError("\n".join(problems))
    return Targets(name, str(data.get("title") or name), tuple(targets))


def _read(spec: object) -> Target:
    if not isinstance(spec, Mapping):
        raise ValueError(f"found {spec!r}; allowed: a mapping of keys to values")
    for key in spec:
        if key not in _KEYS:
            raise ValueError(f"{key}: unknown key; allowed: {', '.join(_KEYS)}{hint(str(key), _KEYS)}")
    for key in ("name", "series", "start", "by", "observed", "error"):
        if spec.get(key) is None:
            raise ValueError(f"{key}: missing")
    statistic = _statistic(spec)
    error, weight = _number(spec, "error", None), _number(spec, "weight", 1.0)
    if error <= 0:
        raise ValueError(f"error: found {error}; allowed: a number above 0")
    if weight < 0:
        raise ValueError(f"weight: found {weight}; allowed: a number from 0")
    why, observed = " ".join(str(spec.get("why", "")).split()), spec["observed"]
    if isinstance(observed, str):
        months = load_observations(observed).monthly(statistic.series)
        table = (
            months.index.to_timestamp().to_numpy().astype("datetime64[M]"),
            months.to_numpy(dtype=np.float64),
        )
        value = float(from_months(statistic, table[1][None, :], table[0])[0])
        return Target(str(spec["name"]), statistic, value, error, weight, why, table)
    value = float(TRANSFORMS[statistic.transform](np.array(_number(spec, "observed", None))))
    return Target(str(spec["name"]), statistic, value, error, weight, why)


def _statistic(spec: Mapping[str, Any]) -> Statistic:
    for key, allowed, default in (
        ("series", SERIES, None),
        ("statistic", STATISTICS, "sum"),
        ("transform", TRANSFORMS, "log1p"),
    ):
        found = spec.get(key, default)
        if found not in allowed:
            raise ValueError(
                f"{key}: found {found!r}; allowed: {', '.join(allowed)}{hint(str(found), allowed)}"
            )
    start, by = _window(spec, "")
    against = None
    if spec.get("against") is not None:
        if not isinstance(spec["against"], Mapping) or spec.get("statistic", "sum") not in ("sum", "mean"):
            raise ValueError("against: allowed: a mapping with start and by, for a sum or a mean")
        against = _window(spec["against"], "against.")
    return Statistic(spec["series"], start, by, spec.get("statistic", "sum"), spec.get("transform", "log1p"),
                     _number(spec, "level", 1.0), against)  # fmt: skip


def _window(spec: Mapping[str, Any], prefix: str) -> tuple[np.datetime64, np.datetime64]:
    days = []
    for key in ("start", "by"):
        try:
            days.append(np.datetime64(parse_date(str(spec.get(key))), "D"))
        except ValueError as error:
            raise ValueError(f"{prefix}{key}: {error}") from None
    if days[1] <= days[0]:
        raise ValueError(f"{prefix}by: found {days[1]}; allowed: a day after {days[0]}")
    return days[0], days[1]


def _number(spec: Mapping[str, Any], key: str, default: float | None) -> float:
    value = spec.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise ValueError(f"{key}: found {value!r}; allowed: a number")
    return float(value)
