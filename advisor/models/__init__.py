"""The user's own model: what kind of file it is, what it takes, its reference, and the routes that carry it."""
