"""Measure a bundle on this device: python run.py -o run.json. Needs Python 3.11, NumPy and the runtimes (README.md).

This file is read by whatever Python is called, also by one that is too old: it says so.
"""

import os
import sys

LEAST = (3, 11)


def main() -> int:
    """Look whether this Python can do it, and hand over."""
    if sys.version_info < LEAST:
        found, least = (".".join(map(str, each)) for each in (sys.version_info[:2], LEAST))
        sys.stderr.write(f"Error: this is Python {found}, and a bundle needs {least} or later\n")
        return 3
    here = os.path.dirname(os.path.abspath(__file__))
    # First of all, so that another advisor or pydantic that is installed is not mixed with the bundle's own.
    sys.path[:0] = [os.path.join(here, "code", "stand_ins"), os.path.join(here, "code")]
    try:
        from numpy import array  # noqa: F401 - what is left of a removed NumPy can be imported, and is none
    except ImportError as error:
        sys.stderr.write(f"Error: {sys.executable} cannot import NumPy: {error}\nTry: python -m pip install numpy\n")
        return 3
    from advisor.devices import program

    return program.main(here, sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
