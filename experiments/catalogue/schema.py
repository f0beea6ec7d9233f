"""``outlook schema``: the JSON Schema of scenario files, which editors read to complete, explain and check them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import Field

from experiments.kit.options import Options
from experiments.kit.words import capital

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.config import Job
    from sim.parameters import Parameter

SUMMARY = "Write the JSON Schema of scenario files, for editors and for programs that write them"
EXAMPLES = ["outlook schema > outlook.schema.json", "outlook schema out=outlook.schema.json"]
SCENARIO = False

FILE = "outlook.schema.json"
"""What the schema is called beside a scenario."""
Node = dict[str, Any]
_NAME = "[A-Za-z][A-Za-z0-9_]{0,39}"
_DAY = r"^\d{4}-\d{2}-\d{2}$"


class OPTIONS(Options):
    """Options of ``outlook schema``."""

    out: str | None = Field(None, description="the file; a schema that is there is replaced (default: print)")


def main(options: OPTIONS, job: Job) -> int:
    """Print the schema or write it; returns the exit code."""
    from experiments.kit import files, screen

    if options.out is None:
        screen.raw(text().rstrip("\n"))
    else:
        files.write(files.check_writable(options.out, "out"), text())
        screen.say(f"Written to {options.out}")
    return 0


def text() -> str:
    """The schema as the content of its file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def json_schema() -> Node:
    """The schema of scenario files, made from the table of parameters.

    Returns
    -------
    dict
        A JSON Schema of draft 2020-12. It knows names, types, ranges and choices; that a date lies within the
        scenario or that a question's series exists for its place, `outlook check` says.
    """
    from experiments.config import group_choices

    base = {"anyOf": [{"enum": group_choices("scenario")}, {"type": "string", "pattern": r"\.ya?ml$"}]}
    several = {"anyOf": [base, {"type": "array", "items": {"anyOf": [base, {"const": "_self_"}]}}]}
    own = {
        "title": _text("Title of the report and the figures."),
        "story": _text("What happens in this world, in a few sentences."),
        "base": {**several, "description": "The scenarios that this one starts from (default: baseline)."},
        "defaults": {**several, "description": "The same as base, in Hydra's words."},
        "start": _day("First day."),
        "assumes": _text("What the world is like on the first day, if that is not the day of the base."),
        "end": _day("Day of the horizon, at most 15 years after the start."),
        "state": {"$ref": "#/$defs/state", "description": "What differs in the state of the first day."},
        "events": {"type": ["array", "null"], "items": {"$ref": "#/$defs/event"},
                   "description": "What happens on a date."},
        "questions": _questions(),
        "space": {**_named(lambda _: _reference("#/$defs/prior")),
                  "description": "Which parameters are uncertain, and how."},
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario of Panjshir Outlook",
        "description": "What differs from the scenario that it starts from.",
        **_closed({**own, **_groups()}),
        "$defs": {"event": _event(), "changes": _changes(), "state": _state(), "prior": _prior()},
    }


def _closed(properties: Node, patterns: Node | None = None) -> Node:
    """A mapping with these keys and no others."""
    more = {"patternProperties": patterns} if patterns else {}
    return {"type": "object", "properties": properties, **more, "additionalProperties": False}


def _text(meaning: str) -> Node:
    return {"type": ["string", "null"], "description": meaning}


def _day(meaning: str) -> Node:
    return {"type": "string", "pattern": _DAY, "description": meaning}


def _reference(place: str) -> Node:
    return {"$ref": place}


def _value(parameter: Parameter) -> Node:
    """What a parameter may be; null leaves it as it is."""
    p = parameter
    source = p.source if p.source == p.confidence else f"{p.confidence}, {p.source}"
    told = {"description": f"{p.meaning} {capital(p.allowed)}; {source}; {', '.join(p.factors)}."}
    if p.kind == "switch":
        return {"enum": [True, False, 0, 1, None], "default": bool(p.default), **told}
    number = "integer" if p.kind == "int" else "number"
    return {"type": [number, "null"], "minimum": p.low, "maximum": p.high, "default": p.default, **told}


def _groups() -> Node:
    """Groups of parameters as they stand in a file: nested; a new name in an open list adds a member."""
    from sim.parameters import DEFAULT_ENTITIES, ENTITY_KINDS, build_schema

    made: Node = {}
    for parameter in build_schema().parameters:
        *groups, name = parameter.name.split(".")
        into = made
        for group in groups:
            into = into.setdefault(group, _closed({}))["properties"]
        into[name] = _value(parameter)
    for kind, known in DEFAULT_ENTITIES.items():
        added = f"^(?!({'|'.join(known)})$){_NAME}$"
        made[kind]["patternProperties"] = {added: _closed({p.name: _value(p) for p in ENTITY_KINDS[kind]})}
    return made


def _named(value: Callable[[str], Node], wanted: Callable[[str], bool] = lambda _: True) -> Node:
    """A mapping of parameters by their dotted names, or nested; ``value`` takes their places in this schema."""
    from sim.parameters import DEFAULT_ENTITIES, ENTITY_KINDS, build_schema

    names = [name for name in build_schema().names if wanted(name)]
    known: Node = {name.split(".")[0]: {"type": "object"} for name in names}
    known |= {name: value("#/properties/" + name.replace(".", "/properties/")) for name in names}
    added: Node = {
        rf"^{kind}\.{_NAME}\.{p.name}$": {}
        for kind, template in ENTITY_KINDS.items()
        for p in template
        if wanted(f"{kind}.{DEFAULT_ENTITIES[kind][0]}.{p.name}")
    }
    return {**_closed(known, added), "type": ["object", "null"]}


def _event() -> Node:
    """A dated event, or one of the base that is taken out."""
    keys = {
        "date": _day("The day, before the tick of which it takes effect."),
        "title": _text("What happens, in words."),
        "set": {"$ref": "#/$defs/changes", "description": "Parameters from that day on, by dotted names."},
        "state": {"$ref": "#/$defs/state", "description": "What changes in the state on that day."},
    }
    gone = {"drop": {"type": "string", "description": "Date or title of an event of the base to take out."}}
    return {
        **_closed({**keys, **gone}),
        "oneOf": [{"required": ["date"], "not": {"required": ["drop"]}},
                  {"required": ["drop"], "maxProperties": 1}],
    }  # fmt: skip


def _changes() -> Node:
    """What an event may set: parameters, but for those that are read once, at the start."""
    from sim.parameters.starts import becomes

    return _named(_reference, lambda name: becomes(name) is None)


def _state() -> Node:
    """Pieces of the state that a scenario may change: nested, or by their paths ``table.row.field``."""
    from sim.parameters import build_schema
    from sim.world.tables import TABLES, layout_of

    nested, dotted = {}, {}
    for table, rows in layout_of(build_schema()).rows.items():
        names = _NAME if table in ("front", "militia", "power") else f"({'|'.join(rows)})"
        fields = {
            field.name: {**_change(*field.bounds), "description": f"{field.meaning} ({field.unit})"}
            for field in TABLES[table]
            if not field.kept
        }
        nested[table] = _closed({}, {f"^{names}$": _closed(fields)})
        dotted[rf"^{table}\.{names}\.({'|'.join(fields)})$"] = _change(-3, 1e8)
    return {**_closed(nested, dotted), "type": ["object", "null"]}


def _change(low: float, high: float) -> Node:
    """A new value, or what is added to the old one, or times what it is taken."""
    value = {"type": "number", "minimum": low, "maximum": high}
    verbs = {"set": value, "add": {"type": "number"}, "multiply": {"type": "number", "minimum": 0}}
    return {"anyOf": [value, {**_closed(verbs), "minProperties": 1, "maxProperties": 1}]}


def _prior() -> Node:
    """A distribution with its numbers."""
    from sim.uncertainty import DISTRIBUTIONS

    kinds = [
        {**_closed({"dist": {"const": dist}, **{name: {"type": "number"} for name in names}}),
         "required": ["dist", *names]}
        for dist, names in DISTRIBUTIONS.items()
    ]  # fmt: skip
    return {"anyOf": [*kinds, {"type": "null"}]}


def _questions() -> Node:
    """Questions as a list, or by their ids, which adds to those of the base."""
    from sim.outcomes import PLACE_SERIES, SERIES
    from sim.questions import COMPARISONS, OVER
    from sim.world.geography import load_geography

    when = {"type": "string", "pattern": rf"{_DAY}|^\+[0-9]{{1,5}}d$"}
    keys: Node = {
        "text": _text("The question as a statement that comes true or not."),
        "shorter": _text("The same for a run that ends before `by`, with {days} and {value}."),
        "metric": {"enum": sorted({*SERIES, *PLACE_SERIES}), "description": "The series that answers it."},
        "place": {"enum": ["national", *load_geography().province_names], "default": "national"},
        "over": {"enum": list(OVER), "default": "any", "description": "How the days of the window are read."},
        "comparison": {
            "enum": list(COMPARISONS),
            "description": "Left out: the answer is the number itself.",
        },
        "value": {"type": "number"},
        "sustained_days": {"type": "integer", "minimum": 1, "default": 1},
        "start": {**when, "description": "A date, or days after the start as +365d."},
        "by": {**when, "description": "A date, or days after the start as +365d; not included."},
        "resolution": {"type": "number", "description": "What came: 1 yes, 0 no, or the number."},
        "weight": {"type": "number", "minimum": 0, "maximum": 1, "default": 1},
        "source": _text("Where the resolution comes from."),
    }
    needed = ["text", "metric", "by"]
    listed = {**_closed({"id": {"type": "string"}, **keys}), "required": ["id", *needed]}
    by_id = {"anyOf": [{**_closed(keys), "required": needed}, {"type": "null"}]}
    return {
        "anyOf": [
            {"type": "array", "items": listed},
            {"type": "object", "additionalProperties": by_id},
            {"type": "null"},
        ],
        "description": "What is asked of every run; a mapping adds to the questions of the base.",
    }
