"""A moment that outlives the process: how long ago it was can still be told after a restart. Pure.

Within one boot of the machine its monotonic clock goes on, also for a new process: nobody can set that.
Over a boot only UTC is there, and only where it was trusted then and is trusted now.
"""

from typing import Any, NamedTuple

__all__ = ["Instant", "resumed"]


class Instant(NamedTuple):
    """t: UTC ms, and whether that was trusted; mono: ms on the monotonic clock of the machine's boot
    `machine` (empty where the kernel does not name it)."""

    t: int
    mono: int
    trusted: bool
    machine: str

    def plain(self) -> dict[str, Any]:
        """JSON-able, for the journal's state."""
        return self._asdict()


def resumed(saved: object, now: Instant) -> Instant | None:
    """The saved moment, with `mono` on the scale of now; None where nobody can tell how long ago it was.

    By UTC it is never later than now: a clock that was set back makes it now. Raises ValueError for none.
    """
    then = _read(saved)
    if then.machine and then.machine == now.machine and then.mono <= now.mono:
        return then
    if then.trusted and now.trusted:
        ago_ms = max(0, now.t - then.t)
        return Instant(now.t - ago_ms, now.mono - ago_ms, True, now.machine)
    return None


def _read(saved: object) -> Instant:
    kinds = {"t": int, "mono": int, "trusted": bool, "machine": str}
    if not isinstance(saved, dict) or any(type(saved.get(key)) is not kind for key, kind in kinds.items()):
        raise ValueError(f"{saved!r} is no saved moment")
    return Instant(*(saved[key] for key in kinds))
