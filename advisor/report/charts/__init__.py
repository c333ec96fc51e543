"""Charts: Altair specifications, drawn once to static SVG, in a wide and a narrow form."""
