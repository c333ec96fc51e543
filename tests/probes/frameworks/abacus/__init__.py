"""A framework made of NumPy for the tests: it computes right, wrong, noisily or not at all, as asked."""
