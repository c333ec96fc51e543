"""Measure deep learning frameworks on this machine and decide which one fits a need."""
