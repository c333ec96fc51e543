"""Worker processes: what is said between them and us, and the limits around them."""
