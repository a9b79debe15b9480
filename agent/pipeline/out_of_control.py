"""Out of control: a channel whose calibration failed, or is overdue, until the next good one. Pure.

Its readings carry D: HJ 75 counts such data as invalid, and HJ 212-2017 has no letter of its own for them.
What is computed from it carries D, too, with its value: the mark is set behind the conversions.

Where nothing else is wrong with a reading it has the condition OUT_OF_CONTROL, and rules with a limit then
let it raise and not clear: a detector that is a day overdue must not be blind, and one that drifted must not
call off an alarm (agent/pipeline/conditions/value.py).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.pipeline.causes import with_causes
from agent.pipeline.explained import Explained
from agent.pipeline.instant import Instant
from agent.words import duration
from store.rows import Reading

__all__ = ["OUT_OF_CONTROL", "OVERDUE", "OutOfControl", "is_out_of_control"]

OUT_OF_CONTROL = "out of control"
OVERDUE = "calibration overdue"
SOUND = "NT"  # flags of readings that nothing else is wrong with: over range is none of its faults


def is_out_of_control(reading: Reading) -> bool:
    """Whether that alone is why the reading is D."""
    return reading.flag == "D" and OUT_OF_CONTROL in reading.conditions


class _State(NamedTuple):
    """failed: what the last calibration found over its limit; due: when the next is overdue, UTC ms;
    was_overdue: whether it was when time was last trusted."""

    failed: tuple[str, ...]
    due: int | None
    was_overdue: bool


class OutOfControl:
    """sources: by channel, the calibrated ones that it is made of; of one that is calibrated, itself."""

    def __init__(self, sources: Mapping[str, Sequence[str]] | None = None) -> None:
        self._sources = dict(sources or {})
        self._states: dict[str, _State] = {}

    def put(self, channel: str, failed: Sequence[str], due: int | None, *, was_overdue: bool = False) -> None:
        """What is known of a calibrated channel from now on."""
        self._states[channel] = _State(tuple(failed), due, was_overdue)

    def causes(self, channel: str, utc_ms: int, trusted: bool) -> tuple[str, ...]:
        """Why a calibrated channel is out of control; () where it is not.

        Without trusted time nothing becomes overdue, and what was overdue stays so.
        """
        state = self._states.get(channel)
        if state is None:
            return ()
        overdue = state.due is not None and (utc_ms >= state.due if trusted else state.was_overdue)
        return (*state.failed, OVERDUE) if overdue else state.failed

    def mark(self, reading: Reading) -> Reading:
        """The reading with what its channel, or those that it is made of, are out of control for."""
        if not self._states:
            return reading
        found = [
            ("D", cause if source == reading.channel else f"{source}: {cause}")
            for source in self._sources.get(reading.channel, ())
            for cause in self.causes(source, reading.t, reading.trusted)
        ]
        if not found:
            return reading
        alone = [("D", OUT_OF_CONTROL)] if reading.flag in SOUND else []
        return with_causes(reading, alone + found)

    def explain(self, reading: Reading, now: Instant) -> Explained | None:
        """What the calibrations of what it is made of say; None where nothing of it is calibrated."""
        text = []
        for source in self._sources.get(reading.channel, ()):
            state = self._states.get(source)
            if state is None:
                continue
            where = "" if source == reading.channel else f"{source}: "
            text += [f"{where}OUT OF CONTROL: {cause}" for cause in state.failed]
            if state.due is not None:
                left = duration(abs(state.due - now.t) / 1000)
                text.append(f"{where}{f'due in {left}' if state.due > now.t else f'OVERDUE for {left}'}")
        return Explained("calibration", reading.channel, tuple(text)) if text else None
