"""The sections of a report, each from plain data to HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from experiments.outlook.page import chance_bar, paragraph, table
from experiments.outlook.sentences import measure, words
from experiments.stats.intervals import FEW_RUNS, enough_runs, half_width, percent
from sim.outcomes import ENDING_CRITERIA
from sim.scenario import Scenario

PRECISION = 0.02
"""Half-width that the report quotes as the aim of more runs: two points."""

ABOUT = {
    "endings": "Bars of the share of runs by ending with 95 % intervals, and the same as a hundred squares.",
    "fans": "Fan charts over the calendar: median and the bands of 50, 80 and 95 % of runs.",
    "events": "Curves of the chance that first events have happened by a date, with the runs still waiting.",
    "provinces": "Maps of the 34 provinces with lists of the highest and the range of 80 % of runs.",
    "valley": "Line map of the Panjshir valley with its side valleys, and the ground held over time.",
    "flows": "Maps of the supply network in the summer and winter half-years, and the main routes by month.",
    "spread": "Bars of the share of each outcome's variance owed to uncertain parameters and to luck.",
}
"""What each figure shows, for those who cannot see it."""

LIMITS = (
    "This is an exercise in 'what if', run by a model; it is not intelligence and not a statement "
    "about what will happen. "
    "The numbers are shares of simulated futures under the assumptions listed here.",
    "The intervals say how well the number of runs pins a share down. They do not cover what the "
    "model leaves out or "
    "gets wrong: mechanisms that are missing, sources that erred, events without precedent.",
    "Much of the evidence is thin. Ethnic shares by province, the strength of garrisons, informants, "
    "days of ammunition "
    "and the number of hidden caches are wide assumptions, marked as such in the table of parameters.",
    "Behind every count of deaths or refugees stand people. Compare scenarios to understand what "
    "drives harm, not to rank it.",
)
"""What a reader must not take from the report."""


def story(scenario: Scenario) -> str:
    """The scenario in words and its dated events."""
    told = "".join(paragraph(" ".join(part.split())) for part in scenario.story.split("\n\n") if part.strip())
    rows = [
        [escape(event.day.isoformat()), escape(event.title), _changes({**event.set, **event.state})]
        for event in scenario.events
    ]
    return told + table("What the scenario makes happen, and when", ("date", "event", "what it sets"), rows)


def _changes(changes: Mapping[str, float]) -> str:
    return "<br>".join(f"<code>{escape(name)}</code> = {value:g}" for name, value in changes.items()) or "–"


def warnings(outlook: Mapping[str, Any]) -> str:
    """What a reader should know before trusting a number."""
    found = []
    if outlook["runs"] < FEW_RUNS:
        found.append(
            f"Only {outlook['runs']} runs: the intervals are wide. Read the shapes, not the numbers."
        )
    if outlook.get("uncertainty") == "none":
        found.append(
            "Parameters are fixed at single values: the spread is luck alone, too narrow for a forecast."
        )
    return "".join(f'<p class="warn" role="note">{escape(text)}</p>' for text in found)


def endings(outlook: Mapping[str, Any]) -> str:
    """The headline table: every ending with its chance and criterion."""
    rows = [
        [
            escape(words(name).capitalize()),
            _percent(share),
            _bar(share),
            escape(ENDING_CRITERIA.get(name, "")),
        ]
        for name, share in outlook["endings"].items()
    ]
    return table(
        "How the runs end (share of runs, 95 % interval). Told over the last year; the first "
        "criterion that applies counts.",
        ("ending", "chance", "from 0 to 100 %", "criterion"), rows, numbers=(1,),
    )  # fmt: skip


def questions(outlook: Mapping[str, Any]) -> str:
    """Chance of every yes-no question, and the spread of every numeric one."""
    asked: Mapping[str, Any] = outlook.get("questions", {})
    told = [_question(name, answer) for name, answer in asked.items()]
    known = any(answer.get("resolution") is not None for answer in asked.values())
    heads = ("question", "by", "answer", "") + (("what happened",) if known else ())
    rows = [row if known else row[:4] for row in told]
    return table(
        "Key questions: chance of yes, or median and range of the middle 90 % of runs",
        heads,
        rows,
        numbers=(1, 2),
    )


def _question(name: str, answer: Mapping[str, Any]) -> list[str]:
    """Wording, date, answer, bar and what happened of one question."""
    said, bar = "not decided within the horizon", ""
    if "p" in answer and answer["p"] is not None:
        said, bar = _percent(answer), _bar(answer)
    elif answer.get("median") is not None:
        said = f"{_amount(answer['median'])} ({_amount(answer.get('q05'))} to {_amount(answer.get('q95'))})"
    happened = answer.get("resolution")
    truth = "" if happened is None else _amount(happened)
    if happened is not None and "p" in answer:
        truth = {1.0: "yes", 0.0: "no"}.get(float(happened), truth)
    return [
        escape(str(answer.get("text") or words(name))),
        escape(str(answer.get("by", ""))),
        said,
        bar,
        truth,
    ]


def numbers(outlook: Mapping[str, Any]) -> str:
    """Key numbers over the whole time."""
    rows = [
        [
            escape(str(number["text"])), _amount(number["median"]),
            f"{_amount(number['q05'])} to {_amount(number['q95'])}", _amount(number["mean"]),
            escape(str(number["unit"])),
        ]
        for number in outlook.get("numbers", {}).values()
    ]  # fmt: skip
    heads = ("number", "median", "middle 90 % of runs", "mean", "unit")
    return table(
        "Over the whole time simulated; sums for deaths, attacks, risings, protests, refugees",
        heads,
        rows,
        numbers=(1, 2, 3),
    )


def certainty(scenario: Scenario, outlook: Mapping[str, Any]) -> str:
    """How sure we are: runs, intervals, parameters against luck."""
    rows = [
        [
            escape(measure(name)),
            _percent({"p": s["parameters"], **s}),
            _bar({"p": s["parameters"], **s}),
            f"{s['pairs']:,}",
        ]
        for name, s in outlook.get("spread", {}).items()
        if s.get("parameters") is not None and s.get("low") is not None
    ]
    heads = ("outcome", "owed to parameters", "from 0 to 100 %", "pairs of runs")
    caption = "How much of the spread between runs comes from what we do not know; the rest is luck"
    return (
        paragraph(_enough(outlook))
        + paragraph(_unknown(scenario, outlook))
        + table(caption, heads, rows, (1, 3))
    )


def _enough(outlook: Mapping[str, Any]) -> str:
    """What the runs at hand tell, and how many more would tell all endings to two points."""
    runs = int(outlook["runs"])
    chances = [float(s["p"]) for s in outlook["endings"].values() if s["p"] is not None]
    more = max((enough_runs(p, runs, PRECISION) for p in chances), default=0)
    half = 100 * float(half_width(0.5, runs))
    told = f"{runs:,} runs know a share near one half to ± {half:.1f} points (95 %). "
    if more:
        return (
            told + f"About {more:,} runs more would bring every ending within ± {100 * PRECISION:g} points."
        )
    return told + f"That has every ending within ± {100 * PRECISION:g} points."


def _unknown(scenario: Scenario, outlook: Mapping[str, Any]) -> str:
    """How many parameters are drawn, and from what."""
    drawn, total = len(scenario.space.names), len(scenario.schema.parameters)
    if not drawn:
        return "All parameters stand at one value: runs differ by luck alone."
    source = {"prior": "their prior ranges", "posterior": "a posterior fitted to the first year"}
    how = source.get(str(outlook.get("uncertainty")), "their ranges")
    return (
        f"{drawn} parameters are not known and are drawn anew for each run from {how}; the other "
        f"{total - drawn} "
        "stand at one value."
    )


def parameters(scenario: Scenario) -> str:
    """What the scenario sets, with unit, default, source and confidence; and what is drawn."""
    named = {p.name: p for p in scenario.schema.parameters}
    rows = [
        [
            f"<code>{escape(name)}</code>", f"{scenario.value(name):g}", f"{named[name].default:g}",
            escape(named[name].unit),
            escape(named[name].meaning), escape(named[name].confidence), escape(named[name].source),
        ]
        for name in sorted(scenario.fixed) if name in named
    ]  # fmt: skip
    heads = ("parameter", "set to", "default", "unit", "meaning", "confidence", "source")
    fixed = table("What this scenario sets", heads, rows, numbers=(1, 2))
    if not rows:
        fixed = paragraph("The scenario sets no parameter: all stand at their defaults or are drawn.")
    return fixed + _drawn(scenario, named)


def _drawn(scenario: Scenario, named: Mapping[str, Any]) -> str:
    """The uncertain parameters, folded away: there are many."""
    rows = []
    for name in scenario.space.names:
        p = named[name]
        prior = scenario.space.priors.get(name)
        shape = f"{prior.dist} {', '.join(f'{a:g}' for a in prior.args)}" if prior else "posterior draws"
        rows.append([
            f"<code>{escape(name)}</code>", escape(shape), f"{p.default:g}", escape(p.unit),
            escape(p.meaning),
            escape(p.confidence), escape(p.source),
        ])  # fmt: skip
    if not rows:
        return ""
    heads = ("parameter", "drawn from", "default", "unit", "meaning", "confidence", "source")
    inside = table("What is uncertain and drawn anew for each run", heads, rows, numbers=(1, 2))
    return f"<details><summary>All that is drawn ({len(rows)})</summary>{inside}</details>"


def provenance(
    scenario: Scenario, outlook: Mapping[str, Any], version: str, record: Mapping[str, Any]
) -> str:
    """Where the numbers come from and the command that makes them again."""
    seed, runs = outlook.get("seed", record.get("seed")), outlook["runs"]
    command = record.get("command") or f"outlook run scenario={scenario.name} replicates={runs} seed={seed}"
    facts = {
        "scenario": f"{scenario.name} (content hash {scenario.hash})",
        "runs and seed": f"{runs:,} runs, seed {seed}",
        "program": f"Panjshir Outlook {version}"
        + (f", commit {record['commit']}" if record.get("commit") else ""),
        "libraries": ", ".join(f"{name} {v}" for name, v in record.get("versions", {}).items()),
        "identity": str(record.get("identity", "")),
    }
    listed = "".join(
        f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts.items() if value
    )
    return (
        f"<dl>{listed}</dl>"
        + paragraph("The same command gives the same runs, to the last bit, on any number of threads:")
        + f"<pre><code>{escape(str(command))}</code></pre>"
    )


def _percent(share: Mapping[str, Any]) -> str:
    if share.get("p") is None:
        return "–"
    return percent((share["p"], share["low"], share["high"]))


def _bar(share: Mapping[str, Any]) -> str:
    return (
        ""
        if share.get("p") is None
        else chance_bar(float(share["low"]), float(share["high"]), float(share["p"]))
    )


def _amount(value: float | None) -> str:
    """A number for a table: thousands separated, two digits below ten."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2f}"
