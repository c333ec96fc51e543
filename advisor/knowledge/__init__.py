"""What is documented: sources and facts, each dated and cited."""
