"""What the map of the drivers says in words: the terminal's tables and the figures' headlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.kit import screen
from experiments.kit.numbers import chance, interval, percent
from experiments.kit.words import parameter, stem, words

NO_SKILL = 0.005
"""Share of the log loss saved below which a surface tells nothing."""


def titles(result: Mapping[str, Any]) -> dict[str, str]:
    """Headline of each figure: what it shows."""
    leads = sorted(result["leads"], key=result["leads"].get, reverse=True)
    top = leads[0]
    split = {row["outcome"]: row for row in result["importance"]}
    common = max(split, key=lambda name: result["endings"][name]["p"])
    ending, count = words(common), len(result["variables"])
    drivers = split[common]["surface"][0]
    said = {
        "responses": f"Of the {count}, {stem(top)} moves the endings most",
        "leaders": f"Of the {count}, {stem(top)} moves the endings most in {percent(result['leads'][top])} of the "
        f"box; all of them explain {percent(drivers)} of whether {ending} comes about",
        "importance": f"The {count} variables explain {percent(drivers)} of whether {ending} comes about",
        "tipping": _tipping_title(result),
    }
    for name in split:
        place = result["middle"][name]["p"]
        said[name] = f"{words(name).capitalize()}: {percent(place)} in the middle of the box"
    return said


def _tipping_title(result: Mapping[str, Any]) -> str:
    """The surest tipping point, or that there is none."""
    tips = [tip for tip in result["tipping"] if tip["seen"] >= 0.5]
    if not tips:
        leader = max(result["middle"], key=lambda name: result["middle"][name]["p"])
        return f"Nowhere on the axes does the most likely ending change from {leader.replace('_', ' ')}"
    tip = max(tips, key=lambda t: t["seen"])
    before, after = (tip[key].replace("_", " ") for key in ("before", "after"))
    where = f"{stem(tip['name'])} {tip['value']:.2g} [{tip['low']:.2g}, {tip['high']:.2g}]"
    return f"The most likely ending tips from {before} to {after} at {where}"


def print_drivers(result: Mapping[str, Any], folder: str) -> None:
    """Print the map: endings, who leads, tipping points, variance, calibration."""
    spans = ", ".join(f"{parameter(n)} {low:g} to {high:g}" for n, (low, high) in result["variables"].items())
    screen.heading(f"{result['title']}: {spans}")
    screen.line(result.get("basis", ""), "dim")
    _endings(result)
    _tipping(result)
    _importance(result)
    _calibration(result)
    screen.line(f"{result['runs']:,} runs at {result['points']:,} points in {folder}", "dim")


def _endings(result: Mapping[str, Any]) -> None:
    rows = []
    for name, share in result["endings"].items():
        middle = result["middle"].get(name)
        shown = chance(middle["p"], middle["low"], middle["high"]) if middle else "never seen"
        rows.append((words(name), chance(share["p"], share["low"], share["high"]), shown))
    screen.table(rows, ["ending", "over the box", "in its middle"])
    leads = ", ".join(f"{stem(n)} in {percent(s)}" for n, s in result["leads"].items())
    screen.line(f"\nOf these variables moves the outlook most: {leads} of the box")


def _tipping(result: Mapping[str, Any]) -> None:
    if not result["tipping"]:
        screen.line("The most likely ending does not change along the axes through the middle.\n")
        return
    rows = []
    for tip in result["tipping"]:
        value = f"{tip['value']:.3g} [{tip['low']:.3g}, {tip['high']:.3g}]"
        rows.append((tip["name"], value, words(tip["before"]), words(tip["after"]), percent(tip["seen"])))
    screen.line()
    screen.table(rows, ["tipping point", "value [95 %]", "most likely before", "after", "seen"])


def _importance(result: Mapping[str, Any]) -> None:
    names = list(result["variables"])
    rows = []
    for row in result["importance"]:
        sole = sum(row["first"][n][0] for n in names)
        together = max(row["surface"][0] - sole, 0.0)
        shares = (percent(one) for one in (together, row["others"], row["luck"]))
        rows.append((words(row["outcome"]), *(chance(*row["first"][n]) for n in names), *shares))
    screen.line()
    alone = (f"{stem(n)} alone" for n in names)
    screen.table(rows, ["variance of", *alone, "interactions", "other parameters", "luck"])


def _calibration(result: Mapping[str, Any]) -> None:
    """Whether the surface can be believed."""
    split = {row["outcome"]: row for row in result["importance"]}
    rows = []
    for row in result["calibration"]:
        part = split[row["outcome"]]
        skill = "–" if row["skill"] is None else percent(row["skill"])
        known = row["slope"] is not None
        slope = interval(row["slope"], row["low"], row["high"]) if known else "too rare to tell"
        rows.append((words(row["outcome"]), slope, skill, chance(*part["surface"]), chance(*part["drivers"])))
    screen.line()
    screen.table(
        rows, ["surface", "calibration slope (1 is right)", "skill", "explained", "without a surface"]
    )
    for told, found in (
        ("has no skill for", [r for r in result["calibration"] if (r["skill"] or 0.0) < NO_SKILL]),
        (
            "is off for",
            [r for r in result["calibration"] if (r["skill"] or 0.0) >= NO_SKILL and not r["sound"]],
        ),
    ):
        names = ", ".join(words(row["outcome"]) for row in found)
        if names:
            screen.note(f"the surface {told} {names}")
