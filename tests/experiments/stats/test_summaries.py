"""Summary statistics by hand, and that days and months of the same history agree."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.stats import summaries
from experiments.stats.summaries import Statistic

DATES = np.arange(np.datetime64("2021-09-06"), np.datetime64("2022-10-01"))
DAY = np.datetime64


def history(rows: int = 5, key: int = 1) -> np.ndarray:
    return np.random.Generator(np.random.Philox(key=key)).poisson(3.0, (rows, DATES.size)).astype(np.float32)


def make(statistic: str = "sum", transform: str = "identity", **more) -> Statistic:
    window = {"start": DAY("2021-12-01"), "by": DAY("2022-03-01")} | more
    return Statistic("deaths", statistic=statistic, transform=transform, **window)


def test_reductions_by_hand() -> None:
    values = np.zeros((2, DATES.size))
    winter = (DAY("2021-12-01") <= DATES) & (DAY("2022-03-01") > DATES)
    values[0, winter] = 2.0
    values[1, np.flatnonzero(winter)[-1]] = 7.0
    assert summaries.evaluate(make("sum"), values, DATES).tolist() == [180.0, 7.0]
    assert summaries.evaluate(make("mean"), values, DATES).tolist() == pytest.approx([2.0, 7 / 90])
    assert summaries.evaluate(make("max"), values, DATES).tolist() == [2.0, 7.0]
    assert summaries.evaluate(make("last"), values, DATES).tolist() == [2.0, 7.0]
    assert summaries.evaluate(make("days", level=2.0), values, DATES).tolist() == [90.0, 1.0]
    assert summaries.evaluate(make("sum", "log1p"), values, DATES)[0] == pytest.approx(np.log(181))
    logs = np.log1p([62.0, 62.0, 56.0])
    assert summaries.evaluate(make("month_spread"), values, DATES)[0] == pytest.approx(logs.std())


def test_contrast_of_windows_is_zero_for_a_steady_series_and_blind_to_lengths() -> None:
    steady = np.full((1, DATES.size), 4.0)
    contrast = make("sum", "log1p", against=(DAY("2022-04-01"), DAY("2022-09-01")))
    assert summaries.evaluate(contrast, steady, DATES)[0] == pytest.approx(0.0)
    steady[:, DAY("2022-04-01") <= DATES] = 1.0
    assert summaries.evaluate(contrast, steady, DATES)[0] == pytest.approx(
        np.log1p(121.75) - np.log1p(30.4375)
    )


@pytest.mark.parametrize("statistic", summaries.MONTHLY)
@pytest.mark.parametrize("transform", sorted(summaries.TRANSFORMS))
def test_days_and_months_agree(statistic: str, transform: str) -> None:
    values = history()
    totals, months = summaries.monthly(values, DATES)
    one = make(statistic, transform)
    assert np.allclose(summaries.evaluate(one, values, DATES), summaries.from_months(one, totals, months))


def test_contrasts_from_days_and_months_agree() -> None:
    values = history()
    totals, months = summaries.monthly(values, DATES)
    one = make("sum", "log1p", against=(DAY("2022-04-01"), DAY("2022-09-01")))
    assert np.allclose(summaries.evaluate(one, values, DATES), summaries.from_months(one, totals, months))


def test_months_add_up_to_the_days() -> None:
    values = history()
    totals, months = summaries.monthly(values, DATES)
    assert months[0] == DAY("2021-09", "M")
    assert months.size == 13
    assert np.allclose(totals.sum(axis=1), values.sum(axis=1))


def test_windows_that_are_not_there_are_refused() -> None:
    values = history()
    with pytest.raises(ValueError, match="not all there"):
        summaries.evaluate(make("sum", start=DAY("2021-08-01")), values, DATES)
    totals, months = summaries.monthly(values, DATES)
    with pytest.raises(ValueError, match="cuts a month"):
        summaries.from_months(make("sum", start=DAY("2021-12-05")), totals, months)
    with pytest.raises(ValueError, match="monthly totals"):
        summaries.from_months(make("max"), totals, months)
