"""Charts: Altair on tidy frames, drawn once to static SVG, in a wide and a narrow form."""
