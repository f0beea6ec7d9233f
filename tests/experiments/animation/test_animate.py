"""A run as a moving picture: what is drawn follows the run, and what cannot be written is refused before any work."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from experiments.animation import frames
from experiments.animation.film import write
from experiments.animation.frames import HEIGHT, HIGH, LOST, LOW, WIDTH, pictures, shade
from experiments.chronicle.film import film
from experiments.cli.main import main
from experiments.runs.store import open_study
from tests.worlds import province, small


@pytest.fixture(scope="module")
def shot():
    event = {
        "date": "2021-09-20",
        "title": "Balkh changes hands $x$ \x1b[31m",
        "state": {"province.Balkh.held": 0},
    }
    scenario = small(28, title="A <title> $of$ one's own", events=[event])
    return film(scenario, scenario.values, 1, 0)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    out = tmp_path_factory.mktemp("study") / "run"
    asked = ["scenario=baseline", "end=2021-10-06", "replicates=4", "twins=0", "figures=false", f"out={out}"]
    assert main(["run", *asked]) == 0
    return out, str(open_study(out).runs()["run_id"][2])


def test_pictures_follow_the_run(shot):
    before, after = pictures(shot, [10, 14])
    assert before.size == after.size == (WIDTH, HEIGHT)
    scene = frames._scene(shot)
    edge = scene.shapes[province("Balkh")][0]
    found = {after.getpixel(tuple(int(value) for value in point)) for point in edge}
    assert any(np.abs(np.subtract(colour, LOST)).sum() < 40 for colour in found)
    assert before.tobytes() != after.tobytes()


def test_colours_run_from_nothing_to_the_most():
    assert (shade(0.0), shade(1.0), shade(7.0)) == (LOW, HIGH, HIGH)


def test_a_gif_moves_and_holds_at_its_end(shot, tmp_path):
    told = []
    path = tmp_path / "run.gif"
    size = write(path, pictures(shot, [0, 9, 14, 27], told.append), 8, frames.palette())
    with Image.open(path) as made:
        assert (made.n_frames, made.size) == (4, (WIDTH, HEIGHT))
        made.seek(3)
        assert made.info["duration"] == 3000
        made.seek(2)
        assert LOST in {colour for _, colour in made.convert("RGB").getcolors(2**20)}
    assert size == path.stat().st_size
    assert sum(told) == 4
    assert [one.name for one in tmp_path.iterdir()] == ["run.gif"]


def encoder(folder, monkeypatch, code: str) -> None:
    """An ffmpeg of a few lines of shell, alone on the PATH in front of the others."""
    made = folder / "ffmpeg"
    made.write_text(f"#!/bin/sh\n{code}\n")
    made.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_an_mp4_goes_through_ffmpeg(shot, tmp_path, monkeypatch):
    encoder(tmp_path, monkeypatch, 'for last; do :; done; cat > "$last"')
    path = tmp_path / "run.mp4"
    assert write(path, pictures(shot, [0, 27]), 1, frames.palette()) == (2 + 3) * WIDTH * HEIGHT * 3


def test_what_ffmpeg_refuses_is_said(shot, tmp_path, monkeypatch, capsys, study):
    encoder(tmp_path, monkeypatch, "echo no such encoder >&2; exit 1")
    out, run_id = study
    assert main(["animate", str(out), run_id, "every=30", f"out={tmp_path / 'run.mp4'}"]) == 2
    assert "ffmpeg refuses: no such encoder" in capsys.readouterr().err
    assert not (tmp_path / "run.mp4").exists()


def test_a_stored_run_is_drawn(study, tmp_path, capsys):
    out, run_id = study
    path = tmp_path / "run.gif"
    assert main(["animate", str(out), run_id, "every=10", f"out={path}"]) == 0
    assert f"{path}: 3 pictures" in capsys.readouterr().out
    assert main(["animate", str(out), run_id, "every=10", f"out={path}"]) == 2
    assert "is there already; allowed: a new file, or replace=true" in capsys.readouterr().err
    assert main(["animate", str(out), run_id, "every=30", f"out={path}", "replace=true"]) == 0


@pytest.mark.parametrize(("out", "said"), [
    ("run.avi", "found .avi; allowed: .gif, .mp4"), ("run", "found no ending"), ("no/where/run.gif", "no such folder"),
    ("/proc/run.gif", "out=/proc/run.gif: cannot be written"),
])  # fmt: skip
def test_what_cannot_be_written_is_refused_first(out, said, capsys):
    assert main(["animate", "results/none", "baseline/0/0", f"out={out}"]) == 2
    assert said in capsys.readouterr().err


def test_without_ffmpeg_there_is_no_mp4(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["animate", "results/none", "baseline/0/0", "out=run.mp4"]) == 2
    assert "ffmpeg is not on the PATH; allowed: a .gif" in capsys.readouterr().err


def test_an_unknown_run_is_refused(study, tmp_path, capsys):
    assert main(["animate", str(study[0]), "baseline/000000000000/9", f"out={tmp_path / 'x.gif'}"]) == 2
    assert "no such run" in capsys.readouterr().err
