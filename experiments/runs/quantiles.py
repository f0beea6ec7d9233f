"""Quantiles over replicates, made once at the end of a study from the weekly series of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from experiments.kit.numbers import duration
from experiments.kit.screen import say
from experiments.runs.series import weeks_of
from experiments.runs.store import StudyFolder
from experiments.runs.store.shards import located
from sim.outcomes import SERIES

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_BYTES = 96_000_000
"""Series held at a time, as far as one of them is not more: the memory of many runs, the time of many passes."""
_SECONDS = 3e-8  # a value of a run's weekly series
_SORTED = 2_000_000
"""Values whose quantiles are taken at a time."""


def write_quantiles(folder: StudyFolder) -> None:
    """Write ``quantiles.parquet`` from the weekly series of all blocks; says how long it takes if that is long."""
    weeks = max(weeks_of(variant.scenario.days) for variant in folder.study.variants)
    seconds = folder.runs_done() * weeks * len(SERIES) * _SECONDS
    if seconds > 2:
        say(f"Quantiles of the weekly series: {duration(seconds)}")
    folder.write_whole("quantiles", _tables(folder))


def summarise(
    values: np.ndarray,
    dates: np.ndarray,
    scenario: str,
    labels: Sequence[str],
    point: int,
    names: Sequence[str],
) -> pa.Table:
    """Quantiles and means over the runs of a point.

    Parameters
    ----------
    values, dates
        Series: float32 ``(runs, weeks, names)``, and the start of each week: datetime64 ``(weeks,)``.
    scenario, labels
        Its label, and all of the study's.

    Returns
    -------
    pa.Table
        A row a series and week: scenario, point, series, date, runs, mean, q05, q25, q50, q75, q95.
    """
    runs, weeks, series = values.shape
    means, quantiles = np.empty((weeks, series)), np.empty((len(LEVELS), weeks, series))
    some = max(1, _SORTED // (runs * series))
    for week in range(0, weeks, some):
        exact = values[:, week : week + some].astype(np.float64)
        means[week : week + some] = exact.mean(axis=0)
        quantiles[:, week : week + some] = np.quantile(exact, LEVELS, axis=0, overwrite_input=True)
    rows = series * weeks
    columns: dict[str, pa.Array] = {
        "scenario": _names(np.full(rows, labels.index(scenario)), labels),
        "point": pa.array(np.full(rows, point)),
        "series": _names(np.repeat(np.arange(series), weeks) + list(SERIES).index(names[0]), tuple(SERIES)),
        "date": pa.array(np.tile(dates, series)),
        "runs": pa.array(np.full(rows, runs)),
        "mean": pa.array(means.T.ravel()),
    }
    for level, values_at in zip(LEVELS, quantiles, strict=True):
        columns[f"q{round(100 * level):02d}"] = pa.array(values_at.T.ravel())
    return pa.table(columns)


def _tables(folder: StudyFolder) -> Iterator[pa.Table]:
    """The table of each point in plan order; a point with many replicates comes a few series at a time."""
    labels = tuple(variant.label for variant in folder.study.variants)
    for position, variant in enumerate(folder.study.variants):
        shards = [shard for shard in folder.shards.names("weekly") if located(shard)[1] == position]
        replicates = max((folder.study.rounds[located(shard)[0]][1] for shard in shards), default=1)
        weeks = weeks_of(variant.scenario.days)
        run_bytes = weeks * len(SERIES) * 4
        size = max(1, _BYTES // (replicates * run_bytes))
        for first in range(0, len(variant.points), size):
            group = range(first, min(first + size, len(variant.points)))
            touched = [shard for shard in shards if _touches(folder, shard, group)]
            width = max(1, min(len(SERIES), _BYTES * len(SERIES) // (len(group) * replicates * run_bytes)))
            for start in range(0, len(SERIES), width):
                names = tuple(SERIES)[start : start + width]
                for point, values, dates in _read(folder, touched, group, replicates, names, weeks):
                    yield summarise(values, dates, variant.label, labels, point, names)


def _touches(folder: StudyFolder, shard: str, points: range) -> bool:
    """Whether a shard holds runs of any of these points."""
    round_, _, start, stop = located(shard)
    first, last = folder.study.rounds[round_]
    count = last - first
    return start < points.stop * count and stop > points.start * count


def _read(
    folder: StudyFolder,
    shards: Sequence[str],
    points: range,
    replicates: int,
    names: Sequence[str],
    weeks: int,
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """For each point that has runs: its number, series float32 ``(runs, weeks, names)``, and the weeks' dates.

    ``replicates``: runs of a point, less those that failed.
    Shard by shard: the columns that name each row would take more room than the series themselves.
    """
    made: dict[int, np.ndarray] = {}
    runs = dict.fromkeys(points, 0)
    for shard in shards:
        table = folder.shards.open("weekly", shard).read(["point", "date", *names])
        point, dates = table["point"].to_numpy()[::weeks], table["date"].to_numpy()[:weeks]
        values = np.stack([table[name].to_numpy().reshape(-1, weeks) for name in names], axis=2)
        for number in np.unique(point[(point >= points.start) & (point < points.stop)]).tolist():
            some = values[point == number]
            if number not in made:
                made[number] = np.empty((replicates, weeks, len(names)), np.float32)
            made[number][runs[number] : runs[number] + len(some)] = some
            runs[number] += len(some)
    for number in sorted(made):
        yield number, made.pop(number)[: runs[number]], dates


def _names(codes: np.ndarray, names: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), list(names))
