"""Rows taken before UTC could be trusted, and by how much their time is wrong.

Each row has its time on the monotonic clock too, which nobody sets. Where UTC minus that is the same for two
rows, the same correction puts both right; where somebody set the clock between them, it is not. Pure.
"""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Correction", "Moment", "corrections"]

SAME_MS = 20  # both times are rounded to a millisecond; a clock that is set jumps by more


class Moment(NamedTuple):
    """When one row was taken. t: as it was stamped, UTC ms; mono: ms on the monotonic clock."""

    seq: int
    boot: int
    t: int
    mono: int
    trusted: bool


class Correction(NamedTuple):
    """Rows first..last of a boot: their true time is `t` and offset_ms."""

    boot: int
    first: int
    last: int
    offset_ms: int


def corrections(rows: Iterable[Moment], utc_minus_mono: int) -> list[Correction]:
    """What puts right the rows that were not trusted, in order of seq.

    rows: in order of seq, of this boot of the machine: their monotonic times are on one scale.
    utc_minus_mono: of a moment at which UTC is trusted, on the same scale, ms.
    """
    found: list[Correction] = []
    previous: Moment | None = None
    for row in rows:
        if row.trusted:
            previous = None
            continue
        offset_ms = utc_minus_mono - (row.t - row.mono)
        same = (
            previous is not None
            and found[-1].boot == row.boot
            and abs(found[-1].offset_ms - offset_ms) <= SAME_MS
        )
        if same:
            found[-1] = found[-1]._replace(last=row.seq)
        else:
            found.append(Correction(row.boot, row.seq, row.seq, offset_ms))
        previous = row
    return found
