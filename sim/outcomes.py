"""What comes out of a run: series, end-of-run measures, endings. They read the state and never draw."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.compiled import compiled
from sim.world.fields import Field


class Series(NamedTuple):
    """One recorded series, a line of the table below: to add one is to add its line.

    ``level`` is ``national``, ``group`` or ``route``. A ``flow`` starts each day at zero and rules add to it
    (``w.today.NAME += ...``); a ``stock`` is copied at the end of the day from ``source``, a field ``table.field`` of
    the state (of the first row of a table of many), or written by ``sim/recording.py`` where it has none.
    """

    name: str
    unit: str
    level: str
    kind: str
    meaning: str
    source: str = ""


def _series(text: str) -> dict[str, Series]:
    rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return {row[0]: Series(*row) for row in rows}


#: National series, a value a day, in the order of the columns of ``series``.
SERIES: dict[str, Series] = _series("""
deaths | deaths a day | national | flow | in all organised violence (definition of UCDP)
deaths_state_based | deaths a day | national | flow | of them in fights between the government and a group
deaths_front | deaths a day | group | flow | in fights with the resistance fronts
deaths_pockets | deaths a day | group | flow | in fights with pockets
deaths_militia | deaths a day | group | flow | in fights with foreign-backed militias
deaths_iskp | deaths a day | group | flow | by the jihadist rival and in fights with it
deaths_risings | deaths a day | group | flow | in fights with risings
deaths_government_civilians | deaths a day | group | flow | of civilians by government forces (one-sided)
deaths_iskp_civilians | deaths a day | group | flow | of civilians by the jihadist rival (part of its deaths)
attacks_front | attacks a day | group | flow | by the resistance fronts
attacks_pockets | attacks a day | group | flow | by pockets
attacks_militia | attacks a day | group | flow | by foreign-backed militias
attacks_iskp | attacks a day | group | flow | by the jihadist rival
protests | protests a day | national | flow | peaceful protests in towns
largest_protest | people | national | flow | people in the largest protest of the day
risings | risings a day | national | flow | armed risings that begin
talks | meetings a day | national | flow | between Kabul and the resistance
strikes | strikes a day | national | flow | by foreign powers
refugees | people a day | national | flow | who leave the country (counted weekly)
refugees_iran | people a day | national | flow | of them to Iran
refugees_pakistan | people a day | national | flow | of them to Pakistan
refugees_north | people a day | national | flow | of them to the northern neighbours
supply_arms | tonnes a day | route | flow | arms that reach fronts (counted weekly)
supply_people | people a day | route | flow | recruits who reach fronts over the routes (counted weekly)
supply_food | tonnes a day | route | flow | food that reaches fronts (counted weekly)
supply_medicine | tonnes a day | route | flow | medicine that reaches fronts (counted weekly)
front_fighters | fighters | group | stock | of the resistance fronts
front_ammunition | days | group | stock | of intense fighting that the first front's ammunition lasts
pockets | pockets | group | stock | insurgent pockets
pocket_fighters | fighters | group | stock | in pockets
militia_fighters | fighters | group | stock | of foreign-backed militias in the field
militia_active | militias | group | stock | instructed and in the field
iskp_cells | fighters | group | stock | of the jihadist rival | jihadist.fighters
districts_held | districts | national | stock | districts of Panjshir's floor held by the front
valleys_held | side valleys | national | stock | of Panjshir held by the front
kabul_lost | flag | national | stock | the capital is out of government hands
capitals_lost | capitals | national | stock | provincial capitals out of government hands, Bazarak apart
caches | caches | national | stock | hidden caches left
services | share | national | stock | quality of public services | government.services
economy | index | national | stock | output, early 2021 = 1 | government.economy
control | share | national | stock | degree of control over public life | government.control
grievance | share | national | stock | mean over people | now.grievance
revenue | USD million a week | national | stock | domestic revenue | government.revenue
aid | USD million a week | national | stock | from abroad | government.aid
forces | fighters | group | stock | army and police of the government | government.forces
intelligence | share | group | stock | working order of its intelligence services | government.intelligence
victory | share | national | stock | psychological victory of 2021 that is left | government.victory
inclusiveness | share | national | stock | high offices held outside the core | government.inclusiveness
recognitions | powers | national | stock | powers that recognise Kabul
opposing | powers | national | stock | powers that back the opposition
exile | share | national | stock | support for a government in exile
corridor_open | flag | route | stock | a safe way from the northern border to the valley | now.corridor_open
attack_provinces | provinces | national | stock | with an attack of a front or pocket so far | now.attack_provinces
new_fronts | fronts | group | stock | pockets that grew into fronts of their own so far | now.new_fronts
command | share | group | stock | of the first front's commanders alive and free | front.command
leader | flag | group | stock | the leader of the first front is alive | front.leader
campaign | flag | group | stock | a campaign of the government against the front goes on
quality | share | group | stock | training and order of the government's forces | government.quality
elders | share | national | stock | alignment of elders with the government, mean over people | now.elders
habit | share | national | stock | of living with an undisputed government, mean over people | now.habit
knowledge | share | national | stock | of fighters' doings that Kabul learns, mean over people | now.knowledge
turned_away | pockets | group | stock | that found no room among those that the model holds at a time | now.turned_away
groups | groups | group | stock | armed groups that became known by a name so far | now.groups
returned | flag | group | stock | a front has returned to fight
settlement | flag | national | stock | a negotiated or inclusive settlement holds | government.settlement
""")
SERIES_NAMES: tuple[str, ...] = tuple(SERIES)

#: Series kept by week and province, in the order of the last axis of ``places``.
PLACE_SERIES: tuple[str, ...] = ("deaths", "attacks", "protests", "risings", "refugees", "pockets",
                                 "control_by_province", "grievance", "garrison", "elders", "knowledge",
                                 "presence")  # fmt: skip

#: Those of them that count what happens in a week; the others are a state at its end.
PLACE_FLOWS: tuple[str, ...] = ("deaths", "attacks", "protests", "risings", "refugees")

ENDINGS: tuple[str, ...] = ("consolidation", "scattered_insurgency", "valley_resurgence", "multi_front_civil_war",
                            "settlement", "government_falls")  # fmt: skip

YEAR = 365  # days: an ending looks at the last year, or at the whole run if it is shorter, and counts in proportion
_WAR_DEATHS, _INSURGENT_ATTACKS, _INSURGENT_DEATHS = 3000.0, 48.0, 500.0  # in a year


def ending_criteria(days: int) -> dict[str, str]:
    """How an ending of a run is told, the first that applies.

    Parameters
    ----------
    days : int
        Length of the run: one of less than a year is held to the part of the year's counts.

    Returns
    -------
    dict
        Ending to its criterion in words.
    """
    share = min(YEAR, days) / YEAR
    span = "the year" if days >= YEAR else f"the {days} days"
    war, attacks, deaths = (
        f"{math.ceil(n * share):,}" for n in (_WAR_DEATHS, _INSURGENT_ATTACKS, _INSURGENT_DEATHS)
    )
    return {
        "settlement": "a negotiated or inclusive settlement holds at the horizon and has held for 30 days",
        "multi_front_civil_war": f"{war} deaths in {span}, and at least two of: the front holds ground in Panjshir or "
        "has 1,000 fighters on average, pockets have 1,500, militias have 1,000, a provincial capital is lost",
        "government_falls": "Kabul or half of the provincial capitals are out of government hands at the horizon and "
        "have been for 30 days, without such a war",
        "valley_resurgence": "the front holds a district of Panjshir's floor for 30 days in a row",
        "scattered_insurgency": f"at least {attacks} attacks of fronts, pockets and militias in {span}, or {deaths} "
        "deaths by anyone",
        "consolidation": "none of these: little violence by anyone",
    }


#: The criteria of a run of a year or more.
ENDING_CRITERIA: dict[str, str] = ending_criteria(YEAR)

#: A day's record, and a week's record of a province.
DAY_FIELDS = tuple(Field(series.name, series.unit, series.meaning) for series in SERIES.values())
PLACE_FIELDS = tuple(
    Field(name, SERIES[name].unit if name in SERIES else "value", name) for name in PLACE_SERIES
)

_FIRSTS = ("first_rising_day", "first_return_day", "first_militia_day", "settlement_day", "first_capital_lost_day",
           "corridor_open_day", "first_recognition_day", "floor_fallen_day")  # fmt: skip
_FIRST_OF = (
    "risings",
    "returned",
    "militia_active",
    "settlement",
    "capitals_lost",
    "corridor_open",
    "recognitions",
)
_MAXIMA = (
    "districts_held",
    "pockets",
    "capitals_lost",
    "pocket_fighters",
    "front_fighters",
    "largest_protest",
)
_STOCKS = tuple(name for name, series in SERIES.items() if series.kind == "stock")
_SUMS = tuple(name for name, series in SERIES.items() if series.kind == "flow" and name != "largest_protest")

#: End-of-run measures, one float64 each: the ending's code, sums of flows, days of first events (nan: none by the
#: horizon), highest and final values of stocks, deaths of the last year.
MEASURES: tuple[str, ...] = (
    "ending_code",
    *_SUMS,
    *_FIRSTS,
    *(f"max_{name}" for name in _MAXIMA),
    *(f"final_{name}" for name in _STOCKS),
    "deaths_last_year",
)

_S = {name: position for position, name in enumerate(SERIES_NAMES)}
_SUM_COLUMNS = np.array([_S[name] for name in _SUMS])
_FIRST_COLUMNS = np.array([_S[name] for name in _FIRST_OF])
_MAX_COLUMNS = np.array([_S[name] for name in _MAXIMA])
_STOCK_COLUMNS = np.array([_S[name] for name in _STOCKS])
_DEATHS, _FRONT, _POCKETS = _S["deaths"], _S["attacks_front"], _S["attacks_pockets"]
_HELD, _SETTLED, _LOST = _S["districts_held"], _S["settlement"], _S["capitals_lost"]
_KABUL, _HALF_OF_CAPITALS = _S["kabul_lost"], 17.0
_MILITIA = _S["attacks_militia"]
_FRONT_MEN, _POCKET_MEN, _MILITIA_MEN = _S["front_fighters"], _S["pocket_fighters"], _S["militia_fighters"]


@compiled
def measure(series: np.ndarray, out: np.ndarray) -> None:
    """End-of-run measures of ``series`` [day, series] into ``out`` (order of ``MEASURES``)."""
    days = len(series)
    last = max(0, days - 365)
    sums = np.zeros(series.shape[1])
    highest = np.zeros(series.shape[1])
    year = np.zeros(series.shape[1])
    first = np.full(series.shape[1], math.nan)
    fallen = math.nan
    for t in range(days):
        for s in range(series.shape[1]):
            value = float(series[t, s])
            sums[s] += value
            if value > highest[s]:
                highest[s] = value
            if t >= last:
                year[s] += value
            if value > 0.0 and math.isnan(first[s]):
                first[s] = t
        if math.isnan(fallen) and series[t, _HELD] == 0.0:
            fallen = t
    out[0] = ending(series, year)
    at = 1
    for s in _SUM_COLUMNS:
        out[at] = sums[s]
        at += 1
    for s in _FIRST_COLUMNS:
        out[at] = first[s]
        at += 1
    out[at] = fallen
    at += 1
    for s in _MAX_COLUMNS:
        out[at] = highest[s]
        at += 1
    for s in _STOCK_COLUMNS:
        out[at] = series[days - 1, s]
        at += 1
    out[at] = year[_DEATHS]


@compiled
def ending(series: np.ndarray, year: np.ndarray) -> float:
    """Code of the ending (position in ``ENDINGS``) by ``ENDING_CRITERIA``; ``year``: sums over the last year."""
    days = len(series)
    length = min(YEAR, days)
    settled, held, longest, fallen = 0, 0, 0, 0
    for t in range(days - length, days):
        settled = settled + 1 if series[t, _SETTLED] > 0.0 else 0
        fallen = fallen + 1 if series[t, _LOST] >= _HALF_OF_CAPITALS or series[t, _KABUL] > 0.0 else 0
        held = held + 1 if series[t, _HELD] > 0.0 else 0
        longest = max(longest, held)
    if settled >= 30:
        return 4.0
    armed = 0
    armed += 1 if longest > 0 or year[_FRONT_MEN] > 1000.0 * length else 0
    armed += 1 if year[_POCKET_MEN] > 1500.0 * length else 0
    armed += 1 if year[_MILITIA_MEN] > 1000.0 * length else 0
    armed += 1 if year[_LOST] > 0.0 else 0
    if year[_DEATHS] >= _WAR_DEATHS * length / YEAR and armed >= 2:
        return 3.0
    if fallen >= 30:
        return 5.0
    if longest >= 30:
        return 2.0
    raids = year[_FRONT] + year[_POCKETS] + year[_MILITIA]
    if raids >= _INSURGENT_ATTACKS * length / YEAR or year[_DEATHS] >= _INSURGENT_DEATHS * length / YEAR:
        return 1.0
    return 0.0
