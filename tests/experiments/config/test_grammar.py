"""Overrides: values in the order that was meant, ranges that end, the last word of a key typed twice."""

from __future__ import annotations

import time

import pytest

from experiments.config.grammar import parse, split_sweep
from experiments.kit.errors import UserError


def values(*overrides: str) -> list:
    return split_sweep(overrides, {}).choices["a.b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sort(range(450,100,-120))", [210, 330, 450]),
        ("sort(range(1,4,2),reverse=true)", [3, 1]),
        ("sort(range(1,4,2))", [1, 3]),
        ("sort(3,1,2)", [1, 2, 3]),
        ("range(3,0,-1)", [3, 2, 1]),
        ("sort(range(0,0.5,0.2),reverse=true)", [0.4, 0.2, 0.0]),
    ],
)
def test_a_sorted_range_holds_the_values_of_the_range(text, expected):
    assert values(f"a.b={text}") == pytest.approx(expected)


def test_a_shuffled_range_is_ordered_by_the_seed():
    first, again = values("a.b=shuffle(range(0,30))"), values("a.b=shuffle(range(0,30))", "seed=1")
    other = values("seed=2", "a.b=shuffle(range(0,30))")
    assert first == again != other
    assert sorted(first) == sorted(other) == list(range(30))
    assert values("a.b=shuffle(1,2,3,4,5,6,7,8)") == values("a.b=shuffle(1,2,3,4,5,6,7,8)")


@pytest.mark.parametrize("text", ["range(1,0)", "range(0,1,0)", "range(0,1e9)", "range(0,1e308,1e-308)",
                                  "range(0,inf)", "range(0,nan)", "sort(range(0,1e9))", "range(0,1,-1)",
                                  "shuffle(range(0,1e12))", "range(5,5)"])  # fmt: skip
def test_a_range_that_is_empty_or_does_not_end_is_refused_at_once(text):
    begun = time.perf_counter()
    with pytest.raises(UserError) as caught:
        split_sweep([f"a.b={text}"], {})
    assert time.perf_counter() - begun < 1
    assert "range" in str(caught.value)
    assert len(caught.value.lines) == 1


@pytest.mark.parametrize("text", ["sort(range(0,3)),0.3", "interval(0,1),0.5", "glob(a*),x"])
def test_a_function_among_values_is_refused(text):
    with pytest.raises(UserError, match="a function among values"):
        split_sweep([f"a.b={text}"], {})


def test_the_last_of_a_key_typed_twice_wins():
    split = split_sweep(["a.b=1,2", "c=5", "a.b=3", "c=7,8"], {})
    assert split.fixed == ("a.b=3",)
    assert split.choices == {"c": [7, 8]}
    assert split_sweep(["a.b=1", "a.b=interval(0,1)"], {}).intervals == {"a.b": (0.0, 1.0)}


def test_a_long_or_strange_override_is_told_in_a_short_line():
    for text in ("a=" + "x" * 50_000, "a=" + "[" * 3000, "a=" + "9" * 10_000 + "(", "a b", "a=\x1b[31m("):
        with pytest.raises(UserError) as caught:
            parse([text])
        assert len(str(caught.value)) < 600
        assert str(caught.value).isprintable()
