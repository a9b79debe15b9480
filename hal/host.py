"""What the host says of itself."""

from pathlib import Path

__all__ = ["boot_id"]

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id(path: Path = BOOT_ID) -> str:
    """Another text after each start of the kernel, the same until then; empty where it does not say."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""
