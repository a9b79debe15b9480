"""What the operating system counts of a disk: room left, and bytes written."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["Disk", "reserve_bytes"]

SECTOR_BYTES = (
    512  # the unit of /sys/.../stat, whatever the device's own is (Linux, Documentation/block/stat.rst)
)
SECTORS_WRITTEN = 6  # its seventh field
# Left free for the write-ahead log, the archive, a log file: the smaller of the two.
RESERVE_BYTES = 100_000_000
RESERVE_SHARE = 0.05


def reserve_bytes(disk_bytes: int) -> int:
    """What of a disk of that size the journal leaves free."""
    return min(RESERVE_BYTES, int(disk_bytes * RESERVE_SHARE))


class Disk:
    """The file system that holds `folder`. root: where /proc and /sys are, a test's own elsewhere.
    device_of: the device number of a path."""

    def __init__(
        self, folder: Path, root: Path = Path("/"), device_of: Callable[[Path], int] | None = None
    ) -> None:
        self._folder, self._root = folder, root
        self._device_of = device_of or (lambda path: path.stat().st_dev)

    def free_bytes(self) -> int:
        """What this user may still write. Raises OSError."""
        return shutil.disk_usage(self._folder).free

    def size_bytes(self) -> int:
        """Of the whole file system. Raises OSError."""
        return shutil.disk_usage(self._folder).total

    def written_by_process(self) -> int | None:
        """Bytes that this process has had written to any disk; None where the kernel does not count."""
        try:
            lines = (self._root / "proc/self/io").read_text().splitlines()
        except OSError:
            return None
        counters = dict(line.split(": ") for line in lines if ": " in line)
        written = counters.get("write_bytes", "")
        return int(written) if written.isdecimal() else None

    def written_to_device(self) -> int | None:
        """Bytes written to the block device by everybody; None where there is none, as in memory."""
        try:
            device = self._device_of(self._folder)
            name = f"sys/dev/block/{os.major(device)}:{os.minor(device)}/stat"
            fields = (self._root / name).read_text().split()
        except OSError:
            return None
        if len(fields) <= SECTORS_WRITTEN or not fields[SECTORS_WRITTEN].isdecimal():
            return None
        return int(fields[SECTORS_WRITTEN]) * SECTOR_BYTES
