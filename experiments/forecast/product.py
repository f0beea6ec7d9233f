"""What a forecast consists of: tables and a figure, written to a folder or shown in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from experiments.drawing.answer import Answer
from experiments.drawing.sheets import Figures

#: Columns of a first look.
_SHOWN = ("text", "probability", "median", "low", "high", "resolution", "month", "mean", "q050", "q500",
          "q950")  # fmt: skip


class Forecast(Answer):
    """A forecast: ``questions`` and ``scores``; or ``paths`` and ``quantiles``, and ``scores`` where something came."""

    @staticmethod
    def of(
        title: str, tables: Mapping[str, pd.DataFrame], drawings: Figures, path: Path | None = None
    ) -> Forecast:
        """A forecast with its tables and figures."""
        first = tables[next(iter(tables)) if "quantiles" not in tables else "quantiles"]
        return Forecast(title, tables, drawings, first[[name for name in _SHOWN if name in first]], path)

    @property
    def questions(self) -> pd.DataFrame:
        """A row a question: probability or median, interval, what came, score."""
        return self._table("questions")

    @property
    def paths(self) -> pd.DataFrame:
        """A row a month and path."""
        return self._table("paths")

    @property
    def quantiles(self) -> pd.DataFrame:
        """A row a month: mean and quantiles over the paths."""
        return self._table("quantiles")

    @property
    def scores(self) -> pd.DataFrame:
        """Scores beside those of naive forecasts, of what has come."""
        return self._table("scores")
