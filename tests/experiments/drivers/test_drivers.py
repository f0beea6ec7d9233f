"""``outlook drivers`` from the command line on a short world, with real runs."""

from __future__ import annotations

import json

import pytest

from experiments.cli.main import main


def test_drivers_write_their_map(tmp_path, short_world, capsys):
    out = tmp_path / "map"
    words = [
        "drivers",
        f"scenario={short_world}",
        "over=[pockets.raid_rate,caches.abundance]",
        "n=64",
        f"out={out}",
    ]
    assert main(words) == 0
    data = json.loads((out / "drivers.json").read_text(encoding="utf-8"))
    assert data["runs"] == 192
    assert set(data["variables"]) == {"pockets.raid_rate", "caches.abundance"}
    assert {p.stem for p in (out / "figures").iterdir()} >= {"tipping", "responses", "importance", "leaders"}
    assert "192 runs at 64 points" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["drivers", "over=[taliban.contrl]"], "nearest: taliban.control"),
        (["drivers", "over=[taliban.control:0.9..0.1]"], "0.9..0.1"),
    ],
)
def test_bad_input_is_one_message_and_nothing_is_written(words, says, refused):
    assert says in refused([*words, "out=made"] if len(words) > 1 else words)
