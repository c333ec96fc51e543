"""The networks as data: one YAML file each, what they come to, their seeded weights, and the referee in NumPy."""
