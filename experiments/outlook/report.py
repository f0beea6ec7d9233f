"""The report of an outlook: one self-contained HTML page that can be read, printed and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.config.posteriors import in_words
from experiments.drawing import charts as drawn
from experiments.drawing.pages import Picture, render
from experiments.kit import files
from experiments.kit.numbers import SCALE, counted, sticky
from experiments.kit.words import capital
from experiments.outlook import sections as parts
from experiments.outlook import sentences
from experiments.outlook.charts import charts
from experiments.outlook.fighting import what_remains, who_fights
from experiments.outlook.summary import warnings
from experiments.outlook.tables import OutlookTables
from experiments.outlook.typical import TypicalRun
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_figure(path: Path, figure: Figure, tables: OutlookTables, told: Mapping[str, str]) -> bytes:
    """Write a figure to a file, its folder made if missing, and return the picture for the report.

    The picture carries its sentence, scenario, runs, seed and version as text.
    """
    from experiments.drawing import style

    path.parent.mkdir(parents=True, exist_ok=True)
    made = style.png(figure, {
        "Title": f"{tables.title}: {path.stem}",
        "Description": told.get(path.stem, path.stem),
        "Source": f"scenario {tables.scenario}, {tables.runs} runs, seed {tables.seed}, "
        f"Panjshir Outlook {tables.version}",
    })  # fmt: skip
    files.write(path, made)
    return made


def write_report(
    path: str | Path, *, scenario: Scenario, outlook: Mapping[str, Any], figures: Mapping[str, bytes],
    tables: OutlookTables, record: Mapping[str, Any] | None = None,
    narrow: Mapping[str, bytes] | None = None, typical: TypicalRun | None = None,
) -> Path:  # fmt: skip
    """Write the report of one scenario's outlook.

    Parameters
    ----------
    path
        The HTML file; its folder exists.
    scenario
        What was run.
    outlook
        What ``outlook.json`` holds: runs, endings, questions; numbers, spread, seed and uncertainty if known.
    figures, narrow
        By name, in the order of the page: PNG bytes; those for phones.
    tables
        What the figures were drawn from.
    record
        What ``study.json`` holds, for the provenance (command, commit, versions).
    typical
        The run whose story is told.
    """
    told = figure_sentences(tables)
    shown = [_picture(name, png, told, (narrow or {}).get(name)) for name, png in figures.items()]
    made = _page(scenario, outlook, shown, tables, told, record or {})
    woken = _charts(tables, typical) | _story(scenario, Path(path).parent, typical)
    files.write(path, render(TEMPLATE, **made, **woken))
    return Path(path)


def figure_sentences(tables: OutlookTables) -> dict[str, str]:
    """One sentence a figure, from the data: figure to sentence."""
    from experiments.outlook.figures.spread import split

    return sentences.describe(tables, split(tables))


def _page(
    scenario: Scenario, outlook: Mapping[str, Any], pictures: list[Picture], tables: OutlookTables,
    told: Mapping[str, str], record: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """What the report says of the outlook, by the names of the template."""
    return {
        "title": f"{scenario.title}: outlook",
        "kicker": f"Conditional outlook: scenario {scenario.name}",
        "heading": scenario.title,
        "facts": _facts(scenario, outlook, tables),
        "basis": _basis(outlook),
        "warnings": [f"{capital(line)}." for line in warnings(outlook)],
        "headline": parts.headline(outlook),
        "short": {shown.name: f"{sticky(told[shown.name])}." for shown in pictures if shown.name in told},
        "story": parts.story(scenario),
        "events": parts.events(scenario),
        "endings": parts.endings(outlook),
        "fighting": parts.fighting(outlook),
        "fighting_told": [line for line in (who_fights(outlook), what_remains(outlook)) if line],
        "questions": parts.questions(outlook),
        "numbers": parts.numbers(outlook),
        "scale": SCALE,
        "pictures": pictures,
        "enough": [_basis(outlook), parts.enough(outlook), parts.unknown(scenario, outlook), parts.SKILL],
        "certainty": parts.certainty(outlook),
        "parameters": parts.parameters(scenario),
        "drawn": parts.drawn(scenario),
        "provenance": parts.provenance(scenario, outlook, tables.version, record),
        "command": parts.command(scenario, outlook, record),
        "limits": parts.LIMITS,
    }


def _charts(tables: OutlookTables, typical: TypicalRun | None) -> dict[str, Any]:
    """The charts, their style and their script, and the policy that lets this script run and nothing else."""
    code = drawn.script()
    return {
        "charts": charts(tables, typical.row if typical else None),
        "chart_style": drawn.style_sheet(),
        "chart_script": code,
        "policy": drawn.policy(code),
    }


def _story(scenario: Scenario, folder: Path, typical: TypicalRun | None) -> dict[str, Any]:
    """The typical run, why it is typical, and how to see all of it."""
    made: dict[str, Any] = {
        "typical": typical,
        "start": scenario.start,
        "typical_told": [],
        "typical_command": "",
    }
    if typical:
        made["typical_told"] = parts.typical(typical.ending, typical.alike)
        made["typical_command"] = "\n".join(
            (
                f"outlook reproduce {folder} {typical.run_id}    # its months in numbers",
                f"outlook animate {folder} {typical.run_id}    # its map as a film",
                f"outlook explore {folder}    # any run, day by day, in the browser",
            )
        )
    return made


def _picture(name: str, png: bytes, told: Mapping[str, str], narrow: bytes | None) -> Picture:
    sentence = f"{told.get(name, name)}."
    return Picture(name, png, sentence, f"{parts.ABOUT.get(name, '')} {sentence}".strip(), narrow)


def _basis(outlook: Mapping[str, Any]) -> str:
    """What the outlook knows, as a sentence."""
    known = outlook.get("basis") or in_words(str(outlook.get("uncertainty", "prior")))
    return f"{capital(known)}."


def _facts(scenario: Scenario, outlook: Mapping[str, Any], tables: OutlookTables) -> tuple[str, ...]:
    return (
        f"{_day(scenario.start)} to {_day(scenario.end)}",
        counted(outlook["runs"], "run"),
        f"seed {outlook.get('seed', tables.seed)}",
        f"Panjshir Outlook {tables.version}",
    )


def _day(day: date) -> str:
    """`6 September 2021`."""
    return f"{day.day} {day:%B %Y}"
