"""The outlook's numbers on runs whose answer is known."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.kit.numbers import number
from experiments.outlook.screen import print_outlook
from experiments.outlook.summary import outlook, plain, warnings
from experiments.stats.intervals import wilson
from sim.outcomes import ENDINGS
from sim.questions import Question
from sim.uncertainty import Space

YES_NO = Question("war", "Will there be war?", "deaths", date(2022, 1, 1), comparison=">", value=1.0)
NUMERIC = Question("toll", "How many deaths?", "deaths", date(2022, 1, 1), over="sum")
LATE = Question("late", "And then?", "deaths", date(2035, 1, 1), comparison=">", value=1.0)


def found(n=200, uncertainty="prior"):
    """Runs of which three in four end in consolidation; deaths run from 1 to n."""
    codes = np.where(np.arange(n) % 4 == 0, 1, 0)
    runs = pd.DataFrame({"ending": np.array(ENDINGS)[codes], "deaths": np.arange(1.0, n + 1)})
    answers = {"war": (codes == 1).astype(float), "toll": np.arange(1.0, n + 1), "late": np.full(n, np.nan)}
    answers["war"][:20] = np.nan
    scenario = SimpleNamespace(
        name="toy",
        title="Toy",
        start=date(2021, 9, 6),
        end=date(2022, 9, 6),
        days=365,
        questions=(YES_NO, NUMERIC, LATE),
        space=Space({"caches.abundance": None}),
    )
    deaths = np.random.default_rng(1).normal(size=100)
    twins = {"deaths": (deaths, deaths), "not_named": (deaths, deaths)}
    return SimpleNamespace(
        scenario=scenario, runs=runs, answers=answers, seed=1, twins=twins, uncertainty=uncertainty, failed=0
    )


def test_endings_are_shares_with_wilson_intervals():
    result = outlook(found(uncertainty="prior"))
    p, low, high = wilson(150, 200)
    assert result["endings"]["consolidation"] == {"p": p, "low": low, "high": high}
    assert result["endings"]["settlement"]["p"] == 0.0
    assert result["endings"]["settlement"]["high"] > 0.0
    assert result["runs"] == 200


def test_questions_count_only_runs_that_decide_them():
    questions = outlook(found(uncertainty="prior"))["questions"]
    assert questions["war"]["runs"] == 180
    assert questions["war"]["p"] == pytest.approx(45 / 180)
    assert questions["toll"]["median"] == pytest.approx(100.5)
    assert (
        questions["toll"]["q05"]
        < questions["toll"]["low"]
        < questions["toll"]["high"]
        < questions["toll"]["q95"]
    )
    assert questions["late"]["runs"] == 0
    assert questions["late"]["p"] is None


def test_twins_that_agree_owe_all_their_spread_to_parameters():
    spread = outlook(found(uncertainty="prior"))["spread"]
    assert set(spread) == {"deaths"}
    assert spread["deaths"]["parameters"] == pytest.approx(1.0)


def test_warnings_name_what_is_wrong():
    few = warnings(outlook(found(40, uncertainty="none")))
    assert any("40 runs are few" in line for line in few)
    assert any("uncertainty=none" in line for line in few)
    assert any("late" in line for line in few)
    assert not any("few" in line for line in warnings(outlook(found(400, uncertainty="prior"))))


def test_the_table_holds_each_answer(capsys):
    print_outlook(outlook(found(uncertainty="prior")), "footer here")
    shown = capsys.readouterr().out
    assert "75 % [69, 80]" in shown
    assert "Will there be war?" in shown
    assert "How many deaths?" in shown
    assert "not decided" in shown
    assert "footer here" in shown


def test_what_json_cannot_write_becomes_null():
    assert plain(np.nan) is None
    assert plain(np.inf) is None
    assert plain(np.float32(0.5)) == 0.5


@pytest.mark.parametrize(
    ("value", "text"), [(12345.6, "12,346"), (3.0, "3"), (0.4219, "0.42"), (-2.5, "-2.50")]
)
def test_numbers_are_short(value, text):
    assert number(value) == text
