"""Keras 3 on TensorFlow: the recipes that all backends share, computed by TensorFlow."""
