"""Mutated files and words of every verb: accepted, or refused in a clear line before anything is written."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from experiments.kit.verb import VERBS, load
from sim.parameters import build_schema
from tests.fuzz import mutations
from tests.fuzz.judge import judge

PARAMETERS = tuple(sorted(build_schema().names))[::17]
GROUPS = ("scenario", "space", "questions", "targets", "design", "executor")
SCENARIO_KEYS = ("title", "start", "end", "events", "state", "questions.many.value", "space.caches.abundance.low",
                 "state.province.Balkh.held", "state.front.nrf.main", "assumes",
                 "powers.india.stance", "taliban", "uncertainty", "posterior")  # fmt: skip
WORK = {
    "calibrate": ["runs=1024", "keep=100", "trials=20", "check=100", "out=fit"],
    "hindcast": ["runs=1024", "points=20", "lucks=2", "sample=sample"],
    "learn": [
        "runs=1024",
        "keep=100",
        "trials=20",
        "check=100",
        "points=20",
        "lucks=2",
        "prior_runs=100",
        "out=fit",
    ],
    "claims": ["replicates=20"],
    "drivers": ["n=64"],
    "sensitivity": ["bases=4"],
    "forecast": ["replicates=20", "paths=20", "candidates=2"],
    "validate": ["replicates=20", "sieges=false"],
    "run": ["replicates=5"],
    "sweep": ["replicates=5"],
}
#: Verb with the word that hands it the file, and the file.
FILES = {
    "check own.yaml": mutations.SCENARIO,
    "run scenario=own.yaml": mutations.SCENARIO,
    "sweep scenario=baseline,own.yaml": mutations.SCENARIO,
    "forecast scenario=own.yaml": mutations.SCENARIO,
    "run space=own.yaml": mutations.SPACE,
    "drivers space=own.yaml": mutations.SPACE,
    "run questions=own.yaml": mutations.QUESTIONS,
    "forecast questions=own.yaml": mutations.ASKED,
    "run questions=./own.yaml": mutations.ASKED,
    "claims claims=own.yaml": mutations.CLAIMS,
    "calibrate targets=own.yaml": mutations.TARGETS,
    "forecast targets=own.yaml uncertainty=posterior": mutations.TARGETS,
    "sweep design=table design.path=own.csv": mutations.POINTS,
    "sweep design=posterior design.path=own.csv": mutations.POINTS,
    "run uncertainty=posterior posterior=own.csv": mutations.POINTS,
    "claims only=F1 uncertainty=posterior posterior=own.csv": mutations.POINTS,
    "drivers uncertainty=posterior posterior=own.csv": mutations.POINTS,
    "forecast series=deaths from=2022-09 to=2022-12 observations=own.csv": mutations.OBSERVED,
}


def options_of(verb: str) -> tuple[str, ...]:
    """Keys of a verb's options, nested ones dotted."""
    keys = []
    for name, field in load(verb).options.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        keys += [f"{name}.{key}" for key in inner] if inner else [name]
    return tuple(keys)


def a_file(rng: Random) -> tuple[dict[str, bytes], list[str]]:
    """A verb with a mutated file, sometimes with words of its own too."""
    line, base = rng.choice(sorted(FILES.items(), key=lambda item: item[0]))
    words = line.split()
    if isinstance(base, str):
        made = {"own.csv": mutations.csv_file(rng, base)}
    else:
        made = {"own.yaml": mutations.yaml_file(rng, base)}
    if words[0] != "check" and rng.random() < 0.1:
        words += mutations.overrides(rng, (*PARAMETERS, *SCENARIO_KEYS))
    return made, [*words, *WORK.get(words[0], [])]


def some_words(rng: Random) -> tuple[dict[str, bytes], list[str]]:
    """A verb with mutated words."""
    verb = rng.choice(sorted(VERBS))
    keys = options_of(verb)
    if load(verb).takes_scenario:
        keys += (*PARAMETERS[:: len(PARAMETERS) // 8], *SCENARIO_KEYS, *GROUPS)
    made = mutations.overrides(rng, keys)
    if rng.random() < 0.1:
        made.append(
            rng.choice(("--cfg", "--cfg=job", "--help", "x", "--cfgg", "-1", "--package", "--package=a.b"))
        )
    places = ("folder", "nothing", "own.yaml", "deaths > 3", "baseline", "\x1b[31m")
    by_position = [rng.choice(places) for argument in load(verb).arguments if rng.random() < 0.8]
    return {}, [verb, *WORK.get(verb, []), *by_position, *made]


def fuzz(examples: int, long: bool = False):
    """Settings of a fuzzer: the same cases each time in the short mode, new ones in the long."""
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=not long,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip


SEEDS = st.integers(0, 2**63)


@fuzz(130)
@given(seed=SEEDS)
def test_files(tmp_path_factory, seed):
    judge(tmp_path_factory.mktemp("files"), *a_file(Random(seed)))


@fuzz(100)
@given(seed=SEEDS)
def test_words(tmp_path_factory, seed):
    judge(tmp_path_factory.mktemp("words"), *some_words(Random(seed)))


@pytest.mark.slow
@fuzz(2500, long=True)
@given(seed=SEEDS)
def test_many_files(tmp_path_factory, seed):
    judge(tmp_path_factory.mktemp("files"), *a_file(Random(seed)))


@pytest.mark.slow
@fuzz(1700, long=True)
@given(seed=SEEDS)
def test_many_words(tmp_path_factory, seed):
    judge(tmp_path_factory.mktemp("words"), *some_words(Random(seed)))
