"""The averages of all channels as time goes on: each window once when it is over, and again when readings
come late.

A minute closes GRACE_MS behind its end, by the time that passes or by that of later readings; what is formed
from minutes closes with the last of them, what is formed from hours with the last of those. So many windows
end together: they are made AT_ONCE at most in one call, so that no poll has to wait for them.

Pure: no clock, no store. The arithmetic is agent.pipeline.windows, which is the archive's too.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple, TypeVar

from agent.pipeline.explained import Explained
from agent.pipeline.instant import Instant
from agent.pipeline.minute import Minute, Rule, archived_minute, left_out, passed
from agent.pipeline.periods import HOUR_MS, MINUTE_MS, PERIODS, Period, period_named, window_start
from agent.pipeline.windows import combined
from agent.words import duration
from store.averages import Average
from store.rows import Reading

__all__ = ["GRACE_MS", "HOURS_KEPT", "MINUTES_KEPT", "Averaged", "Averaging"]

T = TypeVar("T")

GRACE_MS = 1000  # a reading is stamped with its answer's last byte: it is taken some ms later
AT_ONCE = 50  # windows made in one call: about 1 ms, the hour of 50 channels 5 ms
MINUTES_KEPT = 61  # of a channel, closed: an hour that may still be revised
HOURS_KEPT = 26
NONE: tuple[int, dict[str, None]] = (-1, {})
MINUTE, HOUR = PERIODS["1m"], PERIODS["1h"]


class Averaged(NamedTuple):
    """period: one of periods.PERIODS, or rolling:5m and the like."""

    channel: str
    period: str
    average: Average


class _Due(NamedTuple):
    """Windows that end together, in the order in which they have to be made: the lower ones first."""

    end: int
    lower_ms: int
    name: str
    start: int


class _Channel:
    """told: names of the periods in which a reading is due; of shorter ones nothing is said. above: what is
    formed from minutes, and from hours, by the length of these. minutes, hours: by start, in the order in
    which they came. forgotten: hours whose minutes are not all in memory any more. last: into which its last
    reading went."""

    __slots__ = ("above", "forgotten", "hours", "last", "minutes", "rule", "starts", "told")

    def __init__(self, rule: Rule, periods: Iterable[Period]) -> None:
        self.rule = rule
        self.told = {each.name for each in periods if rule.interval_ms <= each.length_ms}
        made = [
            each for each in periods if each is HOUR or each.name in self.told
        ]  # hours are needed for days
        self.above = {
            lower_ms: [each for each in made if each.lower_ms == lower_ms]
            for lower_ms in (MINUTE_MS, HOUR_MS)
        }
        self.minutes: dict[int, Minute] = {}
        self.starts: list[int] = []  # of the minutes, in order
        self.hours: dict[int, Average] = {}
        self.forgotten: dict[int, None] = {}
        self.last: Minute | None = None


class Averaging:
    """rules: by channel; one that has none has Rule(). rolling: periods beside the usual ones."""

    def __init__(self, rules: Mapping[str, Rule], offset_min: int, rolling: Iterable[str] = ()) -> None:
        self._rules, self._offset_min = rules, offset_min
        self._periods = {**PERIODS, **{name: period_named(name) for name in rolling}}
        self._channels: dict[str, _Channel] = {}
        self._due: dict[_Due, dict[str, None]] = {}  # which channels have readings in it
        self._order: list[_Due] = []  # the same, as a heap
        self._newest = NONE  # the minute that last got a channel, and its channels: often the next one's, too
        self._waiting: list[Reading] | None = None  # until what was before them is recalled

    def add(self, reading: Reading) -> None:
        """Take a reading. One of an hour that is not in memory any more is left to the archive."""
        if self._waiting is not None:
            self._waiting.append(reading)
            return
        channel = self._channel(reading.channel)
        start = reading.t // MINUTE_MS * MINUTE_MS
        minute = channel.last
        if minute is None or minute.start != start:
            minute = channel.minutes.get(start)
            if minute is not None and minute.is_archived:
                return
            if minute is None:
                if self._hour_of(start) in channel.forgotten:
                    return
                minute = channel.minutes[start] = Minute(start, channel.rule)
                insort(channel.starts, start)
                for gone in _drop(channel.minutes, MINUTES_KEPT):
                    del channel.starts[bisect_left(channel.starts, gone)]
                    channel.forgotten[self._hour_of(gone)] = None
                _drop(channel.forgotten, HOURS_KEPT)
            passed(channel.last, minute)
            channel.last = minute
        if not minute.is_open:
            minute.open()
            if self._newest[0] != start:
                self._newest = start, self._window(MINUTE, start)
            self._newest[1][reading.channel] = None
        minute.add(reading)

    def close(self, now_ms: int) -> list[Averaged]:
        """The windows that are over at that time (UTC ms), AT_ONCE at most: more with the next call."""
        made: list[Averaged] = []
        left = 0 if self._waiting is not None else AT_ONCE
        while self._order and left and self._order[0].end + GRACE_MS <= now_ms:
            due = self._order[0]
            channels = self._due[due]
            above: dict[str, list[dict[str, None]]] = {}  # the same of all channels, looked up once
            names = list(islice(channels, left))
            left -= len(names)
            for name in names:
                del channels[name]
                value = self._made(name, due, above)
                if value is not None and due.name in self._channels[name].told:
                    made.append(Averaged(name, due.name, value))
            if not channels:
                del self._due[heappop(self._order)]
                self._newest = NONE
        return made

    def explain(self, reading: Reading, now: Instant) -> Explained:
        """Whether the channel's last reading counts, and the windows that it is in."""
        out = left_out(reading)
        text = ["the reading counts" if not out else f"the reading is left out: {out}"]
        channel = self._channels.get(reading.channel)
        windows = [] if channel is None else list(self._windows(channel, now.t))
        for name, average, is_over in windows:
            value = "no value" if average.value is None else f"{average.value:.9g}"
            due = f" of {average.expected}" if average.expected else ""
            valid = "valid" if average.valid else f"NOT VALID, flag {average.flag}"
            when = f"{valid}, ended {duration((now.t - average.end) / 1000)} ago" if is_over else "so far"
            text.append(f"{name} {value}, {average.counted}{due}, {when}")
        facts = {
            "counts": not out,
            "windows": [
                {"period": name, "over": is_over, **average._asdict()} for name, average, is_over in windows
            ],
        }
        return Explained("averages", reading.channel, tuple(text), facts)

    def _windows(self, channel: _Channel, t: int) -> Iterator[tuple[str, Average, bool]]:
        """(period, value, whether it is over): the last minute and hour, and what is open, by what it has."""
        over = [minute.value for minute in channel.minutes.values() if minute.value and not minute.is_open]
        for name, closed in ((MINUTE.name, over), (HOUR.name, list(channel.hours.values()))):
            if closed:
                yield name, max(closed), True
        if channel.last is not None and channel.last.is_open:
            yield MINUTE.name, channel.last.average(channel.rule), False
        for period in self._periods.values():
            if period is MINUTE:
                continue
            start = next(iter(period.starts(t, self._offset_min)))
            lower = self._lower(channel, _Due(start + period.length_ms, period.lower_ms, period.name, start))
            if lower:
                yield period.name, combined(lower, start, period, channel.rule), False

    def due_ms(self) -> int | None:
        """Before this moment (UTC ms) nothing closes; None: nothing is open."""
        return self._order[0].end + GRACE_MS if self._order and self._waiting is None else None

    # ---- after a start ----

    def wait(self) -> None:
        """Readings wait, and nothing closes, until what an earlier run had taken is recalled."""
        self._waiting = []

    def recall(self, name: str, minutes: Iterable[Average], hours: Iterable[Average], closed_ms: int) -> None:
        """Windows of a channel that are archived. A reading that still comes for them is the archive's.

        closed_ms: UTC up to which all is; windows that ended by then have been judged.
        """
        channel = self._channel(name)
        for value in hours:
            channel.hours[value.start] = value
            channel.forgotten[value.start] = None
            self._expect_above(name, channel, HOUR, value.start, closed_ms)
        for value in minutes:
            if value.start not in channel.minutes:
                insort(channel.starts, value.start)
            channel.minutes[value.start] = archived_minute(value, channel.rule)
            self._expect_above(name, channel, MINUTE, value.start, closed_ms)

    def recall_reading(self, reading: Reading) -> None:
        """One that is journalled and not archived, in the order of the journal. Windows that it closes have
        been judged when it came."""
        waiting, self._waiting = self._waiting, None
        self.add(reading)
        self.close(reading.t)
        self._waiting = waiting

    def go_on(self) -> None:
        """All is recalled: what waited is taken."""
        waiting, self._waiting = self._waiting or [], None
        for reading in waiting:
            self.add(reading)

    # ----

    def _channel(self, name: str) -> _Channel:
        channel = self._channels.get(name)
        if channel is None:
            rule = self._rules.get(name, Rule())
            channel = self._channels[name] = _Channel(rule, self._periods.values())
        return channel

    def _hour_of(self, t: int) -> int:
        return window_start(t, HOUR_MS, self._offset_min)

    def _window(self, period: Period, start: int) -> dict[str, None]:
        """The channels that have readings in it; it is due from now on."""
        due = _Due(start + period.length_ms, period.lower_ms, period.name, start)
        channels = self._due.get(due)
        if channels is None:
            channels = self._due[due] = {}
            heappush(self._order, due)
        return channels

    def _made(self, name: str, due: _Due, windows: dict[str, list[dict[str, None]]]) -> Average | None:
        """Make the window, remember it where others are formed from it, and expect those.

        windows: by their period, those that are formed from it, as far as they were looked up.

        None where what it is formed from had to be forgotten, as by a clock that leaps about.
        """
        channel, period = self._channels[name], self._periods[due.name]
        if period is MINUTE:
            minute = channel.minutes.get(due.start)
            value = minute.close(channel.rule) if minute is not None else None
        else:
            lower = self._lower(channel, due)
            value = combined(lower, due.start, period, channel.rule) if lower else None
        if value is None or period not in (MINUTE, HOUR):
            return value
        if period is HOUR:
            channel.hours[due.start] = value
            _drop(channel.hours, HOURS_KEPT)
        for above in channel.above[period.length_ms]:
            if above.name not in windows:
                starts = above.starts(due.start, self._offset_min)
                windows[above.name] = [self._window(above, start) for start in starts]
            for window in windows[above.name]:
                window[name] = None
        return value

    def _expect_above(self, name: str, channel: _Channel, period: Period, start: int, behind_ms: int) -> None:
        """The windows, of those that end behind a moment, that are formed from the one of that period which
        begins at `start`."""
        for above in channel.above[period.length_ms]:
            for each in above.starts(start, self._offset_min):
                if each + above.length_ms > behind_ms:
                    self._window(above, each)[name] = None

    def _lower(self, channel: _Channel, due: _Due) -> list[Average]:
        """What the window is formed from, in order."""
        if due.lower_ms == HOUR_MS:
            return [channel.hours[at] for at in range(due.start, due.end, HOUR_MS) if at in channel.hours]
        starts = channel.starts
        those = starts[bisect_left(starts, due.start) : bisect_left(starts, due.end)]
        values = [channel.minutes[at].value for at in those]
        return [each for each in values if each is not None]


def _drop(kept: dict[int, T], most: int) -> list[int]:
    """Drop the oldest of what there are more of: by when they came, so a clock that leaps does no harm."""
    if len(kept) <= most:
        return []
    gone = list(islice(kept, len(kept) - most))
    for start in gone:
        del kept[start]
    return gone
