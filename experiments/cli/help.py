"""Help of the command line, made from the verbs, their options and the config groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel

from experiments.kit import screen
from experiments.kit.screen import Column
from experiments.kit.verb import VERBS, Verb, load

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_OVERRIDES = (
    ("key=value", "set a parameter, an option or a key of the scenario: taliban.service_delivery=0.7"),
    ("+key=value", "add a member to an open list: +powers.india.stance=0.4"),
    ("~key", "take a key out: ~space.caches.abundance (no longer uncertain), ~questions"),
    ("group=name", "choose a file of a group, or one's own by its path: scenario=./mine.yaml"),
)


def overview(flags: Mapping[str, str]) -> None:
    """Print what the command does and its verbs."""
    screen.line("Scenario forecasts of the conflict in Panjshir and Afghanistan after September 2021.\n")
    screen.line("Usage: outlook VERB [key=value ...]\n")
    rows = [(name, load(name).summary) for name in VERBS]
    _table("Verbs", rows)
    _table("Flags", list(flags.items()))
    screen.line("Try: outlook run scenario=baseline\nHelp of a verb: outlook run --help")


def verb_help(verb: Verb, flags: Mapping[str, str]) -> None:
    """Print what a verb does: its options with default and meaning, its groups, the grammar, examples."""
    screen.line(f"{verb.summary}\n\nUsage: {verb.usage}\n")
    _options(verb)
    if verb.takes_scenario or verb.groups:
        _groups(verb)
    if verb.takes_scenario:
        keys = "title, story, start, end, state, events, questions, space"
        screen.line(f"Keys of the scenario: {keys}; every parameter of `outlook params`.\n")
        _table("Grammar of Hydra", _OVERRIDES)
        if verb.sweeps:
            screen.line(
                "Several values: a=1,2,3  a=range(0,1,0.1)  a=interval(0,1)  scenario=glob(siege_*)\n"
            )
    _table("Flags", list(flags.items()))
    screen.line("Examples")
    for example in verb.examples:
        screen.line(f"  {example}", copied=True)


def _options(verb: Verb) -> None:
    from experiments.config import allowed

    rows = []
    for name, field in _fields(verb.options):
        default = "(needed)" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        rows.append((name, default, allowed(field), field.description or ""))
    columns = [Column("option"), Column("default", wraps=True), Column("allowed", wraps=True),
               Column("meaning", wraps=True)]  # fmt: skip
    screen.heading("Options")
    screen.table(rows, columns)
    screen.line()


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Options with their dotted names, those of nested models included."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def _groups(verb: Verb) -> None:
    from experiments.config import group_choices, groups_of

    rows = [(group, ", ".join(group_choices(group))) for group in groups_of(verb)]
    _table("Groups (group=name)", rows)


def _table(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """Names with their meaning, indented under a title."""
    screen.heading(title)
    shown = [(f"  {left}", right) for left, right in rows]
    screen.table(shown, [Column(), Column(wraps=True)], headings=False)
    screen.line()


def _shown(value: object) -> str:
    """A default as one would type it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value != "" else "''"
