"""A study on a Dask scheduler with two workers, all processes of their own; one is killed in mid-study."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.cli.main import main
from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from tests.experiments.runs import toy_engine as toy

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen]:
    """A ``dask`` process that is ended with the block."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "dask", *arguments]
    made = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield made
    finally:
        made.kill()
        made.wait()


@pytest.fixture
def cluster(tmp_path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Scheduler file and the processes of two workers."""
    file = tmp_path / "scheduler.json"
    with contextlib.ExitStack() as stack:
        stack.enter_context(
            process(
                "scheduler",
                "--scheduler-file",
                str(file),
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--no-dashboard",
            )
        )
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        options = ("worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard")
        yield str(file), [stack.enter_context(process(*options, "--name", name)) for name in ("one", "two")]


def wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(scheduler_file=address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=90)


def test_a_worker_that_is_killed_loses_only_its_blocks(tmp_path, cluster):
    address, workers = cluster
    wait_for_workers(address, 2)
    folder = toy.folder_of(toy.study(replicates=200, keep="quantiles"), tmp_path / "s", block=20)
    reports = []

    def watch(report):
        reports.append(report.shard)
        if len(reports) == 5:
            os.kill(workers[0].pid, signal.SIGKILL)

    options = ExecutorOptions(name="dask", address=address)
    assert run_study(folder, toy.engine(toy.slow), options, watch=watch).finished
    assert workers[0].poll() is not None
    assert workers[1].poll() is None
    assert folder.failed() == 0
    toy.assert_same(folder, toy.run(toy.study(replicates=200, keep="quantiles"), tmp_path / "sound"))


def test_a_cluster_of_its_own(tmp_path):
    folder = toy.run(toy.study(), tmp_path / "s", executor="dask", workers=2)
    toy.assert_same(folder, toy.run(toy.study(), tmp_path / "sound"))


def test_a_scheduler_that_is_not_there_is_one_message_before_anything_is_written(tmp_path, capsys):
    words = ["sweep", "end=2021-10-01", "replicates=2", "executor=dask", "executor.address=tcp://127.0.0.1:9"]
    assert main([*words, f"out={tmp_path / 's'}"]) == 2
    assert "executor.address=tcp://127.0.0.1:9: no Dask scheduler" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
