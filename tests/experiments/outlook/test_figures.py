"""The figures of an outlook draw the numbers of the tables."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import PowerNorm
from matplotlib.text import Text

from experiments.drawing import labels, style
from experiments.drawing.ground import layout
from experiments.kit.words import ending
from experiments.outlook.figures import (
    FIGURES,
    endings,
    events,
    fans,
    flows,
    makers,
    maps,
    spread,
    valley,
)
from experiments.stats.bands import gather
from experiments.stats.intervals import wilson
from experiments.stats.seasonality import half_years, totals
from experiments.stats.survival import kaplan_meier
from tests.experiments.outlook.synthetic import ENDINGS, drawn, make_tables


@pytest.fixture(scope="module")
def tables():
    return make_tables(runs=120)


@pytest.fixture(scope="module")
def figures(tables):
    return drawn(tables)


def texts(figure) -> list[str]:
    return [" ".join(t.get_text().split()) for t in figure.findobj(Text) if t.get_text()]


def test_every_figure_is_there_and_says_its_runs(figures, tables):
    assert tuple(figures) == FIGURES
    for figure in figures.values():
        assert any("120 runs" in t and "baseline" in t for t in texts(figure))
        assert style.png(figure, dpi=40)[:4] == b"\x89PNG"


def test_endings_draw_shares_intervals_and_counts(figures, tables):
    ax = figures["endings"].axes[0]
    share, low, high = wilson(tables.ending_counts(), 120)
    assert [p.get_width() for p in ax.patches] == pytest.approx(share)
    whiskers = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    assert np.array(whiskers)[:, 0] == pytest.approx(low)
    assert np.array(whiskers)[:, 1] == pytest.approx(high)
    assert f"{tables.ending_counts()[1]} of 120 runs" in texts(figures["endings"])
    assert [t.get_text() for t in ax.get_yticklabels()] == [ending(n) for n in ENDINGS]


def test_hundred_squares_add_up(figures):
    assert len(figures["endings"].axes[1].patches) == 100
    assert endings.of_hundred(np.array([1, 1, 1])).tolist() == [34, 33, 33]
    assert endings.of_hundred(np.array([997, 2, 1])).sum() == 100
    assert endings.of_hundred(np.zeros(3)).sum() == 0


def test_fans_draw_quantiles_of_months(figures, tables):
    axes = {ax.get_title(loc="left"): ax for ax in figures["fans"].axes}
    assert list(axes)[2] == "Deaths a month"
    deaths = gather(tables.series["deaths"], tables.dates, "month", "sum").whole()
    line = next(ln for ln in axes["Deaths a month"].lines if ln.get_label() == "_median")
    assert line.get_ydata()[:-1] == pytest.approx(np.median(deaths.values, axis=0))
    assert line.get_xdata()[0] == np.datetime64("2021-10-01").astype(int)
    services = axes["Public services (0 to 1)"]
    bands = [c for c in services.collections if isinstance(c, PolyCollection) and c.get_label().endswith("%")]
    assert [b.get_label() for b in bands] == ["_90%", "_50%"]
    monthly = gather(tables.series["services"], tables.dates, "month", "mean").values
    heights = bands[0].get_paths()[0].vertices[:, 1]
    low, high = np.quantile(monthly, [0.05, 0.95], axis=0)
    assert heights.min() == pytest.approx(low.min())
    assert heights.max() == pytest.approx(high.max())


def test_fans_leave_out_what_is_not_there(tables):
    few = dataclasses.replace(tables, paths={"deaths": tables.paths["deaths"]})
    assert len(fans.fans(few).axes) == 1


def test_events_draw_kaplan_meier_and_the_runs_waiting(figures, tables):
    ax, risk = figures["events"].axes
    curve = kaplan_meier(tables.measures["first_rising_day"], 1096)
    line = ax.lines[0]
    assert line.get_ydata()[-1] == pytest.approx(1 - curve.survival[-1])
    assert line.get_xdata()[0] == np.datetime64("2021-09-06").astype(int)
    shown = [t.get_text() for t in risk.texts]
    assert "120" in shown or "119" in shown
    assert str(int(np.isnan(tables.measures["first_rising_day"]).sum())) in shown
    jan = np.datetime64("2023-01-01")
    waiting = np.nan_to_num(tables.measures["first_militia_day"], nan=9e9) > (jan - tables.dates[0]).astype(
        int
    )
    assert str(int(waiting.sum())) in shown


def test_events_say_by_when_the_chance_is_even(figures, tables):
    half = int(kaplan_meier(tables.measures["first_rising_day"], 1096).quantile(0.5).estimate)
    month = str(tables.dates[0] + half)[:4]
    assert any("even chance by" in t and month in t for t in texts(figures["events"]))


def test_maps_colour_the_provinces_by_their_mean(figures, tables):
    ax = figures["provinces"].axes[0]
    shapes = next(c for c in ax.collections if isinstance(c, PolyCollection) and len(c.get_paths()) == 34)
    yearly = tables.places["deaths"].mean(axis=0) * 365.25 / (7 * tables.weeks.size)
    faces = shapes.get_facecolors()[:, :3].sum(axis=1)
    assert int(np.argmin(faces)) == int(np.argmax(yearly))
    assert int(np.argmax(faces)) == int(np.argmin(yearly))
    panel = maps.panels(tables)[0]
    assert panel.data.mean == pytest.approx(yearly)


def test_provinces_are_shown_of_their_whole_weeks(tables):
    """Runs of ten days record one week: deaths a year are those of seven days; runs of six days record nothing."""
    week = dataclasses.replace(tables, weeks=tables.weeks[:1])
    expected = tables.places["deaths"].mean(axis=0) * 365.25 / 7
    assert maps.panels(week)[0].data.mean == pytest.approx(expected)
    none = dataclasses.replace(tables, weeks=tables.weeks[:0])
    assert maps.panels(none) == []
    assert not {"provinces", "flows"} & set(makers(none))


def test_ground_that_is_never_lost_gets_no_map(tables):
    held = np.ones_like(tables.places["control_by_province"])
    kept = dataclasses.replace(tables, places={"control_by_province": held})
    assert maps.panels(kept)[0].data.mean.max() == 0.0
    assert any("In no province" in t for t in texts(maps.maps(kept)))


def test_names_on_maps_do_not_cover_each_other():
    figure = style.page(5, 4)
    ax = figure.add_subplot()
    ax.set(xlim=(0, 10), ylim=(0, 8))
    labels.place(ax, np.array([[5.0, 4.0], [5.1, 4.1], [5.0, 4.3]]), ["Kapisa", "Panjshir", "Parwan"])
    figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.texts]
    assert len(boxes) == 3
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert len(ax.lines) >= 1


def test_the_name_of_a_small_place_stands_beside_it():
    ax = style.page(5, 4).add_subplot()
    ax.set(xlim=(0, 10), ylim=(0, 8))
    extents = np.array([[0.3, 0.3], [5.0, 5.0]])
    labels.place(ax, np.array([[2.0, 2.0], [7.0, 6.0]]), ["Panjshir", "Ghor"], extents=extents)
    small, large = (np.array(t.get_position()) for t in ax.texts)
    assert np.abs(small - [2.0, 2.0]).max() > 0.3
    assert large == pytest.approx([7.0, 6.0])


def test_names_without_room_are_left_out():
    ax = style.page(5, 4).add_subplot()
    ax.set(xlim=(0, 10), ylim=(0, 8))
    points = np.array([[5.0, 4.0], [5.1, 4.0], [8.0, 7.0], [0.1, 4.0], [20.0, 4.0]])
    labels.place_some(ax, points, ["Panjshir", "Kapisa", "Takhar", "Herat", "Nowhere"], 7.0, style.MUTED)
    assert [t.get_text() for t in ax.texts] == ["Panjshir", "Takhar"]


def test_the_valley_shows_the_time_held(figures, tables):
    ax = figures["valley"].axes[0]
    shown = [t.get_text() for t in ax.texts]
    for place, held in zip(tables.geography.valley, tables.valley_held.mean(axis=0), strict=True):
        assert place.name in shown
        assert f"{100 * held:.0f}" in shown
    assert any("shut 15 Nov – 15 May" in t for t in shown)


def test_the_line_map_has_the_mouth_on_the_left_and_no_two_places_on_one_spot(tables):
    where = layout(tables.geography.valley)
    axis = [i for i, p in enumerate(tables.geography.valley) if p.axis]
    assert np.all(np.diff(where.x[axis]) > 0)
    assert np.all(where.y[axis] == 0)
    spots = np.column_stack([where.x, where.y])
    gaps = [np.hypot(*(a - b)) for i, a in enumerate(spots) for b in spots[i + 1 :]]
    assert min(gaps) > 0.4


def test_a_valley_without_times_is_drawn_plain(tables):
    plain = dataclasses.replace(tables, valley_held=None)
    shown = texts(valley.valley(plain))
    assert "Mouth" in shown
    assert not any("time held" in t for t in shown)


def test_flows_are_wider_where_more_is_carried(figures, tables):
    halves = half_years(tables.routes, tables.weeks)
    most = max(float(half.max()) for half in halves)
    for ax, half in zip(figures["flows"].axes[:2], halves, strict=True):
        lines = next(c for c in ax.collections if isinstance(c, LineCollection) and c.get_label() == "_flow")
        widths = np.array(lines.get_linewidths())
        assert np.all(np.diff(widths) >= 0)
        assert len(widths) == half.size
        assert widths[-1] == pytest.approx(0.4 + 6.0 * (half.max() / most) ** 0.6)
    strip = figures["flows"].axes[2]
    top = flows.main_routes(totals(tables.routes, tables.weeks), tables.geography.links)
    drawn = np.asarray(strip.images[0].get_array())
    assert drawn.shape == (top.size, 12)
    assert drawn == pytest.approx(tables.routes[:, top].T)


def test_paths_inside_the_valley_are_not_ranked(tables):
    top = flows.main_routes(totals(tables.routes, tables.weeks), tables.geography.links)
    assert all(tables.geography.links[i].kind != "valley" for i in top)
    quiet = np.zeros_like(tables.routes)
    assert flows.main_routes(quiet.sum(axis=0), tables.geography.links).size == 0
    assert any("No route" in t for t in texts(flows.flows(dataclasses.replace(tables, routes=quiet))))


def test_crossings_leave_the_country(tables):
    a, b = flows.positions(tables.geography)
    k = next(i for i, link in enumerate(tables.geography.links) if link.kind == "border")
    home = tables.geography.centres[5]
    assert a[k] == pytest.approx(home)
    assert np.abs(b[k] - home).max() > 0.5  # provinces are unit squares: the far end lies outside


def test_snow_is_split_at_the_new_year(tables):
    link = tables.geography.links[2]
    assert flows._shut_months(link) == [(10 + 14 / 31, 12.0), (0.0, 4 + 14 / 31)]


def test_spread_draws_the_split(figures, tables):
    ax = figures["spread"].axes[0]
    table = spread.split(tables)
    assert next(iter(table)) == "deaths"
    widths = [p.get_width() for p in ax.patches]
    assert widths[:3] == pytest.approx([s.share for s in table.values()])
    assert widths[3:] == pytest.approx([s.luck for s in table.values()])


def test_figures_without_data_are_left_out(tables):
    bare = dataclasses.replace(tables, measures={}, places={}, routes=None, twins={})
    assert tuple(drawn(bare)) == ("endings", "fans", "actors", "valley")


@pytest.mark.parametrize(("runs", "days"), [(1, 3), (2, 30), (3, 100), (4, 400), (3, 4400)])
def test_any_length_and_number_of_runs_can_be_drawn(runs, days):
    for figure in drawn(make_tables(runs=runs, days=days)).values():
        figure.canvas.draw()
        assert any(f"Only {runs} run" in t for t in texts(figure))


def test_nothing_leaves_the_page(figures):
    for name, figure in figures.items():
        figure.canvas.draw()
        page = figure.bbox
        inside = [t for ax in figure.axes for t in (*ax.texts, ax._left_title) if not t.get_clip_on()]
        for text in [*figure.texts, *inside]:
            box = text.get_window_extent()
            assert box.x0 >= 0, (name, text.get_text())
            assert box.x1 <= page.x1, (name, text.get_text())
            assert box.y0 >= 0, (name, text.get_text())
            assert box.y1 <= page.y1, (name, text.get_text())


def test_events_of_another_name_do_no_harm():
    assert (
        events.curves(
            dataclasses.replace(make_tables(runs=3), measures={"first_capital_lost_day": np.ones(3)})
        )
        == {}
    )


def test_words_of_a_colour_bar_do_not_run_into_each_other():
    norm = PowerNorm(0.5, 0.0, 0.01)
    kept = maps._apart(np.array([0.0, 0.002, 0.004, 0.006, 0.008, 0.01]), norm)
    assert kept == [0.0, 0.002, 0.006, 0.01]
    assert np.diff(norm(kept)).min() > 0.16
