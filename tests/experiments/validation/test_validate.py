"""``outlook validate`` from the command line to the files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.cli.main import main


def test_validation_measures_the_facts(tmp_path: Path, capsys) -> None:
    assert main(["validate", "replicates=40", "siege_replicates=20", f"out={tmp_path / 'v'}"]) == 0
    facts = pd.read_csv(tmp_path / "v" / "facts.csv")
    assert {"exponent of event sizes", "risk ratio of fighting next door"} <= set(facts["fact"])
    assert facts["fact"].str.contains("siege", case=False).sum() == 4
    assert facts["source"].notna().all()
    assert "expected" in capsys.readouterr().out
    assert {path.stem for path in (tmp_path / "v").glob("*.png")} == {
        "event_sizes",
        "facts",
        "seasons",
        "sieges",
    }


def test_what_a_user_can_do_wrong_is_told_and_nothing_is_touched(tmp_path: Path, capsys) -> None:
    assert main(["validate", "replicates=1", f"out={tmp_path}"]) == 2
    assert "replicates" in capsys.readouterr().err
    (tmp_path / "mine.txt").write_text("keep me")
    assert main(["validate", f"out={tmp_path}"]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_runs_without_a_whole_year_have_no_seasons_and_are_refused_before(tmp_path, capsys):
    assert main(["validate", "end=2022-03-06", "replicates=20", f"out={tmp_path / 'v'}"]) == 2
    assert (
        "end: found 2022-03-06, 181 days after the start; allowed for validate: 365 days"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "v").exists()
