"""The page of a report: HTML helpers and the style sheet. Self-contained: no script, no outside request."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

CSS = """
:root { --paper: #ffffff; --ink: #1c2127; --muted: #5a6370; --rule: #d8dde3; --ground: #f4f6f8;
  --accent: #0072b2; --warn: #d55e00; --bar: #9ccbe8; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e8ebee; --muted: #a3acb6; --rule: #343b44; --ground: #1c2229;
    --accent: #56b4e9; --warn: #f0903c; --bar: #1f5d86; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
.page { max-width: 1120px; margin: 0 auto; padding: 2.2rem 1.4rem 4rem; }
header { border-bottom: 3px solid var(--accent); padding-bottom: 1.1rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .35rem; }
h2 { font-size: 1.35rem; margin: 2.8rem 0 .7rem; padding-top: .3rem; }
p { margin: .5rem 0; max-width: 72ch; }
a { color: var(--accent); }
.kicker, .facts, figcaption, caption { color: var(--muted); }
.kicker { margin: 0; letter-spacing: .02em; }
.facts { margin: .3rem 0 0; }
nav { margin: 1.2rem 0 0; padding: .9rem 1.2rem; background: var(--ground); border-radius: 8px; }
nav ol { margin: 0; padding-left: 1.2rem; columns: 3 220px; column-gap: 2rem; }
.short { font-size: 1.06rem; padding-left: 1.2rem; }
.short li { margin: .3rem 0; }
.short a { font-size: .85rem; white-space: nowrap; }
.warn { border-left: 4px solid var(--warn); background: var(--ground); padding: .6rem 1rem; margin: 1rem 0;
  border-radius: 0 8px 8px 0; max-width: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; font-size: .94rem; }
caption { text-align: left; padding: 0 0 .4rem; font-size: .9rem; }
th, td { text-align: left; padding: .42rem .7rem .42rem 0; vertical-align: top;
  border-bottom: 1px solid var(--rule); }
thead th { color: var(--muted); font-weight: 600; font-size: .85rem; border-bottom: 2px solid var(--rule); }
tbody th { font-weight: 600; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
td code, p code { font-size: .88em; overflow-wrap: anywhere; }
.chance { display: block; position: relative; width: 180px; height: 14px; background: var(--ground);
  border-radius: 3px; margin-top: .3rem; }
.chance i { position: absolute; top: 0; bottom: 0; border-radius: 3px; }
.chance .range { background: var(--bar); }
.chance .point { width: 3px; margin-left: -1.5px; background: var(--ink); }
figure { margin: 1.2rem 0 2.2rem; }
figure img { display: block; width: 100%; height: auto; background: #fff; border-radius: 8px;
  border: 1px solid var(--rule); }
figcaption { margin-top: .5rem; max-width: 90ch; }
pre { background: var(--ground); padding: .9rem 1rem; border-radius: 8px; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .6rem 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
details > summary { cursor: pointer; color: var(--accent); margin: .6rem 0; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: .8rem; color: var(--muted);
  font-size: .9rem; }
@media print {
  :root { --paper: #fff; --ink: #000; --muted: #444; --rule: #bbb; --ground: #f4f4f4; }
  body { font-size: 10.5pt; } nav, .skip { display: none; } .page { max-width: none; padding: 0; }
  figure, tr, pre, .warn { break-inside: avoid; } h2 { break-after: avoid; } a { color: inherit; }
  details::details-content { content-visibility: visible; block-size: auto; } }
"""


def page(title: str, body: str) -> str:
    """A whole document: `title` as plain text, `body` as HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the outlook</a>\n<div class="page">\n'
        f"{body}\n</div>\n</body>\n</html>\n"
    )


def section(anchor: str, heading: str, *parts: str) -> str:
    """A section with its heading; empty if nothing stands in it."""
    inside = "\n".join(part for part in parts if part)
    if not inside:
        return ""
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-h">\n<h2 id="{anchor}-h">{escape(heading)}</h2>\n'
        f"{inside}\n</section>"
    )


def paragraph(text: str, kind: str = "") -> str:
    """Plain text as a paragraph."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> str:
    """A table whose cells are HTML already; the first cell of a row heads it; `numbers`: columns of "
    "figures."""
    if not rows:
        return ""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    lines = []
    for row in rows:
        cells = [f'<th scope="row">{row[0]}</th>']
        for k, cell in enumerate(row[1:], start=1):
            cells.append(f'<td class="number">{cell}</td>' if k in numbers else f"<td>{cell}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{top}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody></table></div>"
    )


def chance_bar(low: float, high: float, p: float) -> str:
    """A bar from 0 to 100 % with the interval and the estimate; hidden from screen readers, who get "
    "the numbers."""
    return (
        '<span class="chance" aria-hidden="true">'
        f'<i class="range" style="left:{100 * low:.1f}%;width:{max(0.5, 100 * (high - low)):.1f}%"></i>'
        f'<i class="point" style="left:{100 * p:.1f}%"></i></span>'
    )


def picture(name: str, png: bytes, sentence: str, alt: str) -> str:
    """A figure with its picture inside the page."""
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<figure id="figure-{escape(name)}"><img alt="{escape(alt, quote=True)}" '
        f'src="data:image/png;base64,{data}">\n<figcaption>{escape(sentence)}</figcaption></figure>'
    )
