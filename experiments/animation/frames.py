"""Pictures of one run: the country's map, the valley, the date and what has just happened."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from experiments.chronicle.film import Film
from experiments.chronicle.happening import DETAIL, TURNING, Happening
from experiments.chronicle.log import log
from experiments.drawing.ground import Spots, layout, valley_places
from experiments.kit.screen import clean
from sim.world.geography import load_geography, load_outlines

WIDTH, HEIGHT = 1040, 760
_FINER = 2  # drawn so many times larger, then reduced: smooth edges
_MAP = (20, 70, 640, 560)  # left, top, right, bottom
_TEXT = (666, 84, 1020)  # left, top, right
_VALLEY = (60, 604, 980, 704)
_LINE = (40, 734, 1000)  # the line of time: left, height, right
_WINDOW = 28
"""Days whose deaths the map shows."""
INK, MUTED, RULE, PAPER = (28, 33, 39), (90, 99, 112), (216, 221, 227), (255, 255, 255)
LOW, HIGH = (243, 239, 220), (18, 58, 111)
LOST, RISING, FRONT, POCKET = (213, 94, 0), (230, 159, 0), (0, 158, 115), (28, 33, 39)


@dataclass
class _Scene:
    """What all pictures of a run share."""

    film: Film
    events: list[Happening]
    deaths: np.ndarray
    most: float
    shapes: list[list[np.ndarray]]
    centres: np.ndarray
    spots: Spots


def pictures(
    film: Film, days: Sequence[int], progress: Callable[[int], None] | None = None
) -> Iterator[Image.Image]:
    """A picture for each of the days, after it is over.

    Parameters
    ----------
    film
        The run.
    days
        Days since the start, ascending.
    progress
        Called with the number of further pictures.
    """
    scene = _scene(film)
    for day in days:
        made = _picture(scene, day)
        if progress is not None:
            progress(1)
        yield made


def _scene(film: Film) -> _Scene:
    daily = film.counted("deaths")
    sums = np.cumsum(np.vstack([np.zeros((1, daily.shape[1])), daily]), axis=0)
    first = np.maximum(0, np.arange(film.days) + 1 - _WINDOW)
    deaths = sums[1:] - sums[first]
    ground, outlines = load_geography(), load_outlines()
    rings = [[np.asarray(ring) for ring in outlines[name]] for name in ground.province_names]
    project = _projection(rings)
    shapes = [[project(ring) for ring in several] for several in rings]
    centres = project(np.column_stack([ground.provinces["lon"], ground.provinces["lat"]]))
    told = [one for one in log(film) if one.weight < DETAIL]
    most = max(10.0, float(np.quantile(deaths.max(axis=1), 0.95)))
    return _Scene(film, told, deaths, most, shapes, centres, _spots())


def _projection(rings: Sequence[Sequence[np.ndarray]]) -> Callable[[np.ndarray], np.ndarray]:
    """Degrees to pixels of the map."""
    points = np.concatenate([ring for several in rings for ring in several])
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    narrow = np.cos(np.radians((south + north) / 2.0))
    scale = min((_MAP[2] - _MAP[0]) / ((east - west) * narrow), (_MAP[3] - _MAP[1]) / (north - south))

    def project(degrees: np.ndarray) -> np.ndarray:
        x = _MAP[0] + (degrees[:, 0] - west) * narrow * scale
        y = _MAP[1] + (north - degrees[:, 1]) * scale
        return np.column_stack([x, y])

    return project


def _spots() -> Spots:
    """Places of the valley in pixels."""
    found = layout(valley_places())
    x = _VALLEY[0] + (found.x - found.x.min()) / np.ptp(found.x) * (_VALLEY[2] - _VALLEY[0])
    y = _VALLEY[1] + (found.y.max() - found.y) / np.ptp(found.y) * (_VALLEY[3] - _VALLEY[1])
    return Spots(x, y, found.up)


def _picture(scene: _Scene, day: int) -> Image.Image:
    """One day."""
    large = Image.new("RGB", (_FINER * WIDTH, _FINER * HEIGHT), PAPER)
    pen = ImageDraw.Draw(large)
    _country(pen, scene, day)
    _valley(pen, scene, day)
    _time(pen, scene, day)
    _words(pen, scene, day)
    return large.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def _country(pen: ImageDraw.ImageDraw, scene: _Scene, day: int) -> None:
    """Provinces by deaths; capitals lost, risings and pockets."""
    film, frame = scene.film, day + 1
    lost = film.watched("province.held")[frame] == 0.0
    for row, rings in enumerate(scene.shapes):
        fill = shade(scene.deaths[day, row] / scene.most)
        for ring in rings:
            pen.polygon(_flat(ring), fill=fill, outline=PAPER, width=2)
    for row in np.flatnonzero(lost).tolist():
        for ring in scene.shapes[row]:
            pen.line(_flat(np.vstack([ring, ring[:1]])), fill=LOST, width=5)
    rising = film.watched("community.rising")[frame]
    for row, centre in enumerate(scene.centres):
        men = _pockets(film, frame, row)
        for n, size in enumerate(men):
            beside = np.array([7.0 * (n % 5) - 14.0, 7.0 * (n // 5)])
            _dot(pen, centre + beside, 1.0 + 0.22 * np.sqrt(size), POCKET)
        if rising[row] > 0.0:
            x, y = centre
            pen.polygon(
                _flat(np.array([(x - 9, y - 6), (x + 9, y - 6), (x, y - 22)])), fill=RISING, outline=INK
            )
    for row, home in enumerate(film.watched("front.home")[frame].astype(int) - 1):
        force = film.watched("front.main")[frame, row]
        if force > 0.0 and home >= 0:
            _dot(pen, scene.centres[home] - np.array([0.0, 12.0]), 2.0 + 0.11 * np.sqrt(force), FRONT)


def _pockets(film: Film, frame: int, row: int) -> np.ndarray:
    """Fighters of the largest pockets of a province, at most ten."""
    here = (film.watched("pocket.active")[frame] > 0.0) & (film.watched("pocket.home")[frame] == row)
    return np.sort(film.watched("pocket.fighters")[frame][here])[::-1][:10]


def _valley(pen: ImageDraw.ImageDraw, scene: _Scene, day: int) -> None:
    """The line map of the valley: what the front holds is filled."""
    places, spots = valley_places(), scene.spots
    index = {place.name: i for i, place in enumerate(places)}
    held = scene.film.watched("place.held")[day + 1]
    for i, place in enumerate(places):
        if place.attaches_to in index:
            j = index[place.attaches_to]
            ends = np.array([(spots.x[j], spots.y[j]), (spots.x[i], spots.y[i])])
            pen.line(_flat(ends), fill=RULE, width=10 if place.axis else 4)
    for i, place in enumerate(places):
        floor = place.kind == "floor"
        colour = FRONT if held[i] > 0.0 else PAPER
        _dot(pen, np.array([spots.x[i], spots.y[i]]), 8.0 if floor else 5.0, colour)
        if floor:
            x, y = spots.x[i] + (0.0 if place.axis else 12.0), spots.y[i] - (12.0 if place.axis else 7.0)
            _text(pen, (x, y), place.name, 12, INK, "ms" if place.axis else "la")
    _text(
        pen,
        (20, 574),
        "The Panjshir valley, from its mouth to its head: green is held by the front",
        12,
        MUTED,
    )


def _time(pen: ImageDraw.ImageDraw, scene: _Scene, day: int) -> None:
    """The line of time with the years, the turning points, and where we are."""
    left, y, right = _LINE
    start, days = scene.film.scenario.start, scene.film.days

    def at(when: float) -> float:
        return left + (right - left) * when / max(1, days - 1)

    pen.line(_flat(np.array([(left, y), (right, y)])), fill=RULE, width=6)
    pen.line(_flat(np.array([(left, y), (at(day), y)])), fill=MUTED, width=6)
    for one in scene.events:
        if one.weight == TURNING:
            _dot(pen, np.array([at(one.tick), y]), 3.0, LOST if one.tick <= day else RULE)
    for year in range(start.year + 1, (start + timedelta(days=days)).year + 1):
        when = (start.replace(year=year, month=1, day=1) - start).days
        if when < days:
            _text(pen, (at(when), y + 8), str(year), 12, MUTED, "ma")
    _dot(pen, np.array([at(day), y]), 7.0, INK)


def _words(pen: ImageDraw.ImageDraw, scene: _Scene, day: int) -> None:
    """Title, date, key, and the latest events."""
    scenario = scene.film.scenario
    date = scenario.start + timedelta(days=day)
    _text(pen, (20, 18), clean(scenario.title), 20, INK, bold=True, room=600)
    _text(pen, (_TEXT[2], 14), f"{date.day} {date:%B %Y}", 24, INK, "ra", bold=True)
    _text(pen, (20, 46), f"Deaths in {_WINDOW} days: 0", 12, MUTED)
    for n in range(60):
        pen.rectangle([_FINER * v for v in (136 + 2 * n, 48, 138 + 2 * n, 58)], fill=shade(n / 59))
    _text(pen, (262, 46), f"{scene.most:,.0f} and more", 12, MUTED)
    _key(pen)
    _latest(pen, scene, day)


def _key(pen: ImageDraw.ImageDraw) -> None:
    """What the signs mean."""
    x = 370.0
    for colour, label in ((POCKET, "pocket"), (FRONT, "front"), (RISING, "rising"), (LOST, "capital lost")):
        _dot(pen, np.array([x, 53.0]), 5.0, colour)
        _text(pen, (x + 10, 46), label, 12, MUTED)
        x += 24.0 + _font(12, False).getlength(label) / _FINER


def _latest(pen: ImageDraw.ImageDraw, scene: _Scene, day: int) -> None:
    """The latest events, newest first, as far as there is room."""
    _text(pen, (_TEXT[0], _TEXT[1] - 22), "What happened", 14, INK, bold=True)
    y = float(_TEXT[1])
    for one in reversed([event for event in scene.events if event.tick <= day]):
        lines = _wrapped(clean(one.text), 13, one.weight == TURNING, _TEXT[2] - _TEXT[0])
        if y + 17 * (len(lines) + 1) > _MAP[3] - 4:
            break
        _text(pen, (_TEXT[0], y), one.day(scene.film.scenario.start).isoformat(), 12, MUTED)
        for n, line in enumerate(lines):
            _text(pen, (_TEXT[0], y + 16 + 17 * n), line, 13, INK, bold=one.weight == TURNING)
        y += 24 + 17 * len(lines)


def shade(share: float) -> tuple[int, int, int]:
    """Colour of a share from 0 to 1: what is little is seen too."""
    return _mixed(LOW, HIGH, float(np.sqrt(min(1.0, max(0.0, share)))))


def palette() -> list[tuple[int, int, int]]:
    """The colours of all pictures, and what smooth edges mix of them."""
    made = [shade((n / 119) ** 2) for n in range(120)]
    for colour in (INK, MUTED, LOST, RISING, FRONT, RULE):
        made += [_mixed(PAPER, colour, n / 6) for n in range(1, 7)]
    return [PAPER, *made]


def _mixed(low: tuple[int, int, int], high: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    """A colour between two."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _wrapped(text: str, size: int, bold: bool, room: float) -> list[str]:
    """A text in lines no longer than so many pixels."""
    lines, font = [""], _font(size, bold)
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > _FINER * room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _text(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: tuple[int, int, int],
    anchor: str = "la", bold: bool = False, room: float | None = None,
) -> None:  # fmt: skip
    """A line of text; cut with dots where it is longer than its room."""
    font = _font(size, bold)
    while room is not None and len(text) > 4 and font.getlength(text) > _FINER * room:
        text = f"{text[:-5]} ..."
    pen.text(
        (_FINER * at[0], _FINER * at[1]),
        text,
        font=font,
        fill=colour,
        anchor=anchor,
        stroke_width=_FINER,
        stroke_fill=PAPER,
    )


def _dot(pen: ImageDraw.ImageDraw, at: np.ndarray, radius: float, colour: tuple[int, int, int]) -> None:
    x, y = (float(value) for value in at)
    box = [_FINER * value for value in (x - radius, y - radius, x + radius, y + radius)]
    pen.ellipse(box, fill=colour, outline=INK if colour == PAPER else None, width=3)


def _flat(points: np.ndarray) -> list[float]:
    return [float(value) for value in (_FINER * points).ravel()]


@functools.lru_cache(maxsize=16)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """The fonts that come with matplotlib."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None, "matplotlib is among the requirements"
    folder = Path(str(found.origin)).parent / "mpl-data" / "fonts" / "ttf"
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(folder / name), _FINER * size)
