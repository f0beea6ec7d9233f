"""What a verb tells, as a program or a notebook sees it: tables and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from experiments.drawing import sheets
from experiments.kit import dictionary, files
from experiments.kit.dictionary import write_csv
from experiments.kit.errors import UserError

ROWS = 20
"""Of a table that is shown."""


@dataclass(frozen=True)
class Answer:
    """Tables and figures.

    Attributes
    ----------
    title
        What is told.
    tables
        By name.
    drawings
        The name of each figure to what draws it.
    shown
        Rows and columns for a first look; None: the beginning of the first table.
    path
        The folder that holds it; None: nothing was written.
    data
        The content of its JSON file, if it has one.
    note
        What a reader has to know of it.
    """

    title: str
    tables: Mapping[str, pd.DataFrame]
    drawings: sheets.Figures = field(default_factory=dict)
    shown: pd.DataFrame | None = None
    path: Path | None = None
    data: Any = None
    note: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """The first table."""
        return self._table(next(iter(self.tables), "table"))

    @property
    def figures(self) -> tuple[str, ...]:
        """Names that `plot` takes."""
        return tuple(self.drawings)

    def plot(self, name: str = "") -> Figure:
        """A figure, as the command line draws it.

        Parameters
        ----------
        name
            One of `figures`; none: the first.

        Raises
        ------
        UserError
            With the nearest name if there is no such figure.
        """
        return sheets.drawn(self.drawings, name or next(iter(self.drawings), ""), self.path or self.title)

    def write(self, folder: Path, figures: bool = True) -> None:
        """Write tables, those of paths as Parquet, and figures into a folder."""
        paths = {name: table for name, table in self.tables.items() if name.startswith("paths")}
        for name, table in paths.items():
            files.write(folder / f"{name}.parquet", table.to_parquet(index=False))
        dictionary.note(folder, {name: list(table.columns) for name, table in paths.items()})
        write_csv(folder, {name: table for name, table in self.tables.items() if name not in paths})
        if figures:
            sheets.write(self.drawings, folder)

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise UserError(f"{self.title}: holds no {name}; allowed: {', '.join(self.tables) or 'none'}")
        return self.tables[name]

    def __repr__(self) -> str:
        where = "" if self.path is None else f", in {self.path}"
        return f"<{type(self).__name__} {self.title!r}: {', '.join(self.tables) or 'figures'}{where}>"

    def _repr_html_(self) -> str:
        shown = self.shown
        if shown is None:
            shown = self.table.head(ROWS) if self.tables else pd.DataFrame()
        table = shown.to_html(index=False, na_rep="", float_format="{:.3g}".format, border=0)
        told = f"<b>{escape(self.title)}</b>" + (f"<br>{escape(self.note)}" if self.note else "")
        return f"<p>{told}</p>{table}"
