"""Targets: the kinds of device that something is run on, and what reaches each of them, documented."""
