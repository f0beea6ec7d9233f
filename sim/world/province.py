"""A province as a place: who holds its capital, what has happened in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.world.fields import fields

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = fields("""
held             | flag            | the government holds the provincial capital
others           | fighters        | of further groups that hold or contest the province, as a scenario sets them
rivals           | fighters        | of these, of militias and of fronts in the province | derived
threat           | attacks         | fading count that draws forces
presence         | share           | of people and ground that soldiers watch | derived
violence         | deaths per 100,000 | fading rate
attacked         | flag            | has seen an attack of a front or pocket
pockets          | pockets         | active in the province | derived
pocket_fighters  | fighters        | in them | derived
week_deaths      | deaths          | this week | derived
week_attacks     | attacks         | this week, all groups | derived
week_held        | days            | this week with the capital in the hands of the government | derived
week_protests    | protests        | this week | derived
week_risings     | risings         | this week | derived
week_refugees    | people          | this week | derived
population       | people          | fixed | fixed
ruggedness       | share           | fixed | fixed
refuge           | share           | ruggedness of its roughest ground: own, or of the valley where a pass leads | fixed
beyond_pass      | flag            | the valley, its neighbours and where its passes lead (fixed) | fixed
iran_km          | km              | fixed, border | fixed
pakistan_km      | km              | fixed, border | fixed
north_km         | km              | fixed, border with Tajikistan, Uzbekistan, Turkmenistan | fixed
city             | flag            | fixed, one of the big cities | fixed
shia             | share           | fixed, of people | fixed
iskp_home        | flag            | fixed, a home of the jihadist rival | fixed
last_army        | flag            | fixed, where the last army of the former republic stood | fixed
iskp_weight      | weight          | how likely the jihadist rival strikes here | fixed
militia_weight   | weight          | fixed, share of the kin of the Fatemiyoun | fixed
taliban_support  | share           | fixed, alignment with the Taliban before 2021 | fixed
""")


@compiled
def begin(w: World) -> None:
    """Where garrisons, hidden caches and the jihadist rival's cells are: shares of the provinces, one in sum."""
    stationed, hidden, cells = 0.0, 0.0, 0.0
    for i in range(len(w.province)):
        place = w.province[i]
        w.garrison[i].share = garrison_weight(w.p, place)
        w.cache[i].share = cache_weight(w.p, place, w.community[i].alignment)
        place.iskp_weight = cell_weight(w.p, place)
        stationed += w.garrison[i].share
        hidden += w.cache[i].share
        cells += place.iskp_weight
    for i in range(len(w.province)):
        w.garrison[i].share /= stationed
        w.cache[i].share /= hidden
        w.province[i].iskp_weight /= cells


@compiled
def garrison_weight(p: Row, place: Row) -> float:
    """Garrisons by people and, where the Taliban had little support, more of them."""
    return math.sqrt(place.population) * (
        p.garrison_stationed - p.garrison_stationed_support * place.taliban_support
    )


@compiled
def cache_weight(p: Row, place: Row, alignment: float) -> float:
    """Caches by people aligned with the former republic, and where its last army stood."""
    weight = math.sqrt(place.population) * (p.caches_stray + alignment)
    return weight * p.caches_last_stand if place.last_army > 0.0 else weight


@compiled
def cell_weight(p: Row, place: Row) -> float:
    """The jihadist rival's home, the big cities, and the minorities that it targets."""
    return (
        p.iskp_city_weight * place.city
        + p.iskp_home_weight * place.iskp_home
        + p.iskp_minority_weight * place.shia
        + p.iskp_stray_weight
    )
