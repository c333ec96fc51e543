"""For every recipe, something that breaks what it proves: run in one process per framework by `tests.probes.trials`."""
