"""A page of what a folder of results holds: its endings, figures and tables, with the units of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from experiments.config.posteriors import variant_basis
from experiments.drawing.pages import Picture, Table, render
from experiments.kit import dictionary
from experiments.kit.numbers import counted, number, percent
from experiments.kit.record import project_version
from experiments.kit.tables import read_table
from experiments.kit.words import capital, label, words
from experiments.runs.result import Result
from experiments.runs.store import StudyFolder

FILE = "report.html"
TEMPLATE = Path(__file__).with_name("folder.html.j2")
ROWS, COLUMNS = 40, 9
"""Of a table that is shown; the rest is in its file."""


def page(folder: Path, record: Mapping[str, Any], study: StudyFolder | None) -> str:
    """The page of a folder whose figures and tables are made: one HTML file.

    ``record``: content of its ``study.json``; ``study``: the runs that it holds, None if it holds none.
    """
    result = None if study is None else Result(study)
    what = str(record["kind"]) if result is None else f"outlook {result.verb}"
    return render(
        TEMPLATE,
        title=f"{folder.resolve().name}: {what}",
        kicker=folder.resolve().name,
        heading=_heading(record, result),
        facts=_facts(study),
        basis=_basis(record, study),
        command=record.get("command", ""),
        endings=None if result is None else _endings(result),
        pictures=list(_pictures(folder)),
        tables=list(_tables(folder)),
        files=sorted(path.name + "/" * path.is_dir() for path in folder.iterdir() if path.name[0] != "."),
    )


def _heading(record: Mapping[str, Any], result: Result | None) -> str:
    if result is None:
        return str(record.get("title") or capital(str(record["kind"])))
    titles = [variant.scenario.title for variant in result.folder.study.variants]
    return titles[0] if len(titles) == 1 else f"{len(titles)} scenarios side by side"


def _facts(study: StudyFolder | None) -> list[str]:
    found = [f"Panjshir Outlook {project_version()}"]
    if study is not None:
        names = [words(variant.label) for variant in study.study.variants]
        what = ", ".join(names) if len(names) <= 4 else f"{len(names)} scenarios"
        found = [what, counted(study.runs_done(), "run"), f"seed {study.study.seed}", *found]
    return found


def _basis(record: Mapping[str, Any], study: StudyFolder | None) -> str:
    """What the numbers know, as a sentence; empty if the record does not say."""
    outlook = record.get("outlook")
    known = outlook.get("basis", "") if isinstance(outlook, Mapping) else ""
    if study is not None:
        known = variant_basis(study.study.variants[0])
    return f"{capital(known)}." if known else ""


def _endings(result: Result) -> Table:
    """Share of each ending, a row a scenario."""
    shares = result.endings
    heads = ["Scenario", *(label(name).capitalize() for name in shares.columns)]
    rows = [
        [words(str(name)), *(percent(float(p)) for p in row)]
        for name, row in zip(shares.index, shares.to_numpy(), strict=True)
    ]
    return Table("Share of the runs with each ending", heads, rows, range(1, len(heads)))


def _pictures(folder: Path) -> Iterator[Picture]:
    """The figures of a folder; what they say stands in them, and for those who cannot see them in their text."""
    for path in sorted([*folder.glob("*.png"), *(folder / "figures").glob("*.png")]):
        with Image.open(path) as image:
            told = str(image.info.get("Description", ""))
        yield Picture(
            path.stem, path.read_bytes(), told, told or f"Figure: {words(path.stem.replace('-', ' '))}"
        )


def _tables(folder: Path) -> Iterator[Table]:
    """The tables of a folder that people read: CSV files, their first rows and columns."""
    units = {(row.table, row.column): row.unit for row in dictionary.read(folder)}
    for path in sorted(folder.glob("*.csv")):
        if path.name == dictionary.FILE:
            continue
        table = read_table(path, comment=None)
        shown = table.iloc[:ROWS, :COLUMNS]
        more = f" (first {len(shown)} of {len(table):,} rows)" if len(table) > ROWS else ""
        more += f" (first {COLUMNS} of {table.shape[1]} columns)" if table.shape[1] > COLUMNS else ""
        heads = [
            f"{words(name)} ({unit})" if (unit := units.get((path.stem, name))) else words(name)
            for name in map(str, shown)
        ]
        rows = [[_cell(value) for value in row] for row in shown.itertuples(index=False)]
        numbers = [k for k, name in enumerate(shown) if k and pd.api.types.is_numeric_dtype(shown[name])]
        yield Table(f"{capital(words(path.stem))}{more}: {path.name}", heads, rows, numbers)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else number(value)
    return str(value)
