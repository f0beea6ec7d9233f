"""Files of calibration targets: read, checked, and computed on runs and on observations.

The form of a file is explained at the top of ``configs/targets/second_year.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from experiments.config import options as option_reader
from experiments.config.files import entries, unknown_keys
from experiments.forecast.horizon import read_month
from experiments.kit.errors import UserError
from experiments.kit.options import Options
from experiments.observed import load_observations
from experiments.stats.summaries import MONTHLY, TRANSFORMS, Statistic, evaluate, from_months
from sim.outcomes import SERIES
from sim.values import hint
from sim.world.clock import parse_date

FloatArray = NDArray[np.float64]

_HEAD = ("title", "targets")


class _Window(Options):
    """A window of days; the day of ``by`` is not included."""

    start: str
    by: str


class _Entry(Options):
    """One entry of a file: a target, or a target for each month of a span."""

    name: str = Field(min_length=1)
    series: str
    minus: str | None = None
    start: str | None = None
    by: str | None = None
    months: list[str] | None = Field(None, min_length=2, max_length=2)
    statistic: Literal["sum", "mean", "max", "last", "days", "month_spread"] = "sum"
    against: _Window | None = None
    transform: Literal["identity", "log1p", "sqrt"] = "log1p"
    level: float = Field(1.0, allow_inf_nan=False)
    at_least: float | None = Field(None, allow_inf_nan=False)
    observed: bool | float | str = Field(union_mode="left_to_right")
    error: float = Field(gt=0, allow_inf_nan=False)
    discrepancy: float = Field(0.0, ge=0, allow_inf_nan=False)
    shared: float = Field(0.0, ge=0, allow_inf_nan=False)
    weight: float = Field(1.0, ge=0, allow_inf_nan=False)
    why: str = ""


@dataclass(frozen=True)
class Target:
    """One number that runs are held to.

    Attributes
    ----------
    name : short name; group: the file's entry that it belongs to.
    statistic : what is computed on a run; ``minus``: a series taken off before.
    observed : the world's value on the statistic's scale; of a yes-or-no target 1 or 0.
    error, discrepancy, shared : standard deviations on that scale: of the record, of the model in this number alone,
        and of the model in all numbers of the group alike. Of a yes-or-no target ``error`` and ``discrepancy`` are
        chances to be wrong.
    weight : power of the likelihood; 0: a check that runs are not held to.
    at_least : a yes-or-no target asks whether the statistic reaches this; None: a target with a number.
    """

    name: str
    group: str
    statistic: Statistic
    observed: float
    error: float
    discrepancy: float = 0.0
    shared: float = 0.0
    weight: float = 1.0
    why: str = ""
    minus: str | None = None
    at_least: float | None = None

    @property
    def known(self) -> np.datetime64:
        """The first day on which the number could be known: the end of its windows."""
        against = self.statistic.against
        return self.statistic.by if against is None else max(self.statistic.by, against[1])

    @property
    def opens(self) -> np.datetime64:
        """The first day of its windows."""
        against = self.statistic.against
        return self.statistic.start if against is None else min(self.statistic.start, against[0])

    @property
    def spread(self) -> float:
        """Standard deviation of the observation around a run; of a yes-or-no target what weighs as its odds do."""
        if self.at_least is not None:
            wrong = min(self.error + self.discrepancy, 0.49)
            return float(1.0 / np.sqrt(2.0 * np.log((1.0 - wrong) / wrong)))
        return float(np.sqrt(self.error**2 + self.discrepancy**2 + self.shared**2))

    def of_runs(self, series: Mapping[str, np.ndarray], dates: NDArray[np.datetime64]) -> FloatArray:
        """The number ``(n,)`` of each run from its daily national series ``(n, days)``."""
        values = series[self.statistic.series]
        if self.minus is not None:
            values = np.maximum(values - series[self.minus], 0.0)
        made = evaluate(self.statistic, values, dates)
        return made if self.at_least is None else (made >= self.at_least).astype(np.float64)


@dataclass(frozen=True)
class Targets:
    """A checked file of targets, in order; ``data``: its content."""

    name: str
    title: str
    targets: tuple[Target, ...]
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order: the columns of the summaries."""
        return tuple(target.name for target in self.targets)

    @property
    def observed(self) -> FloatArray:
        """Observed values ``(K,)``."""
        return np.array([target.observed for target in self.targets])

    @property
    def spread(self) -> FloatArray:
        """Standard deviations of observation and model together ``(K,)``."""
        return np.array([target.spread for target in self.targets])

    @property
    def weight(self) -> FloatArray:
        """Powers of the likelihood ``(K,)``."""
        return np.array([target.weight for target in self.targets])

    @property
    def series(self) -> tuple[str, ...]:
        """The series that are needed."""
        used = {target.statistic.series for target in self.targets}
        return tuple(sorted(used | {target.minus for target in self.targets if target.minus is not None}))

    @property
    def last(self) -> np.datetime64:
        """The day as of which all targets are known."""
        return max(target.known for target in self.targets).astype("datetime64[D]")

    def groups(self, columns: Iterable[int]) -> list[tuple[list[int], list[Target]]]:
        """Some columns, and their targets, by the group that they belong to."""
        found: dict[str, list[int]] = {}
        for j in columns:
            found.setdefault(self.targets[j].group, []).append(int(j))
        return [(inside, [self.targets[j] for j in inside]) for inside in found.values()]

    def columns_until(self, day: np.datetime64, since: np.datetime64 | None = None) -> NDArray[np.int64]:
        """Columns of the targets with a say that were known on ``day``, and that became so after ``since``."""
        known = [target.weight > 0 and target.known <= day and (since is None or target.known > since)
                 for target in self.targets]  # fmt: skip
        return np.flatnonzero(np.array(known, dtype=bool))

    def summaries(self, series: Mapping[str, np.ndarray], dates: NDArray[np.datetime64]) -> FloatArray:
        """Summaries ``(n, K)`` of runs from their daily national series ``(n, days)``."""
        return np.stack([target.of_runs(series, dates) for target in self.targets], axis=1)

    def with_observed(self, values: FloatArray) -> Targets:
        """The same targets with other observed values ``(K,)``: another world."""
        pairs = zip(self.targets, values, strict=True)
        return replace(self, targets=tuple(replace(target, observed=float(value)) for target, value in pairs))

    def seen_from(self, start: date) -> Targets:
        """The targets that runs from this day on can be held to: those that look at no day before."""
        first = np.datetime64(start, "D")
        return self.take(j for j, target in enumerate(self.targets) if target.opens >= first)

    def check_seen_from(self, start: date) -> None:
        """Raise UserError for the first target that runs from this day on cannot be held to."""
        seen = self.seen_from(start).names
        for target in self.targets:
            if target.name not in seen:
                raise UserError(
                    f"targets {self.name}: {target.name}: found a window from {target.opens} on; allowed: {start}, "
                    "the first day of the runs, or later"
                )

    def take(self, columns: Iterable[int]) -> Targets:
        """Some of the targets, in the order of ``columns``."""
        return Targets(self.name, self.title, tuple(self.targets[int(j)] for j in columns))


def chosen_targets(options: Any, job: Any) -> Targets:
    """The targets of a verb with the config group ``targets``: its options hold the content, the job the name."""
    source = str(job.choices.get("targets", "targets"))
    return read_targets(options.targets, Path(source).stem, source)


def read_targets(data: Mapping[str, Any], name: str, source: str) -> Targets:
    """Check a file's content; ``source`` stands in messages.

    Raises
    ------
    UserError
        One line a problem: file, target, key, what was found, what is allowed, the nearest name.
    """
    problems = unknown_keys(data, _HEAD, source)
    made: list[Target] = []
    for where, spec in entries(data, "targets", "name", source, problems):
        try:
            made += _read(spec, where, {target.group for target in made})
        except UserError as error:
            problems.append(str(error))
    if not problems and not any(target.weight > 0 for target in made):
        problems.append(f"{source}: weight: all targets have weight 0; allowed: at least one above 0")
    if problems:
        raise UserError("\n".join(problems))
    return Targets(name, str(data.get("title") or name), tuple(made), data)


def _read(spec: Mapping[str, Any], where: str, taken: set[str]) -> list[Target]:
    """The targets of one entry."""
    entry = option_reader.read(_Entry, {str(key): value for key, value in spec.items()}, where)
    assert isinstance(entry, _Entry)
    try:
        _check(entry, taken)
        return [_target(entry, name, *window) for name, window in _windows(entry)]
    except (ValueError, UserError) as error:
        raise UserError(f"{where}: {error}") from None


def _check(entry: _Entry, taken: set[str]) -> None:
    """What the types of the keys do not say."""
    if entry.name in taken:
        raise ValueError("name: stands twice")
    for key in ("series", "minus"):
        found = getattr(entry, key)
        if found is not None and found not in SERIES:
            raise ValueError(f"{key}: found {found!r}; allowed: {', '.join(SERIES)}{hint(found, SERIES)}")
    if entry.against is not None and entry.statistic not in ("sum", "mean"):
        raise ValueError("against: allowed: with a sum or a mean")
    if (entry.months is None) == (entry.start is None and entry.by is None):
        raise ValueError("start, by, months: allowed: start and by, or months")
    if entry.months is not None and (entry.against is not None or entry.statistic != "sum"):
        raise ValueError("months: allowed: with a sum, and without against")
    yes_or_no = isinstance(entry.observed, bool)
    if yes_or_no != (entry.at_least is not None):
        raise ValueError("observed: true or false goes with at_least, a number without it")
    if yes_or_no and entry.error + entry.discrepancy >= 0.5:
        raise ValueError("error, discrepancy: allowed: chances to be wrong that sum to less than 0.5")


def _windows(entry: _Entry) -> list[tuple[str, tuple[np.datetime64, np.datetime64]]]:
    """Names and windows of an entry's targets."""
    if entry.months is None:
        return [(entry.name, _days(entry.start, entry.by, ""))]
    first, last = (read_month("months", text) for text in entry.months)
    if last < first:
        raise ValueError(f"months: found {entry.months}; allowed: in order")
    day = "datetime64[D]"
    month = np.timedelta64(1, "M")
    months = np.arange(first, last + month)
    return [(f"{entry.name}_{m}", (m.astype(day), (m + month).astype(day))) for m in months]


def _days(start: str | None, by: str | None, prefix: str) -> tuple[np.datetime64, np.datetime64]:
    days = []
    for key, value in (("start", start), ("by", by)):
        if value is None:
            raise ValueError(f"{prefix}{key}: missing")
        try:
            days.append(np.datetime64(parse_date(value), "D"))
        except ValueError as error:
            raise ValueError(f"{prefix}{key}: {error}") from None
    if days[1] <= days[0]:
        raise ValueError(f"{prefix}by: found {days[1]}; allowed: a day after {days[0]}")
    return days[0], days[1]


def _target(entry: _Entry, name: str, start: np.datetime64, by: np.datetime64) -> Target:
    against = None if entry.against is None else _days(entry.against.start, entry.against.by, "against.")
    change = "identity" if entry.at_least is not None else entry.transform
    statistic = Statistic(entry.series, start, by, entry.statistic, change, entry.level, against)
    value = _observed(entry, statistic)
    if not np.isfinite(value):
        raise ValueError(
            f"observed: found {entry.observed:g}; allowed: what {entry.transform} has a value for"
        )
    return Target(
        name, entry.name, statistic, value, entry.error, entry.discrepancy, entry.shared, entry.weight,
        " ".join(entry.why.split()), entry.minus, entry.at_least,
    )  # fmt: skip


def _observed(entry: _Entry, statistic: Statistic) -> float:
    """The world's value on the statistic's scale: given, or from a table of observations."""
    if isinstance(entry.observed, bool):
        return float(entry.observed)
    if not isinstance(entry.observed, str):
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(TRANSFORMS[statistic.transform](np.array(float(entry.observed))))
    table = load_observations(entry.observed)
    values = table.monthly(entry.series)
    if values.empty or statistic.statistic not in MONTHLY:
        window = table.window(entry.series, statistic.start, statistic.by)
        return float(TRANSFORMS[statistic.transform](np.array(window)))
    if entry.minus is not None:
        values = (values - table.monthly(entry.minus)).dropna().clip(lower=0.0)
    names = values.index.to_timestamp().to_numpy().astype("datetime64[M]")
    return float(from_months(statistic, values.to_numpy(dtype=np.float64)[None, :], names)[0])
