"""Community: people of a province or of a side valley of Panjshir: what they feel, whom they follow, tell and hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.mechanisms.arithmetic import above, clip, towards
from sim.mechanisms.contagion import protest, rise
from sim.mechanisms.refuge import leave
from sim.world.fields import fields
from sim.world.units import YEARS_A_WEEK

if TYPE_CHECKING:
    from sim.world.state import Row, World


FIELDS = fields("""
home          | province        | index of the province | fixed
valley        | place           | index of the side valley, -1 for the people of a province | fixed
people        | people          | living here
urban         | share           | in towns
tajik         | share           | of people
hazara        | share           | of people
pashtun       | share           | of people
alignment     | share           | alignment against the Taliban before 2021
rugged        | share           | ruggedness of the ground | fixed
hardship      | share           | of living conditions lost | derived
legitimacy    | share           | standing of the government here | derived
exclusion     | share           | of people who feel left out of government | derived
grievance     | share           | felt
harm          | weight          | grievance from civilians killed, fading
fear          | share           | of repression, fading
defiance      | share           | grievance net of perceived risk | derived
risk          | share           | of acting against the government, as people see it | derived
habit         | share           | of living with a government whose hold is undisputed
elders        | share           | alignment of the elders with the government
informants    | share           | of adults who inform for the government | derived
knowledge     | share           | of the doings of fighters that the government learns here | derived
cover         | share           | of what fighters need that people give: shelter, food, silence | derived
rising        | fighters        | people in arms in a rising
leaving       | people          | expected to leave the country this week | derived
""")


@compiled
def weekly(w: World, i: int, t: int) -> None:
    """A week of a community: it feels, settles in, its elders lean, it informs and hides, rises, some leave."""
    c = w.community[i]
    feel(w, c)
    settle_in(w, c)
    lean(w, c)
    inform(w, c)
    hide(w, c)
    if c.valley < 0.0:
        protest(w, i, t)
        rise(w, i, t)
    leave(w, i)


@compiled
def feel(w: World, c: Row) -> None:
    """Grievance moves to what conditions call for; harm and fear fade; perceived risk keeps people down."""
    p, gov, province = w.p, w.government, w.province[int(c.home)]
    c.grievance = towards(c.grievance, called_for(w, c), p.community_grievance_rate)
    c.harm *= w.now.harm_kept
    c.fear *= w.now.fear_kept
    c.risk = clip(
        p.community_risk_presence * province.presence
        + p.community_risk_victory * gov.victory
        + p.community_risk_intelligence * gov.intelligence
        + p.community_risk_fear * c.fear
        + p.community_risk_habit * c.habit,
        0.0,
        1.0,
    )
    c.defiance = clip(c.grievance - p.community_fear_weight * c.risk, 0.0, 1.0)


@compiled
def called_for(w: World, c: Row) -> float:
    """Hardship under a government without legitimacy (Epstein 2002), control over public life, being left out and
    harm done call for grievance: 0 to 1."""
    p, gov = w.p, w.government
    c.hardship = suffered(w, c)
    shared = p.exclusion_offices * gov.inclusiveness + p.exclusion_kindred * p.taliban_ethnic_cards
    c.exclusion = (1.0 - c.pashtun) * (1.0 - min(1.0, shared))
    c.legitimacy = clip(
        p.legitimacy_services * gov.services
        + p.legitimacy_elders * c.elders
        + p.legitimacy_inclusion * (1.0 - c.exclusion)
        + p.settlement_standing * gov.settlement,
        0.0,
        1.0,
    )
    in_villages = p.community_control_in_villages
    felt = (
        p.community_hardship_weight * c.hardship * (1.0 - c.legitimacy)
        + p.community_control_weight * gov.control * above(in_villages, c.urban)
        + p.community_exclusion_weight * c.exclusion * above(p.exclusion_everywhere, c.alignment)
        + c.harm
    )
    return clip(felt, 0.0, 1.0)


@compiled
def suffered(w: World, c: Row) -> float:
    """Hardship: hunger, the worse where the ground is rough, a shrunken economy, drought, missing services."""
    p, gov = w.p, w.government
    hunger = p.community_food_insecure * (1.0 + p.hardship_remoteness * (c.rugged - 0.5))
    return clip(
        hunger
        + p.hardship_economy * (p.hardship_normal_output - gov.economy)
        + p.hardship_drought * gov.drought * (1.0 - c.urban)
        + p.hardship_services * (p.hardship_normal_services - gov.services)
        - p.hardship_coping,
        0.0,
        1.0,
    )


@compiled
def settle_in(w: World, c: Row) -> None:
    """Where the government holds ground undisputed and is little resented, the habit of living with it grows
    (Kalyvas 2006: control breeds collaboration); dispute and resentment undo it."""
    p, place = w.p, w.province[int(c.home)]
    undisputed = place.held * p.habit_contest / (p.habit_contest + place.threat)
    accepted = clip(1.0 - p.habit_resentment * c.grievance, 0.0, 1.0)
    c.habit = towards(c.habit, undisputed * accepted, p.habit_rate * YEARS_A_WEEK)


@compiled
def lean(w: World, c: Row) -> None:
    """Elders drift to the government when it reaches out with the right people and its rule is settled, away when
    grievance grows."""
    c.elders = towards(c.elders, won_over(w, c), w.p.elders_drift)


@compiled
def won_over(w: World, c: Row) -> float:
    """Where the elders of a community would come to stand."""
    p = w.p
    return clip(
        p.elders_ground
        + p.elders_courting * courted(p)
        + p.elders_old_support * w.province[int(c.home)].taliban_support
        + p.elders_habit * c.habit
        - p.elders_grievance * c.grievance,
        0.0,
        1.0,
    )


@compiled
def courted(p: Row) -> float:
    """Outreach that arrives: part of it works through kindred commanders alone."""
    return p.taliban_outreach * towards(1.0, p.taliban_ethnic_cards, p.elders_kindred)


@compiled
def inform(w: World, c: Row) -> None:
    """People inform where elders stand with the government, its rule is settled and soldiers protect them; an
    aggrieved community keeps silent."""
    p, gov, place = w.p, w.government, w.province[int(c.home)]
    silence = p.community_shelter * c.grievance
    willing = clip(c.elders + p.informing_habit * c.habit, 0.0, 1.0)
    safe = towards(1.0, min(1.0, place.presence / p.presence_usual), p.informing_protection)
    c.informants = p.community_informants * 2.0 * willing * (1.0 - silence) * safe
    told = c.informants / (c.informants + p.informing_half)
    used = above(p.informing_use, gov.intelligence)
    agents = p.informing_agents * gov.intelligence * (1.0 - silence)
    c.knowledge = clip(told * used + agents, 0.0, 1.0)


@compiled
def hide(w: World, c: Row) -> None:
    """People hide and feed fighters where they are aggrieved and elders stand apart, less where soldiers know and
    are present."""
    p, place = w.p, w.province[int(c.home)]
    sympathy = towards(1.0 - c.elders, c.grievance, p.cover_grievance)
    c.cover = clip(sympathy * (1.0 - place.presence * c.knowledge), 0.0, 1.0)


@compiled
def gather_valley(w: World) -> None:
    """What the people of the Panjshir Valley think, on its floor and in its side valleys, weighted by their number."""
    now = w.now
    people = 0.0
    now.valley_elders = now.valley_informants = now.valley_pull = now.valley_cover = now.valley_knowledge = (
        0.0
    )
    for i in range(len(w.community)):
        c = w.community[i]
        if c.home == w.valley_province:
            people += c.people
            now.valley_elders += c.people * c.elders
            now.valley_informants += c.people * c.informants
            now.valley_pull += c.people * c.defiance
            now.valley_cover += c.people * c.cover
            now.valley_knowledge += c.people * c.knowledge
    now.valley_elders /= people
    now.valley_informants /= people
    now.valley_pull /= people
    now.valley_cover /= people
    now.valley_knowledge /= people


@compiled
def begin(w: World, i: int) -> None:
    """State at the start: grievance as conditions call for, elders where they lean, in Panjshir divided as unity
    says."""
    c, p = w.community[i], w.p
    for _ in range(3):  # elders and grievance lean on each other: a few rounds settle them
        c.grievance = called_for(w, c)
        c.elders = won_over(w, c)
    if c.home == w.valley_province:
        c.elders = clip((1.0 - p.community_unity) * (0.5 + courted(p)), 0.0, 1.0)
    c.grievance = called_for(w, c)
    inform(w, c)
    hide(w, c)
