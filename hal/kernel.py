"""What the kernel says of the machine in small files, a line of text each."""

from pathlib import Path

__all__ = ["BOOT_ID", "kernel_text", "machine_boot"]

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def kernel_text(path: Path) -> str:
    """Without the blanks around it; empty where the file is not there, or cannot be read."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def machine_boot(path: Path = BOOT_ID) -> str:
    """Which boot of the machine this is: another text after each. Empty where the kernel does not say."""
    return kernel_text(path)
