"""A scenario that starts on another day than what it rests on: it says what it assumes, or it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from experiments.kit.errors import UserError
from sim.values import cut, shown
from sim.world.clock import parse_date

_LONGEST_AGO = 366
"""Days after which an observation tells nothing of the state any more."""


def settle(tree: dict[str, Any], known: str | None, source: str) -> None:
    """Refuse a tree that starts on another day without a word, or note what it assumes and what was observed.

    Parameters
    ----------
    tree
        Scenario keys as composed. Its ``assumes`` goes into the story; observed state is added where it sets none.
    known
        The day that the starting values describe.
    source
        The scenario, for messages.

    Raises
    ------
    UserError
        If the day is another and ``assumes`` says nothing, or no text.
    """
    assumes, day = tree.pop("assumes", None), tree.get("start")
    if assumes is not None and not isinstance(assumes, str):
        raise UserError(f"{source}: assumes: found {shown(assumes)}; allowed: text")
    if known is None or day is None or str(day) == known:
        return
    try:
        start = parse_date(str(day)[:40])
    except ValueError:
        return  # the scenario's own check tells it
    if not assumes or not assumes.strip():
        raise UserError(
            f"{source}: start: found {start}; allowed: {known}, the day that starting values and priors describe (a "
            "later day lies within the run), or assumes: with a text that says what the world is like on the other day"
        )
    told = [f"It starts on {start}. Assumed: {assumes.strip()}"]
    given = tree.get("state")
    if isinstance(given, Mapping) and start > parse_date(known):
        seen = {path: found for path, found in observed_state(start).items() if path not in given}
        tree["state"] = {path: value for path, (value, _) in seen.items()} | dict(given)
        told += [f"Observed: {path} = {value:g} ({said})." for path, (value, said) in seen.items()]
    told.append(f"What is neither set nor observed is as on {known}.")
    story = tree.get("story")
    if story is None or isinstance(story, str):
        tree["story"] = "\n\n".join([*([story.strip()] if story else []), " ".join(told)])


def observed_state(day: date) -> dict[str, tuple[float, str]]:
    """State of the model that was observed within the year before a day.

    Parameters
    ----------
    day
        First day of a run.

    Returns
    -------
    dict
        Path of the state to its value and the source of that; of several observations the last.
    """
    from experiments.observed import load_events, load_observations

    earliest = day - timedelta(days=_LONGEST_AGO)
    found: dict[str, tuple[float, str]] = {}
    windows = load_observations("state_windows").windows("economy")
    for row in windows.itertuples():
        if earliest <= row.end.date() <= day:
            found["government.kabul.economy"] = (float(row.value), cut(str(row.source), 90))
            found["government.kabul.shock_left"] = (0.0, "the shock of 2021 is in that")
    events = load_events()
    for row in events[events["kind"] == "forces"].itertuples():
        if earliest <= row.end.date() <= day:
            found["government.kabul.forces"] = (float(row.value), cut(str(row.source), 90))
    return found
