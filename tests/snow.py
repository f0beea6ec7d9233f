"""Snow on links as a table of days, against which the rule of a link is held."""

from __future__ import annotations

import numpy as np

from sim.world.clock import YEAR_DAYS


def snow_closed(closes_doy: np.ndarray, opens_doy: np.ndarray, shift_days: float | np.ndarray,
                day_of_year: np.ndarray) -> np.ndarray:  # fmt: skip
    """Whether snow shuts a link on a day: bool, of the broadcast shape of the arguments.

    `closes_doy` is the first day shut and `opens_doy` the first day open again, both days of a 365-day year;
    the shut season may run over the new year. Equal values (0 and 0 in the tables) mean never shut.
    `shift_days` moves both dates later (earlier if negative). For a table [days, links]:
    `snow_closed(closes, opens, shift, calendar.day_of_year[:, None])`.
    """
    length = np.mod(np.asarray(opens_doy) - np.asarray(closes_doy), YEAR_DAYS)
    since = np.mod(np.asarray(day_of_year) - np.asarray(closes_doy) - shift_days, YEAR_DAYS)
    return since < length
