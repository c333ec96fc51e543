"""TensorFlow under another name."""
