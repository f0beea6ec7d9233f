"""The ledger of claims: conditionals as data, read and checked before anything runs.

A ledger is a YAML file::

    title: What depends on what
    scenario: baseline                # of every claim that names none
    drivers: [taliban.service_delivery, economy.growth, taliban.control]
    claims:
      - id: caches-arm-pockets
        factors: [F16]
        text: Hidden caches arm small groups, so more of them mean more groups.
        condition: {low: {caches.abundance: 0.3}, high: {caches.abundance: 4}}
        outcome: {measure: max_pockets}
        direction: increases          # or decreases, none
        built_in: true                # the sign of one rule alone makes it so

``condition`` is either ``scenarios: [from, to]`` or ``scenario`` (may be left out) with parameters for the
``low`` and the ``high`` side; a side that is left out is the scenario as it is. ``outcome`` is one of
``measure: NAME``, ``ending: NAME`` (or a list: any of them) and ``question: ID`` of a question that both
scenarios ask (or a question itself, as scenarios have them, without id and text; ``by`` is the horizon if
left out); ``scale: log`` compares ratios. The claim says that the outcome ``direction`` from the low
(first) to the high (second) side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field

from experiments.config import load_scenario, read_yaml
from experiments.config import options as option_reader
from experiments.config.files import chosen_file, entries, unknown_keys
from experiments.kit.errors import UserError
from experiments.kit.options import Options
from experiments.kit.record import identity
from sim.outcomes import ENDINGS, MEASURES, PLACE_SERIES, SERIES
from sim.questions import Question, read_question
from sim.scenario import Scenario, ScenarioError
from sim.values import hint
from sim.world.geography import load_geography

FACTORS = tuple(f"F{number}" for number in range(1, 28))
_HEAD = ("title", "scenario", "drivers", "claims")


class _Condition(Options):
    """The two sides of a contrast: two scenarios, or one with parameters for either side."""

    scenarios: list[str] | None = None
    scenario: str | None = None
    low: dict[str, Any] | None = None
    high: dict[str, Any] | None = None


class _Outcome(Options):
    """What is compared: one of a measure, endings or a question."""

    measure: str | None = None
    ending: str | list[str] | None = None
    question: str | dict[str, Any] | None = None
    scale: Literal["linear", "log"] = "linear"


class _Entry(Options):
    """One claim as it stands in a file."""

    id: str = Field(min_length=1)
    factors: list[str] = Field(default_factory=list)
    text: str = Field(min_length=1)
    condition: _Condition
    outcome: _Outcome
    direction: Literal["increases", "decreases", "none"]
    built_in: bool = False
    note: str = ""


@dataclass(frozen=True)
class Side:
    """One side of a contrast: a scenario with some parameters set. Hashable, so that claims share runs."""

    scenario: str
    set: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        changes = ", ".join(f"{name}={value:g}" for name, value in self.set)
        return f"{self.scenario} with {changes}" if changes else self.scenario


@dataclass(frozen=True)
class Outcome:
    """What a claim speaks of. kind: measure, ending or question; names: of the measure, of endings, or the question's
    id; question: given in the ledger itself, as a mapping in a fixed order; log: compare ratios."""

    kind: str
    names: tuple[str, ...]
    question: tuple[tuple[str, Any], ...] = ()
    log: bool = False

    @property
    def id(self) -> str:
        """Name of its question: the one in the scenario, or one by the content of the question itself."""
        return f"{self.names[0]}_{identity(dict(self.question))[:8]}" if self.question else self.names[0]

    def asked(self, scenario: Scenario) -> Question:
        """The question in a scenario; ValueError in words if the scenario cannot answer it."""
        if self.question:
            spec = {
                "text": "of a claim",
                "by": scenario.end.isoformat(),
                **dict(self.question),
                "id": self.id,
            }
            question = read_question(
                spec, scenario.start, SERIES, PLACE_SERIES, load_geography().province_names
            )
        else:
            known = {q.id: q for q in scenario.questions}
            if self.names[0] not in known:
                offered = ", ".join(known) or "none"
                near = hint(self.names[0], known)
                raise ValueError(
                    f"found {self.names[0]!r}; allowed: a question of {scenario.name} ({offered}){near}"
                )
            question = known[self.names[0]]
        if question.by > scenario.end or (question.start or scenario.start) < scenario.start:
            raise ValueError(
                f"its window leaves {scenario.name}, which goes from {scenario.start} to {scenario.end}"
            )
        return question


@dataclass(frozen=True)
class Claim:
    """One conditional of the report."""

    id: str
    factors: tuple[str, ...]
    text: str
    low: Side
    high: Side
    outcome: Outcome
    direction: str
    built_in: bool
    note: str = ""


@dataclass(frozen=True)
class Ledger:
    """A checked ledger. family: number of claims of the file, over which their error rates are shared;
    claims: those that were asked for; scenarios: every one that a side names; data: the content of the file."""

    name: str
    title: str
    drivers: tuple[str, ...]
    claims: tuple[Claim, ...]
    family: int
    scenarios: Mapping[str, Scenario] = field(repr=False, default_factory=dict)
    data: Mapping[str, Any] = field(repr=False, default_factory=dict)

    def side(self, side: Side) -> Scenario:
        """The scenario of a side."""
        return self.scenarios[side.scenario].with_values(dict(side.set))


def load_ledger(name_or_path: str, overrides: tuple[str, ...] = (), only: Sequence[str] = ()) -> Ledger:
    """Read and check a packaged ledger (``report``) or one's own file.

    overrides: go to every scenario (``uncertainty=posterior``). only: ids or factors of the claims to keep,
    which are judged by the error rates of the whole file. Raises UserError with one line a problem.
    """
    path = chosen_file("claims", name_or_path)
    return read_ledger(read_yaml(path), path.stem, name_or_path, overrides, only)


def read_ledger(
    data: Mapping[str, Any], name: str, source: str, overrides: tuple[str, ...] | None = (),
    only: Sequence[str] = (),
) -> Ledger:  # fmt: skip
    """Check the content of a ledger; ``source`` stands in messages; overrides None: without its scenarios.

    See :func:`load_ledger`.
    """
    problems = unknown_keys(data, _HEAD, source)
    claims = _claims(data, source, problems)
    kept = _kept(claims, only)
    scenarios: dict[str, Scenario] = {}
    if overrides is not None:
        for claim in kept:
            problems += [f"{source}: {claim.id}: {line}" for line in _runnable(claim, scenarios, overrides)]
    drivers = data.get("drivers") or []
    if not isinstance(drivers, list):
        problems.append(f"{source}: drivers: found {drivers!r}; allowed: a list of parameters")
        drivers = []
    names = next(iter(scenarios.values())).schema.names if scenarios else tuple(drivers)
    for driver in drivers:
        if driver not in names:
            problems.append(
                f"{source}: drivers: found {driver!r}; allowed: parameters{hint(str(driver), names)}"
            )
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))
    title = str(data.get("title") or name)
    return Ledger(name, title, tuple(drivers), kept, len(claims), scenarios, data)


def _claims(data: Mapping[str, Any], source: str, problems: list[str]) -> list[Claim]:
    """Every claim of a file whose form is right; adds to ``problems`` what is wrong with the others."""
    default = str(data.get("scenario", "baseline"))
    claims: list[Claim] = []
    for where, spec in entries(data, "claims", "id", source, problems):
        try:
            claim = _claim(spec, default, where)
            if claim.id in [other.id for other in claims]:
                raise UserError(f"{where}: id: stands twice; allowed: a name of its own for each claim")
            claims.append(claim)
        except UserError as error:
            problems += error.lines
    return claims


def _kept(claims: Sequence[Claim], only: Sequence[str]) -> tuple[Claim, ...]:
    """The claims with one of the ids or factors (no name: all); UserError for an unknown one."""
    known = {claim.id for claim in claims} | {factor for claim in claims for factor in claim.factors}
    for one in only:
        if one not in known:
            raise UserError(f"only: found {one!r}; allowed: the id of a claim or a factor{hint(one, known)}")
    return tuple(c for c in claims if not only or c.id in only or set(c.factors) & set(only))


def _claim(spec: Mapping[str, Any], default: str, where: str) -> Claim:
    """The form of one claim; UserError for what is wrong with it, ``where``."""
    given = {str(key): value for key, value in spec.items() if value != ""}
    entry = option_reader.read(_Entry, given, where)
    assert isinstance(entry, _Entry)
    try:
        for factor in entry.factors:
            _among("factors", factor, FACTORS)
        low, high = _sides(entry.condition, default)
        outcome = _outcome(entry.outcome)
    except ValueError as error:
        raise UserError(f"{where}: {error}") from None
    text, note = (" ".join(words.split()) for words in (entry.text, entry.note))
    return Claim(
        entry.id, tuple(entry.factors), text, low, high, outcome, entry.direction, entry.built_in, note
    )


def _sides(spec: _Condition, default: str) -> tuple[Side, Side]:
    """The two sides of a contrast."""
    if spec.scenarios is not None:
        for key in ("scenario", "low", "high"):
            if getattr(spec, key) is not None:
                raise ValueError(f"condition.{key}: unknown key beside scenarios; allowed: scenarios alone")
        if len(spec.scenarios) != 2 or spec.scenarios[0] == spec.scenarios[1]:
            raise ValueError(
                f"condition.scenarios: found {spec.scenarios!r}; allowed: two different scenarios"
            )
        return Side(spec.scenarios[0]), Side(spec.scenarios[1])
    low, high = (Side(spec.scenario or default, tuple((one or {}).items())) for one in (spec.low, spec.high))
    if low == high:
        raise ValueError(
            "condition: both sides are the same; allowed: parameters for low or high that differ"
        )
    return low, high


def _outcome(spec: _Outcome) -> Outcome:
    """What a claim speaks of."""
    given = spec.model_dump(exclude={"scale"}, exclude_none=True)
    if len(given) != 1:
        raise ValueError(f"outcome: found {given!r}; allowed: one of measure, ending, question")
    ((kind, value),) = given.items()
    log = spec.scale == "log"
    if isinstance(value, Mapping):
        return Outcome(kind, (str(value.get("metric", "")),), tuple(value.items()), log)
    names = tuple(value) if isinstance(value, list) else (value,)
    for name in names if kind != "question" else ():
        _among(f"outcome.{kind}", name, MEASURES if kind == "measure" else ENDINGS)
    return Outcome(kind, names, (), log)


def _runnable(claim: Claim, scenarios: dict[str, Scenario], overrides: tuple[str, ...]) -> list[str]:
    """Problems of a claim that only its scenarios can tell; fills ``scenarios``."""
    problems = []
    for key, side in (("low", claim.low), ("high", claim.high)):
        try:
            if side.scenario not in scenarios:
                scenarios[side.scenario] = load_scenario(side.scenario, list(overrides))
            scenario = scenarios[side.scenario].with_values(dict(side.set))
            if claim.outcome.kind == "question":
                claim.outcome.asked(scenario)
        except UserError as error:
            problems += [f"condition: {line.removeprefix('command line: ')}" for line in error.lines]
        except ScenarioError as error:
            problems += [f"condition.{key}.{problem}" for problem in error.problems]
        except ValueError as error:
            problems.append(f"outcome.question: {error}")
    return problems


def _among(key: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        some = (
            ", ".join(allowed)
            if len(allowed) < 30
            else f"one of {len(allowed)} names, such as {', '.join(allowed[:4])}"
        )
        raise ValueError(f"{key}: found {value!r}; allowed: {some}{hint(str(value), allowed)}")
