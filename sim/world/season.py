"""The day: season, tallies of what happened today, and what is remembered of the past weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import cos_turns
from sim.mechanisms.arithmetic import halved
from sim.world.fields import fields

if TYPE_CHECKING:
    from sim.world.state import World


FIELDS = fields("""
day_of_year       | day             | 1 to 365, of the date | derived
winter            | year            | of the coming or present winter | derived
season            | share           | fighting season: winter's activity to 1 at mid-summer | derived
snow_shift        | days            | this winter's delay of the passes' closed season
recent_protests   | protests        | fading count of the past weeks
recent_attacks    | attacks         | fading count of the past weeks
recent_refugees   | people          | fading count of the past weeks
recent_risings    | risings         | fading count of the past weeks
turned_away       | pockets         | that would have formed but for the most that the model holds at a time | derived
new_fronts        | fronts          | pockets that grew into fronts of their own so far | derived
attack_provinces  | provinces       | that have seen an attack of a front or pocket so far | derived
groups            | groups          | armed groups that grew large enough to be known by a name so far | derived
next_pocket       | identity        | of the next pocket to form | fixed
corridor_open     | flag            | a safe way from the northern border to the valley is open | derived
grievance         | share           | mean of people, this week | derived
elders            | share           | alignment of elders with the government, mean of people, this week | derived
habit             | share           | of living with an undisputed government, mean of people, this week | derived
knowledge         | share           | of fighters' doings that Kabul learns, mean of people, this week | derived
fear_kept         | share           | of fear that is left after a week | derived
harm_kept         | share           | of grievance from harm that is left after a week | derived
threat_kept       | share           | of threat to a province, and of violence, that is left after a week | derived
valley_elders     | share           | alignment of the valley's elders with the government, mean over people | derived
valley_informants | share           | of the valley's adults who inform | derived
valley_pull       | share           | defiance of the valley's people, mean | derived
valley_cover      | share           | cover that the valley's people give, mean | derived
valley_knowledge  | share           | of the doings of fighters that the government learns in the valley, mean | derived
leaving_iran      | people          | expected to leave for Iran this week | derived
leaving_pakistan  | people          | expected to leave for Pakistan this week | derived
leaving_north     | people          | expected to leave for the northern neighbours this week | derived
""")


SUMMER = 213  # 1 August: from here on a day belongs to the coming winter


@compiled
def start_day(w: World, t: int) -> None:
    """A new day: tallies at zero, the season of the date.

    The season falls from 1 to ``season.winter_activity`` on the coldest day. Each winter has its own early or late
    snow.
    """
    now, p = w.now, w.p
    warmth = 0.5 * (1.0 + cos_turns((w.now.day_of_year - p.season_peak) / 365.0))
    now.season = p.season_winter_activity + (1.0 - p.season_winter_activity) * warmth
    if t % 7 == 0:
        keep(w)
    if t == 0 or now.day_of_year == SUMMER:
        winter = int(now.winter)
        now.snow_shift = p.season_pass_shift * streams.normal(w.key, 0, winter, streams.WEATHER, 0)


@compiled
def keep(w: World) -> None:
    """What a week leaves of fears, grievances and threats: the same share everywhere."""
    now, p = w.now, w.p
    now.fear_kept = halved(1.0, 7.0, p.community_fear_halflife)
    now.harm_kept = halved(1.0, 7.0, p.community_harm_halflife)
    now.threat_kept = halved(1.0, 7.0, p.garrison_memory)


@compiled
def weekly(w: World) -> None:
    """The memory of protests, attacks and refugees fades; it is asked where people stand, mean over all of them."""
    now, kept = w.now, w.p.memory_kept
    people, felt, elders, habit, knowledge = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(w.community)):
        c = w.community[i]
        people += c.people
        felt += c.people * c.grievance
        elders += c.people * c.elders
        habit += c.people * c.habit
        knowledge += c.people * c.knowledge
    now.grievance = felt / people
    now.elders = elders / people
    now.habit = habit / people
    now.knowledge = knowledge / people
    now.recent_protests *= kept
    now.recent_attacks *= kept
    now.recent_refugees *= kept
    now.recent_risings *= 1.0 - w.p.rising_forgotten
