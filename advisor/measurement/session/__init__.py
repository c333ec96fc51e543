"""A measuring session: what it will do, its rounds, its journal, and the Run that it leaves."""
