"""The random numbers of the model: known answers, the same bits everywhere, independence, bounds, names.

Statistical tests use fixed seeds, so that they give the same answer each time; the false-alarm rate they
state is the chance that a correct generator would have failed them when the seed was chosen.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.luck import philox, rejection, streams

RATE = 1e-4  # false-alarm rate of each single statistical test
ROOT = Path(__file__).resolve().parents[3]
BIG = 0xFFFFFFFF


# --- the generator ---


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((BIG,) * 4, (BIG,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_published_known_answers(counter, key, words):
    """The answers that the authors of Philox4x32-10 publish, compiled and as ordinary Python."""
    assert streams.philox(*counter, *key) == words
    plain = getattr(streams.philox, "py_func", streams.philox)
    assert plain(*counter, *key) == words


def test_uniform_is_the_first_words_of_the_block():
    key = (0xA4093822, 0x299F31D0)
    u = streams.uniform(key, 0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)
    assert u == (((0xD16CFE09 << 20) | (0x94FDCCEB >> 12)) + 0.5) / 2**52


def test_compiled_code_and_ordinary_python_give_the_same_bits():
    """More than 7,000 draws of all distributions, of all types of arguments; Python must not even warn."""
    script = Path(__file__).with_name("draw_everything.py")
    texts = []
    for switch in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": switch, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-W", "error", str(script)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        texts.append(done.stdout.splitlines())
    assert len(texts[0]) > 7000
    different = [i for i, (a, b) in enumerate(zip(*texts, strict=True)) if a != b]
    assert different == []


# --- independence, and common luck ---


@pytest.mark.parametrize("change", ["seed", "replicate", "tick", "agent", "stream", "draw"])
@pytest.mark.parametrize("distance", [1, 2, 256, 65535])
def test_neighbours_in_every_coordinate_are_uncorrelated(change, distance):
    """Correlation and its rank of the values, 24 pairs of samples, false-alarm rate 1e-4 each."""
    coordinates = ("seed", "replicate", "tick", "agent", "stream", "draw")
    along = "replicate" if change == "agent" else "agent"
    base = dict(zip(coordinates, (5, 6, 7, 8, 9, 10), strict=True))
    moved = {**base, change: base[change] + distance}
    first, second = (
        [
            streams.uniform((c["seed"], c["replicate"]), c["tick"], c["agent"], c["stream"], c["draw"])
            for c in ({**point, along: i} for i in range(4000))
        ]
        for point in (base, moved)
    )
    assert stats.pearsonr(first, second).pvalue > RATE
    assert stats.spearmanr(np.abs(np.array(first) - 0.5), np.abs(np.array(second) - 0.5)).pvalue > RATE


def test_replicates_and_days_differ():
    """No two of 60,000 numbers are equal (by chance: 4e-7)."""
    values = [streams.uniform((1, r), t, a, 3, 0) for r in range(20) for t in range(100) for a in range(30)]
    assert len(set(values)) == len(values)


def test_draws_do_not_depend_on_what_others_draw():
    """The same decisions in another order, among others, one of them by rejection: the same numbers."""
    decisions = [(t, a, s) for t in range(3) for a in range(5) for s in (1, 2, 3)]
    alone = {d: streams.poisson((7, 0), *d, 0, 400.0) for d in decisions}
    mixed = {}
    for d in reversed(decisions):
        streams.poisson((7, 0), d[0], d[1], 77, 0, 1e6)
        mixed[d] = streams.poisson((7, 0), *d, 0, 400.0)
        streams.normal((7, 0), *d, 1)
    assert mixed == alone


def test_attempts_of_a_rejection_touch_no_number_of_another_decision(monkeypatch):
    """In ordinary Python the counters are watched: only the upper half of the own stream's word moves."""
    seen = []
    block = getattr(philox.philox, "py_func", philox.philox)

    def watched(*words):
        seen.append(words)
        return block(*words)

    plain = {name: getattr(f, "py_func", f) for name, f in vars(philox).items() if callable(f)}
    monkeypatch.setattr(philox, "philox", watched)
    monkeypatch.setattr(philox, "_word", plain["_word"])
    monkeypatch.setattr(philox, "_open_unit", plain["_open_unit"])
    monkeypatch.setattr(rejection, "pair", plain["pair"])
    rejected = getattr(rejection.poisson_rejection, "py_func", rejection.poisson_rejection)
    for agent in range(300):
        rejected((1, 2), 3, agent, 5, 6, 35.0)
    assert len(seen) > 300  # some needed more than one attempt
    assert {(c[0], c[2] & 0xFFFF, c[3], *c[4:]) for c in seen} == {(3, 5, 6, 1, 2)}
    assert len(set(seen)) == len(seen)


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 30.0), st.floats(0.0, 30.0))
def test_counts_rise_with_their_mean(agent, one, other):
    """Common luck: with the same number a larger mean never gives a smaller count."""
    low, high = sorted((one, other))
    assert streams.poisson((1, 1), 0, agent, 2, 0, low) <= streams.poisson((1, 1), 0, agent, 2, 0, high)
    few, many = (streams.binomial((1, 1), 0, agent, 2, 0, 50, x / 30.0) for x in (low, high))
    assert few <= many or high / 30.0 > 0.4  # above, rejection takes over (n p > 30) and promises less


# --- bounds and edges ---

WORDS = st.integers(-(2**63), 2**63 - 1)


@settings(max_examples=300)
@given(WORDS, WORDS, WORDS, WORDS)
def test_uniform_lies_inside_the_open_interval(tick, agent, stream, draw):
    u = streams.uniform((1, 2), tick, agent, stream, draw)
    assert 0.0 < u < 1.0
    assert u == streams.uniform((1, 2), tick % 2**32, agent % 2**32, stream % 2**32, draw % 2**32)


def test_extreme_words_give_neither_zero_nor_one():
    assert philox._open_unit(0, 0) == 2.0**-53
    assert philox._open_unit(BIG, BIG) == 1.0 - 2.0**-53


@settings(max_examples=300)
@given(st.integers(0, 10**6), st.integers(-5, 10**12), st.floats(allow_nan=True), st.floats(0.0, 1.0))
def test_binomial_stays_between_none_and_all(agent, n, wild, p):
    for chance in (wild, p):
        k = streams.binomial((1, 2), 0, agent, 2, 0, n, chance)
        assert 0 <= k <= max(n, 0)
        assert k == 0 or chance > 0.0
        assert k == max(n, 0) or not chance >= 1.0


@settings(max_examples=300)
@given(st.integers(0, 10**6), st.floats(allow_nan=True))
def test_means_of_every_size_give_finite_draws_that_are_not_negative(agent, mean):
    k = streams.poisson((1, 2), 0, agent, 2, 0, mean)
    assert 0 <= k < 2e15
    assert k == 0 or mean > 0.0
    if mean != math.inf:
        x = streams.exponential((1, 2), 0, agent, 2, 0, mean)
        assert x >= 0.0
        assert x == 0.0 or mean > 0.0


@settings(max_examples=300)
@given(st.integers(0, 10**6), st.floats(1e-6, 1e6), st.floats(0.01, 20.0), st.floats(1e-6, 1e9))
def test_pareto_keeps_its_bounds(agent, minimum, alpha, cap):
    x = streams.pareto((1, 2), 0, agent, 2, 0, minimum, alpha, cap)
    assert minimum <= x <= max(cap, minimum) * (1 + 1e-12)


def test_edges_of_pareto():
    assert streams.pareto((1, 2), 0, 0, 2, 0, 0.0, 1.5) == 0.0
    assert math.isnan(streams.pareto((1, 2), 0, 0, 2, 0, 1.0, 0.0))
    assert streams.pareto((1, 2), 0, 0, 2, 0, 3.0, 1.5, 2.0) == 3.0


def test_uniforms_equals_uniform_for_each_replicate():
    replicates = np.array([0, 5, 3, 2**32 - 1])
    found = streams.uniforms(11, replicates, agent=4, stream=streams.PRIOR, draw=2, tick=9)
    assert list(found) == [streams.uniform((11, int(r)), 9, 4, streams.PRIOR, 2) for r in replicates]
    assert streams.uniforms(11, np.empty(0, dtype=np.int64), 4, 1).shape == (0,)


@pytest.mark.parametrize(
    ("seed", "replicates"), [(-1, [0]), (2**32, [0]), (1, [-1]), (1, [2**32]), (1, [0.5]), (1, [[1]])]
)
def test_uniforms_refuses_what_is_not_a_seed_or_replicate(seed, replicates):
    with pytest.raises(ValueError, match=r"seed|replicate"):
        streams.uniforms(seed, replicates, 0, 1)


@pytest.mark.parametrize(("seed", "replicate"), [(-1, 0), (0, 2**32), (1.5, 0), (0, -7), (True, 0), ("x", 0)])
def test_make_key_refuses_what_would_be_silently_another_key(seed, replicate):
    with pytest.raises(ValueError):
        streams.make_key(seed, replicate)


def test_make_key_gives_plain_integers():
    key = streams.make_key(np.int64(3), np.uint32(4))
    assert key == (3, 4)
    assert [type(k) for k in key] == [int, int]


# --- names ---


def test_no_two_streams_share_a_number_and_all_are_constants():
    assert len(set(streams.STREAMS.values())) == len(streams.STREAMS) > 0
    for name, number in streams.STREAMS.items():
        assert getattr(streams, name) == number
        assert 1 <= number <= 0xFFFF


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ([("A", 1), ("A", 2)], "declared twice"),
        ([("A", 1), ("B", 1)], "belongs to A"),
        ([("A", 0)], "from 1 to"),
        ([("A", 65536)], "from 1 to"),
        ([("A", True)], "from 1 to"),
        ([("A", 1.0)], "from 1 to"),
        ([("a", 1)], "capital letters"),
        ([("_A", 1)], "capital letters"),
        ([("A B", 1)], "capital letters"),
    ],
)
def test_registry_refuses(declared, message):
    with pytest.raises(ValueError, match=message):
        streams.registry(declared)


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(AttributeError, match="PRIOR"):
        _ = streams.NO_SUCH_STREAM


def test_stream_constants_work_in_compiled_code():
    @numba.njit
    def through_module():
        return streams.uniform((1, 2), 3, 4, streams.WEATHER, 0)

    assert through_module() == streams.uniform((1, 2), 3, 4, streams.STREAMS["WEATHER"], 0)
