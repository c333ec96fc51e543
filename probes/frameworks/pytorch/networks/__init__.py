"""The workloads' networks in PyTorch: one file each, with the way of its weights into PyTorch's layouts and back."""
