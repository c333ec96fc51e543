"""The workloads' networks in Keras: one file each; their weights come and go through `layouts`."""
