"""JAX, with Flax NNX for its modules and Optax for its optimizers: recipes that run in a process of their own."""
