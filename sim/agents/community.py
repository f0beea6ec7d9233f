"""Community: people of a province or of a side valley of Panjshir; grievance, fear, elders, informants."""

from __future__ import annotations

from sim.compiled import compiled
from sim.mechanisms.arithmetic import clip, towards
from sim.mechanisms.contagion import protest, rise
from sim.mechanisms.refuge import leave
from sim.world.fields import fields

FIELDS = fields("""
home          | province        | index of the province
valley        | place           | index of the side valley, -1 for the people of a province
people        | people          | living here
urban         | share           | in towns
tajik         | share           | of people
hazara        | share           | of people
pashtun       | share           | of people
alignment     | share           | alignment against the Taliban before 2021
rugged        | share           | ruggedness of the ground
hardship      | share           | of living conditions lost
legitimacy    | share           | standing of the government here
exclusion     | share           | of people who feel left out of government
grievance     | share           | felt
harm          | share           | grievance from civilians killed, fading
fear          | share           | of repression, fading
defiance      | share           | grievance net of perceived risk
elders        | share           | alignment of the elders with the government
informants    | share           | of adults who inform for the government
knowledge     | share           | of the doings of fighters that the government learns here
rising        | fighters        | people in arms in a rising
""")

HARM_KEPT = 0.5 ** (7.0 / 180.0)  # in a week: the memory of harm halves in half a year


@compiled
def weekly(w, i, t):
    """A week of a community: it feels, its elders lean, it informs, it protests or rises, some leave."""
    c = w.community[i]
    feel(w, c)
    lean(w, c)
    inform(w, c)
    if c.valley < 0.0:
        protest(w, i, t)
        rise(w, i, t)
    leave(w, i)


@compiled
def feel(w, c):
    """Grievance moves to what conditions call for; harm and fear fade; fear of a strong winner keeps people down."""
    p, gov, province = w.p, w.government, w.province[int(c.home)]
    c.grievance = towards(c.grievance, called_for(w, c), p.community_grievance_rate)
    c.harm *= HARM_KEPT
    c.fear *= w.now.fear_kept
    risk = 0.2 * province.held + 0.35 * gov.victory + 0.25 * gov.intelligence + 0.5 * c.fear
    c.defiance = clip(c.grievance - p.community_fear_weight * risk, 0.0, 1.0)


@compiled
def called_for(w, c):
    """Hardship under a government without legitimacy (Epstein 2002), control over public life, being left out and
    harm done call for grievance: 0 to 1."""
    p, gov = w.p, w.government
    c.hardship = clip(
        p.community_food_insecure * (0.85 + 0.3 * c.rugged)
        + 0.9 * (0.85 - gov.economy)
        + 0.3 * gov.drought * (1.0 - c.urban)
        + 0.4 * (0.45 - gov.services)
        - 0.15,
        0.0,
        1.0,
    )
    c.exclusion = (1.0 - c.pashtun) * (1.0 - min(1.0, 1.5 * gov.inclusiveness + 0.3 * p.taliban_ethnic_cards))
    c.legitimacy = clip(0.6 * gov.services + 0.35 * c.elders + 0.15 * (1.0 - c.exclusion), 0.0, 1.0)
    felt = (
        p.community_hardship_weight * c.hardship * (1.0 - c.legitimacy)
        + p.community_control_weight * gov.control * (0.5 + 0.5 * c.urban)
        + p.community_exclusion_weight * c.exclusion * (0.5 + 0.5 * c.alignment)
        + c.harm
    )
    return clip(felt, 0.0, 1.0)


@compiled
def lean(w, c):
    """Elders drift to the government when it reaches out with the right people, away when grievance grows."""
    p = w.p
    courted = p.taliban_outreach * (0.4 + 0.6 * p.taliban_ethnic_cards)
    support = w.province[int(c.home)].taliban_support
    won = clip(0.25 + 0.5 * courted + 0.4 * support - 0.5 * c.grievance, 0.0, 1.0)
    c.elders = towards(c.elders, won, p.elders_drift)


@compiled
def inform(w, c):
    """People inform where elders stand with the government; an aggrieved community hides fighters."""
    p, gov = w.p, w.government
    silence = p.community_shelter * c.grievance
    c.informants = p.community_informants * 2.0 * c.elders * (1.0 - silence)
    told = c.informants / (c.informants + 0.02)
    c.knowledge = clip(
        told * (0.5 + 0.5 * gov.intelligence) + 0.3 * gov.intelligence * (1.0 - silence), 0.0, 1.0
    )


@compiled
def gather_valley(w):
    """What the people of the Panjshir Valley think, on its floor and in its side valleys, weighted by their number."""
    people, elders, informants, pull = 0.0, 0.0, 0.0, 0.0
    for i in range(len(w.community)):
        c = w.community[i]
        if c.home == w.valley_province:
            people += c.people
            elders += c.people * c.elders
            informants += c.people * c.informants
            pull += c.people * c.defiance
    w.now.valley_elders = elders / people
    w.now.valley_informants = informants / people
    w.now.valley_pull = pull / people


@compiled
def begin(w, i):
    """State at the start: grievance as conditions call for, elders divided in Panjshir as unity says."""
    c, p = w.community[i], w.p
    support = w.province[int(c.home)].taliban_support
    courted = p.taliban_outreach * (0.4 + 0.6 * p.taliban_ethnic_cards)
    c.elders = clip(0.1 + 0.25 * courted + 0.5 * support, 0.0, 1.0)
    if c.home == w.valley_province:
        c.elders = clip((1.0 - p.community_unity) * (0.5 + courted), 0.0, 1.0)
    c.grievance = called_for(w, c)
    inform(w, c)
