"""Designs that are read: a table of points, and a posterior saved by a calibration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.kit.errors import UserError
from experiments.kit.tables import ENDINGS, read_table
from experiments.runs.options import DesignOptions
from sim.parameters import Schema
from sim.values import hint, shown

if TYPE_CHECKING:
    import pandas as pd

WEIGHT = "weight"
"""Column of a posterior with the weights of its draws; absent: all alike."""

_SHOWN = 3
_HEAVIEST = 1e200  # a sum of them is finite


def table(schema: Schema, options: DesignOptions, seed: int) -> dict[str, np.ndarray]:
    """The points of a CSV or Parquet file, or the first ``n``: a column a parameter, a row a point, in its order."""
    frame = read_points(options.path)
    columns = parameter_columns(frame, schema, str(options.path))
    return {name: column[: options.n] if options.n else column for name, column in columns.items()}


def posterior(schema: Schema, options: DesignOptions, seed: int) -> dict[str, np.ndarray]:
    """Draws of a posterior: ``n`` of its rows in proportion to their weights, or all of them without ``n``.

    The rows are chosen by systematic resampling (Kitagawa 1996, J. Comput. Graph. Stat. 5:1), which keeps
    each row's count within one of its expectation.
    """
    frame = read_points(options.path)
    weights = _weights(frame, str(options.path)) if WEIGHT in frame else np.ones(len(frame))
    columns = parameter_columns(frame.drop(columns=WEIGHT, errors="ignore"), schema, str(options.path))
    if options.n == 0 and WEIGHT not in frame:
        return columns
    count = options.n or len(frame)
    start = np.random.Generator(np.random.Philox(key=seed)).random()
    edges = np.cumsum(weights) / weights.sum()
    rows = np.minimum(
        np.searchsorted(edges, (start + np.arange(count)) / count, side="right"), len(frame) - 1
    )
    return {name: column[rows] for name, column in columns.items()}


def _weights(frame: pd.DataFrame, source: str) -> np.ndarray:
    """The weights of draws: float64 ``(rows,)``."""
    import pandas as pd

    column = frame[WEIGHT]
    weights = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    wrong = ~(weights >= 0) | (weights > _HEAVIEST) | (column.dtype == bool)
    if wrong.any():
        row = int(np.argmax(wrong))
        found = shown(column.iloc[row])
        raise UserError(
            f"{source}: row {row + 1}: {WEIGHT}: found {found}; allowed: a number from 0 to {_HEAVIEST:g}"
        )
    if not weights.any():
        raise UserError(
            f"{source}: {WEIGHT}: found 0 in all rows; allowed: numbers from 0, not all of them 0"
        )
    return weights


def read_points(path: str | Path | None) -> pd.DataFrame:
    """A table from a CSV or Parquet file; raises UserError if it is missing, broken or empty."""
    if not path:
        raise UserError("command line: design.path: missing; allowed: a CSV or Parquet file of points")
    place = Path(path)
    if place.suffix not in ENDINGS:
        raise UserError(
            f"command line: design.path: found {place}; allowed: a file that ends in .csv or .parquet"
        )
    frame = read_table(place)
    if frame.empty:
        raise UserError(f"{place}: has no rows; allowed: at least one point")
    return frame


def parameter_columns(frame: pd.DataFrame, schema: Schema, source: str) -> dict[str, np.ndarray]:
    """The columns as float64, checked against the parameter table; raises UserError with all problems."""
    if len(frame.columns) and all(_is_number(str(name)) for name in frame.columns):
        raise UserError(f"{source}: its first line holds values; allowed: names of parameters there")
    if not len(frame.columns):
        raise UserError(
            f"{source}: has no column of a parameter; allowed: names of parameters in its first line"
        )
    problems: list[str] = []
    columns: dict[str, np.ndarray] = {}
    for name in frame.columns:
        if name not in schema:
            near = hint(str(name)[:80], schema.names)
            problems.append(f"{source}: {shown(name)}: no such parameter{near}")
            continue
        columns[name] = _column(frame[name], schema, str(name), source, problems)
    if problems:
        raise UserError("\n".join(problems))
    return columns


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _column(column: pd.Series, schema: Schema, name: str, source: str, problems: list[str]) -> np.ndarray:
    """One column as numbers; what is not allowed goes into ``problems`` with its row."""
    parameter = schema[name]
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    good = np.isfinite(numbers) & (numbers >= parameter.low) & (numbers <= parameter.high)
    if column.dtype == bool:
        good &= parameter.kind == "switch"
    elif parameter.kind != "float":
        good &= numbers == np.rint(numbers)
    bad = np.flatnonzero(~good)
    for row in bad[:_SHOWN]:
        problems.append(
            f"{source}: row {row + 1}: {name}: found {shown(column.iloc[row])}; allowed: {parameter.allowed}"
        )
    if len(bad) > _SHOWN:
        problems.append(f"{source}: {name}: {len(bad) - _SHOWN} more rows with values that are not allowed")
    return numbers
