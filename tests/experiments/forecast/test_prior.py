"""The check of the priors: rates and victories by hand, and a page that says what its tables say."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.forecast import prior


def test_the_worst_twelve_months_decide() -> None:
    """One run in fifty has 500 deaths a month for a year, the others 10: 6,000 a year are reached by 2 %."""
    deaths = np.full((50, 30), 10.0)
    deaths[0, 9:21] = 500.0
    table = prior.rates(deaths).set_index("period")
    assert table.loc["1996", "deaths_a_year"] == 3595
    assert table.loc["1996", "share_of_runs"] == pytest.approx(0.02)
    assert table.loc["1996", "place"] == "inside"
    assert table.loc["1998", "place"] == "outside"
    deaths = np.full((500, 30), 10.0)
    deaths[0, 9:21] = 500.0
    assert prior.rates(deaths).set_index("period").loc["1996", "place"] == "edge"
    assert table.loc["2015 to 2020, the quietest year", "deaths_a_year"] > 10_000


def test_the_second_year_over_the_first() -> None:
    table = prior.ratio(np.full(100, 75.0), np.full(100, 25.0)).set_index("source")
    assert table.loc["prior", "median"] == pytest.approx(0.5)
    assert table.loc["rebel victories that count", "cases"] == 10
    assert table.loc["rebel victories that count", "share_falling"] == pytest.approx(0.7)
    assert table.loc["prior", "holds"] == 0.0


def test_the_page_says_what_the_tables_say() -> None:
    deaths = np.full((50, 30), 10.0)
    found = {
        "rates": prior.rates(deaths),
        "years": prior._quantiles({"deaths in 2022": np.arange(101.0)}),
        "victories": prior._victories(),
        "ratio": prior.ratio(np.full(100, 75.0), np.full(100, 25.0)),
    }
    text = prior.page(found, "outlook learn", 50)
    assert "Outside the prior: 1996, 1997" in text
    assert "| Haiti 2004, insurgents of Gonaives | no |" in text
    assert "| Ethiopia 1991, EPRDF | yes |" in text
    assert "holds 0% of the cases" in text
    assert "50 runs to September 2024" in text
