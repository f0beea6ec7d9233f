"""A province as a place: who holds its capital, what has happened in it."""

from __future__ import annotations

from sim.world.fields import fields

FIELDS = fields("""
held             | flag            | the government holds the provincial capital
others           | fighters        | of further groups that hold or contest the province, as a scenario sets them
rivals           | fighters        | of these, of militias and of fronts in the province
threat           | attacks         | fading count that draws forces
violence         | deaths per 100,000 | fading rate
attacked         | flag            | has seen an attack of a front or pocket
pockets          | pockets         | active in the province
pocket_fighters  | fighters        | in them
week_deaths      | deaths          | this week
week_attacks     | attacks         | this week, all groups
week_held        | days            | this week with the capital in the hands of the government
week_protests    | protests        | this week
week_risings     | risings         | this week
week_refugees    | people          | this week
population       | people          | fixed
ruggedness       | share           | fixed
iran_km          | km              | fixed, border
pakistan_km      | km              | fixed, border
north_km         | km              | fixed, border with Tajikistan, Uzbekistan, Turkmenistan
city             | flag            | fixed, one of the big cities
iskp_weight      | weight          | fixed, how likely the jihadist rival strikes here
militia_weight   | weight          | fixed, share of the kin of the Fatemiyoun
taliban_support  | share           | fixed, alignment with the Taliban before 2021
""")
