"""As of when an outlook is: what stands in the record beside a posterior, as data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments.config import files
from experiments.kit import basis as words

#: The day as of which the priors are.
PRIORS_AS_OF = "2021-09-15"


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
    """What an outlook with these options rests on.

    Parameters
    ----------
    uncertainty : the option; posterior: name or path of the table of draws, None for the packaged one.
    """
    told = words.basis(uncertainty, posterior)
    if uncertainty != "posterior":
        return Basis(uncertainty, None, PRIORS_AS_OF, told)
    path = files.table_path("posterior", posterior)
    as_of = record_of(path).get("as_of")
    return Basis(uncertainty, path.stem, as_of if isinstance(as_of, str) else None, told)


def record_of(path: Path) -> dict[str, Any]:
    """The record beside a table of draws (the same name, ending in .json); empty if there is none."""
    try:
        found = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
