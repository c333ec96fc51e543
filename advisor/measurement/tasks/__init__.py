"""The tasks of a session, one file per kind: what is measured, and how."""
