"""The page of a ledger: one self-contained HTML file with a small figure a claim."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from matplotlib.figure import Figure

from experiments.claims.figures import VERDICT_COLOURS, forest, small
from experiments.drawing import style

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 "DejaVu Sans", Verdana, sans-serif; color: #1c2127; background: #fff;
       margin: 0 auto; max-width: 1060px; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 36px 0 8px; }
p { margin: 6px 0; }
.muted, footer { color: #5a6370; font-size: 13px; }
img { max-width: 100%; height: auto; }
article { display: grid; grid-template-columns: minmax(280px, 1fr) 500px; gap: 20px;
          border-top: 1px solid #d8dde3; padding: 16px 0; }
article h3 { font-size: 15px; margin: 0 0 4px; }
article p { font-size: 14px; }
.verdict { color: #fff; border-radius: 3px; padding: 1px 7px; font-size: 12px; font-weight: bold;
           white-space: nowrap; }
table { border-collapse: collapse; font-size: 13px; width: 100%; }
td, th { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid #eef1f4; vertical-align: top; }
td.n { white-space: nowrap; font-variant-numeric: tabular-nums; }
@media (max-width: 860px) { article { grid-template-columns: 1fr; } }
"""


def page(rows: Sequence[Mapping[str, Any]], meta: Mapping[str, Any]) -> str:
    """The whole page as HTML text.

    rows: of ``claims.json``. meta: title, margin, alpha, agreement, replicates, seed, seconds, uncertainty,
    version, command.
    """
    counts = ", ".join(f"{n} {v}" for v in VERDICT_COLOURS if (n := sum(r["verdict"] == v for r in rows)))
    title = escape(str(meta["title"]))
    parts = [
        f"<h1>{title}</h1>",
        f"<p>{len(rows)} claims: {counts}.</p>",
        f"<p class=muted>{_method(meta)}</p>",
        _image(forest(rows, meta["margin"]), "Effects of all claims with their intervals"),
        "<h2>All claims</h2>",
        _table(rows),
        "<h2>Claim by claim</h2>",
        *(_claim(row, meta["margin"]) for row in rows),
        f"<footer>Made by <code>{escape(str(meta['command']))}</code> in {meta['seconds']:.0f} s; "
        f"{escape(str(meta['version']))}. Runs are possible worlds of a model, not predictions.</footer>",
    ]
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f'<meta charset="utf-8"><title>{title}</title>{view}<style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'


def _method(meta: Mapping[str, Any]) -> str:
    """How the verdicts came about and how often they err."""
    alpha, draws = f"{meta['alpha']:.0%}", meta["replicates"] // 2
    return (
        f"Each condition is run both ways over {draws:,} draws of what is uncertain "
        f"({escape(str(meta['uncertainty']))}), two runs a draw, with the same draws and the same luck on "
        f"both sides (seed {meta['seed']}). An effect matters from {meta['margin']:g} standard deviations of "
        "its outcome. <b>Supported</b> and <b>contradicted</b>: the effect differs from nil and at least "
        f"{meta['agreement']:.0%} of draws have its sign; the chance that any claim without an effect is "
        f"called either is at most {alpha} over the whole ledger. <b>No effect</b>: one that matters is "
        f"ruled out, wrongly in at most {alpha} of cases for each claim. <b>Mixed</b>: the sign depends on "
        "the parameters, or the runs do not settle it. A claim that something does not matter is supported "
        "by no effect. Intervals are 95 % for each claim."
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    """All claims in short."""
    body = "".join(
        f'<tr><td><a href="#{escape(row["id"])}">{escape(row["id"])}</a></td>'
        f"<td>{escape(', '.join(row['factors']))}</td><td>{escape(row['outcome'])}</td>"
        f"<td class=n>{effect_text(row)}</td><td class=n>{row['p_direction']:.2f}</td>"
        f"<td>{'built in' if row['built_in'] else 'emerges'}</td><td>{_badge(row['verdict'])}</td></tr>"
        for row in rows
    )
    names = ("claim", "factors", "outcome", "effect", "P(direction)", "origin", "verdict")
    return f"<table><tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>{body}</table>"


def _claim(row: Mapping[str, Any], margin: float) -> str:
    """One claim with its figure."""
    name, factors = escape(row["id"]), escape(", ".join(row["factors"]))
    origin = (
        "Built in: the sign of one rule makes it so." if row["built_in"] else "Emerges from interactions."
    )
    lines = [
        f'<h3 id="{name}">{name} <span class=muted>{factors}</span></h3>',
        f"<p>{escape(row['text'])}</p>",
        f"<p>{_badge(row['verdict'])} {escape(row['why'])}</p>",
        f"<p class=muted>From <b>{escape(row['from'])}</b> to <b>{escape(row['to'])}</b>: "
        f"{escape(row['outcome'])} {_claimed(row['direction'])}. Effect {effect_text(row)}{_unit(row)}; "
        f"P(direction) {_share(row)}; {row['runs']:,} runs. {origin} {_dependence(row)}</p>",
    ]
    if row["note"]:
        lines.append(f"<p class=muted>{escape(row['note'])}</p>")
    picture = _image(small(row, margin), f"Effect of {row['id']}")
    return f"<article><div>{''.join(lines)}</div><div>{picture}</div></article>"


def _share(row: Mapping[str, Any]) -> str:
    return f"{row['p_direction']:.2f} [{row['p_direction_low']:.2f}, {row['p_direction_high']:.2f}]"


def _dependence(row: Mapping[str, Any]) -> str:
    """Which drivers the effect clearly depends on."""
    if not row["depends_on"]:
        return ""
    clear = [name for name, part in row["depends_on"].items() if part["clear"]]
    return f"The effect depends on {', '.join(clear)}." if clear else "No clear dependence on the drivers."


def effect_text(row: Mapping[str, Any]) -> str:
    """``0.42 [0.37, 0.47]`` in the outcome's unit; ratios with a multiplication sign."""
    mark, width = "×" if row["unit"] == "ratio" else "", abs(row["high"] - row["low"])
    digits = 0 if width > 20 else 1 if width > 2 else 2
    return f"{mark}{row['effect']:,.{digits}f} [{row['low']:,.{digits}f}, {row['high']:,.{digits}f}]"


def _unit(row: Mapping[str, Any]) -> str:
    return "" if row["unit"] in ("", "ratio") else f" {escape(row['unit'])}"


def _claimed(direction: str) -> str:
    return "should not change" if direction == "none" else f"should {direction.removesuffix('s')}"


def _badge(verdict: str) -> str:
    colour = style.MUTED if verdict == "no effect" else VERDICT_COLOURS[verdict]
    return f'<span class=verdict style="background:{colour}">{verdict}</span>'


def _image(figure: Figure, alt: str) -> str:
    data = base64.b64encode(style.png(figure, dpi=110)).decode("ascii")
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
