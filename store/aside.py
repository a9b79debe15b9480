"""Setting a file aside that cannot be used: under a dated name beside it, never deleted."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["aside_name", "is_aside_name", "move_aside", "set_aside"]


def set_aside(path: Path, utc_ms: int) -> Path:
    """Rename `path` to `path.damaged-20261124T015500Z` and return that name.

    Raises OSError when the folder cannot be written.
    """
    target = aside_name(path, utc_ms)
    move_aside(path, target)
    return target


def aside_name(path: Path, utc_ms: int) -> Path:
    """The dated name that is free for `path`."""
    when = datetime.fromtimestamp(utc_ms / 1000, UTC)
    stem = f"{path.name}.damaged-{when:%Y%m%dT%H%M%SZ}"
    target, again = path.with_name(stem), 1
    while target.exists():  # a clock that stands still, or was set back
        again += 1
        target = path.with_name(f"{stem}-{again}")
    return target


def is_aside_name(name: str, path: Path) -> bool:
    """Whether it is one that aside_name gives for `path`."""
    return re.fullmatch(re.escape(path.name) + r"\.damaged-\d{8}T\d{6}Z(-\d+)?", name, re.ASCII) is not None


def move_aside(path: Path, target: Path, sidecars: Sequence[str] = ()) -> None:
    """Rename what is there of `path`; its sidecars (`-wal`) before it, so that they still belong together.

    Raises OSError when the folder cannot be written.
    """
    for ending in (*sidecars, ""):
        source = path.with_name(path.name + ending)
        if source.exists():
            source.rename(target.with_name(target.name + ending))
