"""Every executor, number of workers and size of block gives the same bits."""

from __future__ import annotations

import sys

import pytest

from experiments.kit.errors import UserError
from experiments.runs.executors import open_pool
from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from experiments.runs.store import Shards
from experiments.runs.work import Job
from tests.experiments import toy_engine as toy


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
    job = Job.of(toy.study(), toy.engine(), Shards(".", ""))
    wanted = pytest.raises(UserError, match=rf"{package} is not installed.*outlook\[{name}\]")
    with wanted, open_pool(ExecutorOptions(name=name), job):
        pass


def test_a_worker_with_other_code_refuses(tmp_path):
    from experiments.runs.work import pack, run_packed

    made = toy.study(code="of another version")
    packed = pack(Job.of(made, toy.engine(), Shards(str(tmp_path), made.hash)))
    with pytest.raises(RuntimeError, match="another version of the model"):
        run_packed(packed, made.task(0, 0, 0, 1))
