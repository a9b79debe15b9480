"""A file that is only there to be deleted.

On a full disk SQLite cannot even delete, because a deletion is first written to the log. The
ballast gives that room back at once, and is built again when the disk has space to spare. It is
for trimming alone: commits would live on it for some minutes, and then nothing would work any more.
"""

import os
import shutil
from pathlib import Path

__all__ = ["Ballast"]

BALLAST_BYTES = 1 << 20  # twice the journal's write-ahead log
SPARE = 4  # built only where this many times its size is free, lest it takes the space it gave


class Ballast:
    """The ballast file at `path`."""

    def __init__(self, path: Path, size_bytes: int = BALLAST_BYTES) -> None:
        self.path = path
        self.size_bytes = size_bytes
        self.there = path.exists() and path.stat().st_size >= size_bytes

    def release(self) -> bool:
        """Delete it; whether that gave any space."""
        gave = self.path.exists()
        self.path.unlink(missing_ok=True)
        self.there = False
        return gave

    def build(self) -> bool:
        """Write it if it is missing and there is space to spare; whether it stands now."""
        if not self.there and self.free_bytes() >= SPARE * self.size_bytes:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self.size_bytes)  # real blocks, not a hole
                self.there = True
            except OSError:  # somebody else was quicker to take the space: try again later
                self.path.unlink()
            finally:
                os.close(descriptor)
        return self.there

    def free_bytes(self) -> int:
        """What this user may still write to the disk."""
        return shutil.disk_usage(self.path.parent).free
