"""A user's own model, in a child process: read, asked, exported through every route, and proved.

Only the standard library, NumPy and the frameworks are imported here; nothing of ``advisor``.
"""
