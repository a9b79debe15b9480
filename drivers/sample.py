"""What an instrument said: one channel's value with its flag. No time: the line knows that."""

from collections import namedtuple
from typing import TYPE_CHECKING

__all__ = ["FLAGS", "OVER_RANGE", "Sample", "judged", "with_cause"]

# One letter of HJ 212-2017, table 8. What is declared beats what is observed (decision 0003).
FLAGS = "SMCFBDTN"

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


OVER_RANGE = "over range"  # the condition by which a rule finds T among several causes


def judged(channel: str, value: "float | None", unit: str, causes: "list[tuple[str, str]]") -> "Sample":
    """The Sample with everything that is wrong with it: causes are (flag, condition).

    Where several flags hold, S > M > C > F > B > D > T > N stands; all conditions are kept.
    """
    conditions = [condition for _, condition in causes if condition]
    flags = [flag for flag, _ in causes]
    if "T" in flags and OVER_RANGE not in conditions:
        conditions.append(OVER_RANGE)
    for flag in FLAGS:
        if flag in flags:
            return Sample(channel, value, unit, flag, tuple(conditions))
    return Sample(channel, value, unit, "N", tuple(conditions))


def with_cause(sample: "Sample", flag: str, condition: str) -> "Sample":
    """The Sample with one more thing that is wrong with it; its value and its other causes stay."""
    stands = flag if FLAGS.find(flag) < FLAGS.find(sample.flag) else sample.flag
    return Sample(sample.channel, sample.value, sample.unit, stands, sample.conditions + (condition,))
