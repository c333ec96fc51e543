"""Whether what `advisor` says of times is true: of equal ones, of slower ones, beside busy neighbors, after a kill."""
