"""``kill -9`` at random moments, resume each time: the tables of an undisturbed study, bit for bit."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from experiments.runs import store
from tests.experiments.runs import toy_engine as toy

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.experiments.runs.toy_engine"])


def work(path: Path, begun) -> None:
    """Say that it begins, then run what is missing of the study."""
    begun.set()
    toy.go_on(path, "slow")


def killed_study(path: Path, kills: int, rng: np.random.Generator) -> tuple[store.StudyFolder, int]:
    """A study whose process is killed so many times at random moments, then left to finish.

    Returns the folder and how many of the kills found it at work.
    """
    folder = toy.folder_of(toy.study(replicates=200, keep="quantiles"), path, block=25)
    found_at_work = 0
    for kill in range(kills):
        begun = CONTEXT.Event()
        worker = CONTEXT.Process(target=work, args=(path, begun))
        worker.start()
        assert begun.wait(120)
        # Moments spread over what is left of the study, from its first lines to its last.
        left = (1200 - folder.runs_done()) / 25 * 0.02 / 2
        worker.join(rng.uniform(0.0, 1.2 * left / (kills - kill) + 0.1))
        if worker.is_alive():
            found_at_work += 1
            os.kill(worker.pid, signal.SIGKILL)
            worker.join()
    assert toy.go_on(path).finished
    return folder, found_at_work


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_and_resumed_is_undisturbed(tmp_path, kills):
    rng = np.random.Generator(np.random.Philox(key=kills))
    folder, found_at_work = killed_study(tmp_path / "killed", kills, rng)
    assert found_at_work >= max(1, kills // 2)
    undisturbed = toy.run(toy.study(replicates=200, keep="quantiles"), tmp_path / "undisturbed", block=25)
    toy.assert_same(store.open_study(folder.path), undisturbed)
    assert folder.finished == undisturbed.finished
    shards = {path.name for path in folder.path.rglob("*.parquet")}
    assert shards == {path.name for path in undisturbed.path.rglob("*.parquet")}
