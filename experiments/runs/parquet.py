"""Parquet files of an outlook: runs, daily national series, weekly series by province.

Series are wide, a column a series and a row a day of a run, so that one line reads them::

    pandas.read_parquet("series.parquet", columns=["run_id", "date", "deaths"])
    polars.scan_parquet("series.parquet").group_by("date").agg(polars.col("deaths").mean())
    duckdb.sql("select date, quantile_cont(deaths, 0.9) from 'series.parquet' group by date")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_ROWS = 100_000  # rows of a row group, about: a reader can skip through a file, memory stays small


class SeriesWriter:
    """Writes series of runs to one Parquet file, a block of runs at a time.

    Args:
        path: file to make.
        times: first day of each step: datetime64[D][steps].
        places: names of places if the series are by place, else empty.
    """

    def __init__(self, path: Path, times: np.ndarray, places: Sequence[str] = ()) -> None:
        self._path, self._times, self._places = path, np.asarray(times, "datetime64[D]"), tuple(places)
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> SeriesWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, run_ids: Sequence[str], series: Mapping[str, np.ndarray]) -> None:
        """Add runs: ``series`` name -> float[runs, steps], or [runs, steps, places] if there are places."""
        rows_a_run = len(self._times) * max(1, len(self._places))
        step = max(1, _ROWS // rows_a_run)
        for first in range(0, len(run_ids), step):
            part = slice(first, first + step)
            table = self._table(run_ids[part], {name: values[part] for name, values in series.items()})
            if self._writer is None:
                self._writer = _writer(self._path, table.schema)
            self._writer.write_table(table, row_group_size=table.num_rows)

    def _table(self, run_ids: Sequence[str], series: Mapping[str, np.ndarray]) -> pa.Table:
        runs, steps, places = len(run_ids), len(self._times), max(1, len(self._places))
        codes = np.repeat(np.arange(runs, dtype=np.int32), steps * places)
        columns: dict[str, pa.Array] = {
            "run_id": pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(run_ids))),
            "date": pa.array(np.tile(np.repeat(self._times, places), runs)),
        }
        if self._places:
            which = np.tile(np.arange(places, dtype=np.int32), runs * steps)
            columns["place"] = pa.DictionaryArray.from_arrays(pa.array(which), pa.array(list(self._places)))
        for name, values in series.items():
            columns[name] = pa.array(np.ascontiguousarray(values, dtype=np.float32).reshape(-1))
        return pa.table(columns)


def write_table(path: Path, columns: Mapping[str, Sequence | np.ndarray]) -> None:
    """Write a small table, a column a name."""
    pq.write_table(
        pa.table({name: pa.array(values) for name, values in columns.items()}), path, compression="zstd"
    )


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer tuned for float columns: splitting their bytes packs noisy numbers better and faster."""
    floats = [field.name for field in schema if pa.types.is_floating(field.type)]
    others = [field.name for field in schema if field.name not in floats]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=others,
        use_byte_stream_split=floats,
        write_statistics=others,
    )
