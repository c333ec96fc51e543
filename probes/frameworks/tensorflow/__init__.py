"""TensorFlow with Keras: the workloads and recipes in its own idiom."""
