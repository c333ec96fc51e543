"""Deciding: from a Run, a Catalog and a Profile to a Recommendation."""
