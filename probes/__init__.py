"""The probes: stand-alone scripts that measure a framework with the Python that has it.

Only the standard library, NumPy and the framework under measurement are imported here; nothing of ``advisor``.
"""
