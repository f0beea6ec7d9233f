"""The common style: footers, warnings, layout, colours, calendar axes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from experiments.drawing import dates, style
from experiments.drawing.marks import Mark
from experiments.kit.numbers import short
from sim.outcomes import ENDINGS

DAYS = np.datetime64("2021-09-06") + np.arange(1096)


def texts(figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(style.mpl.text.Text))


def test_the_footer_says_what_the_figure_rests_on():
    figure = style.finish(style.page(6, 3), runs=1500, scenario="corridor_opens", version="0.1.0", seed=7)
    for part in ("corridor_opens", "1,500 runs", "seed 7", "Panjshir Outlook 0.1.0"):
        assert part in texts(figure)
    assert "Only" not in texts(figure)


def test_few_runs_are_a_warning():
    figure = style.finish(style.page(6, 3), runs=20, scenario="x", version="1")
    assert "Only 20 runs" in texts(figure)


def test_a_long_headline_wraps_within_the_page():
    figure = style.page(5, 3)
    short = style.headline(style.page(5, 3), "Short", "Short")
    tall = style.headline(
        figure, "A headline that is far too long for one line of a page five inches wide", "x " * 200
    )
    assert tall > short + 0.3
    figure.canvas.draw()
    width = figure.bbox.width
    assert all(t.get_window_extent().x1 <= width for t in figure.texts)


def test_margins_are_inches():
    figure = style.page(10, 5)
    cells = style.grid(figure, 1, 2, top=1.0, bottom=0.5, left=0.8, right=0.2, wgap=1.0)
    boxes = [figure.add_subplot(cells[0, i]).get_position() for i in (0, 1)]
    assert boxes[0].x0 * 10 == pytest.approx(0.8)
    assert boxes[1].x1 * 10 == pytest.approx(9.8)
    assert (boxes[1].x0 - boxes[0].x1) * 10 == pytest.approx(1.0)
    assert boxes[0].y1 * 5 == pytest.approx(4.0)


def test_pictures_carry_their_text_and_are_the_same_every_time(tmp_path):
    def draw():
        figure = style.page(4, 2)
        style.headline(figure, "Title")
        return figure

    path = style.save(draw(), tmp_path / "a.png", {"Description": "what it shows"})
    image = Image.open(path)
    assert image.size == (4 * style.DPI, 2 * style.DPI)
    assert image.text["Description"] == "what it shows"
    assert image.text["Software"] == "Panjshir Outlook"
    assert path.read_bytes() == style.png(draw(), {"Description": "what it shows"})
    assert Image.open(io.BytesIO(style.png(draw(), dpi=50))).size == (200, 100)


def test_a_users_own_settings_do_not_leak_in():
    with style.mpl.rc_context({"font.family": "serif", "axes.grid": False}):

        @style.styled
        def build():
            return style.mpl.rcParams["font.family"], style.mpl.rcParams["axes.grid"]

        assert build() == (["DejaVu Sans"], True)
        assert style.mpl.rcParams["axes.grid"] is False


def test_endings_are_told_apart_without_colour_vision():
    """Okabe and Ito's colours, all different; every pair differs in lightness or hue for a deuteranope."""
    colours = list(style.ENDING_COLOURS.values())
    assert len(set(colours)) == len(ENDINGS)
    # Viénot, Brettel and Mollon (1999): what a deuteranope sees, in linear light.
    see = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
    seen = np.clip([see @ np.array(to_rgb(c)) ** 2.2 for c in colours], 0, 1) ** (1 / 2.2)
    gaps = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[i + 1 :]]
    assert min(gaps) > 0.2


def test_map_colours_darken_steadily():
    light = [
        0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (style.MAP(x)[:3] for x in np.linspace(0, 1, 64))
    ]
    assert np.all(np.diff(light) < 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.6, "1,235"), (12.4, "12"), (3.14, "3.1"), (0.256, "0.26"), (0, "0"), (np.nan, "–"), (np.inf, "∞")],
)
def test_numbers_are_short(value, text):
    assert short(value) == text


def test_labels_move_apart_in_their_order():
    got = style.spaced(np.array([0.5, 0.52, 0.1, 0.99]), 0.1, 0.0, 1.0)
    assert np.diff(np.sort(got)).min() > 0.0999
    assert list(np.argsort(got)) == [2, 0, 1, 3]
    assert got.min() >= 0
    assert got.max() <= 1.0 + 1e-9


@pytest.mark.parametrize("colour", [*style.CYCLE, style.YELLOW])
def test_small_text_is_dark_enough(colour):
    def luminance(c):
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(c)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert 1.05 / (luminance(style.legible(colour)) + 0.05) >= 4.4
    assert style.legible(style.INK) == style.INK


def test_dark_fills_get_light_text():
    assert style.is_dark(style.BLUE)
    assert not style.is_dark(style.YELLOW)


def axes():
    return style.page(6, 3).add_subplot()


@pytest.mark.parametrize(
    ("days", "first", "has"),
    [
        (3, "6 Sep 2021", "7 Sep"),
        (200, "Oct\n2021", "Dec"),
        (1096, "Jan\n2022", "Jul"),
        (3653, "2022", "2030"),
    ],
)
def test_ticks_suit_the_span_and_name_the_year(days, first, has):
    ax = axes()
    dates.dated(ax, np.datetime64("2021-09-06") + np.arange(days))
    labels = [t.get_text() for t in ax.get_xticklabels()]
    assert labels[0] == first
    assert has in labels
    assert 2 <= len(labels) <= 10


def test_winters_are_shaded_from_december_to_march():
    ax = axes()
    dates.winters(ax, DAYS)
    spans = [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches]
    assert len(spans) == 3
    assert spans[0] == (
        np.datetime64("2021-12-01").astype(int),
        np.datetime64("2022-04-01").astype(int),
    )


def test_events_are_marked_on_their_day_and_told():
    ax = axes()
    dates.dated(ax, DAYS)
    marks = (
        Mark(np.datetime64("2022-03-23"), "schools stay shut"),
        Mark(np.datetime64("2031-01-01"), "later"),
    )
    dates.mark_events(ax, marks)
    assert [line.get_xdata()[0] for line in ax.lines] == [np.datetime64("2022-03-23").astype(int)]
    assert [t.get_text() for t in ax.texts] == ["1"]
    assert "(1) 23 Mar 2022: schools stay shut" in dates.key_to_events(marks)
    assert dates.key_to_events(()) == ""
