"""Quantiles over replicates, made once at the end of a study from the weekly series of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from experiments.runs.series import weeks_of
from experiments.runs.store import StudyFolder
from experiments.runs.store.shards import place
from sim.outcomes import SERIES

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_BYTES = 16_000_000
"""Series held at a time: bounds the memory whatever the number of replicates."""


def write_quantiles(folder: StudyFolder) -> None:
    """Write ``quantiles.parquet`` from the weekly series of all blocks."""
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
    exact = values.astype(np.float64)
    quantiles = np.quantile(exact, LEVELS, axis=0)
    rows = series * weeks
    columns: dict[str, pa.Array] = {
        "scenario": _names(np.full(rows, labels.index(scenario)), labels),
        "point": pa.array(np.full(rows, point)),
        "series": _names(np.repeat(np.arange(series), weeks) + list(SERIES).index(names[0]), tuple(SERIES)),
        "date": pa.array(np.tile(dates, series)),
        "runs": pa.array(np.full(rows, runs)),
        "mean": pa.array(exact.mean(axis=0).T.ravel()),
    }
    for level, values_at in zip(LEVELS, quantiles, strict=True):
        columns[f"q{round(100 * level):02d}"] = pa.array(values_at.T.ravel())
    return pa.table(columns)


def _tables(folder: StudyFolder) -> Iterator[pa.Table]:
    """The table of each point in plan order; a point with many replicates comes a few series at a time."""
    labels = tuple(variant.label for variant in folder.study.variants)
    replicates = folder.study.rounds[-1][1]
    for position, variant in enumerate(folder.study.variants):
        shards = [shard for shard in folder.shards.names("weekly") if place(shard)[1] == position]
        weeks = weeks_of(variant.scenario.days)
        run_bytes = weeks * len(SERIES) * 4
        size = max(1, _BYTES // (replicates * run_bytes))
        for first in range(0, len(variant.points), size):
            group = range(first, min(first + size, len(variant.points)))
            touched = [shard for shard in shards if _touches(folder, shard, group)]
            width = max(1, min(len(SERIES), _BYTES * len(SERIES) // (len(group) * replicates * run_bytes)))
            for start in range(0, len(SERIES), width):
                names = tuple(SERIES)[start : start + width]
                for point, values, dates in _read(folder, touched, group, names, weeks):
                    yield summarise(values, dates, variant.label, labels, point, names)


def _touches(folder: StudyFolder, shard: str, points: range) -> bool:
    """Whether a shard holds runs of any of these points."""
    round_, _, start, stop = place(shard)
    first, last = folder.study.rounds[round_]
    count = last - first
    return start < points.stop * count and stop > points.start * count


def _read(
    folder: StudyFolder, shards: Sequence[str], points: range, names: Sequence[str], weeks: int
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """For each point that has runs: its number, series float32[runs, weeks, names], and the weeks' dates."""
    if not shards:
        return
    table = pa.concat_tables(
        [folder.shards.read_shard("weekly", shard, ["point", "date", *names]) for shard in shards]
    )
    point = table["point"].to_numpy()
    dates = table["date"].to_numpy()[:weeks]
    columns = [table[name].to_numpy() for name in names]
    for number in points:
        rows = np.flatnonzero(point == number)
        if len(rows):
            values = np.stack([column[rows].reshape(-1, weeks) for column in columns], axis=2)
            yield number, values, dates


def _names(codes: np.ndarray, names: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), list(names))
