"""Showing: a Recommendation on the terminal and as a static site."""
