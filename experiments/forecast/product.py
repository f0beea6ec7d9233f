"""What a forecast consists of: tables and a figure, written to a folder or shown in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from experiments.drawing import style
from experiments.kit import dictionary, files, notebook
from experiments.kit.errors import UserError
from experiments.kit.tables import write_csv


@dataclass(frozen=True)
class Forecast:
    """A forecast.

    Attributes
    ----------
    title
        What is forecast.
    tables
        By name: ``questions`` and ``scores``; or ``paths`` and ``quantiles`` with those of the model alone, and
        ``scores`` where something has come.
    picture
        Name of the figure.
    draw
        Draws it; None if there is nothing to draw.
    """

    title: str
    tables: Mapping[str, pd.DataFrame]
    picture: str
    draw: Callable[[], Figure] | None

    @property
    def questions(self) -> pd.DataFrame:
        """A row a question: probability or median, interval, what came, score."""
        return self._table("questions")

    @property
    def paths(self) -> pd.DataFrame:
        """A row a path, a column a month."""
        return self._table("paths")

    @property
    def quantiles(self) -> pd.DataFrame:
        """A row a month: mean and quantiles over the paths."""
        return self._table("quantiles")

    @property
    def scores(self) -> pd.DataFrame:
        """Scores beside those of naive forecasts, of what has come."""
        return self._table("scores")

    @property
    def figures(self) -> tuple[str, ...]:
        """Names that `plot` takes."""
        return () if self.draw is None else (self.picture,)

    def plot(self, name: str = "") -> Figure:
        """The figure, as the command line draws it; raises UserError if there is none of that name."""
        if self.draw is None or name not in ("", self.picture):
            raise UserError(f"{self.title}: no figure {name!r}; allowed: {', '.join(self.figures) or 'none'}")
        notebook.show_figures()
        return self.draw()

    def write(self, folder: Path, figures: bool = True) -> None:
        """Write tables and figure into a folder."""
        paths = {name: table for name, table in self.tables.items() if name.startswith("paths")}
        for name, table in paths.items():
            files.write(folder / f"{name}.parquet", table.to_parquet(index=False))
        dictionary.note(folder, {name: list(table.columns) for name, table in paths.items()})
        write_csv(folder, {name: table for name, table in self.tables.items() if name not in paths})
        if figures and self.draw is not None:
            style.save(self.draw(), folder / f"{self.picture}.png")

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise UserError(f"{self.title}: holds no {name}; allowed: {', '.join(self.tables)}")
        return self.tables[name]

    def __repr__(self) -> str:
        return f"<Forecast {self.title!r}: {', '.join(self.tables)}>"

    def _repr_html_(self) -> str:
        first = next(iter(self.tables)) if "quantiles" not in self.tables else "quantiles"
        columns = [name for name in _SHOWN if name in self.tables[first]]
        table = self.tables[first][columns].to_html(
            index=False, na_rep="", float_format="{:.3g}".format, border=0
        )
        return f"<p><b>{escape(self.title)}</b></p>{table}"


_SHOWN = (
    "text",
    "probability",
    "median",
    "low",
    "high",
    "resolution",
    "month",
    "mean",
    "q050",
    "q500",
    "q950",
)
"""Columns of a first look."""
