"""One style for all figures: colours, page layout in inches, headline, footer and the way to save.

Figures are built with `matplotlib.figure.Figure` alone: no global state, nothing to close, no window system.
Colours are those of Okabe and Ito (2008), told apart under all common kinds of colour blindness; maps use
cividis.
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import blended_transform_factory

from experiments.kit.files import write
from experiments.kit.numbers import sticky
from experiments.kit.screen import say
from experiments.stats.intervals import FEW_RUNS

DPI = 130
PHONE = 4.3
"""Inches of a figure that is read on a phone."""
INK, MUTED, FAINT, RULE, GROUND = "#1c2127", "#5a6370", "#aab2bc", "#d8dde3", "#eef1f4"
WINTER = "#e8eef3"
WINTER_SHADE = ("#2b5c8a", 0.11)  # the same over anything that is drawn
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
CYCLE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, "#4d4d4d", "#b59f00")

ENDING_COLOURS = {
    "consolidation": BLUE, "scattered_insurgency": ORANGE, "valley_resurgence": GREEN,
    "multi_front_civil_war": VERMILION, "settlement": PURPLE, "government_falls": BLACK,
}  # fmt: skip


def _pale_cividis() -> ListedColormap:
    """Cividis from its yellow to its navy, the low end faded towards white: nothing there should look like
    nothing."""
    at = np.linspace(0.0, 1.0, 256)
    colours = mpl.colormaps["cividis_r"](at)[:, :3]
    fade = (0.80 * (1.0 - at) ** 1.6)[:, None]
    return ListedColormap(colours * (1.0 - fade) + np.array([1.0, 0.995, 0.97]) * fade, "pale_cividis")


MAP = _pale_cividis()
"""Colours of everything that goes from none to much."""

_RC: Any = {
    "text.parse_math": False,  # a dollar in a person's text is a dollar
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 7.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "white",
    "figure.dpi": 100.0,
}

F = TypeVar("F", bound=Callable[..., Any])


OTHER_SCRIPTS = (
    "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Naskh Arabic", "Noto Sans Arabic",
    "Noto Sans Devanagari", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "PingFang SC",
    "Hiragino Sans", "Microsoft YaHei", "Arial Unicode MS", "Unifont",
)  # fmt: skip
"""Fonts that are asked, where they are there, for characters that DejaVu Sans lacks."""


@functools.cache
def fonts() -> list[str]:
    """DejaVu Sans, which ships with matplotlib (the same page on every machine), then what else is there."""
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in OTHER_SCRIPTS if name in there)]


@contextlib.contextmanager
def house() -> Iterator[None]:
    """The house style on top of matplotlib's own defaults, whatever the settings of the user are."""
    with mpl.rc_context():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
            mpl.rcdefaults()
        mpl.rcParams.update({**_RC, "font.family": fonts()})
        yield


def styled(build: F) -> F:
    """Decorator: build a figure in the house style whatever the user's own matplotlib settings are."""

    @functools.wraps(build)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with house():
            return build(*args, **kwargs)

    return wrapper  # type: ignore[return-value]


def page(width: float, height: float) -> Figure:
    """An empty figure of that many inches with an Agg canvas."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def headline(figure: Figure, title: str, subtitle: str = "") -> float:
    """Write the finding (bold) and what is drawn (plain) at the top; returns the inches that they take."""
    width, height = figure.get_size_inches()
    room = width - 0.5
    used = 0.2
    for text, size, per_em, weight, colour in (
        (title, 12.5, 0.585, "bold", INK),
        (subtitle, 9.0, 0.535, "normal", MUTED),
    ):
        if not text:
            continue
        most = max(20, int(room * 72.0 / (size * per_em)))
        text = sticky(text)
        lines = _balanced(text, most) if weight == "bold" else textwrap.wrap(text, most)
        figure.text(
            0.25 / width, 1.0 - used / height, "\n".join(lines), fontsize=size, weight=weight, color=colour,
            va="top", ha="left", linespacing=1.25,
        )  # fmt: skip
        used += len(lines) * size * 1.3 / 72.0 + 0.07
    return used


def _balanced(text: str, most: int) -> list[str]:
    """Text in as few lines of `most` characters as it needs, the lines about equally long."""
    lines = textwrap.wrap(text, most)
    for width in range(-(-len(text) // max(1, len(lines))), most):
        even = textwrap.wrap(text, width)
        if len(even) <= len(lines):
            return even
    return lines


def grid(
    figure: Figure, rows: int, columns: int, *, top: float, bottom: float = 0.85, left: float = 0.75,
    right: float = 0.3, hgap: float = 0.6, wgap: float = 0.6, **ratios: Any,
) -> GridSpec:  # fmt: skip
    """A grid of panels with margins and gaps in inches (a fixed layout: nothing to solve, so it is fast)."""
    width, height = figure.get_size_inches()
    across, down = (width - left - right), (height - top - bottom)
    panel_w = (across - wgap * (columns - 1)) / columns
    panel_h = (down - hgap * (rows - 1)) / rows
    return GridSpec(
        rows, columns, figure=figure, left=left / width, right=1.0 - right / width, top=1.0 - top / height,
        bottom=bottom / height, wspace=wgap / panel_w, hspace=hgap / panel_h, **ratios,
    )  # fmt: skip


@styled
def finish(
    figure: Figure, *, runs: int, scenario: str, version: str, seed: int | None = None, note: str = ""
) -> Figure:
    """Footer: scenario, runs, seed and version; a warning where the runs are too few for their intervals."""
    width, height = figure.get_size_inches()
    few = runs < FEW_RUNS
    parts = [f"Scenario: {scenario}", f"{runs:,} run{'s' if runs != 1 else ''}"]
    parts += [text for text in (f"seed {seed}" if seed is not None else "", note) if text]
    line = 0.40 / height
    figure.add_artist(
        mpl.lines.Line2D([0.25 / width, 1 - 0.25 / width], [line, line], color=RULE, linewidth=0.8)
    )
    narrow = width < PHONE + 1.0
    base = (0.27 if few or narrow else 0.2) / height
    figure.text(0.25 / width, base, "  ·  ".join(parts), fontsize=8, color=MUTED, va="center")
    figure.text(
        1 - 0.25 / width,
        0.1 / height if narrow else base,
        f"Panjshir Outlook {version}",
        fontsize=8,
        color=MUTED,
        va="center",
        ha="right",
    )
    if few:
        figure.text(
            0.25 / width, 0.1 / height, f"Only {runs} run{'s' if runs != 1 else ''}: read shapes, not numbers",
            fontsize=8, color=legible(VERMILION), weight="bold", va="center",
        )  # fmt: skip
    figure.set_label(scenario)
    return figure


def png(
    figure: Figure, metadata: Mapping[str, str] | None = None, dpi: int = DPI, quiet: bool = False
) -> bytes:
    """The figure as PNG bytes, the same for the same figure; ``quiet``: do not say which characters no font has."""
    if not isinstance(figure.canvas, FigureCanvasAgg):
        FigureCanvasAgg(figure)
    sheet = io.BytesIO()
    with house(), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        figure.savefig(
            sheet, format="png", dpi=dpi, metadata={"Software": "Panjshir Outlook", **(metadata or {})}
        )
    if not quiet:
        _say_what_is_lacking([str(warning.message) for warning in told])
    return sheet.getvalue()


def _say_what_is_lacking(messages: list[str]) -> None:
    """Say once which characters no font here has: they show as boxes."""
    found = {chr(int(code)) for text in messages for code in re.findall(r"Glyph (\d+)", text)} - _SAID
    if found:
        _SAID.update(found)
        lacking = " ".join(map(_seen, sorted(found)[:20]))
        say(
            f"outlook: no font here has the characters {lacking}: they show as boxes in "
            "figures; a font of that script, installed for all programs, mends it"
        )


_SAID: set[str] = set()


def save(figure: Figure, path: str | Path, metadata: Mapping[str, str] | None = None) -> Path:
    """Write the figure as PNG with `metadata` (text chunks such as Description) and return the path."""
    target = Path(path)
    write(target, png(figure, metadata))
    return target


def tint(colour: str, strength: float) -> tuple[float, float, float]:
    """A colour mixed with white: strength 1 is the colour itself, 0 is white."""
    return tuple(1.0 - strength * (1.0 - c) for c in to_rgb(colour))  # type: ignore[return-value]


def is_dark(colour: str) -> bool:
    """Whether white text reads better on a colour than dark text (relative luminance below 0.28)."""
    return _luminance(np.array(to_rgb(colour))) < 0.28


def legible(colour: str) -> str:
    """The colour, darkened as far as small text on white needs (contrast 4.5 to 1, WCAG 2)."""
    rgb = np.array(to_rgb(colour))
    while _luminance(rgb) > 1.05 / 4.5 - 0.05:
        rgb = rgb * 0.97
    return to_hex((float(rgb[0]), float(rgb[1]), float(rgb[2])))


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance (WCAG 2) of sRGB components from 0 to 1."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def ending_colour(name: str, index: int = 0) -> str:
    """The fixed colour of an ending (of its place in the list for one that is not ours)."""
    return ENDING_COLOURS.get(name, CYCLE[index % len(CYCLE)])


def shares(axis: Axis, whole: bool = False) -> None:
    """Tick labels in per cent; ``whole``: quarters from 0 to 100 %."""
    axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    if whole:
        axis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))


def halo(width: float = 2.2) -> list[patheffects.AbstractPathEffect]:
    """White outline behind a label that stands on a drawing."""
    return [patheffects.withStroke(linewidth=width, foreground="white", alpha=0.9)]


def spaced(positions: np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """Label positions moved apart to at least `gap` within [low, high], in their order and as little as
    possible."""
    wanted = np.asarray(positions, float)
    order = np.argsort(wanted, kind="stable")
    out = wanted[order].copy()
    for _ in range(50):
        close = np.diff(out) < gap - 1e-12
        if not close.any():
            break
        for i in np.flatnonzero(close):
            push = (gap - (out[i + 1] - out[i])) / 2.0
            out[i], out[i + 1] = out[i] - push, out[i + 1] + push
    if out.size:
        out += max(0.0, low - out[0])
        out -= max(0.0, out[-1] - high)
    result = np.empty_like(out)
    result[order] = out
    return result


def label_ends(ax: Axes, texts: list[str], heights: list[float], colours: list[str], gap: float) -> None:
    """Labels right of the panel at `heights` (axes fraction), moved apart, each in its curve's colour."""
    where = blended_transform_factory(ax.transAxes, ax.transAxes)
    for text, y, colour in zip(texts, spaced(np.array(heights), gap, 0.0, 1.0), colours, strict=True):
        ax.text(1.015, y, text, transform=where, color=legible(colour), fontsize=8.5, weight="bold", va="center",
                clip_on=False)  # fmt: skip


def _seen(character: str) -> str:
    """A character, or its number if it cannot be seen."""
    return character if character.isprintable() else f"U+{ord(character):04X}"
