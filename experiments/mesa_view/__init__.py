"""How does one run look with Mesa's own tools? A model by the name of a scenario, and a page of SolaraViz."""
