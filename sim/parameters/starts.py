"""Parameters that are read once, as a run begins, and what state they become.

A dated event that sets one of them would change nothing, so it is refused with the state to change instead.
"""

from __future__ import annotations

#: Parameter to the state that it becomes; a capital word stands for any row of the table. The member of an open
#: list that a parameter belongs to is ``NAME`` in both.
STARTS: dict[str, str] = {
    "taliban.inclusiveness": "government.kabul.inclusiveness",
    "taliban.victory": "government.kabul.victory",
    "taliban.force_start": "government.kabul.forces",
    "taliban.intelligence_start": "government.kabul.intelligence",
    "taliban.quality_start": "government.kabul.quality",
    "economy.shock": "government.kabul.economy",
    "economy.shock_come": "government.kabul.shock_left",
    "economy.drought": "government.kabul.drought",
    "legacy.services": "government.kabul.services",
    "community.unity": "community.VALLEY.elders",
    "front.supplied_start": "front.NAME.supplied",
    "caches.abundance": "cache.PROVINCE.count",
    "caches.stray": "cache.PROVINCE.count",
    "caches.last_stand": "cache.PROVINCE.count",
    "pockets.start": "cache.PROVINCE.count",
    "garrison.cohesion": "garrison.PROVINCE.cohesion",
    "garrison.stationed": "garrison.PROVINCE.fighters",
    "garrison.stationed_support": "garrison.PROVINCE.fighters",
    "iskp.fighters": "jihadist.iskp.fighters",
    "iskp.home_weight": "jihadist.iskp.fighters",
    "iskp.city_weight": "jihadist.iskp.fighters",
    "iskp.minority_weight": "jihadist.iskp.fighters",
    "iskp.stray_weight": "jihadist.iskp.fighters",
    "fronts.NAME.fighters": "front.NAME.main",
    "fronts.NAME.commandos": "front.NAME.elite",
    "fronts.NAME.ammunition": "front.NAME.ammo",
    "fronts.NAME.food": "front.NAME.stores",
    "fronts.NAME.medicine": "front.NAME.drugs",
    "fronts.NAME.helicopters": "front.NAME.machines",
    "fronts.NAME.morale": "front.NAME.will",
    "fronts.NAME.holds": "place.PLACE.held",
    "fronts.NAME.side_valleys": "place.PLACE.held",
    "militias.NAME.strength": "militia.NAME.asleep",
    "powers.NAME.shock": "power.NAME.shock_left",
}


def becomes(parameter: str) -> str | None:
    """The state that a parameter becomes as a run begins.

    Parameters
    ----------
    parameter : str
        Its name, such as ``fronts.nrf.ammunition``.

    Returns
    -------
    str or None
        A path such as ``front.nrf.ammo``; None if rules read the parameter on later days too.
    """
    kind, _, rest = parameter.partition(".")
    name, _, last = rest.partition(".")
    if last:
        found = STARTS.get(f"{kind}.NAME.{last}")
        return found.replace("NAME", name) if found else None
    return STARTS.get(parameter)
