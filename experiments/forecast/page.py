"""The page that says where the forecasts have skill and where they have none, from a hindcast's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments.forecast.figures.scores import name_of
from experiments.forecast.pool import MODEL, POOL
from experiments.kit.tables import to_markdown

_TITLES = {"deaths": "All deaths", "deaths_state_based": "State-based deaths"}

_INTRO = """# Where the forecasts have skill, and where they have none

This page is written by the program from the hindcast itself; no number in it is typed by hand. Make it again with

    {command}

Forecasts of monthly deaths are made from the first day of every month from {first} to {last}, each time with what was
known then, and held against what UCDP recorded to {until}. The **model** is conditioned on the record up to that day;
the **pool** is what `outlook forecast` stands behind: the model and simple statistical forecasters, weighted by how
forecasts from earlier months had turned out by then. {months} months are few, and most of them lie in one decline: read
the intervals, not the points.
"""

_BEST = """
The yardstick is hard: in each row the best of all naive forecasts (last month again; last 3, 6 and 12 months in equal
parts; Poisson and negative binomial on the last month; months since the change), chosen after the fact. `CRPS` is the
share of its error that is saved, `log score` the nats gained; brackets are 95 % block-bootstrap intervals over the
origins. *Skill* stands where the interval lies above zero.
"""

_BRIER = """Answers of the model as of the day they were asked (prior). Brier scores, lower is better. 'Nothing changes'
says no to every question; the base rate knows how many came true, which no forecaster did.

"""

_HINDSIGHT = """
The model, its priors and the errors of its targets were written after {until}, by people who knew how these months
went. Each forecast uses only the record up to its day, and the priors are held to sources from before {asked}, but
nobody can forget what came: these numbers are an upper bound of the skill. The true test is what came after {until}, to
which nothing here has been fitted. Questions whose form owes something to the outcome are left out in the rows that say
so.
"""


def page(found: Mapping[str, Any], asked: str, until: str, command: str) -> str:
    """The page as Markdown, from the tables of ``outlook hindcast``."""
    later = found["forecasts"][found["forecasts"]["origin"].str.endswith("-01")]
    parts = [_INTRO.format(command=command, first=later["origin"].min()[:7], last=later["origin"].max()[:7],
                           until=until, months=later["month"].nunique())]  # fmt: skip
    for (series, title), how in zip(_TITLES.items(), (_BEST, ""), strict=True):
        part = found["series"][series]
        parts += [
            f"\n## {title}\n{how}\n",
            _best(part["best"]),
            "\n",
            _means(part["means"]),
            "\n",
            _calibration(part),
        ]
    parts += [
        "\n## What the pool gives to whom\n\n", _weights(found["weights"]),
        "\n## Yes-or-no questions of the first year\n\n", _questions(found["question_scores"]),
        "\n", _worst(found["questions"]),
        "\n## What to keep in mind\n", _HINDSIGHT.format(asked=asked, until=until),
    ]  # fmt: skip
    return "".join(parts)


def verdict(low: float, high: float) -> str:
    """What an interval of a skill says in a word or three."""
    return "skill" if low > 0 else "worse" if high < 0 else "none shown"


def _best(best: pd.DataFrame) -> str:
    """Skill of pool and model against the best naive forecast, by horizon."""
    rows = []
    for (forecast, horizon), part in best.groupby(["forecast", "horizon"], sort=False):
        by = part.set_index("loss")
        cells = [
            cell for loss in ("crps", "log_score") for cell in (_cell(by.loc[loss]), name_of(by.best[loss]))
        ]
        rows.append((name_of(str(forecast)), horizon, *cells, str(by.origins.iloc[0])))
    heads = ("forecast", "ahead", "CRPS", "best naive", "log score", "best naive", "origins")
    return to_markdown(heads, rows)


def _cell(row: Any) -> str:
    return f"{verdict(row.low, row.high)}: {row.value:.2f} [{row.low:.2f}, {row.high:.2f}]"


def _means(means: pd.DataFrame) -> str:
    rows = [
        (name_of(row.forecast), horizon, f"{row.crps:.0f}", f"{row.log_score:.2f}", f"{row.covered_90:.2f}",
         str(row.forecasts))
        for horizon in ("1-3 months", "7-12 months", "all")
        for row in means[means["horizon"] == horizon].itertuples()
    ]  # fmt: skip
    heads = ("forecast", "ahead", "CRPS", "log score", "90 % covered", "forecasts")
    return "Means over origins (lower is better; coverage should be 0.90):\n\n" + to_markdown(heads, rows)


def _calibration(part: Mapping[str, Any]) -> str:
    """What coverage and PIT say in words, for pool and model."""
    means = part["means"].set_index(["forecast", "horizon"])
    return "\n".join(
        _width(name, float(means.loc[(name, "all"), "covered_90"]), part["pit"][name])
        for name in (POOL, MODEL)
    )


def _width(name: str, covered: float, pit: pd.DataFrame) -> str:
    upper = int(pit.loc[pit["low"] >= 0.75, "count"].sum())
    lower = int(pit.loc[pit["high"] <= 0.25, "count"].sum())
    total = int(pit["count"].sum())
    width = "too narrow" if covered < 0.85 else "too wide" if covered > 0.95 else "about right"
    return (
        f"The {name}'s 90 % intervals hold {covered:.0%} of the months: they are {width}. Of {total} forecasts "
        f"{lower} months fell into the lowest quarter of their forecast and {upper} into the highest; "
        f"{total / 4:.0f} each would be even.\n"
    )


def _weights(weights: pd.DataFrame) -> str:
    heads = ["series", *(name_of(name) for name in weights.columns[1:])]
    return to_markdown(
        heads, [(name, *(f"{share:.0%}" for share in row)) for name, *row in weights.to_numpy()]
    )


def _questions(scores: Mapping[str, pd.DataFrame]) -> str:
    rows = []
    for name, table in scores.items():
        by = table.set_index("forecast")["brier"]
        cells = (f"{by[key]:.3f}" for key in ("model", "nothing_changes", "base_rate", "coin"))
        rows.append((name, str(int(table["questions"].iloc[0])), *cells))
    return _BRIER + to_markdown(
        ("questions", "number", "model", "nothing changes", "base rate", "coin"), rows
    )


def _worst(questions: pd.DataFrame) -> str:
    """The questions that the model got most wrong, and the numbers that it missed."""
    binary = questions[
        (questions["kind"] == "binary") & (questions["brier"] > 0.25) & (questions["weight"] > 0)
    ]
    numeric = questions[(questions["kind"] == "numeric") & (questions["covered_90"] == False)]  # noqa: E712
    lines = ["What it got most wrong:", ""]
    for row in binary.sort_values("brier", ascending=False).itertuples():
        came = "yes" if row.resolution else "no"
        lines.append(f"- {row.text} The model gave {row.probability:.2f}; it came out {came}.")
    for row in numeric.itertuples():
        interval = f"{row.low:,.0f} to {row.high:,.0f}"
        lines.append(f"- {row.text} The model's 90 % interval was {interval}; it was {row.resolution:,.0f}.")
    silent = int((questions["kind"] == "cannot").sum())
    if len(lines) == 2:
        lines = ["No question was given the wrong side of even odds."]
    lines += [
        "",
        f"The model cannot speak to {silent} of the {len(questions)} questions; the file of questions says why.",
    ]
    return "\n".join(lines) + "\n"
