"""PyTorch under another name."""
