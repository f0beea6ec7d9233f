"""exp, log, log1p and cos: known answers, near the library's, and the same with the processor's newest units off."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.luck import portable

ROOT = Path(__file__).resolve().parents[3]
NEWEST = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"


@pytest.mark.parametrize(
    ("ours", "library", "values"),
    [
        (portable.exp, np.exp, np.linspace(-745.0, 709.7, 5001)),
        (portable.exp, np.exp, np.linspace(-3.0, 3.0, 5001)),
        (portable.log, np.log, np.geomspace(1e-300, 1e300, 5001)),
        (portable.log, np.log, np.linspace(0.5, 2.0, 5001)),
        (portable.log1p, np.log1p, np.linspace(-0.95, 5.0, 5001)),
        (portable.log1p, np.log1p, np.linspace(-1e-8, 1e-8, 5001)),
    ],
)
def test_the_last_digit_may_differ_from_the_library_and_no_more(ours, library, values):
    got = np.array([ours(value) for value in values])
    right = library(values)
    assert np.all(np.abs(got - right) <= 2.0 * np.spacing(np.maximum(np.abs(right), 1e-320)))


def test_cosine_of_turns():
    turns = np.linspace(-2.0, 2.0, 4001)
    got = np.array([portable.cos_turns(t) for t in turns])
    np.testing.assert_allclose(got, np.cos(2.0 * np.pi * turns), atol=1e-14)


def test_ends_of_the_ranges():
    assert portable.exp(0.0) == 1.0
    assert portable.exp(710.0) == math.inf
    assert portable.exp(-746.0) == 0.0
    assert portable.exp(-744.5) == 5e-324
    assert math.isnan(portable.exp(math.nan))
    assert portable.log(1.0) == 0.0
    assert portable.log(0.0) == -math.inf
    assert portable.log(math.inf) == math.inf
    assert math.isnan(portable.log(-1.0))
    assert math.isnan(portable.log(math.nan))
    assert portable.log1p(5e-324) == 5e-324


def test_arrays_of_any_shape():
    x = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
    got = portable.exp_each(x)
    assert got.shape == (3, 4)
    assert got.tolist() == [[portable.exp(v) for v in row] for row in x]


PRINT = """
import numpy as np
from sim.luck import portable, streams
from sim.uncertainty import Prior
u = streams.uniforms(1, np.arange(400), 7, streams.PRIOR)
x = Prior("loguniform", (0.01, 30.0)).quantile(u)
logs = np.array([portable.log(v) for v in x])
print(x.tobytes().hex(), logs.tobytes().hex())
"""


@pytest.mark.parametrize("other", [{"NPY_DISABLE_CPU_FEATURES": NEWEST}, {"NUMBA_CPU_NAME": "generic"}])
def test_draws_are_the_same_without_the_newest_instructions(other, tmp_path):
    """Without effect on a processor that lacks them; on one that has them a library function would differ."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    run = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PRINT], env=env | more, capture_output=True, text=True
        )
        for more in ({}, other)
    ]
    assert run[0].returncode == run[1].returncode == 0, run[1].stderr
    assert run[0].stdout == run[1].stdout
