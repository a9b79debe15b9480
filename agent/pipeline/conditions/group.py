"""The last readings of several channels, each as long as it counts beside the others."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from agent.pipeline.conditions.comparison import Comparison
from agent.pipeline.conditions.reads import saved_int, saved_number
from agent.pipeline.conditions.value import Compared
from drivers.sample import FLAGS
from store.rows import Reading

__all__ = ["Group", "Grouped"]


class Group:
    """fresh_ms: by channel, how old its reading may be; None: of averages, that must end at the same time."""

    def __init__(self, channels: Iterable[str], fresh_ms: Mapping[str, int] | None) -> None:
        self._channels, self._fresh_ms = frozenset(channels), fresh_ms
        self._last: dict[str, Reading] = {}

    @property
    def of_averages(self) -> bool:
        return self._fresh_ms is None

    def take(self, reading: Reading) -> None:
        if reading.channel in self._channels:
            self._last[reading.channel] = reading

    def beside(self, channel: str, now: Reading) -> Reading | None:
        """The channel's reading, where it counts beside the one that came now."""
        held = self._last.get(channel)
        if held is None:
            return None
        if self._fresh_ms is None:
            return held if held.t == now.t else None
        return held if now.mono - held.mono <= self._fresh_ms[channel] else None

    def is_complete(self, now: Reading) -> bool:
        """Whether every channel has a reading, of whatever flag, that counts beside this one."""
        return all(self.beside(channel, now) is not None for channel in self._channels)

    def snapshot(self) -> dict[str, Any]:
        return {"last": {each.channel: _row(each) for each in self._last.values()}}

    def restore(self, saved: dict[str, Any], shift_ms: int) -> None:
        """Raises ValueError, TypeError or LookupError for what is none."""
        self._last = {
            channel: _reading(channel, row, shift_ms)
            for channel, row in saved.get("last", {}).items()
            if channel in self._channels  # the station file may have changed
        }


class Grouped(Compared):
    """What the kinds that look at several channels have in common: their last readings."""

    def __init__(self, channels: Sequence[str], comparison: Comparison, group: Group) -> None:
        super().__init__(comparison)
        self.channels, self._group = tuple(channels), group

    def snapshot(self) -> dict[str, Any]:
        return {**super().snapshot(), **self._group.snapshot()}

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        super().restore(saved, now_ms, shift_ms)
        self._group.restore(saved, shift_ms)


def _row(reading: Reading) -> list[Any]:
    """JSON-able; a value that is no number is none."""
    value = reading.value if reading.value is not None and isfinite(reading.value) else None
    return [reading.t, reading.mono, value, reading.flag, list(reading.conditions)]


def _reading(channel: str, row: list[Any], shift_ms: int) -> Reading:
    t, mono, value, flag, conditions = row
    if flag not in tuple(FLAGS) or not all(isinstance(each, str) for each in conditions):
        raise ValueError(f"{row!r} is no reading of {channel}")
    number = None if value is None else saved_number(value)
    return Reading(
        channel, saved_int(t), saved_int(mono) + shift_ms, True, number, None, flag, tuple(conditions)
    )
