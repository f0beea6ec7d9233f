"""The tables of ``understanding.md``, from the folders that its own commands make."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

WORLDS, SCREENING = "results/worlds/sensitivity", "results/screening"
OUTCOMES = ("consolidation", "deaths", "first_return_day")
DRIVERS = ("taliban.service_delivery", "economy.growth", "taliban.control")
"""What the report says that the future depends on."""
SHOWN = 10
"""Parameters in each table."""
_MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

Data = Mapping[str, Any]


def filled(text: str, folder: Path, commands: Iterable[str]) -> str:
    """The page with its tables, and what they come to, made anew.

    Parameters
    ----------
    text
        Of the page.
    folder
        In which its commands were run.
    commands
        These.
    """
    make = {"parameters": lambda: _parameters(folder), "boxes": lambda: _boxes(folder, discoveries(commands))}
    return _MADE.sub(lambda found: f"{found[1]}\n{make[found[2]]()}\n\n{found[3]}", text)


def discoveries(commands: Iterable[str]) -> list[str]:
    """The folders into which commands write boxes."""
    words = [shlex.split(command) for command in commands]
    return [
        word.removeprefix("out=")
        for line in words
        if line[1] == "discover"
        for word in line
        if word[:4] == "out="
    ]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _percent(value: float) -> str:
    """A share in per cent, one digit more where it is small; less than nothing is nothing."""
    shown = 100 * max(0.0, value)
    return f"{shown:.1f}".removesuffix(".0") if shown < 9.95 else f"{shown:.0f}"


def _share(value: float, low: float, high: float) -> str:
    return f"{_percent(value)} % [{_percent(low)}, {_percent(high)}]"


def _size(value: float, low: float, high: float) -> str:
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def _estimate(data: Data) -> str:
    return _share(data["estimate"], data["low"], data["high"])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _parameters(folder: Path) -> str:
    """What matters for each outcome, by both looks."""
    found = {name: _read(folder / name / "sensitivity.json") for name in (WORLDS, SCREENING)}
    return "\n\n".join(
        _outcome(
            *(
                {one["outcome"]: one for one in found[name]["outcomes"]}[outcome]
                for name in (WORLDS, SCREENING)
            )
        )
        for outcome in OUTCOMES
    )


def _outcome(worlds: Data, screened: Data) -> str:
    """One outcome: luck, the leading parameters of both looks, and where the report's drivers stand."""
    looks = ((worlds["indices"], _share), (screened["indices"], _size))
    rows = []
    for n in range(SHOWN):
        row = [str(n + 1)]
        for indices, say in looks:
            one = indices[n]
            name = one["parameter"]
            row += [
                f"**{name}**" if name in DRIVERS else f"`{name}`",
                say(one["value"], one["low"], one["high"]),
            ]
        rows.append(row)
    luck = worlds["luck"]
    where = "; ".join(
        f"`{name}` {_standing(looks[0], name)}; screening {_standing(looks[1], name)}" for name in DRIVERS
    )
    return "\n\n".join([
        f"### {worlds['label'][:1].upper()}{worlds['label'][1:]}",
        f"Luck owns {_share(luck['share'], luck['low'], luck['high'])} of the variance; the dummy reaches "
        f"{_percent(worlds['floor'])} %.",
        _table(["", "explains alone (given data)", "", "moves most (screening)", ""], rows),
        f"The report's drivers, {_among(worlds, screened)}: {where}.",
    ])  # fmt: skip


def _among(worlds: Data, screened: Data) -> str:
    """Which of the report's drivers are among the leading parameters of either look."""
    first = [{row["parameter"] for row in one["indices"][:SHOWN]} for one in (worlds, screened)]
    named = [f"`{name}`" for name in DRIVERS if name in first[0] | first[1]]
    return (
        f"of which {' and '.join(named)} {'is' if len(named) == 1 else 'are'} among these"
        if named
        else ("none of which is among these")
    )


def _standing(look: tuple[Sequence[Data], Any], name: str) -> str:
    """Rank and index of a parameter."""
    indices, say = look
    for n, one in enumerate(indices, start=1):
        if one["parameter"] == name:
            return f"{n} of {len(indices)}, {say(one['value'], one['low'], one['high'])}"
    return "held known"


def _boxes(folder: Path, names: Sequence[str]) -> str:
    """The boxes of each ending, and whether what was claimed came out."""
    found = [_read(folder / name / "boxes.json") for name in names]
    return "\n\n".join([*(_ending(one) for one in found), _came(found), _lasting(found)])


def _ending(found: Data) -> str:
    rows = [
        (f"{box['number']}: {_limits(box)}", _estimate(box["density"]), _estimate(box["found"]),
         _estimate(box["coverage"]))
        for box in found["boxes"]
    ]  # fmt: skip
    told = [
        f"Box {box['number']} (over all {_percent(found['share'])} %): "
        + "; ".join(
            f"`{one['parameter']}` quasi-p {one['quasi_p']:.1g}, comes back in "
            f"{_percent(one['comes_back'])} % of halves"
            for one in box["limits"]
        )
        + "."
        for box in found["boxes"]
    ]
    head = ["box", "claimed, on runs held out", "found, by running its file", "coverage"]
    title = found["words"].removeprefix("ending is ")
    title = f"### {title[:1].upper()}{title[1:]} ({found['met']:,} of {found['runs']:,} runs)"
    return "\n\n".join(
        [title, *([_table(head, rows), *told] if rows else ["No box is denser than chance explains."])]
    )


def _limits(box: Data) -> str:
    return " and ".join(f"`{one['parameter']}` {one['words'].split(' ', 1)[1]}" for one in box["limits"])


def _came(found: Sequence[Data]) -> str:
    """How many densities found lie in the interval claimed, and which boxes may be no denser than the whole."""
    boxes = [(one, box) for one in found for box in one["boxes"]]
    held = sum(
        box["density"]["low"] <= box["found"]["estimate"] <= box["density"]["high"] for _, box in boxes
    )
    dense = [
        f"box {box['number']} for {one['words'].removeprefix('ending is ')}"
        for one, box in boxes
        if box["found"]["low"] <= one["share"]
    ]
    return f"{held} of the {len(boxes)} densities found lie in the interval claimed" + (
        f"; {' and '.join(dense)} is no denser than the whole."
        if dense
        else ", and all are denser than the whole."
    )


def _lasting(found: Sequence[Data]) -> str:
    """Which limits come back in at least half of the halves of the runs."""
    told = []
    for one in found:
        limits = [limit for box in one["boxes"] for limit in box["limits"] if limit["comes_back"] >= 0.5]
        names = dict.fromkeys(f"`{limit['parameter']}`" for limit in limits)
        told.append(f"for {one['words'].removeprefix('ending is ')} {' and '.join(names) or 'none'}")
    return (
        f"Limits that come back in at least half of the halves: {'; '.join(told)}. The others may be chance."
    )
