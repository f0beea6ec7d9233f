"""Help of the command line, made from the verbs, their options and the config groups."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.kit.verb import VERBS, Verb, load

_OVERRIDES = (
    ("key=value", "set a parameter, an option or a key of the scenario: taliban.service_delivery=0.7"),
    ("+key=value", "add a member to an open list: +powers.india.stance=0.4"),
    ("~key", "take a key out: ~space.caches.abundance (no longer uncertain), ~questions"),
    ("group=name", "choose a file of a group, or one's own by its path: scenario=./mine.yaml"),
)


def console() -> Console:
    """A console for text and tables on standard output: as wide as the terminal, 110 columns in a pipe."""
    made = Console(highlight=False, soft_wrap=False)
    return made if made.is_terminal else Console(highlight=False, width=110)


def overview(flags: Mapping[str, str]) -> None:
    """Print what the command does and its verbs."""
    out = console()
    out.print("Scenario forecasts of the conflict in Panjshir and Afghanistan after September 2021.\n")
    out.print(Text("Usage: outlook VERB [key=value ...]\n"))
    rows = [(name, load(name).summary) for name in VERBS]
    _table("Verbs", rows, out)
    _table("Flags", list(flags.items()), out)
    out.print(Text("Try: outlook run scenario=baseline\nHelp of a verb: outlook run --help"))


def verb_help(verb: Verb, flags: Mapping[str, str]) -> None:
    """Print what a verb does: its options with default and meaning, its groups, the grammar, examples."""
    out = console()
    out.print(Text(f"{verb.summary}\n\nUsage: {verb.usage}\n"))
    _options(verb, out)
    if verb.takes_scenario or verb.groups:
        _groups(verb, out)
    if verb.takes_scenario:
        keys = "title, story, start, end, state, events, questions, space"
        out.print(Text(f"Keys of the scenario: {keys}; every parameter of `outlook params`.\n"))
        _table("Grammar of Hydra", _OVERRIDES, out)
        if verb.sweeps:
            out.print(
                Text("Several values: a=1,2,3  a=range(0,1,0.1)  a=interval(0,1)  scenario=glob(siege_*)\n")
            )
    _table("Flags", list(flags.items()), out)
    out.print(Text("Examples"))
    for example in verb.examples:
        out.print(Text(f"  {example}"), soft_wrap=True)  # to be copied: never broken


def _options(verb: Verb, out: Console) -> None:
    from experiments.config import allowed

    table = Table(title="Options", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("option", "default", "allowed", "meaning"):
        table.add_column(column)
    for name, field in _fields(verb.options):
        default = "(needed)" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        table.add_row(Text(name), Text(default), Text(allowed(field)), Text(field.description or ""))
    out.print(table)
    out.print()


def _fields(model: type[BaseModel], prefix: str = ""):
    """Options with their dotted names, those of nested models included."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def _groups(verb: Verb, out: Console) -> None:
    from experiments.config import group_choices, groups_of

    rows = [(group, ", ".join(group_choices(group))) for group in groups_of(verb)]
    _table("Groups (group=name)", rows, out)


def _table(title: str, rows, out: Console) -> None:
    table = Table(
        title=title, title_justify="left", box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2)
    )
    table.add_column(no_wrap=True)
    table.add_column()
    for left, right in rows:
        table.add_row(Text(left), Text(right))
    out.print(table)
    out.print()


def _shown(value: object) -> str:
    """A default as one would type it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value != "" else "''"
