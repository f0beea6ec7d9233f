"""``outlook calibrate``, ``hindcast``, ``learn`` and ``forecast`` from the command line to the files."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from experiments.cli.main import main
from experiments.forecast.questions import show_scores

CALIBRATE = ["calibrate", "runs=1024", "keep=80", "draws=60", "check=100", "trials=20"]
PNG = b"\x89PNG\r\n\x1a\n"


def outlook(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small calibration, made once: its folder."""
    folder = Path(tmp_path_factory.mktemp("calibration"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main([*CALIBRATE, "out=cal", "save=shipped/mine.csv"]) == 0
    return folder


def test_calibration_writes_all_that_it_promises(calibrated: Path) -> None:
    out = calibrated / "cal"
    names = {path.name for path in out.iterdir()}
    tables = {
        "parameters",
        "targets",
        "months",
        "months_prior",
        "recovery",
        "recovered",
        "surrogate",
        "second_opinion",
        "questions",
        "questions_prior",
    }
    assert {f"{name}.csv" for name in tables} | {
        "columns.csv",
        "posterior.csv",
        "posterior.json",
        "sample",
        "figures",
    } == names
    assert all(path.read_bytes().startswith(PNG) for path in (out / "figures").iterdir())
    told = json.loads((out / "posterior.json").read_text())
    assert told["runs"] == 1024
    assert told["as_of"] == "2023-07-01"
    assert told["basis"] == "what was observed from September 2021 to June 2023"
    assert 1 < told["effective_sample_size"] <= 1024
    silent, informed = told["parameters_silent"], told["parameters_informed"]
    table = pd.read_csv(out / "posterior.csv")
    assert sorted(silent + informed) == sorted(table.columns)
    assert table.shape[0] == 60
    for ending in ("csv", "json"):
        shipped = calibrated / "shipped" / f"mine.{ending}"
        assert shipped.read_bytes() == (out / f"posterior.{ending}").read_bytes()


def test_the_record_names_the_command_that_makes_the_table(calibrated: Path, tmp_path: Path) -> None:
    told = json.loads((calibrated / "cal" / "posterior.json").read_text())
    command = told["command"].split("outlook ", 1)[1].split()
    assert (
        main([*command, "check=100", "trials=20", "keep=80", "figures=false", f"out={tmp_path / 'again'}"])
        == 0
    )
    assert (tmp_path / "again" / "posterior.csv").read_bytes() == (
        calibrated / "cal" / "posterior.csv"
    ).read_bytes()


def test_calibrating_again_gives_the_same_bytes(calibrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(calibrated)
    before = {path.name: path.read_bytes() for path in (calibrated / "cal").glob("*.*")}
    assert main([*CALIBRATE, "threads=1", "figures=false", "out=cal"]) == 0
    after = {path.name: path.read_bytes() for path in (calibrated / "cal").glob("*.*")}
    assert before == after


def test_the_posterior_serves_the_other_verbs(calibrated: Path, tmp_path: Path, capsys) -> None:
    posterior = calibrated / "shipped" / "mine.csv"
    code, out, err = outlook(
        capsys, "forecast", "questions=first_year", "uncertainty=posterior", f"posterior={posterior}",
        "replicates=60", f"out={tmp_path / 'questions'}",
    )  # fmt: skip
    assert (code, err.count("outlook:")) == (0, 0)
    assert "Brier score" in out
    table = pd.read_csv(tmp_path / "questions" / "questions.csv")
    assert len(table) == 34
    assert table.loc[table["kind"] == "binary", "probability"].between(0, 1).all()
    record = json.loads((tmp_path / "questions" / "study.json").read_text())
    assert record["scenarios"][0]["posterior"].startswith("posteriors/")
    assert record["asked"]["outlook"]["as_of"] == "2023-07-01"
    assert (tmp_path / "questions" / "questions.png").read_bytes().startswith(PNG)


def test_a_series_is_projected_as_promised(tmp_path: Path, capsys) -> None:
    words = [
        "forecast",
        "series=deaths",
        "place=national",
        "from=2022-10",
        "to=2022-12",
        "paths=20",
        "candidates=3",
    ]
    code, out, _ = outlook(capsys, *words, "seed=1", f"out={tmp_path / 'one'}")
    assert code == 0
    assert "2022-11" in out
    table = pd.read_parquet(tmp_path / "one" / "paths.parquet")
    assert table.columns.tolist() == ["month", "path", "value"]
    assert table["month"].unique().tolist() == ["2022-10", "2022-11", "2022-12"]
    assert table["path"].nunique() == 20
    assert (table["value"] >= 0).all()
    assert outlook(capsys, *words, "seed=1", "threads=1", f"out={tmp_path / 'two'}")[0] == 0
    pd.testing.assert_frame_equal(table, pd.read_parquet(tmp_path / "two" / "paths.parquet"))
    record = json.loads((tmp_path / "one" / "forecast.json").read_text())
    assert "deaths_2022-09" in record["known"]
    assert "deaths_2022-10" not in record["known"]
    assert sum(record["pool"].values()) == pytest.approx(1.0, abs=1e-3)
    alone = pd.read_parquet(tmp_path / "one" / "paths_model.parquet")
    assert not alone["value"].equals(table["value"])


def test_a_forecast_may_begin_after_the_last_month_that_is_known(tmp_path: Path, capsys) -> None:
    words = ["forecast", "series=deaths", "place=national", "from=2023-07", "to=2023-09", "paths=20"]
    code, out, _ = outlook(capsys, *words, "uncertainty=posterior", f"out={tmp_path / 'a'}")
    assert code == 0
    assert "total" in out
    table = pd.read_parquet(tmp_path / "a" / "paths.parquet")
    assert table["month"].unique().tolist() == ["2023-07", "2023-08", "2023-09"]
    quantiles = pd.read_csv(tmp_path / "a" / "quantiles.csv").set_index("month")
    total = table.groupby("path")["value"].sum().median()
    assert quantiles.loc["total", "q500"] == pytest.approx(total)
    later = ["forecast", "series=deaths", "from=2023-10", "to=2023-11", "paths=20"]
    code, out, _ = outlook(capsys, *later, "uncertainty=posterior", f"out={tmp_path / 'b'}")
    assert code == 0
    assert "nothing is known from 2023-07-01 to 2023-10-01" in " ".join(out.split())


def test_hindsight_and_series_without_a_record_are_named(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = outlook(capsys, "forecast", "series=deaths", "from=2022-10", "to=2022-11", "paths=20",
                           "uncertainty=posterior", "candidates=2")  # fmt: skip
    assert code == 0
    assert "this is no forecast" in " ".join(out.split())
    code, out, _ = outlook(capsys, "forecast", "series=attacks_iskp", "from=2023-07", "to=2023-08", "paths=20",
                           "uncertainty=posterior", "candidates=2")  # fmt: skip
    assert code == 0
    assert "the model alone: no record of attacks_iskp" in " ".join(out.split())
    assert len(list((tmp_path / "results").glob("forecast-*/study.json"))) == 2


def test_later_observations_score_the_projection(tmp_path: Path, capsys) -> None:
    later = tmp_path / "later.csv"
    later.write_text("month,deaths\n2022-10,60\n2022-11,25\n")
    code, out, _ = outlook(
        capsys, "forecast", "series=deaths", "from=2022-10", "to=2022-12", "paths=30", "condition=false",
        f"observations={later}", f"out={tmp_path / 'out'}",
    )  # fmt: skip
    assert code == 0
    assert "CRPS" in out
    scores = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert set(scores["forecast"]) == {
        "pool", "model", "persistence", "climatology_3m", "climatology_6m", "climatology_12m", "poisson_last",
        "negative_binomial_last",
    }  # fmt: skip
    assert sorted(scores["month"].unique()) == ["2022-10", "2022-11"]
    assert (scores.loc[scores["forecast"] == "persistence", "median"] == 331).all()


def test_hindcast_scores_against_naive_forecasts(calibrated: Path, tmp_path: Path, capsys) -> None:
    page = tmp_path / "skill.md"
    code, out, _ = outlook(
        capsys, "hindcast", "runs=1024", "points=40", "lucks=2", f"sample={calibrated / 'cal' / 'sample'}",
        f"out={tmp_path / 'hind'}", f"page={page}",
    )  # fmt: skip
    assert code == 0
    for word in ("Pool", "Model", "Last month again", "Last 12 months", "Brier score", "base rate"):
        assert word in out
    folder = tmp_path / "hind"
    tables = {
        "forecasts",
        "pool_scores",
        "weights",
        "means_deaths",
        "means_asked_deaths",
        "best_deaths_state_based",
        "skills_deaths",
        "questions",
        "reliability",
        "origins",
        "binary",
    }
    assert {f"{name}.csv" for name in tables} <= {path.name for path in folder.iterdir()}
    assert {path.stem for path in (folder / "figures").iterdir()} == {
        "asked", "origins", "skills", "calibration", "questions",
    }  # fmt: skip
    text = page.read_text()
    assert "Where the forecasts have skill, and where they have none" in text
    assert "outlook hindcast runs=1024 points=40" in text
    best = pd.read_csv(folder / "best_deaths.csv")
    row = best[(best["loss"] == "crps") & (best["horizon"] == "1-3 months")].iloc[0]
    assert f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" in text


LEARN = (
    "learn", "runs=1024", "draws=60", "check=100", "trials=20", "keep=80", "points=30", "lucks=2", "prior_runs=100",
)  # fmt: skip


def a_checkout(folder: Path) -> Path:
    """Folders of a checkout into which results may be saved."""
    for name in ("configs/posterior", "configs/pool", "experiments/docs"):
        (folder / name).mkdir(parents=True)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Each file below a folder, by its path there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_one_command_makes_it_all(tmp_path: Path, capsys) -> None:
    checkout = a_checkout(tmp_path / "checkout")
    code, _, err = outlook(capsys, *LEARN, f"out={tmp_path / 'l'}", f"save={checkout}")
    assert (code, err.count("outlook:")) == (0, 0)
    made = contents(checkout)
    names = ("first_year", "second_year")
    assert set(made) == {
        *(f"configs/posterior/{name}.{ending}" for name in names for ending in ("csv", "json")),
        "configs/pool/scores.csv", "experiments/docs/skill.md", "experiments/docs/prior.md",
    }  # fmt: skip
    days = [json.loads(made[f"configs/posterior/{name}.json"])["as_of"] for name in names]
    assert days == ["2022-10-01", "2023-07-01"]
    assert "inside the prior" in made["experiments/docs/prior.md"].decode()
    code, _, err = outlook(capsys, *LEARN, f"out={tmp_path / 'l'}", f"save={checkout}")
    assert code == 2
    assert "would be replaced; allowed: another path, or replace=true" in err


@pytest.mark.slow
def test_what_is_learned_does_not_depend_on_threads(tmp_path: Path, capsys) -> None:
    kept = []
    for threads in (2, 1):
        checkout = a_checkout(tmp_path / f"checkout{threads}")
        words = (*LEARN, f"threads={threads}", f"out={tmp_path / str(threads)}", f"save={checkout}")
        assert outlook(capsys, *words)[0] == 0
        kept.append(contents(checkout))
    assert kept[0] == kept[1]


WRONG = {
    "unknown targets 'second_yeer'; nearest: second_year": ["calibrate", "targets=second_yeer"],
    "keep=5000: allowed: fewer than": ["calibrate", "runs=1024", "keep=5000"],
    "as_of: 'soon' is not a date": ["calibrate", "as_of=soon"],
    "as_of=2021-09-15: no target is known by then": ["calibrate", "as_of=2021-09-15"],
    "has no folder configs; allowed: a checkout": ["learn", "save=."],
    "save=x.parquet: allowed: a path that ends in .csv": ["calibrate", "save=x.parquet"],
    "found 'death'; allowed:": ["forecast", "series=death", "from=2022-10", "to=2022-11"],
    "nearest: Panjshir": ["forecast", "series=deaths", "place=Panshir", "from=2022-10", "to=2022-11"],
    "from: found '2022-13'; allowed: a month such as 2022-10": [
        "forecast",
        "series=deaths",
        "from=2022-13",
        "to=2023-01",
    ],
    "to: found 'None'; allowed: a month": ["forecast", "series=deaths", "from=2022-10"],
    "whole months from 2021-10": ["forecast", "series=deaths", "from=2021-09", "to=2021-10"],
    "'nowhere.csv' is no file": [
        "forecast",
        "series=deaths",
        "from=2022-10",
        "to=2022-11",
        "observations=nowhere.csv",
    ],
    "page=x.txt: allowed: a path that ends in .md": ["hindcast", "page=x.txt"],
    "unknown questions 'first_yer'": ["forecast", "questions=first_yer"],
}


@pytest.mark.parametrize("message", WRONG)
def test_what_a_user_can_do_wrong_is_told_in_one_line(
    message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = outlook(capsys, *WRONG[message])
    assert code == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_occupied_folder_is_not_touched(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    for words in (["forecast", "questions=first_year"], ["calibrate", "runs=1024", "keep=80"]):
        code, _, err = outlook(capsys, *words, f"out={tmp_path}")
        assert code == 2
        assert str(tmp_path) in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_two_days_of_a_province_are_the_share_of_their_week(tmp_path: Path) -> None:
    """The runs last until the week of the last question is whole, so that its days are known."""
    asked = "{{id: to_{0}, text: x, metric: refugees, place: Kabul, over: sum, start: 2021-10-01, by: 2021-10-0{0}}}"
    text = f"title: x\nasked: 2021-09-15\nquestions: [{asked.format(2)}, {asked.format(3)}]\n"
    (tmp_path / "q.yaml").write_text(text)
    assert main(["forecast", f"questions={tmp_path}/q.yaml", "replicates=20", f"out={tmp_path}/f"]) == 0
    means = pd.read_csv(tmp_path / "f" / "questions.csv")["median"]
    assert means[0] > 0
    assert means[1] == pytest.approx(2 * means[0], rel=1e-4)


def test_the_questions_of_a_scenario_are_answered(tmp_path: Path) -> None:
    assert main(["forecast", "end=2021-12-01", "replicates=20", f"out={tmp_path}/f"]) == 0
    assert pd.read_csv(tmp_path / "f" / "questions.csv")["id"].str.contains("half_million_leave").any()


ONE = {
    "id": "a", "text": "?", "metric": "deaths", "over": "sum", "comparison": ">", "value": 10, "by": "2021-10-01",
    "resolution": True,
}  # fmt: skip


def test_a_question_of_days_before_the_runs_is_refused_before_them(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = {"asked": "2021-09-15", "questions": [ONE | {"start": "2021-09-01"}]}
    Path("q.yaml").write_text(yaml.safe_dump(asked))
    assert main(["forecast", "questions=./q.yaml", "replicates=20", "out=f"]) == 2
    assert (
        "a: start: found 2021-09-01; allowed: 2021-09-06, the first day of baseline"
        in capsys.readouterr().err
    )
    assert not Path("f").exists()


def test_questions_without_weight_have_no_score_of_all(capsys):
    show_scores({"all": pd.DataFrame({"forecast": [], "brier": [], "questions": []})})
    assert "has a weight" in capsys.readouterr().out
