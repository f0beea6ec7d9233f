"""A study on the ranks of an MPI program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.runs import store
from tests.experiments.runs import toy_engine as toy

pytest.importorskip("mpi4py")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("mpiexec") is None, reason="mpiexec is not installed"),
]

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from pathlib import Path
from tests.experiments.runs import toy_engine as toy
if __name__ == "__main__":
    toy.run(toy.study(), Path(sys.argv[1]), executor="mpi", workers=None)
"""


def test_ranks_give_the_same_bits(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [
        "mpiexec",
        "-n",
        "3",
        sys.executable,
        "-m",
        "mpi4py.futures",
        "program.py",
        str(tmp_path / "s"),
    ]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=variables, check=True, timeout=300)
    toy.assert_same(store.open_study(tmp_path / "s"), toy.run(toy.study(), tmp_path / "sound"))
