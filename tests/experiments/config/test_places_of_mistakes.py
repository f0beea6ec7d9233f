"""A message names the place where the mistake stands: the file that sets the key, or the command line."""

from __future__ import annotations

import pytest

from experiments.config import compose
from experiments.kit.errors import UserError


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ("taliban: {control: 4}", "taliban.control"),
        ("taliban.control: 4", "taliban.control"),
        ("foo: 4", "foo"),
        ("taliban: 5", "taliban"),
        ("questions: [{id: a}]", "questions[0].text"),
        ("state: {front.nrf.main: [1]}", "state.front.nrf.main"),
        ("space: {caches.abundance: {dist: uniform, low: 3, high: 1}}", "space.caches.abundance"),
        ("end: soon", "end"),
        ("start: 2022-01-01", "start"),
        ("title: [a]", "title"),
    ],
)
def test_a_mistake_in_a_base_is_placed_there(tmp_path, wrong, key):
    (tmp_path / "below.yaml").write_text(f"base: baseline\n{wrong}\n")
    (tmp_path / "mine.yaml").write_text("base: below.yaml\nstory: Mine.\n")
    with pytest.raises(UserError) as caught:
        _ = compose("run", [f"scenario={tmp_path}/mine.yaml"]).scenario
    assert str(caught.value).startswith(f"{tmp_path}/below.yaml: {key}: ")


@pytest.mark.parametrize("word", ["taliban.control=4", "space.caches.abundance.high=nan", "start=2022-01-01", "end=x",
                                  "+state.front.nrf.main=[1]"])  # fmt: skip
def test_a_mistake_on_the_command_line_is_placed_there(tmp_path, word):
    (tmp_path / "mine.yaml").write_text("base: baseline\ntaliban: {control: 0.3}\nend: 2023-01-01\n")
    for scenario in ("baseline", f"{tmp_path}/mine.yaml"):
        with pytest.raises(UserError) as caught:
            _ = compose("run", [f"scenario={scenario}", word]).scenario
        assert str(caught.value).startswith("command line: ")
