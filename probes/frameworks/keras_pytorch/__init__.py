"""Keras 3 on PyTorch: the same models as in TensorFlow's folder, computed and shipped by PyTorch."""
