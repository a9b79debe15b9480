"""Which position an output is to be in: pure, time injected.

Alarm, as soon as there is one reason of its `alarm_on`: a fault that lasts, or an alarm in one of the
states that `until` names. Healthy, when there is none and each has been judged since the start. Before
that nobody knows, and the relay is let go, as without power.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from agent.alarms import ACKED, LATCHED, LATCHED_ACKED, RETURNED, UNACKED
from agent.config.model import OutputSettings
from agent.config.outputs import AGENT_FAULT, ANY_ALARM, ANY_FAULT
from agent.config.values import ACKNOWLEDGED, BOTH, EITHER, GONE
from agent.pipeline.limit import Limit
from store.rows import Reading

__all__ = ["ALARM", "HEALTHY", "SILENCED", "TEST", "UNKNOWN", "Faults", "Position", "Reason", "Watched"]

ALARM, HEALTHY, UNKNOWN = "alarm", "healthy", "not judged yet"
TEST, SILENCED = "test", "silenced"  # what people make of it: agent/outputs/by_hand.py
STANDING = frozenset((UNACKED, ACKED, LATCHED, LATCHED_ACKED))  # or held as if it did, until its reset
UNNOTED = frozenset((UNACKED, RETURNED, LATCHED))
SOUNDING = {  # the alarm's states that put an output into alarm, by its `until`
    GONE: STANDING,
    ACKNOWLEDGED: UNNOTED,
    EITHER: STANDING & UNNOTED,
    BOTH: STANDING | UNNOTED,
}
FAULTY_FLAGS = "BD"
IN_ALARM, WELL = (ALARM, TEST), (HEALTHY, SILENCED)


class Position(NamedTuple):
    """position: ALARM, HEALTHY, UNKNOWN, TEST or SILENCED; cause: what put it there, for people."""

    position: str
    cause: str

    def energises(self, energised: str) -> bool:
        """Whether the relay is energised, by the output's convention."""
        return self.position in (IN_ALARM if energised == ALARM else WELL)


class Reason(NamedTuple):
    """What puts an output into alarm. occurrence: tells it from the same thing at another time."""

    text: str
    occurrence: float


class Faults:
    """What is wrong with the station, and since when. now_ms: monotonic."""

    def __init__(self) -> None:
        self._since_ms: dict[str, float] = {}

    def observe(self, faults: Iterable[str], now_ms: float) -> None:
        """All that is wrong now; what is missing here is over."""
        self._since_ms = {fault: self._since_ms.get(fault, now_ms) for fault in faults}

    def lasting(self, delay_ms: float, now_ms: float) -> list[Reason]:
        """Those that have lasted so long, the oldest first."""
        found = [
            Reason(fault, since_ms)
            for fault, since_ms in self._since_ms.items()
            if now_ms - since_ms >= delay_ms
        ]
        return sorted(found, key=lambda reason: reason.occurrence)


class Watched:
    """What outputs look at. limits: the rules; channels: every channel of the station.

    latest: the last reading of each channel that has had one; own_faults: what is wrong with the
    agent itself; line_faults: lines without a port.
    """

    def __init__(
        self,
        limits: Iterable[Limit],
        channels: Iterable[str],
        latest: Mapping[str, Reading],
        own_faults: Callable[[], Iterable[str]],
        line_faults: Callable[[], Iterable[str]],
    ) -> None:
        self._limits = {limit.alarm.id: limit for limit in limits}
        self._channels, self._latest = tuple(channels), latest
        self._own_faults, self._line_faults = own_faults, line_faults
        self._field, self._own = Faults(), Faults()
        self._states: dict[str, str] = {}  # of each rule, as last noticed
        self._raised: dict[str, int] = {}  # how often each was, since the start

    def notice(self) -> None:
        """Count the alarms that were raised; call it with each change of a rule."""
        for name, limit in self._limits.items():
            state = limit.alarm.state
            if state == UNACKED and self._states.get(name) != UNACKED:
                self._raised[name] = self._raised.get(name, 0) + 1
            self._states[name] = state

    def observe(self, now_ms: float) -> None:
        """Look at what may be wrong; call it about once a second."""
        own = list(self._own_faults())
        field = [*own, *self._line_faults()]
        for channel in self._channels:
            reading = self._latest.get(channel)
            if reading is not None and reading.flag in FAULTY_FLAGS:
                field.append(f"{channel} is flagged {reading.flag}")
        self._own.observe(own, now_ms)
        self._field.observe(field, now_ms)

    def reasons_of(self, output: OutputSettings, now_ms: float) -> list[Reason]:
        """All that puts it into alarm now."""
        sounding = SOUNDING[output.until]
        found = [
            Reason(f"rule {limit.alarm.id}", self._raised.get(limit.alarm.id, 0))
            for limit in self._rules_of(output)
            if limit.alarm.state in sounding
        ]
        for word, faults in ((ANY_FAULT, self._field), (AGENT_FAULT, self._own)):
            if word in output.alarm_on:
                found += faults.lasting(output.fault_delay_ms, now_ms)
        return found

    def position_of(self, output: OutputSettings, reasons: list[Reason]) -> Position:
        """Where these put it."""
        if reasons:
            return Position(ALARM, reasons[0].text)
        unread = self._unread(output)
        if unread is not None:
            return Position(UNKNOWN, f"{unread} has not been read since the start")
        return Position(HEALTHY, "")

    def _rules_of(self, output: OutputSettings) -> Iterable[Limit]:
        every = ANY_ALARM in output.alarm_on
        return [limit for name, limit in self._limits.items() if every or name in output.alarm_on]

    def _unread(self, output: OutputSettings) -> str | None:
        """A channel that the output depends on and that has not been asked yet."""
        needed = self._channels if ANY_FAULT in output.alarm_on else ()
        of_rules = [channel for limit in self._rules_of(output) for channel in limit.channels]
        for channel in (*of_rules, *needed):
            if channel not in self._latest:
                return channel
        return None
