"""The page of a ledger: one self-contained HTML file with a small figure a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.claims.figures import VERDICT_COLOURS, figures, forest
from experiments.config.posteriors import in_words
from experiments.drawing import style
from experiments.drawing.pages import Badge, Link, Picture, Table, render
from experiments.kit.numbers import chance, count, counted, points
from experiments.kit.words import capital

TEMPLATE = Path(__file__).with_name("claims.html.j2")


def page(rows: Sequence[Mapping[str, Any]], meta: Mapping[str, Any]) -> str:
    """The whole page as HTML text.

    Parameters
    ----------
    rows
        Of ``claims.json``.
    meta
        Title, margin, alpha, agreement, replicates, seed, uncertainty, posterior, version, command.

    Returns
    -------
    str
        The page, one file.
    """
    counts = ", ".join(f"{n} {v}" for v in VERDICT_COLOURS if (n := sum(r["verdict"] == v for r in rows)))
    known = in_words(str(meta["uncertainty"]), meta.get("posterior"))
    drawn = {name: style.png(draw(), dpi=110) for name, draw in figures(rows, meta["margin"]).items()}
    phone = style.png(forest(rows, meta["margin"], narrow=True))
    return render(
        TEMPLATE,
        title=str(meta["title"]),
        kicker="Claims of the report, tested",
        heading=str(meta["title"]),
        facts=(f"{meta['replicates']:,} runs of each side", f"seed {meta['seed']}", str(meta["version"])),
        basis=f"{capital(known)}.",
        counts=f"{counted(len(rows), 'claim')}: {counts}.",
        method=_method(meta),
        forest=Picture("forest", drawn["forest"], "", _forest_in_words(rows), phone),
        table=_table(rows),
        claims=[_claim(row, drawn[f"claim-{row['id']}"]) for row in rows],
        command=str(meta["command"]),
    )


def _method(meta: Mapping[str, Any]) -> str:
    """How the verdicts came about and how often they err."""
    alpha, draws = f"{meta['alpha']:.0%}", meta["replicates"] // 2
    return (
        f"Each condition is run both ways over {draws:,} draws of what is uncertain, two runs a draw, with the "
        "same draws and the same luck on both sides. An effect matters from "
        f"{meta['margin']:g} standard deviations of its outcome. Supported and contradicted: the effect differs "
        f"from nil and at least {meta['agreement']:.0%} of draws have its sign; the chance that any claim "
        f"without an effect is called either is at most {alpha} over the whole ledger. No effect: one that "
        f"matters is ruled out, wrongly in at most {alpha} of cases for each claim. Mixed: the sign depends on "
        "the parameters, or the runs do not settle it. A claim that something does not matter is supported "
        "by no effect. Intervals are 95 % for each claim."
    )


def _forest_in_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """The figure of all claims for those who cannot see it."""
    told = "; ".join(f"{row['id']}: {row['verdict']}, {effect_text(row)}{_unit(row)}" for row in rows)
    return f"Effects of all claims with their 95 % intervals. {told}."


def _table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """All claims in short."""
    cells = [
        [Link(row["id"], row["id"]), ", ".join(row["factors"]), row["outcome"], f"{effect_text(row)}{_unit(row)}",
         _share(row), "built in" if row["built_in"] else "emerges", _badge(row["verdict"])]
        for row in rows
    ]  # fmt: skip
    heads = ("claim", "factors", "outcome", "effect", "chance of the direction", "origin", "verdict")
    return Table("Every claim, its effect and its verdict", heads, cells, numbers=(4,))


def _claim(row: Mapping[str, Any], drawn: bytes) -> dict[str, Any]:
    """One claim with its figure."""
    told = f"{row['outcome']}: effect {effect_text(row)}{_unit(row)}, {row['verdict']}"
    return {
        "id": row["id"], "factors": ", ".join(row["factors"]), "text": row["text"],
        "badge": _badge(row["verdict"]), "why": row["why"], "before": row["from"], "after": row["to"],
        "outcome": row["outcome"], "claimed": _claimed(row["direction"]),
        "effect": f"{effect_text(row)}{_unit(row)}", "share": _share(row), "runs": count(row["runs"]),
        "origin": "Built in: the sign of one rule makes it so." if row["built_in"]
        else "Emerges from interactions.",
        "dependence": _dependence(row), "note": row["note"],
        "picture": Picture(f"claim-{row['id']}", drawn, "", told, scrolls=False),
    }  # fmt: skip


def _share(row: Mapping[str, Any]) -> str:
    return chance(row["p_direction"], row["p_direction_low"], row["p_direction_high"])


def _dependence(row: Mapping[str, Any]) -> str:
    """Which drivers the effect clearly depends on."""
    if not row["depends_on"]:
        return ""
    clear = [name for name, part in row["depends_on"].items() if part["clear"]]
    return f"The effect depends on {', '.join(clear)}." if clear else "No clear dependence on the drivers."


def effect_text(row: Mapping[str, Any]) -> str:
    """``0.42 [0.37, 0.47]`` in the outcome's unit; ratios with a multiplication sign; chances in points."""
    low, high = row["low"], row["high"]
    if row["unit"] == "":
        return points(row["effect"], max(low, -1.0), min(high, 1.0))
    mark, width = "×" if row["unit"] == "ratio" else "", abs(high - low)
    digits = 0 if width > 20 else 1 if width > 2 else 2
    return f"{mark}{row['effect']:,.{digits}f} [{low:,.{digits}f}, {high:,.{digits}f}]"


def _unit(row: Mapping[str, Any]) -> str:
    return "" if row["unit"] in ("", "ratio") else f" {row['unit']}"


def _claimed(direction: str) -> str:
    return "should not change" if direction == "none" else f"should {direction.removesuffix('s')}"


def _badge(verdict: str) -> Badge:
    return Badge(verdict, style.legible(style.MUTED if verdict == "no effect" else VERDICT_COLOURS[verdict]))
