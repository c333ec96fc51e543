"""One folder per framework: a description, the workloads in its own idiom, and the recipes it proves."""
