"""The house style of figures: colours, layout, dated axes, fans, labels."""
