"""Noise: watching whether the machine was ours, and waiting until it is."""
