"""Who fights and who dies: by actor, in whatever series there are, and what remains in consolidation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.kit import words
from experiments.outlook.fighting import fighting_table, remaining, what_remains, who_fights

RUNS = pd.DataFrame(
    {"ending": ["consolidation"] * 4 + ["settlement"] * 2, "attacks_front": [1.0, 1, 1, 1, 50, 50],
     "attacks_pockets": [1.0, 1, 1, 1, 0, 0], "attacks_iskp": [8.0, 8, 8, 8, 50, 50],
     "deaths_last_year": [100.0, 200, 300, 1200, 5, 5]}
)  # fmt: skip


def test_shares_are_those_of_the_median_run():
    table = fighting_table(RUNS)
    assert table["attacks"]["attacks_iskp"]["share"] == 0.8
    assert table["attacks"]["attacks_front"]["median"] == 1.0
    assert table["attacks"]["attacks_iskp"]["text"] == "attacks by IS-K"


def test_consolidation_says_whose_violence_remains():
    row = remaining(RUNS)
    assert row["runs"] == 4
    assert row["over_1000"] == 0.25
    assert row["most"] == "attacks_iskp"
    told = what_remains({"consolidation": row})
    assert "250 people die" in told
    assert "attacks by IS-K are 80 % of all attacks there" in told
    assert what_remains({"consolidation": remaining(RUNS[4:])}) == ""


def test_the_headline_names_who_makes_most_attacks():
    told = who_fights({"fighting": fighting_table(RUNS)})
    assert told == "Attacks by IS-K are 80 % of all attacks in the median run"


def test_deaths_by_actor_are_shown_where_the_model_keeps_them(monkeypatch):
    monkeypatch.setattr(words, "SERIES", {**words.SERIES, "deaths_iskp": words.SERIES["deaths"]})
    table = fighting_table(RUNS.assign(deaths_iskp=np.arange(6.0)))
    assert "deaths_iskp" in table["deaths"]
    assert "deaths in the war of IS-K are 100 % of" in who_fights({"fighting": table})
