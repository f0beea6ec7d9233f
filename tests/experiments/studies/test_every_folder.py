"""Whichever verb made a folder of runs: `status`, `resume`, `reproduce`, `compare` and `given` work on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from experiments import UserError, load_study
from experiments.cli.main import main
from experiments.runs.store import open_study

SHORT = """
base: baseline
title: Two months
story: The first two months alone.
end: 2021-11-01
"""
LEDGER = """
title: One claim
scenario: {scenario}
drivers: [taliban.control]
claims:
  - {{id: caches, factors: [F16], text: More., direction: increases, outcome: {{measure: final_caches}},
     condition: {{low: {{caches.abundance: 0.1}}, high: {{caches.abundance: 8}}}}}}
  - {{id: asked, factors: [F16], text: More., direction: increases,
     outcome: {{question: {{metric: deaths, over: sum, by: "+30d"}}}}, condition: {{high: {{caches.abundance: 8}}}}}}
"""
ASKED = """
title: Two questions
asked: 2021-09-15
questions:
  - {id: many, text: "Many dead?", metric: deaths, over: sum, comparison: ">", value: 90, by: 2021-10-20,
     resolution: yes}
  - {id: how_many, text: "How many?", metric: deaths, place: Baghlan, over: sum, by: 2021-10-20}
"""
#: Verb to what it is asked and to the file that it makes of its runs.
MAKERS = {
    "claims": (["{ledger}", "replicates=20"], "claims.json"),
    "forecast": (["scenario={world}", "questions={asked}", "replicates=20"], "questions.csv"),
    "forecast of a series": (
        ["scenario={world}", "series=deaths", "from=2021-11", "to=2021-12", "paths=20", "candidates=2"],
        "quantiles.csv",
    ),
    "validate": (["end=2022-10-10", "replicates=20", "sieges=false"], "facts.csv"),
    "drivers": (["scenario={world}", "over=[pockets.raid_rate,caches.abundance]", "n=64"], "drivers.json"),
}


@pytest.fixture(scope="module", params=MAKERS)
def made(request, tmp_path_factory) -> tuple[Path, str]:
    """A folder that a verb made, and the file with its result."""
    home = tmp_path_factory.mktemp("made")
    names = {name: home / f"{name}.yaml" for name in ("world", "ledger", "asked")}
    for name, text in (
        ("world", SHORT),
        ("ledger", LEDGER.format(scenario=names["world"])),
        ("asked", ASKED),
    ):
        names[name].write_text(text, encoding="utf-8")
    words, result = MAKERS[request.param]
    asked = [word.format(**names) for word in words]
    assert main([request.param.split()[0], *asked, f"out={home / 'study'}"]) == 0
    return home / "study", result


def test_status_and_reproduce(made, capsys):
    folder, _ = made
    assert main(["status", str(folder)]) == 0
    assert "finished with" in capsys.readouterr().out
    run_id = open_study(folder).runs(["run_id"])["run_id"].iloc[-1]
    assert main(["reproduce", str(folder), run_id]) == 0
    assert "equal to what is stored" in capsys.readouterr().out


def test_what_was_interrupted_goes_on_and_ends_in_the_same_result(made, tmp_path, capsys):
    folder, result = made
    again = tmp_path / "study"
    shutil.copytree(folder, again)
    for path in (again / "finished.json", again / result, sorted((again / "blocks").iterdir())[-1]):
        path.unlink()
    assert main(["status", str(again)]) == 0
    assert "stopped; go on with" in capsys.readouterr().out
    assert main(["resume", str(again), "figures=false"]) == 0
    assert (again / result).read_bytes() == (folder / result).read_bytes()


def test_compare_and_given(made, tmp_path, capsys):
    folder, _ = made
    study = open_study(folder).study
    several = (
        [str(folder)]
        if len(study.variants) > 1
        else [str(folder), str(shutil.copytree(folder, tmp_path / "x"))]
    )
    assert main(["compare", *several, "outcomes=[deaths]"]) == 0
    among = f"among='{study.variants[0].label}'"
    assert main(["given", str(folder), "deaths > 100", "level=0.9", among]) == 0
    assert "no daily series were kept" in " ".join(capsys.readouterr().out.split())
    assert main(["given", str(folder), "services < 0.3 at 2021-10", among]) == 2
    assert "kept no daily series such as services" in capsys.readouterr().err


def test_python_draws_the_figures_that_the_verb_wrote(made):
    folder, _ = made
    result = load_study(folder)
    written = {path.stem for path in [*folder.glob("*.png"), *folder.glob("figures/*.png")]}
    if result.verb == "claims":  # they are in its page
        written = {"forest", "claim-caches", "claim-asked"}
    assert set(result.figures) == written
    assert isinstance(result.plot(result.figures[-1]), Figure)
    with pytest.raises(UserError, match=f"no figure '{result.figures[0]}s'; .*nearest: "):
        result.plot(f"{result.figures[0]}s")
