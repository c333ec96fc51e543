"""Keras 3 on JAX: the recipes that all backends share, computed by JAX."""
