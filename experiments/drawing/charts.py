"""Charts of a page that need no script and answer to pointer and keyboard with one: plain SVG, numbers beside it.

A chart is drawn here, set by the macro ``chart`` of ``charts.html.j2`` and woken by ``charts.js``; without the script
it is a picture with a legend, what it says at its end, and a table.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.drawing.pages import Table
from experiments.kit.numbers import amount

_HERE = Path(__file__).parent
WIDTH, HEIGHT = 420, 230
COLOURS = 6
"""Colours in ``charts.css``."""
LEFT, RIGHT, TOP, BOTTOM = 60, 12, 12, 24
"""Pixels of a chart, and of its margins."""
_LONG = 800
"""Days from which the years alone are named below a chart."""


@dataclass(frozen=True)
class Layer:
    """What a chart shows and a legend turns on and off: a line, or a band between two.

    Attributes
    ----------
    key, label
        Its name, and what the legend says.
    colour
        Number of its colour in ``charts.css``, from 0.
    low, high
        float64 ``(times,)``; a line has the same twice.
    dashed
        Whether a line is broken.
    words
        Its values in words, where they are more than numbers.
    """

    key: str
    label: str
    colour: int
    low: np.ndarray
    high: np.ndarray
    dashed: bool = False
    words: Sequence[str] | None = None

    @property
    def is_line(self) -> bool:
        """Whether it is a line and no band."""
        return self.low is self.high

    @classmethod
    def line(cls, key: str, label: str, colour: int, values: np.ndarray, dashed: bool = False,
             words: Sequence[str] | None = None) -> Layer:  # fmt: skip
        """A line."""
        return cls(key, label, colour, values, values, dashed, words)


@dataclass(frozen=True)
class Chart:
    """Layers over time.

    Attributes
    ----------
    name, title
        Its anchor is ``chart-NAME``; what it shows, with the unit of time.
    unit
        Of the values; ``%`` for shares from 0 to 1.
    times
        datetime64[D] ``(times,)``.
    said
        How each of the times is called, such as ``March 2022``.
    layers
        Drawn in this order.
    marks
        Days that are marked, with what happens on them.
    """

    name: str
    title: str
    unit: str
    times: np.ndarray
    said: Sequence[str]
    layers: Sequence[Layer]
    marks: Sequence[tuple[np.datetime64, str]] = ()

    @functools.cached_property
    def top(self) -> float:
        """Upper end of the axis of values."""
        most = max(float(np.nanmax(layer.high)) for layer in self.layers)
        return ticks(most)[-1]

    def x(self, days: np.ndarray) -> np.ndarray:
        """Where days stand: pixels."""
        first, last = self.times[[0, -1]].astype("datetime64[D]").astype(float)
        at = (np.asarray(days, "datetime64[D]").astype(float) - first) / max(1.0, last - first)
        return LEFT + at * (WIDTH - LEFT - RIGHT)

    def y(self, values: np.ndarray) -> np.ndarray:
        """Where values stand: pixels."""
        return HEIGHT - BOTTOM - np.asarray(values, float) / self.top * (HEIGHT - TOP - BOTTOM)

    def path(self, layer: Layer) -> str:
        """The outline of a layer."""
        x = self.x(self.times)
        there = _points(x, self.y(layer.high))
        if layer.is_line:
            return f"M{there}"
        return f"M{there} L{_points(x[::-1], self.y(layer.low)[::-1])} Z"

    @property
    def frame(self) -> dict[str, int]:
        """Size and margins in pixels."""
        return {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "top": TOP,
                "bottom": HEIGHT - BOTTOM}  # fmt: skip

    def rows(self) -> list[tuple[float, str]]:
        """Lines across: height and what stands beside it."""
        return [(round(float(self.y(np.array(value))), 1), self.text(value)) for value in ticks(self.top)]

    def columns(self) -> list[tuple[float, str]]:
        """Dates below: place and what stands there."""
        first, last = self.times[[0, -1]]
        long = (last - first).astype("timedelta64[D]").astype(int) >= _LONG
        unit: Literal["Y", "M"] = "Y" if long else "M"
        begins = np.arange(
            first.astype(f"datetime64[{unit}]"), last.astype(f"datetime64[{unit}]") + np.timedelta64(1, unit)
        )
        days = begins.astype("datetime64[D]")
        days = days[(days >= first) & (days <= last)]
        days = days[:: max(1, len(days) // 5)]
        said = [str(day)[:4] if long else f"{day.item():%b %Y}" for day in days]
        return [(round(float(at), 1), text) for at, text in zip(self.x(days), said, strict=True)]

    def marked(self) -> list[tuple[float, str]]:
        """Marked days: place and what happens."""
        return [(round(float(self.x(np.array(day))), 1), text) for day, text in self.marks]

    def text(self, value: float) -> str:
        """A value with its unit where that is short."""
        if self.unit == "%":
            return f"{100 * value:.0f} %"
        return amount(value, self.unit)

    @functools.cached_property
    def told(self) -> dict[str, list[str]]:
        """Each layer's values in words, a text for each of the times."""
        made = {}
        for layer in self.layers:
            if layer.words is not None:
                made[layer.key] = list(layer.words)
                continue
            high = [self.text(value) for value in layer.high.tolist()]
            made[layer.key] = high
            if not layer.is_line:
                low = [self.text(value) for value in layer.low.tolist()]
                made[layer.key] = [f"{a} to {b}" for a, b in zip(low, high, strict=True)]
        return made

    def data(self) -> dict[str, Any]:
        """What the script needs: places of the times, what they are called, and each layer's values in words."""
        return {
            "xs": [round(float(x), 1) for x in self.x(self.times)],
            "top": TOP,
            "bottom": HEIGHT - BOTTOM,
            "said": list(self.said),
            "layers": [
                {"key": layer.key, "label": layer.label, "told": self.told[layer.key]}
                for layer in self.layers
            ],
        }

    def at_the_end(self) -> str:
        """What the chart says of its last time: for those who cannot see it and for pages without script."""
        parts = [f"{layer.label} {self.told[layer.key][-1]}" for layer in self.layers]
        return f"{self.said[-1]}: {'; '.join(parts)}"

    def table(self) -> Table:
        """All numbers."""
        columns = [self.told[layer.key] for layer in self.layers]
        rows = [list(row) for row in zip(self.said, *columns, strict=True)]
        heads = ("time", *(layer.label for layer in self.layers))
        unit = "" if self.unit in ("%", "") else f" ({self.unit})"
        return Table(f"{self.title}{unit}", heads, rows, numbers=tuple(range(1, len(heads))))


def ticks(most: float) -> list[float]:
    """Round numbers from 0 to at least ``most``, four or five of them."""
    if not most > 0.0:
        return [0.0, 1.0]
    rough = most / 4.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * 0.999)
    return [n * step for n in range(math.ceil(most / step * 0.999) + 1)]


def script() -> str:
    """The script that wakes the charts of a page."""
    return _read("charts.js")


def style_sheet() -> str:
    """The style of charts."""
    return _read("charts.css")


def policy(code: str) -> str:
    """A content policy for a page that holds one script: this one alone runs, nothing is asked from anywhere."""
    digest = base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _points(x: np.ndarray, y: np.ndarray) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
