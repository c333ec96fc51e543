"""Benchmarks: each is a ratio against a peer or a floor, measured in one run in alternating pairs."""
