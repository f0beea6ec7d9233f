"""Questions that outlast a run: those with a wording for a shorter run are asked of the time that there is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sim.values import is_number
from sim.world.clock import parse_date

SHORTER = "shorter"
"""Key of a question: its text in a run that ends before ``by``, with {days} of the run and {value} in proportion."""
_FEWEST = 30  # days of a window that is asked about


def fitted(questions: object, start: object, end: object) -> object:
    """Questions as a run from ``start`` to ``end`` can answer them.

    Parameters
    ----------
    questions
        As composed: mappings; what is no list of such is left as it is.
    start, end
        Of the scenario.

    Returns
    -------
    object
        The list without the key ``shorter``. A question with it that reaches past the end is asked by the end, the
        value of a sum in proportion to the days, and left out if fewer than 30 days of its window are within.
    """
    if not isinstance(questions, list):
        return questions
    try:
        first, last = parse_date(str(start)[:40]), parse_date(str(end)[:40])
    except ValueError:
        return questions  # the scenario's own check tells it
    made = []
    for spec in questions:
        asked = _fitted(dict(spec), first, last) if isinstance(spec, Mapping) and SHORTER in spec else spec
        if asked is not None:
            made.append(asked)
    return made


def _fitted(spec: dict[str, Any], first: date, last: date) -> dict[str, Any] | None:
    """One question with a wording for shorter runs; None if too little of its window is within the run."""
    text = spec.pop(SHORTER)
    opens, by = _day(spec.get("start", "+0d"), first), _day(spec.get("by"), first)
    if opens is None or by is None or by <= last or not isinstance(text, str):
        return spec
    if (last - opens).days < _FEWEST:
        return None
    value = spec.get("value")
    if spec.get("over") == "sum" and is_number(value):
        value = float(f"{value * (last - opens).days / (by - opens).days:.2g}")  # type: ignore[operator]
    shown = f"{value:,.0f}" if is_number(value) else str(value)
    told = text.replace("{days}", f"{(last - first).days:,}").replace("{value}", shown)
    return {**spec, "text": told, "value": value, "by": last.isoformat()}


def _day(value: object, first: date) -> date | None:
    """A date or ``+30d``; None if it is neither."""
    text = str(value)
    if re.fullmatch(r"\+[0-9]{1,5}d", text):
        return first + timedelta(days=int(text[1:-1]))
    try:
        return parse_date(text[:40])
    except ValueError:
        return None
