"""Measuring: from probe scripts to a Run."""
