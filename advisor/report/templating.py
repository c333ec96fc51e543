"""Compiled templates, kept for the life of the process: a site that is served is built many times."""

from __future__ import annotations

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Memory(BytecodeCache):
    """Keeps the code of each template by its name and its source, so that a changed template is compiled anew."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket` when its template was compiled before."""
        code = self.found.get((bucket.key, bucket.checksum))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in `bucket`."""
        self.found[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Memory()
"""Shared by all of our environments."""
