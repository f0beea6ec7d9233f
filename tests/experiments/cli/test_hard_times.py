"""The command line when things go wrong around it: kills, signals, full and closed disks, dead workers, two at once."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.runs.options import ExecutorOptions
from experiments.runs.runner import run_study
from tests.experiments.runs import toy_engine as toy

ROOT = Path(__file__).resolve().parents[3]
RUN = ["run", "replicates=600", "end=2022-09-06", "figures=false", "twins=0"]
SWEEP = ["sweep", "economy.growth=-0.1,0.1", "replicates=300", "end=2022-09-06", "figures=false", "block=20"]


def outlook(*words: str, **more: object) -> subprocess.Popen:
    """A command line in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **more,
    )  # fmt: skip


def finish(process: subprocess.Popen, seconds: float = 300) -> str:
    """What a process says until its end."""
    return process.communicate(timeout=seconds)[0]


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of runs of a folder, in the order of their runs."""
    found = {}
    for name in ("runs", "points", "series"):
        parts = [pd.read_parquet(path) for path in sorted((folder / name).glob("*.parquet"))]
        if parts:
            whole = pd.concat(parts, ignore_index=True)
            found[name] = whole.sort_values(list(whole.columns[:4])).reset_index(drop=True)
    return found


def same_tables(ours: Path, theirs: Path) -> None:
    first, second = tables(ours), tables(theirs)
    assert first.keys() == second.keys() >= {"runs"}
    for name in first:
        pd.testing.assert_frame_equal(first[name], second[name], check_categorical=False)


def at_work(folder: Path, process: subprocess.Popen) -> None:
    """Wait until a study has begun."""
    while process.poll() is None and not list(folder.glob("runs/*.parquet")):
        time.sleep(0.02)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own."""
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)], capture_output=True
    )
    if made.returncode:
        pytest.skip("no right to mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [[*RUN, "replicates=20000"], [*SWEEP, "replicates=10000", "block=500"]], ids=["run", "sweep"]
)
def test_twenty_kills_leave_the_tables_of_an_undisturbed_study(tmp_path, words):
    rng = np.random.default_rng(20)
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    assert "outlook:" not in finish(outlook(*words, f"out={calm}"))
    kills = 0
    for _ in range(20):
        begun = (killed / "study.json").exists()
        process = outlook("resume", str(killed)) if begun else outlook(*words, f"out={killed}")
        with suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.5, 2.5))  # from before its first block to amid the work
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        finish(process)
    assert kills >= 10, "most processes ended before their kill"
    if not (killed / "study.json").exists():
        finish(outlook(*words, f"out={killed}"))
    finish(outlook("resume", str(killed)))
    same_tables(calm, killed)
    assert not [path for path in tmp_path.iterdir() if path.name not in ("calm", "killed")]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_that_can_go_on(tmp_path, number):
    folder = tmp_path / "run"
    process = outlook(*RUN, f"out={folder}")
    at_work(folder, process)
    process.send_signal(number)
    said = finish(process, 60)
    assert "Traceback" not in said
    assert process.returncode == 130
    assert f"outlook resume {folder}" in said
    assert "unexpected" not in finish(outlook("resume", str(folder)))
    assert len(tables(folder)["runs"]) == 600


@pytest.mark.slow
def test_two_processes_on_one_folder(tmp_path):
    folder = tmp_path / "study"
    first = outlook(*SWEEP, f"out={folder}")
    at_work(folder, first)
    second = outlook("resume", str(folder))
    said = finish(second)
    assert second.returncode in (0, 2)
    assert second.returncode == 0 or "is at work" in said
    finish(first)
    assert first.returncode == 0
    assert len(tables(folder)["runs"]) == 600


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_computed(tmp_path):
    with small_disk(tmp_path / "disk", "600k") as disk:
        process = outlook(*SWEEP, f"out={disk / 'study'}")
        said = finish(process)
        assert process.returncode in (1, 2), said
        assert "Traceback" not in said
        assert "No space left" in said
        shutil.copytree(disk / "study", tmp_path / "copy")
    resumed = outlook("resume", str(tmp_path / "copy"))
    assert "unexpected" not in finish(resumed)
    assert resumed.returncode == 0
    assert len(tables(tmp_path / "copy")["runs"]) == 600


@pytest.mark.slow
def test_a_disk_that_cannot_be_written_is_told_before_the_work(tmp_path):
    with small_disk(tmp_path / "disk", "5m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        process = outlook(*RUN, f"out={disk / 'run'}")
        said = finish(process)
        assert process.returncode == 2
        assert "Traceback" not in said
        assert len(said.splitlines()) == 1


def children_of(parent: int) -> set[int]:
    """Processes whose parent this is."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(stat[1]) == parent:
                    found.add(int(entry.name))
    return found


def study_with_processes(path: Path) -> None:
    folder = toy.folder_of(toy.study(replicates=400), path, block=5)
    run_study(folder, toy.engine(toy.slow), ExecutorOptions(name="processes", workers=2))


@pytest.mark.slow
def test_workers_end_with_the_process_that_started_them(tmp_path):
    context = multiprocessing.get_context("spawn")
    parent = context.Process(target=study_with_processes, args=(tmp_path / "s",))
    parent.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list((tmp_path / "s").glob("runs/*.parquet")):
        time.sleep(0.1)
    workers = children_of(parent.pid)
    assert len(workers) >= 2
    os.kill(parent.pid, signal.SIGKILL)
    parent.join()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(Path(f"/proc/{worker}").exists() for worker in workers):
        time.sleep(0.1)
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]


@pytest.mark.slow
def test_a_worker_process_that_is_killed_loses_only_its_blocks(tmp_path):
    folder = toy.folder_of(toy.study(replicates=200), tmp_path / "s", block=20)
    seen: list[str] = []

    def watch(report) -> None:
        seen.append(report.shard)
        if len(seen) == 3:
            workers = [pid for pid in children_of(os.getpid()) if b"spawn_main" in _command(pid)]
            os.kill(workers[-1], signal.SIGKILL)

    options = ExecutorOptions(name="processes", workers=2)
    assert run_study(folder, toy.engine(toy.slow), options, watch=watch).finished
    assert folder.failed() == 0
    toy.assert_same(folder, toy.run(toy.study(replicates=200), tmp_path / "sound"))


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["processes", "dask"])
def test_ctrl_c_while_workers_start_ends_in_a_line(tmp_path, executor):
    """As from a terminal: the whole group gets it, at moments from before the first worker to after it."""
    for moment in (1.5, 3.0, 4.5, 6.0):
        folder = tmp_path / f"{executor}{moment}"
        process = outlook(
            *SWEEP, "replicates=3000", f"executor={executor}", "executor.workers=2", f"out={folder}"
        )
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGINT)
        said = finish(process, 90)
        # python -m ends by the signal itself if it comes while a module runs generated code; shells show 130 for both
        assert process.returncode in (130, -signal.SIGINT, 0), said
        assert "Traceback" not in said, said
        assert len(said.splitlines()) < 30, said
