"""Every file of a study damaged in every way, and every verb on it: one line, exit code 0 or 2, no numbers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from experiments.cli.main import main
from experiments.runs.store import open_study

SCENARIO = ["end=2021-10-20", "figures=false"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A small study of two points in several blocks, with all tables."""
    out = tmp_path_factory.mktemp("damaged") / "study"
    words = ["economy.growth=-0.1,0.1", "replicates=6", "block=3", "keep=national", f"out={out}"]
    assert main(["sweep", *words, *SCENARIO]) == 0
    return out


@pytest.fixture(scope="module")
def outlook(tmp_path_factory) -> Path:
    """A small study of one scenario, with its twins."""
    out = tmp_path_factory.mktemp("outlook") / "study"
    assert main(["run", "replicates=6", "twins=4", f"out={out}", *SCENARIO]) == 0
    return out


def truncated(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[2 * len(content) // 3] ^= 4
    path.write_bytes(content)


def gone(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def other_content(path: Path) -> None:
    path.write_text('[{"runs": "many", "replicates": [], "files": 5}]')


WAYS = (truncated, flipped, gone, a_folder)
MORE = (empty, a_pipe, other_content)


def kinds(folder: Path) -> dict[str, Path]:
    """One file of each kind that the study reads again."""
    made = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in (".json", ".parquet")}
    made.pop("estimates.parquet")
    for sub in sorted(path for path in folder.iterdir() if path.is_dir()):
        made[sub.name] = sorted(sub.iterdir())[1]
    return made


def verbs(folder: Path, run_id: str) -> dict[str, list[str]]:
    return {
        "status": ["status", str(folder)],
        "given": ["given", str(folder), "deaths > 3", "among=baseline"],
        "compare": ["compare", str(folder)],
        "reproduce": ["reproduce", str(folder), run_id, "story=false"],
    }


def one_line(capsys) -> str:
    text = capsys.readouterr().err
    assert "unexpected" not in text
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize(
    "way", [*WAYS, *(pytest.param(way, marks=pytest.mark.slow) for way in MORE)], ids=lambda way: way.__name__
)
def test_damage_of_any_kind_is_said_in_one_line_and_mended(sound, way, tmp_path, capsys):
    run_id = open_study(sound).runs()["run_id"].iloc[3]
    before = open_study(sound).runs()
    for kind in kinds(sound):
        folder = tmp_path / kind / "study"
        shutil.copytree(sound, folder)
        damaged = kinds(folder)[kind]
        way(damaged)
        record = kind in ("study.json", "plan.parquet")  # without these there is nothing to go on with
        for verb, words in verbs(folder, run_id).items():
            capsys.readouterr()
            code = main(words)
            printed = capsys.readouterr()
            assert "unexpected" not in printed.err, (kind, way, verb, printed.err)
            assert "Traceback" not in printed.err
            if verb == "status" and not record and not (way is a_folder and damaged.parent == folder):
                assert code == 0
                assert "outlook resume" in printed.out.replace("\n", " "), (kind, way)
                assert "finished with" not in printed.out
            else:
                assert code == 2, (kind, way, verb)
                assert len(printed.err.strip().splitlines()) == 1
                assert not printed.out
        code = main(["resume", str(folder), "figures=false"])
        one_line(capsys)
        if record or way is a_folder:
            assert code == 2, (kind, way)
        else:
            assert code == 0, (kind, way)
            assert not open_study(folder).problems()
            after = open_study(folder).runs()
            assert after.equals(before)


@pytest.mark.parametrize("name", ["twins.parquet", "quantiles.parquet", "outlook.json"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_is_made_of_the_runs_is_made_again(outlook, way, name, tmp_path, capsys):
    folder = tmp_path / "study"
    shutil.copytree(outlook, folder)
    before = (folder / name).read_bytes()
    way(folder / name)
    code, told = main(["status", str(folder)]), capsys.readouterr()
    if way is a_folder:
        assert code == 2
        assert told.err == f"outlook: {folder / name}: found a folder; allowed: a plain file\n"
    else:
        assert code == 0
        assert ("outlook resume" in told.out) == (name != "outlook.json")  # of which nobody reads a number
    code = main(["resume", str(folder), "figures=false"])
    assert "unexpected" not in capsys.readouterr().err
    if way is a_folder:
        assert code == 2
    else:
        assert code == 0
        assert (folder / name).read_bytes() == before
        assert not open_study(folder).problems()
