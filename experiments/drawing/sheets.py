"""Figures as files, each with its foot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from experiments.drawing import style
from experiments.kit.record import project_version


def write(
    figures: Mapping[str, Figure],
    folder: Path,
    *,
    runs: int,
    scenario: str,
    seed: int | None = None,
    note: str = "",
) -> None:
    """Write figures as ``NAME.png`` into a folder, which is made if it is not there.

    Parameters
    ----------
    figures
        By their names.
    folder
        Where they go.
    runs, scenario, seed
        What they were made of.
    note
        What the runs know, in short, for the foot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        style.finish(figure, runs=runs, scenario=scenario, version=project_version(), seed=seed, note=note)
        style.save(figure, folder / f"{name}.png")
