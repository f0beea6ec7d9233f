"""Figures by their names: each is drawn when it is asked for, for a file or for a notebook, always with its foot."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.image import imread

from experiments.drawing import style
from experiments.kit import notebook
from experiments.kit.errors import UserError
from experiments.kit.reading import read_bytes
from experiments.kit.record import project_version
from sim.values import hint

Figures = Mapping[str, Callable[[], Figure]]
"""The name of each figure to what draws it."""


def footed(figures: Figures, *, runs: int, scenario: str, seed: int | None = None, note: str = "") -> Figures:
    """The same figures with a foot: what they are made of, and in ``note`` what the runs know, in short."""

    def draw(make: Callable[[], Figure]) -> Figure:
        figure = make()
        style.finish(figure, runs=runs, scenario=scenario, version=project_version(), seed=seed, note=note)
        return figure

    return {name: functools.partial(draw, make) for name, make in figures.items()}


def write(figures: Figures, folder: Path) -> None:
    """Draw figures as ``NAME.png`` into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in figures.items():
        style.save(make(), folder / f"{name}.png")


def drawn(figures: Figures, name: str, whose: object) -> Figure:
    """Draw one figure, to be shown in a notebook; UserError with the nearest name, for ``whose`` figures it is not."""
    if name not in figures:
        offered = ", ".join(figures) or "none"
        raise UserError(f"{whose}: no figure {name!r}; allowed: {offered}{hint(name, figures)}")
    notebook.show_figures()
    return figures[name]()


def written(folder: Path) -> Figures:
    """The figures that a folder holds as files, as they were written."""
    paths = sorted([*folder.glob("*.png"), *(folder / "figures").glob("*.png")])
    return {path.stem: functools.partial(_again, path) for path in paths}


def _again(path: Path) -> Figure:
    """A figure that shows a picture, dot by dot."""
    try:
        image = imread(io.BytesIO(read_bytes(path)), format="png")
    except (OSError, SyntaxError, ValueError) as error:
        raise UserError(f"{path}: is no picture: {error}") from None
    height, width = image.shape[:2]
    figure = Figure(figsize=(width / style.DPI, height / style.DPI), dpi=style.DPI)
    figure.figimage(image)
    return figure
