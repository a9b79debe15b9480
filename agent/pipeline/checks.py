"""Plausibility checks: range, rate of change, flat line, spike. They add conditions, and nothing else.

A check never changes a value or a flag, so no threshold rule ever notices one: a plume is a spike. What it
may do, where the station file says so, is keep a value out of averages: the reading then has KEPT_OUT among
its conditions, and whoever averages leaves it out.

| check | a value has its condition when |
| range | it lies below `low` or above `high` |
| rate  | since the reference value it changed by more than `max_rate` a minute. The reference is the value
|       | of a second ago or more; what took less counts as if it had taken a second, so that two polls close
|       | to each other make no steep slope of noise |
| stuck | for `stuck_for` all values lay within a band of `stuck_within` (0: they were the same), and above
|       | `stuck_above`: many a gas detector rightly says 0 for days |
| spike | it differs by more than `spike` from the median of the five values before it |

Only values flagged N are looked at: what is doubtful already needs no second doubt. After a gap of more than
`gap_ms`, as after a start, rate, stuck and spike begin anew, so that nothing is said of what nobody has seen.
Pure: time is that of the readings, monotonic.
"""

from collections import deque
from collections.abc import Iterator

from agent.config.quality_model import CheckSettings
from agent.pipeline.explained import Explained
from agent.pipeline.out_of_control import is_out_of_control
from agent.words import duration
from store.rows import KEPT_OUT, Reading

__all__ = ["CONDITIONS", "KEPT_OUT", "Check"]

CONDITIONS = {
    "range": "outside plausible range",
    "rate": "implausible rate of change",
    "stuck": "flat line",
    "spike": "spike",
}
MINUTE_MS = 60_000
REFERENCE_MS = 1000  # a change is measured over at least so long
HISTORY = 5  # values whose median a spike stands out from: an odd number


class Check:
    """The checks of one channel."""

    def __init__(self, settings: CheckSettings) -> None:
        self._settings = settings
        self._last_ms: int | None = None  # of the last usable value
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._reference: tuple[float, int] | None = None  # value, monotonic ms
        self._band: tuple[float, float, int] | None = None  # lowest, highest, since
        self._history: deque[float] = deque(maxlen=HISTORY)

    def judge(self, reading: Reading) -> Reading:
        """The reading with what the checks say of it."""
        value, now_ms, settings = reading.value, reading.mono, self._settings
        if reading.flag != "N" or value is None:
            return reading
        if self._last_ms is not None and not 0 <= now_ms - self._last_ms <= settings.gap_ms:
            self._begin_anew()
        self._last_ms = now_ms
        # Each looks at every value, whatever the others say: it has to remember it.
        suspect = {
            "range": self._is_out_of_range(value),
            "rate": self._is_steep(value, now_ms),
            "stuck": self._is_stuck(value, now_ms),
            "spike": self._is_spike(value),
        }
        found = [name for name, is_so in suspect.items() if is_so]
        if not found:
            return reading
        conditions = [CONDITIONS[name] for name in found]
        if any(name in settings.keep_out for name in found):
            conditions.append(KEPT_OUT)
        return reading._replace(conditions=(*reading.conditions, *conditions))

    def explain(self, reading: Reading) -> Explained:
        """Of a reading that it has judged."""
        if reading.value is None:
            return Explained("checks", reading.channel, ("no value to look at",))
        if reading.flag != "N" and not is_out_of_control(reading):  # that was marked behind the checks
            return Explained("checks", reading.channel, (f"not looked at: flag {reading.flag}",))
        said = {name: CONDITIONS[name] in reading.conditions for name, _ in self._limits()}
        text = [f"{words}: {'SUSPECT' if said[name] else 'fine'}" for name, words in self._limits()]
        if KEPT_OUT in reading.conditions:
            text.append(KEPT_OUT)
        return Explained("checks", reading.channel, tuple(text), {"suspect": said})

    def _limits(self) -> Iterator[tuple[str, str]]:
        """The checks that the file asks for, in words."""
        settings = self._settings
        if settings.low is not None or settings.high is not None:
            low = "" if settings.low is None else f"{settings.low:g}"
            yield "range", f"plausible range {low}..{'' if settings.high is None else f'{settings.high:g}'}"
        if settings.max_rate is not None:
            yield "rate", f"at most {settings.max_rate:g} a minute"
        if settings.stuck_for_ms is not None:
            yield "stuck", f"no flat line for {duration(settings.stuck_for_ms / 1000)}"
        if settings.spike is not None:
            yield "spike", f"within {settings.spike:g} of the median of {HISTORY} before"

    def _is_out_of_range(self, value: float) -> bool:
        low, high = self._settings.low, self._settings.high
        return (low is not None and value < low) or (high is not None and value > high)

    def _is_steep(self, value: float, now_ms: int) -> bool:
        if self._settings.max_rate is None:
            return False
        if self._reference is None:
            self._reference = value, now_ms
            return False
        before, at_ms = self._reference
        passed_ms = now_ms - at_ms
        if passed_ms >= REFERENCE_MS:
            self._reference = value, now_ms
        return abs(value - before) / max(passed_ms, REFERENCE_MS) * MINUTE_MS > self._settings.max_rate

    def _is_stuck(self, value: float, now_ms: int) -> bool:
        settings = self._settings
        if settings.stuck_for_ms is None:
            return False
        if settings.stuck_above is not None and value <= settings.stuck_above:
            self._band = None
            return False
        low, high, since_ms = self._band or (value, value, now_ms)
        low, high = min(low, value), max(high, value)
        if high - low > settings.stuck_within:
            low, high, since_ms = value, value, now_ms
        self._band = low, high, since_ms
        return now_ms - since_ms >= settings.stuck_for_ms

    def _is_spike(self, value: float) -> bool:
        if self._settings.spike is None:
            return False
        before = sorted(self._history)
        self._history.append(value)
        return len(before) == HISTORY and abs(value - before[HISTORY // 2]) > self._settings.spike
