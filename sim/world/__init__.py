"""Where and when: the clock, the ground, the record that holds a whole world."""
