"""Whatever people write and whatever their settings are, figures are drawn, and alike."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from experiments.drawing import style


@style.styled
def figure(title: str):
    made = style.page(4.0, 2.0)
    style.headline(made, title)
    return made


def png(title: str) -> bytes:
    return style.png(style.finish(figure(title), runs=20, scenario=title, version="1"))


@pytest.mark.parametrize(
    "title", ["from $5% to $3% of GDP", "Budget $_$ & co", "$10_000 or $20_000", r"$\frac{", "\\x $", "_^{}"]
)
def test_a_dollar_is_a_dollar(title):
    assert png(title)[:4] == b"\x89PNG"
    assert all(not text.get_parse_math() for text in figure(title).texts)


def test_settings_of_people_change_nothing():
    before = png("A title")
    mine = {"savefig.bbox": "tight", "font.family": ["serif"], "text.color": "red", "savefig.dpi": 30}
    with mpl.rc_context(mine):
        assert png("A title") == before
        assert mpl.rcParams["text.color"] == "red"


def test_characters_that_no_font_has_are_named_once(capsys, monkeypatch):
    monkeypatch.setattr(style, "fonts", lambda: ["DejaVu Sans"])
    monkeypatch.setattr(style, "_SAID", set())
    png("谁控制山谷")
    told = capsys.readouterr().err
    assert "谁" in told
    assert "/" not in told
    png("谁控制山谷")
    assert capsys.readouterr().err == ""


def test_few_runs_are_said_below_everything_else():
    made = style.finish(figure("A title"), runs=20, scenario="one", version="1")
    warning = next(text for text in made.texts if "Only 20 runs" in text.get_text())
    assert warning.get_position()[1] * made.get_figheight() < 0.2
