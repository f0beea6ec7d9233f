"""Every executor, number of workers and size of block gives the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from experiments.cli.main import main
from experiments.kit.errors import UserError
from experiments.runs.executors import open_pool
from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from experiments.runs.store import Shards
from experiments.runs.work import Work
from tests.experiments.runs import toy_engine as toy


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    made = toy.study(replicates=23, keep="quantiles")
    return toy.run(made, tmp_path_factory.mktemp("undisturbed") / "s", workers=1, block=1000)


@pytest.mark.parametrize(("workers", "block"), [(1, 1), (1, 64), (2, 5), (4, 23), (4, 100)])
def test_threads_and_blocks(tmp_path, undisturbed, workers, block):
    made = toy.study(replicates=23, keep="quantiles")
    toy.assert_same(toy.run(made, tmp_path / "s", workers=workers, block=block), undisturbed)


@pytest.mark.parametrize("workers", [1, 2])
def test_processes(tmp_path, undisturbed, workers):
    made = toy.study(replicates=23, keep="quantiles")
    folder = toy.run(made, tmp_path / "s", executor="processes", workers=workers, block=10)
    toy.assert_same(folder, undisturbed)


def test_a_study_may_change_its_executor_half_way(tmp_path, undisturbed):
    folder = toy.folder_of(toy.study(replicates=23, keep="quantiles"), tmp_path / "s", block=10)
    stop_after = []

    def watch(report):
        stop_after.append(report)
        if len(stop_after) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(folder, toy.engine(), ExecutorOptions(workers=1), watch=watch)
    assert 0 < folder.runs_done() < 138
    run_study(folder, toy.engine(), ExecutorOptions(name="processes", workers=1))
    toy.assert_same(folder, undisturbed)


@pytest.mark.parametrize(
    ("name", "module", "package"), [("dask", "distributed", "dask"), ("mpi", "mpi4py", "mpi4py")]
)
def test_an_executor_without_its_package_says_what_to_install(monkeypatch, name, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    work = Work.of(toy.study(), toy.engine(), Shards(".", ""))
    wanted = pytest.raises(UserError, match=rf"{package} is not installed.*outlook\[{name}\]")
    with wanted, open_pool(ExecutorOptions(name=name), work):
        pass


def test_a_worker_with_other_code_refuses(tmp_path):
    from experiments.runs.work import pack, run_packed

    made = toy.study(code="of another version")
    packed = pack(Work.of(made, toy.engine(), Shards(str(tmp_path), made.hash)))
    with pytest.raises(RuntimeError, match="another version of the model"):
        run_packed(packed, made.task(0, 0, 0, 1))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nothing.json", "nothing.json: no such file"),
        ("empty.json", "names no scheduler"),
        ("list.json", "names no scheduler"),
        ("localhost", "allowed: tcp://host:port"),
        ("http://x:1", "allowed: tcp://host:port"),
    ],
)
def test_a_scheduler_that_is_none_is_told_at_once(tmp_path, monkeypatch, address, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.json").touch()
    (tmp_path / "list.json").write_text("[1]")
    begun = time.perf_counter()
    with pytest.raises(UserError, match=message):
        run_study(
            toy.folder_of(toy.study(), tmp_path / "s"),
            toy.engine(),
            ExecutorOptions(name="dask", address=address),
        )
    assert time.perf_counter() - begun < 5


def test_nothing_is_written_where_an_executor_cannot_be_had(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    out = tmp_path / "s"
    assert main(["sweep", "replicates=2", "executor=mpi", "figures=false", f"out={out}"]) == 2
    assert "mpi4py is not installed" in capsys.readouterr().err
    assert not out.exists()


SCRIPT = """
from experiments.cli.main import main
import os
import subprocess
import sys
import time
sys.exit(main(["sweep", "replicates=4", "end=2021-09-20", "executor=processes", "executor.workers=2",
               "figures=false", "out=OUT"]))
"""


def test_a_script_without_a_guard_is_told_so_in_one_line(tmp_path):
    (tmp_path / "own.py").write_text(SCRIPT.replace("OUT", str(tmp_path / "s")))
    done = subprocess.run(
        [sys.executable, str(tmp_path / "own.py")], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    assert done.returncode == 2
    assert "if __name__ == '__main__'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rank_of_mpi_imports_the_program_without_running_it():
    """Workers of ``mpi4py.futures`` run ``experiments/__main__.py`` under a name of their own."""
    import runpy

    assert callable(runpy.run_module("experiments.__main__", run_name="__worker__")["program"])
