"""Mutated study folders and every verb on them: right, or refused in a clear line; nothing is run, nothing lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from experiments.cli.main import main
from experiments.runs.store import open_study
from tests.fuzz import mutations
from tests.fuzz.judge import judge
from tests.fuzz.test_words_and_files import SEEDS, fuzz

CONDITIONS = ("deaths > 3", "first_rising before 2021-10", "ending is consolidation", "services < 0.3 at 2021-10",
              "not first_return before 2022-05", "deaths > nan", "> 3", "", "deaths", "deaths > 3 in 2021-10",
              "deaths > 3 in 2021-13..2021-09", "x > 3", "deaths >" + "9" * 400, "\x1b[31m", "战争 > 1", "$x > 1",
              "__import__('os').system('touch canary')", "deaths > 3 at 9999-12-31")  # fmt: skip
ADDRESSES = (
    "memory://x",
    "reference://x.json",
    "simplecache::memory://x",
    "/",
    "",
    "file:///tmp",
    "s3://none/x",
)


def make_sound(folder: Path) -> Path:
    """A small finished study of two points."""
    out = folder / "study"
    words = ["economy.growth=-0.1,0.1", "replicates=4", "block=3", "keep=national", "figures=false"]
    assert main(["sweep", *words, "end=2021-10-20", f"out={out}"]) == 0
    return out


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return make_sound(tmp_path_factory.mktemp("sound"))


def change(rng: Random, folder: Path) -> None:
    """Do something to a file of a study."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = rng.choice([*files, *(file for file in files if file.suffix == ".json")])
    content = path.read_bytes()
    if path.suffix == ".json" and rng.random() < 0.7:
        with contextlib.suppress(ValueError):  # an earlier change has emptied or cut it
            path.write_text(json.dumps(mutations.tree(rng, json.loads(content))))
        return
    deed = rng.choice(("cut", "flip", "delete", "empty", "folder", "pipe", "move", "more", "link", "swap"))
    path.unlink()
    if deed == "cut":
        path.write_bytes(content[: rng.randrange(len(content) + 1)])
    elif deed == "flip":
        flipped = bytearray(content or b"x")
        flipped[rng.randrange(max(1, len(content)))] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
    elif deed == "folder":
        path.mkdir()
    elif deed == "pipe":
        os.mkfifo(path)
    elif deed == "move":
        path.with_name(rng.choice(("x.parquet", "r00.parquet", f"{path.stem}0{path.suffix}"))).write_bytes(
            content
        )
    elif deed == "more":
        path.write_bytes(content + b"\0" * 20)
    elif deed == "link":
        path.symlink_to(rng.choice(("/dev/zero", "/dev/null", path.name, "/nowhere")))
    elif deed == "swap":
        path.write_bytes(rng.choice([file for file in files if file != path]).read_bytes())
    elif deed == "empty":
        path.touch()


def words_for(rng: Random, folder: Path, run_id: str) -> list[str]:
    """A verb on a study folder."""
    verbs = {
        "status": [],
        "given": [rng.choice(CONDITIONS), f"signs={rng.choice((0, 5))}"],
        "compare": rng.choice(([], ["base=x"], ["outcomes=[deaths]"], ["outcomes=[x]"])),
        "reproduce": [rng.choice((run_id, run_id, "x", "", "baseline/0/0"))],
        "resume": ["figures=false", *rng.choice(([], ["on_error=stop"], ["measure=x"]))],
    }
    verb = rng.choice(sorted(verbs))
    more = [f"shards={rng.choice(ADDRESSES)}"] if verb != "compare" and rng.random() < 0.2 else []
    return [verb, folder.name, *verbs[verb], *more]


def judge_case(place: Path, whole: Path, rng: Random) -> int | None:
    """Copy a study, damage it, run a verb on it; the other study beside it keeps every byte."""
    folder, other = place / "study", place / "other"
    shutil.copytree(whole, folder)
    shutil.copytree(whole, other)
    run_id = open_study(whole).runs()["run_id"].iloc[rng.randrange(8)]
    damaged = rng.random() < 0.9
    for _ in range(rng.choice((1, 1, 2)) if damaged else 0):
        change(rng, folder)
    kept = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    code = judge(place, {}, words_for(rng, folder, run_id), accepted=False)
    assert all(path.read_bytes() == content for path, content in kept.items())
    return code


@fuzz(70)
@given(seed=SEEDS)
def test_folders(tmp_path_factory, sound, seed):
    judge_case(tmp_path_factory.mktemp("folders"), sound, Random(seed))


@pytest.mark.slow
@fuzz(1000, long=True)
@given(seed=SEEDS)
def test_many_folders(tmp_path_factory, sound, seed):
    judge_case(tmp_path_factory.mktemp("folders"), sound, Random(seed))
