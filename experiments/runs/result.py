"""A folder of runs as a program or a notebook sees it: tables, figures, and what the study was."""

from __future__ import annotations

from functools import cached_property
from html import escape
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq

from experiments.drawing import sheets
from experiments.drawing.answer import Answer
from experiments.kit import dictionary
from experiments.kit.errors import UserError
from experiments.kit.tables import read_table
from experiments.kit.verb import load
from experiments.kit.words import capital, label
from experiments.runs import carry_out, folders
from experiments.runs.store import StudyFolder, open_study
from experiments.runs.store.document import PLAN
from sim.outcomes import ENDINGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Result:
    """The runs of a finished study, whole and undamaged, and all that is made of them."""

    def __init__(self, folder: StudyFolder) -> None:
        self.folder = folder
        self._drawn: dict[str, sheets.Figures] = {}

    @staticmethod
    def of(folder: StudyFolder | None, code: int) -> Result:
        """The result of a verb that has ended with an exit code; raises what stopped it."""
        if folder is None:
            raise UserError("dry_run=true: nothing was run; allowed: outlook sweep on the command line")
        if code == carry_out.INTERRUPTED:
            raise KeyboardInterrupt(f"go on with: outlook resume {quote(str(folder.path))}")
        if folder.finished is None:
            raise UserError(f"{folder.path}: runs failed; see its table failures")
        return Result(folder)

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @property
    def verb(self) -> str:
        """The verb that made it."""
        return carry_out.maker_of(self.folder)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Outcomes, a row a run: identity, ending, measures, answers to the questions."""
        return self.folder.runs()

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Every parameter that varies, swept or drawn, a row a run as in `runs`."""
        return self.folder.points()

    @cached_property
    def plan(self) -> pd.DataFrame:
        """The design, a row a row of it: scenario, point, swept parameters."""
        return pq.read_table(self.path / PLAN).to_pandas()

    @property
    def problem(self) -> dict[str, Any]:
        """What the design moves, in SALib's form: ``num_vars, names, bounds``; empty if nothing is moved.

        Of the first scenario; those of the others are in ``folder.study.variants``.
        """
        return dict(self.folder.study.variants[0].problem)

    @cached_property
    def series(self) -> pd.DataFrame:
        """National series, a row a run and day."""
        return self._table("series", "keep=national or keep=all")

    @cached_property
    def places(self) -> pd.DataFrame:
        """Series by province, a row a run, week and province."""
        return self._table("places", "keep=all")

    @property
    def figures(self) -> tuple[str, ...]:
        """Names that `plot` takes."""
        return tuple(self._drawings("deaths"))

    def plot(self, name: str, measure: str = "deaths") -> Figure:
        """One of `figures`, as the command line draws it; UserError with the nearest name if there is none.

        ``measure``: end-of-run measure for the figures of a sweep that show one.
        """
        return sheets.drawn(self._drawings(measure), name, self.path)

    def _drawings(self, measure: str) -> sheets.Figures:
        """The figures of the verb that made the folder."""
        if measure not in self._drawn:
            make = getattr(load(self.verb).module, "drawings", None)
            more = {"measure": measure} if self.verb == "sweep" else {}
            self._drawn[measure] = {} if make is None else make(self.folder, **more)
        return self._drawn[measure]

    def _table(self, name: str, needed: str) -> pd.DataFrame:
        found = self.folder.table(name)
        if found.empty:
            raise UserError(f"{self.path}: holds no {name}; allowed: runs with {needed}")
        return found

    @cached_property
    def endings(self) -> pd.DataFrame:
        """Share of each ending, a row a scenario."""
        runs = self.folder.runs(["scenario", "ending"])
        shares = pd.crosstab(runs["scenario"].astype(str), runs["ending"].astype(str), normalize="index")
        labels = [variant.label for variant in self.folder.study.variants]
        return shares.reindex(index=labels, columns=list(ENDINGS), fill_value=0.0)

    def _facts(self) -> str:
        study = self.folder.study
        names = [variant.label for variant in study.variants]
        what = ", ".join(names) if len(names) <= 3 else f"{len(names)} scenarios"
        points = f", {study.points:,} points" if study.points > len(names) else ""
        return f"{len(self.runs):,} runs of {what}{points}"

    def __repr__(self) -> str:
        return f"<Result of outlook {self.verb}: {self._facts()}, in {self.path}>"

    def _repr_html_(self) -> str:
        shown = self.endings.rename(columns=lambda name: label(name).capitalize())
        table = (
            shown.rename_axis(None)
            .rename_axis(None, axis=1)
            .to_html(float_format=lambda p: f"{p:.0%}", border=0)
        )
        told = f"outlook {self.verb}: {self._facts()}, in {self.path}"
        return f"<p><b>{escape(told)}</b><br>Share of the runs with each ending</p>{table}"


def load_study(path: str | Path | Result, shards: str | None = None) -> Result | Answer:
    """Open a folder that a verb made.

    Parameters
    ----------
    path
        The folder.
    shards
        Address of its tables, if they are not in the folder.

    Returns
    -------
    Result or Answer
        The runs of a folder that holds runs; the tables and figures that were written into any other.

    Raises
    ------
    UserError
        If it names no folder, if that holds no results, if its study is not finished, or if anything of it is damaged.
    """
    folder = Path(folders.named(path))
    record = folders.recorded(folder)
    if record is not None and isinstance(record.get("kind"), str) and record["kind"] != "sweep":
        return _written(folder, record["kind"])
    study = open_study(folder, shards)
    if study.finished is None:
        raise UserError(
            f"{study.path}: is not finished; outlook resume {quote(str(study.path))} goes on with it"
        )
    return Result(study.sound())


def _written(folder: Path, kind: str) -> Answer:
    """Tables and figures of a folder without runs, as they were written."""
    tables = {
        file.stem: read_table(file, comment=None)
        for file in sorted(folder.glob("*.csv"))
        if file.name != dictionary.FILE
    }
    return Answer(capital(kind), tables, sheets.written(folder), path=folder)
