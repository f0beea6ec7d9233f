"""Tables of people: CSV and Parquet read with care, CSV written so that a spreadsheet runs nothing."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.kit.errors import UserError, first_line
from experiments.kit.reading import not_plain
from experiments.kit.screen import clean

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".csv", ".parquet")
LARGEST = 2_000_000_000
"""Bytes of a table at most."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def read_table(
    path: str | Path, dtype: Mapping[str, type] | None = None, comment: str | None = "#"
) -> pd.DataFrame:
    """A table from a CSV file or a Parquet file.

    Parameters
    ----------
    path
        The file; its ending says which of the two it is, anything but ``.parquet`` being CSV.
    dtype
        Types of columns of a CSV file that are not to be guessed.
    comment
        What begins a comment in a CSV file; None: nothing does.

    Raises
    ------
    UserError
        If it is missing, is no plain file, is too large, or is no such table.
    """
    import pandas as pd
    import pyarrow as pa

    path = Path(path)
    _check(path)
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        with warnings.catch_warnings():  # pandas takes rows that are longer than the first line, and says so
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(path, comment=comment, dtype=dict(dtype or {}), index_col=False)
    except pd.errors.ParserWarning:
        raise UserError(
            f"{path}: its rows hold more values than its first line has names; allowed: a name for each column"
        ) from None
    except (OSError, ValueError, OverflowError, pa.ArrowException) as error:
        reason = first_line(error)[:200]
        raise UserError(f"{path}: cannot be read as a table of CSV or Parquet: {reason}") from None


def to_csv(table: pd.DataFrame) -> str:
    """A table as CSV for people, without its index: texts are `harmless`, numbers have six significant digits."""
    safe = table.rename(columns=harmless)
    for position, kind in enumerate(safe.dtypes):
        if kind.kind not in "biufcmM":
            safe.isetitem(position, safe.iloc[:, position].map(harmless).to_numpy(object))
    return safe.to_csv(index=False, float_format="%.6g", lineterminator="\n")


def to_markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, from the headings of its columns and the cells of its rows."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("|" + "".join(f" {cell} |" if cell else " |" for cell in line) + "\n" for line in lines)


def harmless(value: object) -> object:
    """A text without control characters, and with a quote before it where a spreadsheet would take it for a formula.

    Other values are as they are.
    """
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text


def _check(path: Path) -> None:
    try:
        found = not_plain(path)
        size = os.stat(path).st_size
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if found is not None:
        raise UserError(f"{path}: found {found}; allowed: a plain file")
    if size > LARGEST:
        raise UserError(f"{path}: is too large; allowed: {LARGEST / 1e9:.0f} GB at most")
