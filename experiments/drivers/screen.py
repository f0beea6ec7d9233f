"""What the map of the drivers says in words: the terminal's tables and the figures' headlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.cli.help import console

NO_SKILL = 0.005
"""Share of the log loss saved below which a surface tells nothing."""


def _words(name: str) -> str:
    return name.rsplit(".", 1)[-1].replace("_", " ")


def _interval(values: Sequence[float | None]) -> str:
    if any(v is None for v in values):
        return "–"
    p, low, high = (float(v) for v in values)  # type: ignore[arg-type]
    return f"{p:.2f} [{low:.2f}, {high:.2f}]"


def titles(result: Mapping[str, Any]) -> dict[str, str]:
    """Headline of each figure: what it shows."""
    leads = sorted(result["leads"], key=result["leads"].get, reverse=True)
    top = leads[0]
    split = {row["outcome"]: row for row in result["importance"]}
    common = max(split, key=lambda name: result["endings"][name]["p"])
    ending = common.replace("_", " ")
    drivers = split[common]["surface"][0]
    said = {
        "responses": f"{_words(top).capitalize()} moves the endings most",
        "leaders": f"{_words(top).capitalize()} leads in {100 * result['leads'][top]:.0f} % of the box",
        "importance": f"The variables explain {100 * drivers:.0f} % of whether {ending} comes about",
        "tipping": _tipping_title(result),
    }
    for name in split:
        place = result["middle"][name]["p"]
        said[name] = f"{name.replace('_', ' ').capitalize()}: {100 * place:.0f} % in the middle of the box"
    return said


def _tipping_title(result: Mapping[str, Any]) -> str:
    """The surest tipping point, or that there is none."""
    tips = [tip for tip in result["tipping"] if tip["seen"] >= 0.5]
    if not tips:
        leader = max(result["middle"], key=lambda name: result["middle"][name]["p"])
        return f"Nowhere on the axes does the most likely ending change from {leader.replace('_', ' ')}"
    tip = max(tips, key=lambda t: t["seen"])
    before, after = (tip[key].replace("_", " ") for key in ("before", "after"))
    where = f"{_words(tip['name'])} {tip['value']:.2g} [{tip['low']:.2g}, {tip['high']:.2g}]"
    return f"The most likely ending tips from {before} to {after} at {where}"


def print_drivers(result: Mapping[str, Any], footer: str) -> None:
    """Print the map: endings, who leads, tipping points, variance, calibration."""
    out = console()
    spans = ", ".join(f"{n} {low:g} to {high:g}" for n, (low, high) in result["variables"].items())
    out.print(Text(f"{result['title']}: {spans}", style="bold"))
    _endings(result, out)
    _tipping(result, out)
    _importance(result, out)
    _calibration(result, out)
    ran = f"{result['runs']:,} runs at {result['points']:,} points in {result['seconds']} s"
    out.print(Text(f"{ran}, {result['seconds_fit']} s to fit{'; ' + footer if footer else ''}", style="dim"))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for n, name in enumerate(columns):
        table.add_column(name, no_wrap=True, justify="left" if n == 0 else "right")
    return table


def _endings(result: Mapping[str, Any], out: Console) -> None:
    table = _table("ending", "over the box", "in its middle")
    for name, share in result["endings"].items():
        middle = result["middle"].get(name)
        shown = _interval([middle["p"], middle["low"], middle["high"]]) if middle else "never seen"
        table.add_row(name.replace("_", " "), _interval([share["p"], share["low"], share["high"]]), shown)
    out.print(table)
    leads = ", ".join(f"{_words(n)} in {100 * s:.0f} %" for n, s in result["leads"].items())
    out.print(Text(f"\nMoves the outlook most: {leads} of the box"))


def _tipping(result: Mapping[str, Any], out: Console) -> None:
    if not result["tipping"]:
        out.print(Text("The most likely ending does not change along the axes through the middle.\n"))
        return
    table = _table("tipping point", "value [95 %]", "most likely before", "after", "seen")
    for tip in result["tipping"]:
        value = f"{tip['value']:.3g} [{tip['low']:.3g}, {tip['high']:.3g}]"
        before, after = (tip[key].replace("_", " ") for key in ("before", "after"))
        table.add_row(tip["name"], value, before, after, f"{tip['seen']:.2f}")
    out.print()
    out.print(table)


def _importance(result: Mapping[str, Any], out: Console) -> None:
    names = list(result["variables"])
    alone = (f"{_words(n)}\nalone" for n in names)
    table = _table("variance of", *alone, "inter-\nactions", "other\nparameters", "luck")
    for row in result["importance"]:
        sole = sum(row["first"][n][0] for n in names)
        cells = [_interval(row["first"][n]) for n in names]
        together = max(row["surface"][0] - sole, 0.0)
        table.add_row(
            row["outcome"].replace("_", " "),
            *cells,
            f"{together:.2f}",
            f"{row['others']:.2f}",
            f"{row['luck']:.2f}",
        )
    out.print()
    out.print(table)


def _calibration(result: Mapping[str, Any], out: Console) -> None:
    """Whether the surface can be believed."""
    table = _table("surface", "calibration slope (1 is right)", "skill", "explained", "without a surface")
    split = {row["outcome"]: row for row in result["importance"]}
    for row in result["calibration"]:
        part = split[row["outcome"]]
        skill = "–" if row["skill"] is None else f"{row['skill']:.2f}"
        table.add_row(row["outcome"].replace("_", " "), _interval([row["slope"], row["low"], row["high"]]),
                      skill, _interval(part["surface"]), _interval(part["drivers"]))  # fmt: skip
    out.print()
    out.print(table)
    for words, rows in (
        ("has no skill for", [r for r in result["calibration"] if (r["skill"] or 0.0) < NO_SKILL]),
        (
            "is off for",
            [r for r in result["calibration"] if (r["skill"] or 0.0) >= NO_SKILL and not r["sound"]],
        ),
    ):
        names = ", ".join(row["outcome"].replace("_", " ") for row in rows)
        if names:
            out.print(Text(f"Note: the surface {words} {names}", style="yellow"))
