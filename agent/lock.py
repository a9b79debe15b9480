"""One agent per data_dir: a second one is refused by name and pid."""

import fcntl
import os
from pathlib import Path

__all__ = ["Locked", "lock_data_dir"]


class Locked(Exception):
    """Another agent works in this folder."""

    def __init__(self, path: Path, pid: str) -> None:
        super().__init__(path, pid)
        self.path, self.pid = path, pid

    def __str__(self) -> str:
        where = f"{self.path.parent}: another agent works here (process {self.pid})"
        return f"{where}\n  hint: stop it first, or use another data_dir"


def lock_data_dir(data_dir: Path) -> int:
    """Take the folder for this process until it ends; returns the descriptor that holds it.

    Raises Locked, or OSError where the folder cannot be written.
    """
    path = data_dir / "agent.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(handle, 32).decode("ascii", "replace").strip()
        os.close(handle)
        raise Locked(path, pid or "unknown") from None
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return handle
