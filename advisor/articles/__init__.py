"""The comparison articles: claims, systems and advice, and what became of each. `recommend` loads nothing of it."""
