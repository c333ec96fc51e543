"""A framework that is not installed."""
