"""The page that says where the model has skill and where it has none, from a hindcast's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments.forecast.figures.scores import name_of
from experiments.forecast.origins import MODEL, RECORDING_ERROR

_INTRO = """# Where the model has skill, and where it has none

This page is written by the program from the hindcast itself; no number in it is typed by hand. Make it
again with

    {command}

It rests on {runs:,} runs drawn from what was known on {asked} (the prior) and on one year of observations.
One year is little: read the intervals, not the points. UCDP's deaths are the yardstick; its recording error
({error} in logs) is part of every forecast.
"""

_HINDSIGHT = """
The model and its priors were written after the year was over, by people who knew how it went. The priors
are held to sources from before {asked}, but nobody can forget; the true test is what came after September
2022, to which nothing here has been fitted. Questions whose form owes something to the outcome are left out
in the rows that say so.
"""


def page(found: Mapping[str, Any], runs: int, asked: str, command: str) -> str:
    """The page as Markdown, from the tables of ``outlook hindcast``."""
    parts = [
        _INTRO.format(command=command, runs=runs, asked=asked, error=RECORDING_ERROR),
        "\n## Deaths a month\n\n" + _verdicts(found["skills"]),
        "\n" + _means(found["means"]),
        "\n" + _calibration(found),
        "\n## Yes-or-no questions of the first year\n\n" + _questions(found["question_scores"]),
        "\n" + _worst(found["questions"]),
        "\n## What to keep in mind\n" + _HINDSIGHT.format(asked=asked),
    ]
    return "".join(parts)


def _verdicts(skills: pd.DataFrame) -> str:
    """One sentence a naive forecast: skill, none shown, or worse, by horizon."""
    part = skills[skills["loss"] == "crps"]
    lines = [
        "Skill is the share of a naive forecast's error (CRPS) that the model saves, with a 95 % "
        "block-bootstrap",
        "interval over the origins; it counts as shown if the interval lies above zero. The last twelve "
        "months",
        "hold the war before August 2021 for most of the year and are easy to beat; the months since the "
        "change",
        "of September 2021, and the last month with the spread of the last year, are the fairer opponents.",
        "",
    ]
    lines += ["| against | " + " | ".join(part["horizon"].unique()) + " |"]
    lines += ["| --- |" + " --- |" * part["horizon"].nunique()]
    for reference, rows in part.groupby("reference", sort=False):
        cells = [
            f"{verdict(r.low, r.high)}: {r.skill:.2f} [{r.low:.2f}, {r.high:.2f}]" for r in rows.itertuples()
        ]
        lines.append(f"| {name_of(str(reference))} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(row: Any) -> str:
    return f"{verdict(row.low, row.high)}: {row.skill:.2f} [{row.low:.2f}, {row.high:.2f}]"


def verdict(low: float, high: float) -> str:
    """What an interval of a skill says in a word or three."""
    return "skill" if low > 0 else "worse" if high < 0 else "none shown"


def _means(means: pd.DataFrame) -> str:
    lines = ["Means over origins (lower is better; coverage should be 0.90):", "",
             "| forecast | ahead | CRPS | log score | 90 % covered | forecasts |",
             "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for row in means.itertuples():
        numbers = f"{row.crps:.0f} | {row.log_score:.2f} | {row.covered_90:.2f} | {row.forecasts}"
        lines.append(f"| {name_of(row.forecast)} | {row.horizon} | {numbers} |")
    return "\n".join(lines) + "\n"


def _calibration(found: Mapping[str, Any]) -> str:
    """What coverage and PIT say in words."""
    means = found["means"].set_index(["forecast", "horizon"])
    covered = float(means.loc[(MODEL, "all"), "covered_90"])
    pit = found["pit"]
    upper = int(pit.loc[pit["low"] >= 0.75, "count"].sum())
    lower = int(pit.loc[pit["high"] <= 0.25, "count"].sum())
    total = int(pit["count"].sum())
    width = "too narrow" if covered < 0.85 else "too wide" if covered > 0.95 else "about right"
    return (
        f"The model's 90 % intervals hold {covered:.0%} of the months: they are {width}. Of {total} "
        f"forecasts {lower} "
        f"months fell into the lowest quarter of their forecast and {upper} into the highest; "
        f"{total / 4:.0f} each "
        "would be even.\n"
    )


def _questions(scores: Mapping[str, pd.DataFrame]) -> str:
    lines = [
        "Brier scores, lower is better. 'Nothing changes' says no to every question; the base rate knows how",
        "many came true, which no forecaster did.",
        "",
        "| questions | number | model | nothing changes | base rate | coin |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, table in scores.items():
        by = table.set_index("forecast")["brier"]
        cells = " | ".join(f"{by[key]:.3f}" for key in ("model", "nothing_changes", "base_rate", "coin"))
        lines.append(f"| {name} | {int(table['questions'].iloc[0])} | {cells} |")
    return "\n".join(lines) + "\n"


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
        f"The model cannot speak to {silent} of the {len(questions)} questions; the file of questions says "
        "why.",
    ]
    return "\n".join(lines) + "\n"
