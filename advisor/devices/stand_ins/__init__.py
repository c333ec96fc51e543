"""What takes the place of other people's packages on a device, where only Python, NumPy and the runtimes are.

A bundle carries the measuring core as it is (`advisor.devices.bundle`), not a second one: what it measures, how it
watches the machine, what it writes to its journal is one code everywhere. That core imports pydantic, whose compiled
part is built for one processor and one Python, psutil, and a cache of YAML. Each file here has the name of such a
module and does the part of it that the core uses. Only the session finds them; the workers that hold a runtime do not.
A Run that a device wrote is read, and held to all that a Run must be, by pydantic itself where it is decided on.
"""
