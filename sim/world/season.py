"""The day: season, tallies of what happened today, and what is remembered of the past weeks."""

from __future__ import annotations

from sim.compiled import compiled
from sim.luck import streams
from sim.luck.portable import cos_turns
from sim.mechanisms.arithmetic import halved
from sim.world.fields import fields

FIELDS = fields("""
day_of_year       | day             | 1 to 365, of the date
winter            | year            | of the coming or present winter
season            | share           | fighting season: winter's activity to 1 at mid-summer
snow_shift        | days            | this winter's delay of the passes' closed season
deaths            | deaths          | in organised violence today
deaths_state      | deaths          | of them between the government and an organised opponent
deaths_front      | deaths          | in fights with fronts today
deaths_pockets    | deaths          | in fights with pockets today
deaths_militia    | deaths          | in fights with militias today
deaths_iskp       | deaths          | by and in fights with the jihadist rival today
deaths_iskp_civilians | deaths      | of civilians by the jihadist rival today
deaths_government | deaths          | of civilians by government forces today
deaths_risings    | deaths          | in fights with risings today
attacks_front     | attacks         | by fronts today
attacks_pockets   | attacks         | by pockets today
attacks_militia   | attacks         | by militias today
attacks_iskp      | attacks         | by the jihadist rival today
protests          | protests        | today
largest_protest   | people          | in the largest protest today
risings           | risings         | that began today
talks             | meetings        | between Kabul and the resistance today
strikes           | strikes         | by foreign powers today
refugees_iran     | people          | who left for Iran today
refugees_pakistan | people          | who left for Pakistan today
refugees_north    | people          | who left for the northern neighbours today
supply_arms       | tonnes          | of arms that reached fronts today
supply_people     | people          | who joined fronts over the routes today
supply_food       | tonnes          | of food that reached fronts today
supply_medicine   | tonnes          | of medicine that reached fronts today
recent_protests   | protests        | fading count of the past weeks
recent_attacks    | attacks         | fading count of the past weeks
recent_refugees   | people          | fading count of the past weeks
recent_risings    | risings         | fading count of the past weeks
new_fronts        | fronts          | pockets that grew into fronts of their own so far
attack_provinces  | provinces       | that have seen an attack of a front or pocket so far
groups            | groups          | armed groups that grew large enough to be known by a name so far
next_pocket       | identity        | of the next pocket to form
corridor_open     | flag            | a safe way from the northern border to the valley is open
grievance         | share           | mean over people, as of this week
fear_kept         | share           | of fear that is left after a week
valley_elders     | share           | alignment of the valley's elders with the government, mean over its people
valley_informants | share           | of the valley's adults who inform
valley_pull       | share           | defiance of the valley's people, mean
valley_cover      | share           | cover that the valley's people give, mean
valley_knowledge  | share           | of the doings of fighters that the government learns in the valley, mean
leaving_iran      | people          | expected to leave for Iran this week
leaving_pakistan  | people          | expected to leave for Pakistan this week
leaving_north     | people          | expected to leave for the northern neighbours this week
""")


SUMMER = 213  # 1 August: from here on a day belongs to the coming winter


@compiled
def start_day(w, t):
    """A new day: tallies at zero, the season of the date.

    The season falls from 1 to ``season.winter_activity`` on the coldest day. Each winter has its own early or late
    snow.
    """
    now, p = w.now, w.p
    now.deaths = 0.0
    now.deaths_state = 0.0
    now.deaths_front = 0.0
    now.deaths_pockets = 0.0
    now.deaths_militia = 0.0
    now.deaths_iskp = 0.0
    now.deaths_iskp_civilians = 0.0
    now.deaths_government = 0.0
    now.deaths_risings = 0.0
    now.attacks_front = 0.0
    now.attacks_militia = 0.0
    now.attacks_pockets = 0.0
    now.attacks_iskp = 0.0
    now.protests = 0.0
    now.largest_protest = 0.0
    now.risings = 0.0
    now.talks = 0.0
    now.strikes = 0.0
    now.refugees_iran = 0.0
    now.refugees_pakistan = 0.0
    now.refugees_north = 0.0
    now.supply_arms = 0.0
    now.supply_people = 0.0
    now.supply_food = 0.0
    now.supply_medicine = 0.0
    warmth = 0.5 * (1.0 + cos_turns((w.now.day_of_year - p.season_peak) / 365.0))
    now.season = p.season_winter_activity + (1.0 - p.season_winter_activity) * warmth
    now.fear_kept = halved(1.0, 7.0, p.community_fear_halflife)
    if t == 0 or now.day_of_year == SUMMER:
        winter = int(now.winter)
        now.snow_shift = p.season_pass_shift * streams.normal(w.key, 0, winter, streams.WEATHER, 0)


@compiled
def weekly(w):
    """The memory of protests, attacks and refugees fades; the country's mean grievance is taken."""
    now, kept = w.now, w.p.memory_kept
    people, felt = 0.0, 0.0
    for i in range(len(w.community)):
        people += w.community[i].people
        felt += w.community[i].people * w.community[i].grievance
    now.grievance = felt / people
    now.recent_protests *= kept
    now.recent_attacks *= kept
    now.recent_refugees *= kept
    now.recent_risings *= 1.0 - w.p.rising_forgotten
