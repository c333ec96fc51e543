"""Damaged copies of a file, as a full disk or a bad cable leaves them."""

from __future__ import annotations

from pathlib import Path


def truncated(file: Path, share: float = 0.9) -> Path:
    """Write the first `share` of a file beside it, and return that."""
    content = file.read_bytes()
    copy = file.with_stem(f"{file.stem}-truncated")
    copy.write_bytes(content[: int(share * len(content))])
    return copy


def flipped(file: Path) -> Path:
    """Write a copy in which one bit in the middle is the other one, and return that."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    copy = file.with_stem(f"{file.stem}-flipped")
    copy.write_bytes(content)
    return copy
