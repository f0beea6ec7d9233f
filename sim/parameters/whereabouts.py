"""Parameters of where garrisons, caches and the jihadist rival's cells are."""

from __future__ import annotations

from sim.parameters.schema import Parameter as P

A = "assumption"

# fmt: off
PARAMETERS: tuple[P, ...] = (
    P("garrison.stationed", "weight", 0.7, 5, 1.3,
      "Garrison of a province without support for the Taliban, by the root of its people.", A, A, ("F24",)),
    P("garrison.stationed_support", "weight", 0, 0.6, 0.6,
      "How much full support for the Taliban lowers that weight.", A, A, ("F24",)),
    P("caches.stray", "weight", 0.01, 2, 0.2,
      "Caches where nobody stood with the former republic, against full alignment with it.", A, A, ("F16",)),
    P("caches.last_stand", "multiple", 0.1, 20, 4.0,
      "Caches in Panjshir, where the last army stood, against elsewhere.", A, A, ("F16",)),
    P("iskp.home_weight", "weight", 0, 10, 1.5,
      "Share of its attacks that its home in the east draws, and Kabul.", A, A, ("F27",)),
    P("iskp.city_weight", "weight", 0, 10, 0.3,
      "Share of its attacks that big cities draw.", A, A, ("F27",)),
    P("iskp.minority_weight", "weight", 0, 10, 0.5,
      "Share of its attacks that a wholly Shia province draws.", A, A, ("F27",)),
    P("iskp.stray_weight", "weight", 0.001, 1, 0.02,
      "Share of its attacks that any province draws.", A, A, ("F27",)),
)
# fmt: on
