"""A framework that behaves."""
