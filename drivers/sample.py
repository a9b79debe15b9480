"""What an instrument said: one channel's value with its flag. No time: the line knows that."""

from collections import namedtuple
from typing import TYPE_CHECKING

__all__ = ["FLAGS", "FLAG_NAMES", "Sample", "worst"]

# One letter of HJ 212-2017, table 8. What is declared beats what is observed (decision 0003).
FLAGS = "SMCFBDTN"
FLAG_NAMES = {
    "S": "set by hand",
    "M": "maintenance",
    "C": "calibrating",
    "F": "stopped",
    "B": "no communication",
    "D": "instrument fault",
    "T": "over range",
    "N": "normal",
}

if TYPE_CHECKING:
    from typing import NamedTuple

    class Sample(NamedTuple):
        channel: str
        value: float | None
        unit: str
        flag: str
        conditions: tuple[str, ...]
else:
    # value: a float in `unit`, or None where there is none. conditions: the named causes.
    Sample = namedtuple("Sample", ("channel", "value", "unit", "flag", "conditions"))


def worst(flags: "str | list[str] | tuple[str, ...]") -> str:
    """The flag that stands where several hold: S > M > C > F > B > D > T > N."""
    for flag in FLAGS:
        if flag in flags:
            return flag
    return "N"
