"""What is unknown of a scenario: drawn from a prior or a posterior or fixed, and as of when its outlook is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.config import files
from experiments.kit.errors import UserError
from experiments.kit.tables import ENDINGS
from sim.scenario import Scenario
from sim.uncertainty import Space
from sim.values import hint
from sim.world.clock import parse_date

if TYPE_CHECKING:
    import numpy as np

    from experiments.runs.plan import Study, Variant

#: The day as of which the priors are.
PRIORS_AS_OF = "2021-09-15"
_KNOWN = {
    "first_year": "calibrated on what was observed until September 2022",
    "second_year": "calibrated on what was observed until June 2023",
}
_PRIOR = date(2021, 9, 6)
"""The priors know nothing of later days, whenever a run starts."""
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def default_posterior() -> str:
    """The posterior that ``uncertainty=posterior`` takes: the latest that is packaged."""
    folder = files.config_folder() / "posterior"
    packaged = [name for name in reversed(_KNOWN) if (folder / f"{name}.csv").is_file()]
    return packaged[0] if packaged else next(iter(_KNOWN))


def with_uncertainty(scenario: Scenario, uncertainty: str, posterior: str | None) -> Scenario:
    """The scenario with its unknowns drawn from the prior, from a posterior table, or fixed (``none``)."""
    if uncertainty != "posterior" and posterior is not None:
        raise UserError(f"command line: posterior={posterior}: has no effect without uncertainty=posterior")
    if uncertainty == "none":
        return scenario.with_space(Space())
    if uncertainty == "prior":
        return scenario
    names, draws = read_posterior(posterior, scenario)
    priors = {name: prior for name, prior in scenario.space.priors.items() if name not in names}
    return scenario.with_space(Space(priors, names, draws))


def table_path(group: str, name_or_path: str | None) -> Path:
    """A table (CSV or Parquet) by the name of a packaged one or by its path; else the default posterior."""
    packaged = {
        path.stem: path
        for path in sorted((files.config_folder() / group).glob("*"))
        if path.suffix in ENDINGS
    }
    if name_or_path is None:
        if not packaged:
            raise UserError(f"no {group} is packaged; allowed: {group}=PATH of a CSV or Parquet table")
        return packaged.get(default_posterior(), next(iter(packaged.values())))
    if name_or_path in packaged:
        return packaged[name_or_path]
    path = Path(name_or_path)
    if path.suffix not in ENDINGS:
        offered = ", ".join([*packaged, "the path of a CSV or Parquet table"])
        near = hint(name_or_path, packaged)
        raise UserError(f"command line: unknown {group} {name_or_path!r}{near}; allowed: {offered}")
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    return path


def in_words(uncertainty: str, posterior: str | None = None, start: date = date(2021, 9, 6)) -> str:
    """What the runs know, as a part of a sentence: ``prior: as of September 2021, before anything ... was known``.

    ``posterior``: its file or name, None for the default; ``start``: first day of the scenario.
    """
    if uncertainty == "prior":
        start = min(start, _PRIOR)
        return (
            f"prior: as of {_MONTHS[start.month - 1]} {start.year}, before anything that followed was known"
        )
    if uncertainty == "none":
        return "one value for everything that is unknown: luck alone"
    path = Path(posterior or default_posterior())
    packaged = posterior in (None, path.stem) or path.parent == files.config_folder() / "posterior"
    known = _KNOWN.get(path.stem) if packaged else None  # another file may have the name of a packaged one
    return f"posterior: {known or f'calibrated by {path.stem}'}"


def brief(said: str) -> str:
    """The same for the foot of a figure: ``prior: as of September 2021``."""
    return said.partition(",")[0].replace("calibrated on what was observed", "observed")


def basis_of(scenario: Scenario) -> str:
    """What the runs of a scenario know, prior or posterior and as of when, as `in_words` says it.

    A posterior is told by the packaged one that holds the same draws.
    """
    import numpy as np
    import pandas as pd

    space = scenario.space
    if not space.names:
        return in_words("none")
    if space.posterior is None:
        return in_words("prior", start=scenario.start)
    names = list(space.posterior_names)
    for path in sorted((files.config_folder() / "posterior").glob("*.csv")):
        table = pd.read_csv(path, comment="#")
        fits = set(names) <= set(table.columns) and len(table) == len(space.posterior)
        if fits and np.array_equal(table[names].to_numpy(float), space.posterior):
            return in_words("posterior", path.stem)
    return in_words("posterior", "a posterior of one's own")


def variant_basis(variant: Variant) -> str:
    """What the runs of a scenario of a study know, as `basis_of`, before its design took over what is unknown."""
    return str(variant.problem.get("basis") or basis_of(variant.scenario))


def foot(study: Study) -> dict[str, Any]:
    """What stands at the foot of a figure of a study, for `experiments.drawing.sheets.footed`."""
    names = [variant.label for variant in study.variants]
    return {
        "runs": study.runs, "scenario": ", ".join(names) if len(names) <= 3 else f"{len(names)} scenarios",
        "seed": study.seed, "note": brief(variant_basis(study.variants[0])),
    }  # fmt: skip


def read_posterior(name_or_path: str | None, scenario: Scenario) -> tuple[tuple[str, ...], np.ndarray]:
    """Joint draws of a calibration: ``(names, float64[draws, names])``.

    Parameters
    ----------
    name_or_path
        Name of a packaged posterior, path of a CSV or Parquet table (a column a parameter, a row a draw), or None for
        the packaged one.
    scenario
        Whose parameters they are.

    Raises
    ------
    UserError
        If there is no such table or it holds what is no value of a parameter.
    """
    import numpy as np

    from experiments.kit.tables import read_table
    from experiments.runs.designs.tables import WEIGHT, parameter_columns

    path = table_path("posterior", name_or_path)
    table = read_table(path)
    if not len(table) or not len(table.columns):
        raise UserError(f"{path}: holds no draws")
    if WEIGHT in table:
        raise UserError(
            f"{path}: found a column {WEIGHT!r}; allowed with uncertainty=posterior: draws that count alike; "
            "design=posterior takes weights"
        )
    columns = parameter_columns(table, scenario.schema, str(path))
    return tuple(columns), np.ascontiguousarray(np.column_stack(list(columns.values())))


@dataclass(frozen=True)
class Basis:
    """What an outlook rests on.

    Attributes
    ----------
    uncertainty : ``prior``, ``posterior`` or ``none``; posterior: name of its table, None without one.
    as_of : the day whose knowledge the outlook holds (ISO), None if a posterior does not say.
    basis : the same in words.
    """

    uncertainty: str
    posterior: str | None
    as_of: str | None
    basis: str

    def to_mapping(self) -> dict[str, Any]:
        """Plain data, for records and pages."""
        return asdict(self)


def basis(uncertainty: str, posterior: str | None) -> Basis:
    """What an outlook with these options rests on; ``posterior``: name or path of draws, None for the packaged ones."""
    told = in_words(uncertainty, posterior)
    if uncertainty != "posterior":
        return Basis(uncertainty, None, PRIORS_AS_OF, told)
    path = table_path("posterior", posterior)
    try:
        as_of = parse_date(str(record_of(path).get("as_of"))).isoformat()
    except ValueError:  # a record that says no day
        as_of = None
    return Basis(uncertainty, path.stem, as_of, told)


def record_of(path: Path) -> dict[str, Any]:
    """The record beside a table of draws (the same name, ending in .json); empty if there is none."""
    try:
        found = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
