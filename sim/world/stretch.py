"""A place of the Panjshir Valley: a stretch of its floor or a side valley."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.world.fields import fields

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = fields("""
side          | flag            | a side valley; else a stretch of the floor (fixed) | fixed
order         | rank            | along the floor from the mouth (fixed) | fixed
shelter       | share           | protection by the ground (fixed)
frontage      | fighters        | of one side that can fight abreast (fixed)
held          | flag            | the front holds it
posts         | fighters        | of the government stationed here | derived
lost_days     | days            | since the side that holds it took it
front_days    | days            | of the run on which the front held it | derived
""")


@compiled
def floor_held(w: World) -> float:
    """Stretches of the valley floor that the front holds."""
    held = 0.0
    for f in range(len(w.place)):
        if w.place[f].side == 0.0:
            held += w.place[f].held
    return held


@compiled
def sides_held(w: World) -> float:
    """Side valleys that the front holds."""
    held = 0.0
    for f in range(len(w.place)):
        if w.place[f].side > 0.0:
            held += w.place[f].held
    return held


@compiled
def posted(w: World, place: Row) -> float:
    """Men of the column who stand at a place: on the floor that the front does not hold."""
    if place.side > 0.0 or place.held > 0.0:
        return 0.0
    return w.p.siege_stretch * w.government.column


@compiled
def begin(w: World) -> None:
    """The front of the valley holds its share of the floor, from the head down, and of the side valleys."""
    holds, sides = 0.0, 0.0
    for k in range(w.fronts):
        if w.front[k].home - 1.0 == w.valley_province:
            holds = max(holds, w.front[k].holds)
            sides = max(sides, w.front[k].side_valleys)
    floors = 0.0
    for f in range(len(w.place)):
        floors += 1.0 - w.place[f].side
    hidden = len(w.place) - floors
    kept = math.floor(sides * hidden + 0.5)
    for f in range(len(w.place)):
        place = w.place[f]
        if place.side == 0.0:
            place.held = 1.0 if place.order >= floors - math.floor(holds * floors + 0.5) else 0.0
        else:
            # the best sheltered side valleys are kept
            rank = 0.0
            for other in range(len(w.place)):
                o = w.place[other]
                better = o.shelter > place.shelter or (o.shelter == place.shelter and other > f)
                if o.side > 0.0 and better:
                    rank += 1.0
            place.held = 1.0 if rank < kept else 0.0
        place.posts = posted(w, place)
