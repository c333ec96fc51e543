"""PyTorch: the workloads and recipes in its own idiom."""
