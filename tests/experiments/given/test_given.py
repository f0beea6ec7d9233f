"""``outlook given`` from the command line on a short world, with real runs."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from experiments.cli.main import main


@pytest.mark.parametrize("kind", ["run", "sweep"])
def test_given_reads_runs_and_sweeps(kind, tmp_path, short_world, capsys):
    folder, out = tmp_path / "study", tmp_path / "given"
    extra = {"run": ["figures=false", "twins=0"], "sweep": ["keep=national"]}[kind]
    assert main([kind, f"scenario={short_world}", "replicates=80", f"out={folder}", *extra]) == 0
    condition = "deaths > 300 in 2021-09..2021-12"
    assert main(["given", str(folder), condition, f"out={out}"]) == 0
    data = json.loads((out / "given.json").read_text(encoding="utf-8"))
    deaths = pd.read_parquet(folder / "runs").set_index("run_id")["deaths"]
    left = (out / "runs.txt").read_text(encoding="utf-8").split()
    assert data["runs"] == 80
    assert data["met"] == len(left)
    # deaths from 6 September to 31 December are nearly those of the whole run to 5 January
    assert deaths[deaths < 300].index.intersection(left).empty
    assert deaths[deaths > 500].index.difference(left).empty
    capsys.readouterr()
    assert main(["given", str(folder)]) == 2
    assert "found no condition; allowed: conditions as in --help, or ending=NAME" in capsys.readouterr().err
    assert main(["given", str(folder), "ending=scattered_insurgncy"]) == 2
    assert "nearest: scattered_insurgency" in capsys.readouterr().err
    assert main(["given", str(folder), "servces < 0.3 at 2021-11"]) == 2
    assert "nearest: services" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["given", "absent_folder", "pockets > 3 in 2022"], "no such folder"),
        (["given"], "folder is missing"),
    ],
)
def test_bad_input_is_one_message_and_nothing_is_written(words, says, refused):
    assert says in refused([*words, "out=made"] if len(words) > 1 else words)
