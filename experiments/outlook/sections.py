"""The sections of a report, each from plain data to paragraphs and tables of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.config.posteriors import in_words
from experiments.drawing.pages import Bar, Cell, Code, Table
from experiments.kit.numbers import amount, chance, likelihood, number, sticky
from experiments.kit.words import label, words
from experiments.outlook.fighting import range_of, rows_by_actor, told_by_actor
from experiments.stats.intervals import enough_runs, half_width
from sim.outcomes import YEAR, ending_criteria
from sim.scenario import Scenario

PRECISION = 0.02
"""Half-width that the report quotes as the aim of more runs: two points."""

ABOUT = {
    "endings": "Bars of the share of runs by ending with 95 % intervals, and the same as a hundred squares.",
    "fans": "Fan charts over the calendar: median and the bands of 50 and 90 % of runs.",
    "actors": "Fan charts by month of the attacks and deaths of each actor.",
    "events": "Curves of the chance that first events have happened by a date, with the runs still waiting.",
    "provinces": "Maps of the 34 provinces with lists of the highest and the range of 90 % of runs.",
    "valley": "Line map of the Panjshir valley with its side valleys, and the ground held over time.",
    "flows": "Maps of the supply network in the summer and winter half-years, and the main routes by month.",
    "spread": "Bars of the share of each outcome's variance owed to uncertain parameters and to luck.",
}
"""What each figure shows, for those who cannot see it."""

LIMITS = (
    "This is an exercise in 'what if', run by a model; it is not intelligence and not a statement about what "
    "will happen. The numbers are shares of simulated futures under the assumptions listed here.",
    "The intervals say how well the number of runs pins a share down. They do not cover what the model "
    "leaves out or gets wrong: mechanisms that are missing, sources that erred, events without precedent.",
    "Much of the evidence is thin. Ethnic shares by province, the strength of garrisons, informants, "
    "days of ammunition "
    "and the number of hidden caches are wide assumptions, marked as such in the table of parameters.",
    "Behind every count of deaths or refugees stand people. Compare scenarios to understand what "
    "drives harm, not to rank it.",
)
"""What a reader must not take from the report."""
SKILL = (
    "A chance is a share of the simulated futures, given this scenario and what is assumed of the unknown; it is no "
    "frequency that was ever observed. Where forecasts of this model beat naive ones against what happened, and where "
    "none of that is shown, stands in the project's page on skill, which outlook hindcast writes."
)
"""What a chance means, and where it was tested."""


def story(scenario: Scenario) -> list[str]:
    """The scenario in words, a paragraph each."""
    return [" ".join(part.split()) for part in scenario.story.split("\n\n") if part.strip()]


def events(scenario: Scenario) -> Table:
    """The dated events of the scenario."""
    rows: list[list[Cell]] = [
        [event.day.isoformat(), event.title, [Code(change) for change in event.changes] or "–"]
        for event in scenario.events
    ]
    return Table("What the scenario makes happen, and when", ("date", "event", "what it sets"), rows)


def endings(outlook: Mapping[str, Any]) -> Table:
    """The headline table: every ending with its chance and criterion."""
    criteria = ending_criteria(outlook.get("days", YEAR))
    rows = [
        [
            words(name).capitalize(), _chance(share), likelihood(share["p"]), _bar(share),
            criteria.get(name, ""),
        ]
        for name, share in outlook["endings"].items()
    ]  # fmt: skip
    return Table(
        "How the runs end (share of runs, 95 % interval). Told over the last year, "
        "or the whole run if it is shorter; the first criterion that applies counts.",
        ("ending", "chance", "in words", "from 0 to 100 %", "criterion"), rows, numbers=(1,),
    )  # fmt: skip


def headline(outlook: Mapping[str, Any]) -> list[str]:
    """The two likeliest endings in words, with their chances and so many futures in a hundred."""
    known = {name: share for name, share in outlook["endings"].items() if share["p"] is not None}
    order = sorted(known, key=lambda name: -float(known[name]["p"]))
    told = []
    for name in order[:2]:
        share = known[name]
        word = likelihood(share["p"])
        futures = f"{100 * float(share['p']):.0f} in 100 simulated futures"
        told.append(f"{words(name).capitalize()} is {word}: {sticky(_chance(share))}, some {futures}.")
    return told


def typical(ending: str, alike: int) -> list[str]:
    """Why a run is typical, and what its story is."""
    return [
        f"The commonest ending is {words(ending)}. Of the {alike:,} runs that end so, this is the one whose key "
        "numbers are nearest to the middle. It is one possible course of events with its own luck, not the expected "
        "one; it was run again from its identity and is the stored run to the last bit.",
        "Turning points have a coloured edge. The reason below an event is what the model knew of it on that day.",
    ]


def questions(outlook: Mapping[str, Any]) -> Table:
    """Chance of every yes-no question, and the spread of every numeric one."""
    asked: Mapping[str, Any] = outlook.get("questions", {})
    told = [_question(name, answer) for name, answer in asked.items()]
    known = any(answer.get("resolution") is not None for answer in asked.values())
    heads = ("question", "by", "answer", "in words", "") + (("what happened",) if known else ())
    rows = [row if known else row[:5] for row in told]
    return Table(
        "Key questions: chance of yes (95 % interval), or median and range of 90 % of runs",
        heads, rows, numbers=(1, 2),
    )  # fmt: skip


def _question(name: str, answer: Mapping[str, Any]) -> list[Cell]:
    """Wording, date, answer, the answer in a word, bar and what happened of one question."""
    said, word, bar = "not decided within the horizon", "", _bar(answer)
    if answer.get("p") is not None:
        said, word = _chance(answer), likelihood(answer["p"])
    elif answer.get("median") is not None:
        said = f"{_amount(answer['median'])} ({_amount(answer.get('q05'))} to {_amount(answer.get('q95'))})"
    happened = answer.get("resolution")
    truth = "" if happened is None else _amount(happened)
    if happened is not None and "p" in answer:
        truth = {1.0: "yes", 0.0: "no"}.get(float(happened), truth)
    return [str(answer.get("text") or words(name)), str(answer.get("by", "")), said, word, bar, truth]


def fighting(outlook: Mapping[str, Any]) -> Table:
    """Who fights and who dies, by actor."""
    heads = ("by whom", "median", "90 % of runs", "share of its kind", "unit")
    caption = "Attacks and deaths by actor over the whole time; share: in the median run"
    return Table(caption, heads, rows_by_actor(outlook), numbers=(1, 2, 3))


def numbers(outlook: Mapping[str, Any]) -> Table:
    """Key numbers over the whole time, but for those told by actor."""
    told = told_by_actor(outlook)
    rows = [
        [
            str(one["text"]), amount(one["median"], one["unit"]), range_of(one), amount(one["mean"], one["unit"]),
            str(one["unit"]),
        ]
        for one in outlook.get("numbers", {}).values() if one["text"] not in told
    ]  # fmt: skip
    heads = ("number", "median", "90 % of runs", "mean", "unit")
    caption = "Over the whole time simulated; sums for deaths, attacks, risings, protests, refugees"
    return Table(caption, heads, rows, numbers=(1, 2, 3))


def certainty(outlook: Mapping[str, Any]) -> Table:
    """How sure we are: parameters against luck."""
    rows: list[list[Cell]] = [
        [
            label(name),
            _chance({**s, "p": s["parameters"]}),
            _bar({**s, "p": s["parameters"]}),
            f"{s['pairs']:,}",
        ]
        for name, s in outlook.get("spread", {}).items()
        if s.get("parameters") is not None and s.get("low") is not None
    ]
    heads = ("outcome", "owed to parameters", "from 0 to 100 %", "pairs of runs")
    caption = "How much of the spread between runs comes from what we do not know; the rest is luck"
    return Table(caption, heads, rows, numbers=(1, 3))


def enough(outlook: Mapping[str, Any]) -> str:
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


def unknown(scenario: Scenario, outlook: Mapping[str, Any]) -> str:
    """How many parameters are drawn, and from what."""
    drawn, total = len(scenario.space.names), len(scenario.schema.parameters)
    if not drawn:
        return "All parameters stand at one value: runs differ by luck alone."
    source = outlook.get("basis") or in_words(str(outlook.get("uncertainty")))
    return (
        f"{drawn} parameters are not known and are drawn anew for each run ({source}); the other "
        f"{total - drawn} stand at one value."
    )


def parameters(scenario: Scenario) -> Table:
    """What the scenario sets, with unit, default, source and confidence."""
    named = {p.name: p for p in scenario.schema.parameters}
    rows: list[list[Cell]] = [
        [
            Code(name), f"{scenario.value(name):g}", f"{named[name].default:g}", named[name].unit,
            named[name].meaning, named[name].confidence, named[name].source,
        ]
        for name in sorted(scenario.fixed) if name in named
    ]  # fmt: skip
    heads = ("parameter", "set to", "default", "unit", "meaning", "confidence", "source")
    return Table("What this scenario sets", heads, rows, numbers=(1, 2))


def drawn(scenario: Scenario) -> Table:
    """The uncertain parameters: there are many."""
    named = {p.name: p for p in scenario.schema.parameters}
    rows: list[list[Cell]] = []
    for name in scenario.space.names:
        p = named[name]
        prior = scenario.space.priors.get(name)
        shape = f"{prior.dist} {', '.join(f'{a:g}' for a in prior.args)}" if prior else "posterior draws"
        rows.append([Code(name), shape, f"{p.default:g}", p.unit, p.meaning, p.confidence, p.source])
    heads = ("parameter", "drawn from", "default", "unit", "meaning", "confidence", "source")
    return Table("What is uncertain and drawn anew for each run", heads, rows, numbers=(1, 2))


def provenance(
    scenario: Scenario, outlook: Mapping[str, Any], version: str, record: Mapping[str, Any]
) -> dict[str, str]:
    """Where the numbers come from."""
    seed, runs = outlook.get("seed", record.get("seed")), outlook["runs"]
    facts = {
        "scenario": f"{scenario.name} (content hash {scenario.hash})",
        "runs and seed": f"{runs:,} runs, seed {seed}",
        "program": f"Panjshir Outlook {version}"
        + (f", commit {record['commit']}" if record.get("commit") else ""),
        "libraries": ", ".join(f"{name} {v}" for name, v in record.get("versions", {}).items()),
        "identity": str(record.get("identity", "")),
    }
    return {key: value for key, value in facts.items() if value}


def command(scenario: Scenario, outlook: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """The command that makes the runs again."""
    seed, runs = outlook.get("seed", record.get("seed")), outlook["runs"]
    return str(record.get("command") or f"outlook run scenario={scenario.name} replicates={runs} seed={seed}")


def _chance(share: Mapping[str, Any]) -> str:
    return chance(share.get("p"), share.get("low"), share.get("high"))


def _bar(share: Mapping[str, Any]) -> Cell:
    if share.get("p") is None:
        return ""
    return Bar(float(share["p"]), float(share["low"]), float(share["high"]))


def _amount(value: float | None) -> str:
    """A number for a table; a dash if it is not known."""
    return "–" if value is None else number(value)
