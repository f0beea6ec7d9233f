"""Response curves: how an outcome, or the shares of all endings, shift along one swept parameter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.drawing import style
from experiments.drawing.bands import draw_bands
from experiments.stats.bands import Bands
from experiments.stats.intervals import half_width, wilson
from experiments.studies.landscapes import Quantity, each, known

_LEVELS = (0.5, 0.9)


@style.styled
def response(
    x: np.ndarray,
    groups: Sequence[np.ndarray],
    outcome: Quantity,
    *,
    x_label: str,
    reference: float | None = None,
) -> Figure:
    """One swept parameter: `groups[i]` float[runs] at `x[i]` (sorted), nan left out.

    A chance (values 0 and 1) is drawn with Wilson's 95 % interval; a number by its median with the bands that
    hold 50 and 90 % of runs. `reference`: the default value, marked by a dotted line.
    """
    x = np.asarray(x, float)
    clean = [known(g) for g in groups]
    binary = all(np.isin(g, (0.0, 1.0)).all() for g in clean)
    unit = Quantity(outcome.name, outcome.unit, outcome.share or binary)
    ends = [unit.say(float(g.mean() if binary else np.median(g))) for g in (clean[0], clean[-1])]
    figure = style.page(8.6, 5.0)
    top = style.headline(
        figure,
        f"{outcome.name} goes from {ends[0]} to {ends[1]} as {x_label} goes from {x[0]:g} to "
        f"{x[-1]:g}",
        f"{each([g.size for g in clean], 'at each point')}. "
        + ("Band: 95 % interval." if binary else "Bands: 50 and 90 % of runs; line: median."),
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.05, left=0.95, right=0.4)[0])
    (_chances if binary else _numbers)(ax, x, clean)
    _mark_default(ax, reference)
    ax.yaxis.set_major_formatter(lambda v, _: unit.tick(v))
    ax.set(xlabel=x_label, ylabel=outcome.label, xlim=(x[0], x[-1] if x.size > 1 else x[0] + 1.0))
    return figure


def _chances(ax: Axes, x: np.ndarray, groups: list[np.ndarray]) -> None:
    share, low, high = wilson([g.sum() for g in groups], [g.size for g in groups])
    ax.fill_between(x, low, high, color=style.tint(style.BLUE, 0.3), linewidth=0, label="_95%")
    ax.plot(x, share, color=style.BLUE, marker="o", markersize=4.5, label="_median")
    ax.set_ylim(0, min(1.0, float(np.max(high)) * 1.08))


def _numbers(ax: Axes, x: np.ndarray, groups: list[np.ndarray]) -> None:
    shares = np.array(_LEVELS)
    q = np.column_stack([np.quantile(g, [0.5, *(0.5 - shares / 2), *(0.5 + shares / 2)]) for g in groups])
    mean = np.array([g.mean() for g in groups])
    bands = Bands(x, q[0], mean, _LEVELS, q[1:3], q[3:5], min(g.size for g in groups))
    draw_bands(ax, x, bands, style.BLUE)
    ax.plot(x, bands.median, linestyle="none", marker="o", markersize=4.5, color=style.BLUE)
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))


def _mark_default(ax: Axes, reference: float | None) -> None:
    if reference is None:
        return
    ax.axvline(reference, color=style.INK, linewidth=0.9, linestyle=(0, (1, 2)))
    ax.annotate(
        "default", (reference, 1.0), xycoords=("data", "axes fraction"), xytext=(4, 3),
        textcoords="offset points", fontsize=8, color=style.MUTED,
    )  # fmt: skip


@style.styled
def endings_response(
    x: np.ndarray, counts: np.ndarray, names: Sequence[str], *, x_label: str, reference: float | None = None
) -> Figure:
    """How the endings shift along one swept parameter: `counts` int[point, ending] at `x` float[point],
    stacked."""
    x, counts = np.asarray(x, float), np.asarray(counts, float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    gain = shares[-1] - shares[0]
    most = int(np.argmax(np.abs(gain)))
    figure = style.page(8.6, 5.0)
    top = style.headline(
        figure,
        f"{style.ending_label(names[most])} goes from {100 * shares[0, most]:.0f} % to "
        f"{100 * shares[-1, most]:.0f} % "
        f"as {x_label} goes from {x[0]:g} to {x[-1]:g}",
        f"Share of runs by ending; {each(counts.sum(axis=1), 'at each point')}, so each share is known to ± "
        f"{100 * float(half_width(0.5, counts.sum(axis=1).min())):.0f} points or better (95 %).",
    )  # fmt: skip
    ax = figure.add_subplot(style.grid(figure, 1, 1, top=top + 0.25, bottom=1.05, left=0.8, right=2.0)[0])
    ax.stackplot(
        x,
        shares.T,
        colors=[style.tint(style.ending_colour(n, i), 0.85) for i, n in enumerate(names)],
        linewidth=0,
    )
    ax.plot(x, np.cumsum(shares, axis=1)[:, :-1], color="white", linewidth=1.2)
    _mark_default(ax, reference)
    middle = np.cumsum(shares[-1]) - shares[-1] / 2.0
    style.label_ends(
        ax, [f"{style.ending_label(n)} {100 * s:.0f} %" for n, s in zip(names, shares[-1], strict=True)],
        list(middle),
        [style.ending_colour(n, i) for i, n in enumerate(names)], gap=0.06,
    )  # fmt: skip
    ax.set(
        xlim=(x[0], x[-1] if x.size > 1 else x[0] + 1.0), ylim=(0, 1), xlabel=x_label, ylabel="share of runs"
    )
    ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f} %")
    ax.grid(visible=False)
    return figure
