"""Setting a file aside that cannot be used: under a dated name beside it, never deleted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["set_aside"]


def set_aside(path: Path, utc_ms: int, sidecars: Sequence[str] = ()) -> Path:
    """Rename `path` to `path.damaged-20261124T015500Z` and return that name.

    sidecars: endings (`-wal`) of files that go along, so that they still belong together.
    Raises OSError when the folder cannot be written.
    """
    when = datetime.fromtimestamp(utc_ms / 1000, UTC)
    stem = f"{path.name}.damaged-{when:%Y%m%dT%H%M%SZ}"
    target, again = path.with_name(stem), 1
    while target.exists():  # a clock that stands still, or was set back
        again += 1
        target = path.with_name(f"{stem}-{again}")
    for ending in sidecars:
        sidecar = path.with_name(path.name + ending)
        if sidecar.exists():
            sidecar.rename(target.with_name(target.name + ending))
    path.rename(target)
    return target
