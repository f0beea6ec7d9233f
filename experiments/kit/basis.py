"""What an outlook knows: prior or posterior, and as of when, in one sentence that stands wherever numbers do."""

from __future__ import annotations

import importlib.resources
from datetime import date
from pathlib import Path

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
    folder = importlib.resources.files("configs") / "posterior"
    packaged = [name for name in reversed(_KNOWN) if (folder / f"{name}.csv").is_file()]
    return packaged[0] if packaged else next(iter(_KNOWN))


def basis(uncertainty: str, posterior: str | None = None, start: date = date(2021, 9, 6)) -> str:
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
    name = Path(posterior).stem if posterior else default_posterior()
    return f"posterior: {_KNOWN.get(name, f'calibrated by {name}')}"


def brief(said: str) -> str:
    """The same for the foot of a figure: ``prior: as of September 2021``."""
    return said.partition(",")[0].replace("calibrated on what was observed", "observed")
