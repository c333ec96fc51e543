"""Models that `advisor model check` is tried with: each function here is a factory of the user's."""
