"""Pages in HTML: one base template, one style sheet, every text escaped; a page is one file without script.

A template of a question lies beside its code, extends ``base.html.j2`` and uses the macros of ``parts.html.j2``;
what it shows are the plain things below.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from experiments.kit.numbers import sticky

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Code:
    """A name or a value as one types it."""

    text: str


@dataclass(frozen=True)
class Bar:
    """A bar from 0 to 100 % with an estimate and its interval; hidden from screen readers, who get numbers."""

    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Badge:
    """A short word on a colour."""

    text: str
    colour: str


@dataclass(frozen=True)
class Link:
    """A word that leads to a place of the same page."""

    text: str
    anchor: str


Cell = str | Code | Bar | Badge | Link | list[Any]
"""What stands in a cell of a table; a list is set line by line."""


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row heads it; on a narrow screen each row becomes a list.

    Attributes
    ----------
    caption : str
        What it shows.
    heads : sequence of str
        Headings of the columns.
    rows : sequence of sequences
        Cells.
    numbers : sequence of int
        Columns of numbers, counted from 0; they do not break.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class Picture:
    """A figure inside the page.

    Attributes
    ----------
    name : str
        Its anchor is ``figure-NAME``.
    png : bytes
        The picture for wide screens and paper.
    caption : str
        What it says.
    alt : str
        What it shows and says, for those who cannot see it.
    narrow : bytes, optional
        The picture for phones.
    scrolls : bool
        Whether the wide picture scrolls in its box on a phone, if there is no narrow one.
    """

    name: str
    png: bytes
    caption: str
    alt: str
    narrow: bytes | None = None
    scrolls: bool = True


def render(template: Path, **values: Any) -> str:
    """A whole document from a template: one HTML file that asks for nothing from outside.

    The template's own folder and that of this one are searched; all texts among the values are escaped.
    """
    return _environment(template.parent).get_template(template.name).render(css=_css(), **values)


@functools.cache
def _environment(folder: Path) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, _HERE / "templates"]), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["data"] = lambda png: f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
    made.filters["sticky"] = sticky
    made.filters["kind"] = lambda cell: type(cell).__name__
    return made


@functools.cache
def _css() -> str:
    return (_HERE / "house.css").read_text(encoding="utf-8")
