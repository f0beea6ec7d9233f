"""The report of an outlook: one self-contained HTML page that can be read, printed and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.outlook import sections as parts
from experiments.outlook import sentences
from experiments.outlook.page import page, paragraph, picture, section
from experiments.outlook.tables import OutlookTables
from experiments.stats.intervals import sticky
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    Picture = bytes | Path | Figure

_HEADINGS = {
    "short": "In short", "story": "The scenario", "outlook": "The outlook", "questions": "Key questions",
    "numbers": "Key numbers", "figures": "Figures", "certainty": "How sure we are",
    "parameters": "What the scenario sets", "again": "How to make it again", "limits": "What this is not",
}  # fmt: skip


def write_figures(
    folder: str | Path, figures: Mapping[str, Figure], tables: OutlookTables
) -> dict[str, bytes]:
    """Write each figure to `folder/NAME.png` (made if missing) and return the pictures, drawn once, for the
    report.

    The picture carries its sentence, scenario, runs, seed and version as text.
    """
    from experiments.drawing import style

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    told = _sentences(tables)
    made = {}
    for name, figure in figures.items():
        made[name] = style.png(figure, _metadata(name, told, tables))
        (target / f"{name}.png").write_bytes(made[name])
    return made


def write_report(
    path: str | Path, *, scenario: Scenario, outlook: Mapping[str, Any], figures: Mapping[str, Picture],
    tables: OutlookTables, record: Mapping[str, Any] | None = None,
) -> Path:  # fmt: skip
    """Write the report of one scenario's outlook.

    Args: path: the HTML file; its folder exists. scenario: what was run. outlook: what `outlook.json` holds:
    runs, endings, questions; numbers, spread, seed and uncertainty if known. figures: by name, in the order
    of the page: PNG bytes, the path of a PNG, or a figure still to be drawn. tables: what the figures were
    drawn from. record: what `study.json` holds, for the provenance (command, commit, versions); optional.

    Returns: The path of the page.
    """
    told = _sentences(tables)
    pictures = {name: _bytes(name, figure, told, tables) for name, figure in figures.items()}
    body = _body(scenario, outlook, pictures, tables, told, record or {})
    target = Path(path)
    target.write_text(page(f"{scenario.title}: outlook", body), encoding="utf-8")
    return target


def _sentences(tables: OutlookTables) -> dict[str, str]:
    """One sentence a figure, from the data."""
    from experiments.outlook.figures.spread import split

    return sentences.describe(tables, split(tables))


def _metadata(name: str, told: Mapping[str, str], tables: OutlookTables) -> dict[str, str]:
    return {
        "Title": f"{tables.title}: {name}",
        "Description": told.get(name, name),
        "Source": f"scenario {tables.scenario}, {tables.runs} runs, seed {tables.seed}, "
        f"Panjshir Outlook {tables.version}",
    }


def _bytes(name: str, figure: Picture, told: Mapping[str, str], tables: OutlookTables) -> bytes:
    """The picture as PNG bytes, whatever form it came in."""
    if isinstance(figure, bytes):
        return figure
    if isinstance(figure, Path):
        return figure.read_bytes()
    from experiments.drawing import style

    return style.png(figure, _metadata(name, told, tables))


def _body(
    scenario: Scenario, outlook: Mapping[str, Any], pictures: Mapping[str, bytes], tables: OutlookTables,
    told: Mapping[str, str], record: Mapping[str, Any],
) -> str:  # fmt: skip
    """All sections with the table of contents."""
    drawn = "\n".join(
        picture(
            name,
            png,
            f"{told.get(name, name)}.",
            f"{parts.ABOUT.get(name, '')} {told.get(name, name)}.".strip(),
        )
        for name, png in pictures.items()
    )
    inside = {
        "short": _short(told, pictures),
        "story": parts.story(scenario),
        "outlook": parts.endings(outlook),
        "questions": parts.questions(outlook),
        "numbers": parts.numbers(outlook),
        "figures": drawn,
        "certainty": parts.certainty(scenario, outlook),
        "parameters": parts.parameters(scenario),
        "again": parts.provenance(scenario, outlook, tables.version, record),
        "limits": "".join(paragraph(text) for text in parts.LIMITS),
    }
    shown = {anchor: _HEADINGS[anchor] for anchor, html in inside.items() if html}
    contents = "".join(
        f'<li><a href="#{anchor}">{escape(heading)}</a></li>' for anchor, heading in shown.items()
    )
    return (
        _header(scenario, outlook, tables)
        + f'<nav aria-label="Contents"><ol>{contents}</ol></nav>\n<main id="main">\n'
        + parts.warnings(outlook)
        + "\n".join(section(anchor, heading, inside[anchor]) for anchor, heading in shown.items())
        + "\n</main>\n<footer>Made by Panjshir Outlook, an agent-based simulator of conflict scenarios. "
        "Province outlines: Natural Earth (public domain).</footer>"
    )


def _header(scenario: Scenario, outlook: Mapping[str, Any], tables: OutlookTables) -> str:
    facts = (
        f"{_day(scenario.start)} to {_day(scenario.end)}",
        f"{outlook['runs']:,} runs",
        f"seed {outlook.get('seed', tables.seed)}",
        f"Panjshir Outlook {tables.version}",
    )
    listed = " · ".join(escape(fact) for fact in facts)
    return (
        f'<header><p class="kicker">Conditional outlook: scenario <code>{escape(scenario.name)}</code></p>'
        f'<h1>{escape(scenario.title)}</h1><p class="facts">{listed}</p></header>\n'
    )


def _short(told: Mapping[str, str], pictures: Mapping[str, bytes]) -> str:
    """The sentences of the figures that the page shows, as a list."""
    lines = [
        f'<li>{escape(sticky(told[name]))}. <a href="#figure-{escape(name)}">figure</a></li>'
        for name in pictures
        if name in told
    ]
    return f'<ul class="short">{"".join(lines)}</ul>' if lines else ""


def _day(day: date) -> str:
    """`6 September 2021`."""
    return f"{day.day} {day:%B %Y}"
