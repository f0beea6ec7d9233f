"""What needs no run imports nothing heavy: help, scenarios, parameters and checks come at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.config import load_scenario, packaged_scenarios

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {"numba", "llvmlite", "pandas", "pyarrow", "scipy", "matplotlib", "xarray", "mesa", "jinja2", "SALib", "dask",
         "starlette", "netCDF4", "h5py", "rich.console"}  # fmt: skip
COMPOSES = {"hydra", "omegaconf", "antlr4"}
"""What a verb without a scenario of its own does without."""
PROGRAM = """
import contextlib, io, json, sys
from experiments.cli.main import main
from experiments.kit.verb import VERBS
found = {}
for words in (["--help"], *([verb, "--help"] for verb in VERBS), ["params", "service"], ["scenarios"],
              ["schema"], ["check", "nothing.yaml"], ["check", "corridor_opens"]):
    before = set(sys.modules)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(words)
    found[" ".join(words)] = sorted(set(sys.modules) - before)
print(json.dumps(found))
"""


def test_help_scenarios_parameters_and_checks_import_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=ROOT, timeout=120, check=True
    )
    found = {words: set(names) for words, names in json.loads(done.stdout).items()}
    assert {words: HEAVY & names for words, names in found.items() if HEAVY & names} == {}
    composing = [words for words, names in found.items() if COMPOSES & names]
    assert composing == ["check corridor_opens"]


@pytest.mark.parametrize("name", ["baseline", "corridor_opens", "siege_soviet_1980s"])
def test_scenarios_that_are_listed_are_those_that_run(name):
    listed = packaged_scenarios()[name].to_mapping()
    composed = load_scenario(name, ["~space", "~questions"]).to_mapping()
    assert {**listed, "questions": None} == {**composed, "questions": None}


@pytest.mark.parametrize("name", ["sim", "configs"])
def test_a_package_of_the_same_name_is_told(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    words = [sys.executable, "-m", "experiments", "scenarios"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"outlook: the package {name} of this program is hidden by another of its name"
    )
    assert len(done.stderr.splitlines()) == 1
